#ifndef C_ALLOCATOR_H
#define C_ALLOCATOR_H

extern const char *malloc_conf;

/* Unmaps the pages of the program and its libraries that are copies of files: code, constants, and the tables that the
 * loader reads once. Those that are used again are mapped again from the page cache. To be called when a start is over:
 * most of what was touched until then is not used again. */
void release_start_pages(void);

#endif
