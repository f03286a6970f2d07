#ifndef CUNIXSOCKET_H
#define CUNIXSOCKET_H
#include <sys/types.h>

/* struct ucred of unix(7), which glibc shows to _GNU_SOURCE alone. */
struct unix_peer {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};

#endif
