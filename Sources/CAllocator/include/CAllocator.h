#ifndef C_ALLOCATOR_H
#define C_ALLOCATOR_H

extern const char *malloc_conf;

#endif
