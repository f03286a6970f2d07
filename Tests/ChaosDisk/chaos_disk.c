#include "chaos_disk.h"
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#define SECTOR 512
#define LOCKS SQLITE_SHM_NLOCK

/* A write or a truncation that no sync has covered yet. */
struct change {
    struct change *next;
    int64_t offset;
    int64_t size;
    unsigned char *bytes; /* NULL: the file was cut to `offset`. */
    int doomed; /* 1: a sync failed with it, and no later sync covers it; -1: durable. */
};

struct image {
    unsigned char *bytes;
    int64_t size;
    int64_t room;
};

/* All files below a directory, with one power supply and one counter of operations. */
struct disk {
    struct disk *next;
    char *prefix;
    int off;
    enum chaos_fault fault;
    int64_t operations, from, count;
};

struct file {
    struct file *next;
    char *path;
    struct disk *disk;
    int exists;
    struct image now, durable;
    struct change *first, *last;
    int shared, reserved, exclusive; /* Locks of its connections. */
    void *regions[64];
    int region_count;
    int users;
    int shm_shared[LOCKS], shm_exclusive[LOCKS];
};

/* One open file of a connection. */
struct handle {
    sqlite3_file base;
    struct file *file;
    int lock;
    int uses_shm;
    unsigned shm_shared, shm_exclusive;
    int deletes;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct disk *disks;
static struct file *files;
static sqlite3_vfs *usual;
static sqlite3_vfs ours;

static int begins(const char *path, const char *prefix) { return strncmp(path, prefix, strlen(prefix)) == 0; }
static int is_ours(const char *path) { return path && begins(path, CHAOS_DISK_ROOT); }

/* The folder that a path is in. */
static struct disk *disk_of(const char *path) {
    size_t length = strrchr(path, '/') - path + 1;
    for (struct disk *one = disks; one; one = one->next)
        if (strlen(one->prefix) == length && strncmp(one->prefix, path, length) == 0) return one;
    struct disk *one = calloc(1, sizeof *one);
    one->prefix = strndup(path, length);
    one->next = disks;
    disks = one;
    return one;
}

static struct file *find(const char *path) {
    for (struct file *one = files; one; one = one->next)
        if (strcmp(one->path, path) == 0) return one;
    return NULL;
}

static void resize(struct image *image, int64_t size) {
    if (size > image->room) {
        image->room = size * 2 + 4096;
        image->bytes = realloc(image->bytes, image->room);
    }
    if (size > image->size) memset(image->bytes + image->size, 0, size - image->size);
    image->size = size;
}

static void store(struct image *image, const unsigned char *bytes, int64_t offset, int64_t size) {
    if (offset + size > image->size) resize(image, offset + size);
    memcpy(image->bytes + offset, bytes, size);
}

static void apply(struct image *image, const struct change *change) {
    if (change->bytes) store(image, change->bytes, change->offset, change->size);
    else resize(image, change->offset);
}

static void add(struct file *file, const unsigned char *bytes, int64_t offset, int64_t size) {
    struct change *change = calloc(1, sizeof *change);
    change->offset = offset;
    change->size = size;
    if (bytes) {
        change->bytes = malloc(size ? size : 1);
        memcpy(change->bytes, bytes, size);
    }
    if (file->last) file->last->next = change; else file->first = change;
    file->last = change;
    apply(&file->now, change);
}

/* A write is as many changes as it touches sectors: each survives a crash, or not, by itself. */
static void note(struct file *file, const unsigned char *bytes, int64_t offset, int64_t size) {
    if (!bytes) add(file, NULL, offset, 0);
    for (int64_t at = 0; bytes && at < size;) {
        int64_t end = ((offset + at) / SECTOR + 1) * SECTOR - offset;
        if (end > size) end = size;
        add(file, bytes + at, offset + at, end - at);
        at = end;
    }
}

static void forget_changes(struct file *file) {
    for (struct change *one = file->first; one;) {
        struct change *next = one->next;
        free(one->bytes);
        free(one);
        one = next;
    }
    file->first = file->last = NULL;
}

static void copy(struct image *to, const struct image *from) {
    to->size = 0;
    resize(to, from->size);
    if (from->size) memcpy(to->bytes, from->bytes, from->size);
}

/* Whether this operation is to fail. */
static int fails(struct disk *disk, int is_sync) {
    disk->operations++;
    if (disk->count <= 0 || disk->operations < disk->from) return 0;
    if ((disk->fault == CHAOS_SYNC_FAILS) != is_sync) return 0;
    disk->count--;
    return 1;
}

/* -- Files -- */

static int x_close(sqlite3_file *f) {
    struct handle *h = (struct handle *)f;
    pthread_mutex_lock(&mutex);
    if (h->deletes && !h->file->disk->off) {
        h->file->exists = 0;
        resize(&h->file->now, 0);
        resize(&h->file->durable, 0);
        forget_changes(h->file);
    }
    pthread_mutex_unlock(&mutex);
    return SQLITE_OK;
}

static int x_read(sqlite3_file *f, void *to, int size, sqlite3_int64 offset) {
    struct file *file = ((struct handle *)f)->file;
    pthread_mutex_lock(&mutex);
    int64_t there = file->now.size - offset;
    if (there < 0) there = 0;
    if (there > size) there = size;
    if (there) memcpy(to, file->now.bytes + offset, there);
    int result = file->disk->off ? SQLITE_IOERR_READ : there < size ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
    pthread_mutex_unlock(&mutex);
    if (there < size) memset((char *)to + there, 0, size - there);
    return result;
}

static int x_write(sqlite3_file *f, const void *bytes, int size, sqlite3_int64 offset) {
    struct file *file = ((struct handle *)f)->file;
    int result = SQLITE_OK;
    pthread_mutex_lock(&mutex);
    if (file->disk->off) result = SQLITE_IOERR_WRITE;
    else if (fails(file->disk, 0)) {
        result = file->disk->fault == CHAOS_WRITE_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
        if (result == SQLITE_FULL && size > 1) note(file, bytes, offset, size / 2);
    } else note(file, bytes, offset, size);
    pthread_mutex_unlock(&mutex);
    return result;
}

static int x_truncate(sqlite3_file *f, sqlite3_int64 size) {
    struct file *file = ((struct handle *)f)->file;
    int result = SQLITE_OK;
    pthread_mutex_lock(&mutex);
    if (file->disk->off || fails(file->disk, 0)) result = SQLITE_IOERR_TRUNCATE;
    else if (size < file->now.size) note(file, NULL, size, 0);
    pthread_mutex_unlock(&mutex);
    return result;
}

/* What was written is durable, but for what a sync failed with, unless its sector was written again since. */
static void sync_changes(struct file *file) {
    for (struct change *one = file->first; one; one = one->next) {
        if (one->doomed && one->bytes) continue;
        if (!one->bytes) resize(&file->durable, one->offset);
        else if (one->offset + one->size <= file->now.size) {
            int64_t start = one->offset / SECTOR * SECTOR, end = start + SECTOR;
            if (end > file->now.size) end = file->now.size;
            store(&file->durable, file->now.bytes + start, start, end - start);
            for (struct change *other = file->first; other != one; other = other->next)
                if (other->doomed && other->bytes && other->offset / SECTOR == start / SECTOR) other->size = 0;
        }
        one->doomed = -1;
    }
    struct change *kept = NULL, *end = NULL;
    for (struct change *one = file->first; one;) {
        struct change *next = one->next;
        one->next = NULL;
        if (one->doomed == 1 && one->size > 0) {
            if (end) end->next = one; else kept = one;
            end = one;
        } else {
            free(one->bytes);
            free(one);
        }
        one = next;
    }
    file->first = kept;
    file->last = end;
}

static int x_sync(sqlite3_file *f, int flags) {
    struct file *file = ((struct handle *)f)->file;
    int result = SQLITE_OK;
    (void)flags;
    pthread_mutex_lock(&mutex);
    if (file->disk->off) result = SQLITE_IOERR_FSYNC;
    else if (fails(file->disk, 1)) {
        for (struct change *one = file->first; one; one = one->next) one->doomed = 1;
        result = SQLITE_IOERR_FSYNC;
    } else {
        sync_changes(file);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

static int x_size(sqlite3_file *f, sqlite3_int64 *size) {
    pthread_mutex_lock(&mutex);
    *size = ((struct handle *)f)->file->now.size;
    pthread_mutex_unlock(&mutex);
    return SQLITE_OK;
}

static int x_lock(sqlite3_file *f, int level) {
    struct handle *h = (struct handle *)f;
    struct file *file = h->file;
    int result = SQLITE_OK;
    pthread_mutex_lock(&mutex);
    if (level > h->lock) {
        int others_shared = file->shared - (h->lock >= SQLITE_LOCK_SHARED);
        int others_reserved = file->reserved && h->lock < SQLITE_LOCK_RESERVED;
        if (file->exclusive && h->lock < SQLITE_LOCK_EXCLUSIVE) result = SQLITE_BUSY;
        else if (level >= SQLITE_LOCK_RESERVED && others_reserved) result = SQLITE_BUSY;
        else if (level == SQLITE_LOCK_EXCLUSIVE && others_shared > 0) result = SQLITE_BUSY;
        else {
            if (h->lock < SQLITE_LOCK_SHARED) file->shared++;
            if (level >= SQLITE_LOCK_RESERVED) file->reserved = 1;
            if (level == SQLITE_LOCK_EXCLUSIVE) file->exclusive = 1;
            h->lock = level;
        }
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

static int x_unlock(sqlite3_file *f, int level) {
    struct handle *h = (struct handle *)f;
    pthread_mutex_lock(&mutex);
    if (level < h->lock) {
        if (h->lock == SQLITE_LOCK_EXCLUSIVE) h->file->exclusive = 0;
        if (h->lock >= SQLITE_LOCK_RESERVED && level < SQLITE_LOCK_RESERVED) h->file->reserved = 0;
        if (h->lock >= SQLITE_LOCK_SHARED && level < SQLITE_LOCK_SHARED) h->file->shared--;
        h->lock = level;
    }
    pthread_mutex_unlock(&mutex);
    return SQLITE_OK;
}

static int x_is_reserved(sqlite3_file *f, int *is) {
    pthread_mutex_lock(&mutex);
    *is = ((struct handle *)f)->file->reserved;
    pthread_mutex_unlock(&mutex);
    return SQLITE_OK;
}

static int x_control(sqlite3_file *f, int op, void *arg) { (void)f; (void)op; (void)arg; return SQLITE_NOTFOUND; }
static int x_sector(sqlite3_file *f) { (void)f; return SECTOR; }
static int x_traits(sqlite3_file *f) { (void)f; return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

/* -- The memory that connections share: the index of the write-ahead log -- */

static int x_shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **out) {
    struct handle *h = (struct handle *)f;
    int result = SQLITE_OK;
    pthread_mutex_lock(&mutex);
    if (!h->uses_shm) {
        h->uses_shm = 1;
        h->file->users++;
    }
    *out = NULL;
    if (page >= 64) result = SQLITE_NOMEM;
    else {
        if (!h->file->regions[page] && extend) {
            h->file->regions[page] = calloc(1, size);
            if (page >= h->file->region_count) h->file->region_count = page + 1;
        }
        *out = h->file->regions[page];
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

static int x_shm_lock(sqlite3_file *f, int first, int count, int flags) {
    struct handle *h = (struct handle *)f;
    struct file *file = h->file;
    int result = SQLITE_OK;
    pthread_mutex_lock(&mutex);
    for (int pass = 0; pass < 2 && result == SQLITE_OK; pass++)
        for (int i = first; i < first + count; i++) {
            unsigned bit = 1u << i;
            if (flags & SQLITE_SHM_UNLOCK) {
                if (!pass) continue;
                if (h->shm_exclusive & bit) file->shm_exclusive[i] = 0;
                if (h->shm_shared & bit) file->shm_shared[i]--;
                h->shm_exclusive &= ~bit;
                h->shm_shared &= ~bit;
            } else if (flags & SQLITE_SHM_SHARED) {
                if (file->shm_exclusive[i] && !(h->shm_exclusive & bit)) result = SQLITE_BUSY;
                else if (pass && !(h->shm_shared & bit)) {
                    file->shm_shared[i]++;
                    h->shm_shared |= bit;
                }
            } else {
                int others = file->shm_shared[i] - ((h->shm_shared & bit) != 0);
                if ((file->shm_exclusive[i] && !(h->shm_exclusive & bit)) || others > 0) result = SQLITE_BUSY;
                else if (pass) {
                    file->shm_exclusive[i] = 1;
                    h->shm_exclusive |= bit;
                }
            }
        }
    pthread_mutex_unlock(&mutex);
    return result;
}

static void x_shm_barrier(sqlite3_file *f) { (void)f; __sync_synchronize(); }

static void drop_regions(struct file *file) {
    for (int i = 0; i < file->region_count; i++) {
        free(file->regions[i]);
        file->regions[i] = NULL;
    }
    file->region_count = 0;
    memset(file->shm_shared, 0, sizeof file->shm_shared);
    memset(file->shm_exclusive, 0, sizeof file->shm_exclusive);
}

static int x_shm_unmap(sqlite3_file *f, int deletes) {
    struct handle *h = (struct handle *)f;
    (void)deletes;
    pthread_mutex_lock(&mutex);
    if (h->uses_shm) {
        h->uses_shm = 0;
        if (--h->file->users == 0) drop_regions(h->file);
    }
    pthread_mutex_unlock(&mutex);
    return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, .xClose = x_close, .xRead = x_read, .xWrite = x_write, .xTruncate = x_truncate, .xSync = x_sync,
    .xFileSize = x_size, .xLock = x_lock, .xUnlock = x_unlock, .xCheckReservedLock = x_is_reserved,
    .xFileControl = x_control, .xSectorSize = x_sector, .xDeviceCharacteristics = x_traits, .xShmMap = x_shm_map,
    .xShmLock = x_shm_lock, .xShmBarrier = x_shm_barrier, .xShmUnmap = x_shm_unmap,
};

/* -- The VFS -- */

static int v_open(sqlite3_vfs *v, const char *path, sqlite3_file *f, int flags, int *out) {
    (void)v;
    if (!is_ours(path)) return usual->xOpen(usual, path, f, flags, out);
    struct handle *h = (struct handle *)f;
    memset(h, 0, sizeof *h);
    pthread_mutex_lock(&mutex);
    struct file *file = find(path);
    int result = SQLITE_OK;
    if ((!file || !file->exists) && !(flags & SQLITE_OPEN_CREATE)) result = SQLITE_CANTOPEN;
    else {
        if (!file) {
            file = calloc(1, sizeof *file);
            file->path = strdup(path);
            file->disk = disk_of(path);
            file->next = files;
            files = file;
        }
        file->exists = 1;
        h->file = file;
        h->deletes = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
        h->base.pMethods = &methods;
        if (out) *out = flags;
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

static int v_delete(sqlite3_vfs *v, const char *path, int sync) {
    (void)v;
    if (!is_ours(path)) return usual->xDelete(usual, path, sync);
    pthread_mutex_lock(&mutex);
    struct file *file = find(path);
    int result = SQLITE_OK;
    if (!file || !file->exists) result = SQLITE_IOERR_DELETE_NOENT;
    else if (file->disk->off) result = SQLITE_IOERR_DELETE;
    else {
        file->exists = 0;
        resize(&file->now, 0);
        resize(&file->durable, 0);
        forget_changes(file);
    }
    pthread_mutex_unlock(&mutex);
    return result;
}

static int v_access(sqlite3_vfs *v, const char *path, int flags, int *out) {
    (void)v;
    if (!is_ours(path)) return usual->xAccess(usual, path, flags, out);
    pthread_mutex_lock(&mutex);
    struct file *file = find(path);
    *out = file && file->exists && (flags != SQLITE_ACCESS_EXISTS || file->now.size > 0);
    pthread_mutex_unlock(&mutex);
    return SQLITE_OK;
}

static int v_full(sqlite3_vfs *v, const char *path, int size, char *out) {
    (void)v;
    if (!is_ours(path)) return usual->xFullPathname(usual, path, size, out);
    sqlite3_snprintf(size, out, "%s", path);
    return SQLITE_OK;
}

int chaos_disk_register(void) {
    pthread_mutex_lock(&mutex);
    int isNew = usual == NULL;
    if (isNew) {
        usual = sqlite3_vfs_find(NULL);
        ours = *usual;
        ours.pNext = NULL;
        ours.zName = "chaos";
        if (ours.szOsFile < (int)sizeof(struct handle)) ours.szOsFile = sizeof(struct handle);
        ours.xOpen = v_open;
        ours.xDelete = v_delete;
        ours.xAccess = v_access;
        ours.xFullPathname = v_full;
    }
    pthread_mutex_unlock(&mutex);
    return isNew ? sqlite3_vfs_register(&ours, 1) : SQLITE_OK;
}

/* -- Faults -- */

void chaos_disk_erase(const char *prefix) {
    pthread_mutex_lock(&mutex);
    for (struct file **at = &files; *at;) {
        struct file *file = *at;
        if (!begins(file->path, prefix)) {
            at = &file->next;
            continue;
        }
        *at = file->next;
        forget_changes(file);
        drop_regions(file);
        free(file->now.bytes);
        free(file->durable.bytes);
        free(file->path);
        free(file);
    }
    for (struct disk **at = &disks; *at;) {
        struct disk *disk = *at;
        if (!begins(disk->prefix, prefix)) {
            at = &disk->next;
            continue;
        }
        *at = disk->next;
        free(disk->prefix);
        free(disk);
    }
    pthread_mutex_unlock(&mutex);
}

void chaos_disk_fail(const char *prefix, enum chaos_fault fault, int64_t after, int64_t count) {
    pthread_mutex_lock(&mutex);
    struct disk *disk = disk_of(prefix);
    disk->fault = fault;
    disk->operations = 0;
    disk->from = after;
    disk->count = count;
    pthread_mutex_unlock(&mutex);
}

int64_t chaos_disk_operations(const char *prefix) {
    pthread_mutex_lock(&mutex);
    int64_t found = disk_of(prefix)->operations;
    pthread_mutex_unlock(&mutex);
    return found;
}

void chaos_disk_power_off(const char *prefix) {
    pthread_mutex_lock(&mutex);
    disk_of(prefix)->off = 1;
    pthread_mutex_unlock(&mutex);
}

static uint64_t next_random(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

void chaos_disk_power_on(const char *prefix, uint64_t seed) {
    pthread_mutex_lock(&mutex);
    for (struct file *file = files; file; file = file->next) {
        if (!begins(file->path, prefix)) continue;
        /* Nothing, all, or each sector by itself. */
        uint64_t mood = next_random(&seed) % 4;
        for (struct change *one = file->first; one; one = one->next) {
            if (mood == 1 || (mood > 1 && next_random(&seed) % 2)) apply(&file->durable, one);
        }
        forget_changes(file);
        copy(&file->now, &file->durable);
        drop_regions(file);
        file->users = file->shared = file->reserved = file->exclusive = 0;
    }
    disk_of(prefix)->off = 0;
    disk_of(prefix)->count = 0;
    pthread_mutex_unlock(&mutex);
}
