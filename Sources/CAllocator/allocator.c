#include "CAllocator.h"

/* What jemalloc reads when the program starts; without jemalloc nobody reads it. Memory that was freed goes back to the
 * system after a second, by a thread of jemalloc's own: a daemon that rests after a busy hour does not keep it. */
const char *malloc_conf = "background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0";
