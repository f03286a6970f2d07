#pragma once
#include <stdint.h>

/* A disk in memory that fails, for tests: a VFS of SQLite for all paths that begin with CHAOS_DISK_ROOT; any other path
 * goes to the VFS that was the default before.
 *
 * It knows of each file what was written and what is durable. A crash keeps, of the writes that no sync has covered, an
 * arbitrary part, cut at sectors of 512 bytes. A sync that fails makes its writes never durable, as Linux does: a later
 * sync that succeeds does not cover them. */

#define CHAOS_DISK_ROOT "/chaos-disk/"

/* What the next operations on a disk do. */
enum chaos_fault {
    CHAOS_WRITE_FULL = 0, /* a write stores its first half, and says that the disk is full */
    CHAOS_WRITE_FAILS = 1, /* a write stores nothing, and says that it failed */
    CHAOS_SYNC_FAILS = 2, /* a sync fails */
};

/* Registers the VFS; once is enough. Returns an SQLite result code. */
int chaos_disk_register(void);
/* Forgets all files whose path begins with `prefix`, and every fault. */
void chaos_disk_erase(const char *prefix);
/* From the `after`-th operation that writes or syncs on, 1 being the next one, `count` of them that match `fault`
 * fail. */
void chaos_disk_fail(const char *prefix, enum chaos_fault fault, int64_t after, int64_t count);
/* How many operations that write, truncate or sync there were since the last `chaos_disk_fail` or
 * `chaos_disk_erase`. */
int64_t chaos_disk_operations(const char *prefix);
/* From here on nothing is stored any more, whatever is called: the machine has no power. */
void chaos_disk_power_off(const char *prefix);
/* What is on the disk after the crash; `seed` chooses what survived of the writes that were not synced. */
void chaos_disk_power_on(const char *prefix, uint64_t seed);
