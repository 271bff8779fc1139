#ifndef VARVE_CSQLITE_SHIM_H
#define VARVE_CSQLITE_SHIM_H

#include <sqlite3.h>

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

#endif
