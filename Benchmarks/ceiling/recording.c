/* The ceiling for recording: variance rows and weights put into a store's own tables with SQLite's C interface, a
 * prepared statement, and the store's page size and pragmas. Usage: recording rows|blobs STORE COUNT
 * The store must exist (made by Varve) and may hold rows; COUNT is the number of rows or of runs. Prints rows or blobs
 * per second. */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static void check(sqlite3 *db, int code, int wanted) {
    if (code != wanted) {
        fprintf(stderr, "recording: %s\n", sqlite3_errmsg(db));
        exit(1);
    }
}

static void execute(sqlite3 *db, const char *sql) { check(db, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK); }

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql) {
    sqlite3_stmt *statement;
    check(db, sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL), SQLITE_OK);
    return statement;
}

enum { tuple = 64, layers = 7, batch = 8192 };

static void rows(sqlite3 *db, long count) {
    char sql[4096] = "INSERT INTO layer_variances (run_id, step, layer_id, variance) VALUES (?,?,?,?)";
    for (int i = 1; i < tuple; i++) strcat(sql, ",(?,?,?,?)");
    sqlite3_stmt *insert = prepare(db, sql);
    sqlite3_stmt *last = prepare(db, "SELECT coalesce(max(run_id), 0) FROM layer_variances");
    check(db, sqlite3_step(last), SQLITE_ROW);
    sqlite3_int64 run = sqlite3_column_int64(last, 0) + 1;
    sqlite3_finalize(last);
    double start = now();
    execute(db, "BEGIN IMMEDIATE");
    int bound = 0;
    for (long row = 0; row < count; row++) {
        sqlite3_bind_int64(insert, bound * 4 + 1, run);
        sqlite3_bind_int64(insert, bound * 4 + 2, row / layers);
        sqlite3_bind_int64(insert, bound * 4 + 3, row % layers + 1);
        sqlite3_bind_double(insert, bound * 4 + 4, row * 0.125);
        if (++bound == tuple) {
            check(db, sqlite3_step(insert), SQLITE_DONE);
            sqlite3_reset(insert);
            bound = 0;
        }
        if ((row + 1) % batch == 0) execute(db, "COMMIT; BEGIN IMMEDIATE");
    }
    execute(db, "COMMIT");
    printf("%.0f\n", count / (now() - start));
    sqlite3_finalize(insert);
}

/* The blobs of a plain network: 14 tensors, 222 440 bytes a run, one transaction a run. */
static void blobs(sqlite3 *db, long runs) {
    static const int sizes[14] = {16000, 400, 40000, 400, 40000, 400, 40000, 400, 40000, 400, 40000, 400, 4000, 40};
    static char bytes[40000];
    sqlite3_stmt *blob = prepare(db, "INSERT INTO blobs (digest, bytes) VALUES (?,?) ON CONFLICT (digest) DO NOTHING");
    sqlite3_stmt *tensor = prepare(db, "INSERT INTO tensors VALUES (?,'final',?,?,'[100,100]','F32',?)");
    double start = now();
    for (long run = 0; run < runs; run++) {
        char sql[128], digest[65];
        execute(db, "BEGIN IMMEDIATE");
        snprintf(sql, sizeof sql, "INSERT INTO runs (id, uuid, experiment_id, status, started) VALUES (%ld, 'c%ld', 0, 'finished', 0)", 1000000 + run, run);
        execute(db, sql);
        for (int i = 0; i < 14; i++) {
            /* Digests are spread as SHA-256 spreads them. */
            unsigned long hash = (unsigned long)(run * 14 + i) * 0x9E3779B97F4A7C15ul;
            snprintf(digest, sizeof digest, "%016lx%016lx%016lx%016lx", hash, hash * 3, hash * 5, hash * 7);
            memcpy(bytes, &hash, sizeof hash);
            sqlite3_bind_text(blob, 1, digest, 64, SQLITE_STATIC);
            sqlite3_bind_blob(blob, 2, bytes, sizes[i], SQLITE_STATIC);
            check(db, sqlite3_step(blob), SQLITE_DONE);
            sqlite3_reset(blob);
            sqlite3_bind_int64(tensor, 1, 1000000 + run);
            sqlite3_bind_int(tensor, 2, i);
            sqlite3_bind_text(tensor, 3, "linear1.weight", -1, SQLITE_STATIC);
            sqlite3_bind_text(tensor, 4, digest, 64, SQLITE_STATIC);
            check(db, sqlite3_step(tensor), SQLITE_DONE);
            sqlite3_reset(tensor);
        }
        execute(db, "COMMIT");
    }
    printf("%.0f\n", runs * 14 / (now() - start));
    sqlite3_finalize(blob);
    sqlite3_finalize(tensor);
}

int main(int argc, char **argv) {
    if (argc != 4) return 64;
    sqlite3 *db;
    if (sqlite3_open_v2(argv[2], &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) return 66;
    execute(db, "PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -8192");
    if (strcmp(argv[1], "rows") == 0) rows(db, atol(argv[3]));
    else blobs(db, atol(argv[3]));
    sqlite3_close(db);
    return 0;
}
