#ifndef CPROGRAM_H
#define CPROGRAM_H
#include <sys/types.h>

/* Starts a program in a process group of its own, with these descriptors as its standard input and standard error and
 * nothing as its output; no other descriptor of ours is open in it. `arguments` and `environment` end with NULL; the
 * first argument is the path.
 *
 * Returns 0 and the process, or the number of the error. posix_spawn_file_actions_addclosefrom_np of glibc is shown to
 * _GNU_SOURCE alone. */
int cprogram_start(char *const arguments[], char *const environment[], int input, int errors, pid_t *process);

/* A file in memory without a name, closed in every program that is started; -1 and errno when there is none. */
int cprogram_file(void);

#endif
