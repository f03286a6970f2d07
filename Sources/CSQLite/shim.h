#include <sqlite3.h>

/* sqlite3_config takes a variable list of arguments, which Swift cannot give. Without its statistics of memory, which
 * nobody reads, SQLite's allocations on different threads do not wait for each other. Has to come before any other
 * call; later it does nothing. */
static inline int sqlite3_shim_without_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

/* The file of the write-ahead log of `db`, which has been read in WAL mode; NULL for none. */
static inline sqlite3_file *sqlite3_shim_wal(sqlite3 *db) {
    sqlite3_file *wal = 0;
    int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
    return code == SQLITE_OK && wal && wal->pMethods ? wal : 0;
}

/* The length of the write-ahead log in bytes; 0 for none. */
static inline sqlite3_int64 sqlite3_shim_wal_length(sqlite3 *db) {
    sqlite3_int64 length = 0;
    sqlite3_file *wal = sqlite3_shim_wal(db);
    return wal && wal->pMethods->xFileSize(wal, &length) == SQLITE_OK ? length : 0;
}

/* Writes zeros behind the end of the write-ahead log until it has `bytes`. SQLite reads a log up to the first frame
 * that is not valid, so zeros are never read. Returns an SQLite result code. */
static inline int sqlite3_shim_lengthen_wal(sqlite3 *db, sqlite3_int64 bytes) {
    static const char zeros[65536];
    sqlite3_file *wal = sqlite3_shim_wal(db);
    sqlite3_int64 at = 0;
    int code = wal ? wal->pMethods->xFileSize(wal, &at) : SQLITE_MISUSE;
    while (code == SQLITE_OK && at < bytes) {
        int count = bytes - at < (sqlite3_int64)sizeof zeros ? (int)(bytes - at) : (int)sizeof zeros;
        code = wal->pMethods->xWrite(wal, zeros, count, at);
        at += count;
    }
    return code == SQLITE_OK ? wal->pMethods->xSync(wal, SQLITE_SYNC_FULL) : code;
}

/* The file of the database itself; NULL for none. SQLite's own descriptor is used: closing another one of the same file
 * would drop the locks that the process holds. */
static inline sqlite3_file *sqlite3_shim_file(sqlite3 *db) {
    sqlite3_file *file = 0;
    int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
    return code == SQLITE_OK && file && file->pMethods ? file : 0;
}

/* The length of the database's file in bytes; 0 for none. */
static inline sqlite3_int64 sqlite3_shim_file_length(sqlite3 *db) {
    sqlite3_int64 length = 0;
    sqlite3_file *file = sqlite3_shim_file(db);
    return file && file->pMethods->xFileSize(file, &length) == SQLITE_OK ? length : 0;
}

/* These three return an SQLite result code. */
static inline int sqlite3_shim_read_file(sqlite3 *db, void *into, int count, sqlite3_int64 at) {
    sqlite3_file *file = sqlite3_shim_file(db);
    return file ? file->pMethods->xRead(file, into, count, at) : SQLITE_MISUSE;
}
static inline int sqlite3_shim_write_file(sqlite3 *db, const void *bytes, int count, sqlite3_int64 at) {
    sqlite3_file *file = sqlite3_shim_file(db);
    return file ? file->pMethods->xWrite(file, bytes, count, at) : SQLITE_MISUSE;
}
static inline int sqlite3_shim_sync_file(sqlite3 *db) {
    sqlite3_file *file = sqlite3_shim_file(db);
    return file ? file->pMethods->xSync(file, SQLITE_SYNC_FULL) : SQLITE_MISUSE;
}
