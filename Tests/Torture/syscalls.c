/* Writes down, in their order, all changes that a process makes to the files of one folder, all syncs, and what it says on
 * standard output. Preloaded (LD_PRELOAD); TORTURE_FOLDER names the folder, TORTURE_JOURNAL the file to write.
 *
 * A record: one letter, the length of the path and of the data (uint32), an offset (uint64), the path, the data.
 *   W write   T set the length   S sync a file   D sync a folder   C create   U remove   R rename, L link (data: new path)
 *   M make a folder   O output */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static char folder[PATH_MAX];
static int journal = -1;

#define REAL(result, name, ...) static result (*real)(__VA_ARGS__); if (!real) real = dlsym(RTLD_NEXT, #name)

static void put(const void *bytes, size_t count) {
    REAL(ssize_t, write, int, const void *, size_t);
    while (count > 0) {
        ssize_t done = real(journal, bytes, count);
        if (done <= 0) abort();
        bytes = (const char *)bytes + done;
        count -= (size_t)done;
    }
}

__attribute__((constructor)) static void start(void) {
    REAL(int, open, const char *, int, ...);
    const char *place = getenv("TORTURE_FOLDER"), *file = getenv("TORTURE_JOURNAL");
    if (!place || !file || !realpath(place, folder)) return;
    journal = real(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void note(char kind, const char *path, uint64_t offset, const void *data, size_t count) {
    uint32_t lengths[2] = {(uint32_t)strlen(path), (uint32_t)count};
    put(&kind, 1);
    put(lengths, sizeof lengths);
    put(&offset, sizeof offset);
    put(path, lengths[0]);
    put(data, count);
}

/* The path inside the folder, or NULL for files that do not matter: the index of the log is made anew after a crash. */
static const char *inside(const char *path) {
    size_t length = strlen(folder);
    if (journal < 0 || strncmp(path, folder, length) != 0 || (path[length] != '/' && path[length] != 0)) return NULL;
    size_t end = strlen(path);
    if (end > 4 && strcmp(path + end - 4, "-shm") == 0) return NULL;
    return path[length] == '/' ? path + length + 1 : path + length;
}

static const char *ofDescriptor(int descriptor, char path[PATH_MAX]) {
    if (journal < 0 || descriptor == journal) return NULL;
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t count = readlink(name, path, PATH_MAX - 1);
    if (count < 0) return NULL;
    path[count] = 0;
    return inside(path);
}

static const char *ofName(const char *name, char path[PATH_MAX]) {
    char full[PATH_MAX], parent[PATH_MAX];
    if (journal < 0) return NULL;
    if (name[0] == '/') snprintf(full, sizeof full, "%s", name);
    else if (!getcwd(parent, sizeof parent) || snprintf(full, sizeof full, "%s/%s", parent, name) >= PATH_MAX) return NULL;
    /* The file itself may not be there. */
    char *slash = strrchr(full, '/');
    *slash = 0;
    if (!realpath(full[0] ? full : "/", parent) || snprintf(path, PATH_MAX, "%s/%s", parent, slash + 1) >= PATH_MAX) return NULL;
    return inside(path);
}

static int opened(const char *name, int flags, mode_t mode, int (*real)(const char *, int, ...)) {
    char path[PATH_MAX];
    pthread_mutex_lock(&lock);
    const char *place = flags & O_CREAT ? ofName(name, path) : NULL;
    struct stat status;
    int isNew = place && stat(name, &status) != 0;
    int result = real(name, flags, mode);
    if (result >= 0 && isNew) note('C', place, 0, "", 0);
    else if (result >= 0 && place && flags & O_TRUNC) note('T', place, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

#define MODE va_list list; va_start(list, flags); mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0; va_end(list)
int open(const char *name, int flags, ...) { REAL(int, open, const char *, int, ...); MODE; return opened(name, flags, mode, real); }
int open64(const char *name, int flags, ...) { REAL(int, open64, const char *, int, ...); MODE; return opened(name, flags, mode, real); }

static void written(int descriptor, const void *bytes, ssize_t count, off_t offset) {
    char path[PATH_MAX];
    if (count <= 0) return;
    if (descriptor == STDOUT_FILENO && journal >= 0) return note('O', "", 0, bytes, (size_t)count);
    const char *place = ofDescriptor(descriptor, path);
    if (place) note('W', place, (uint64_t)offset, bytes, (size_t)count);
}

ssize_t write(int descriptor, const void *bytes, size_t count) {
    REAL(ssize_t, write, int, const void *, size_t);
    pthread_mutex_lock(&lock);
    off_t offset = lseek(descriptor, 0, SEEK_CUR);
    ssize_t result = real(descriptor, bytes, count);
    written(descriptor, bytes, result, offset);
    pthread_mutex_unlock(&lock);
    return result;
}

static ssize_t positioned(int descriptor, const void *bytes, size_t count, off_t offset, ssize_t (*real)(int, const void *, size_t, off_t)) {
    pthread_mutex_lock(&lock);
    ssize_t result = real(descriptor, bytes, count, offset);
    written(descriptor, bytes, result, offset);
    pthread_mutex_unlock(&lock);
    return result;
}

ssize_t pwrite(int d, const void *b, size_t c, off_t o) { REAL(ssize_t, pwrite, int, const void *, size_t, off_t); return positioned(d, b, c, o, real); }
ssize_t pwrite64(int d, const void *b, size_t c, off_t o) { REAL(ssize_t, pwrite64, int, const void *, size_t, off_t); return positioned(d, b, c, o, real); }

static int cut(int descriptor, off_t length, int (*real)(int, off_t)) {
    char path[PATH_MAX];
    pthread_mutex_lock(&lock);
    int result = real(descriptor, length);
    const char *place = ofDescriptor(descriptor, path);
    if (result == 0 && place) note('T', place, (uint64_t)length, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate(int descriptor, off_t length) { REAL(int, ftruncate, int, off_t); return cut(descriptor, length, real); }
int ftruncate64(int descriptor, off_t length) { REAL(int, ftruncate64, int, off_t); return cut(descriptor, length, real); }

static int synced(int descriptor, int (*real)(int)) {
    char path[PATH_MAX];
    struct stat status;
    pthread_mutex_lock(&lock);
    int result = real(descriptor);
    const char *place = ofDescriptor(descriptor, path);
    if (result == 0 && place && fstat(descriptor, &status) == 0) note(S_ISDIR(status.st_mode) ? 'D' : 'S', place, 0, "", 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int descriptor) { REAL(int, fsync, int); return synced(descriptor, real); }
int fdatasync(int descriptor) { REAL(int, fdatasync, int); return synced(descriptor, real); }

static int named(char kind, const char *name, const char *other, int result) {
    char path[PATH_MAX], second[PATH_MAX];
    const char *place = ofName(name, path), *target = other ? ofName(other, second) : "";
    if (result == 0 && place && target) note(kind, place, 0, target, strlen(target));
    return result;
}

#define NAMED(kind, other, call) pthread_mutex_lock(&lock); int result = named(kind, name, other, call); pthread_mutex_unlock(&lock); return result
int unlink(const char *name) { REAL(int, unlink, const char *); NAMED('U', NULL, real(name)); }
int rmdir(const char *name) { REAL(int, rmdir, const char *); NAMED('U', NULL, real(name)); }
int mkdir(const char *name, mode_t mode) { REAL(int, mkdir, const char *, mode_t); NAMED('M', NULL, real(name, mode)); }
int rename(const char *name, const char *new) { REAL(int, rename, const char *, const char *); NAMED('R', new, real(name, new)); }
int link(const char *name, const char *new) { REAL(int, link, const char *, const char *); NAMED('L', new, real(name, new)); }
