#ifndef VARVE_CSQLITE_SHIM_H
#define VARVE_CSQLITE_SHIM_H

#include <sqlite3.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

/* What Swift cannot import: variadic functions and macros with casts. */

/* SQLITE_TRANSIENT: SQLite copies the bytes before it returns. No bytes are an empty value, not NULL. */
static inline int varve_bind_text(sqlite3_stmt *statement, int index, const char *text, int count) {
    return sqlite3_bind_text(statement, index, text ? text : "", count, SQLITE_TRANSIENT);
}

static inline int varve_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

static inline int varve_set_defensive(sqlite3 *connection) {
    return sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
}

/* Nothing of a file's schema acts by itself: no triggers, and no functions with side effects in views or indexes. */
static inline void varve_distrust_schema(sqlite3 *connection) {
    sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, (int *)0);
    sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
}

/* SQLite before 3.41 takes its own JSON functions for unsafe by mistake: a person's index over json_extract could not be
   read. Triggers stay off, and functions with side effects can be called from no schema at all. */
static inline void varve_trust_schema(sqlite3 *connection) {
    sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 1, (int *)0);
}

/* A connection that is the last to close leaves the log as it is. */
static inline void varve_keep_log(sqlite3 *connection) {
    sqlite3_db_config(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}

/* The number of the mount that a path leads to, statx(2), which needs Linux 5.8; 0 where it is not known. */
static inline unsigned long long varve_mount(const char *path) {
    /* struct statx of that version, whatever the headers know: the mask begins it, the mount is at byte 144. */
    union {
        unsigned char bytes[256];
        unsigned int mask;
        unsigned long long words[32];
    } status;
    const int currentFolder = -100;      /* AT_FDCWD */
    const unsigned int mount = 0x1000u; /* STATX_MNT_ID */
    if (syscall(SYS_statx, currentFolder, path, 0, mount, &status) == 0 && (status.mask & mount)) {
        return status.words[18];
    }
    return 0;
}

/* Whether a file has an access list beside its permission bits, acl(5). */
static inline int varve_has_access_list(const char *path) {
    return getxattr(path, "system.posix_acl_access", (void *)0, 0) > 0;
}

#endif
