#include <sqlite3.h>

/* sqlite3_config takes a variable list of arguments, which Swift cannot give. Without its statistics of memory, which
 * nobody reads, SQLite's allocations on different threads do not wait for each other. Has to come before any other
 * call; later it does nothing. */
static inline int sqlite3_shim_without_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
