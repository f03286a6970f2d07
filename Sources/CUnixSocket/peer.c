#define _GNU_SOURCE
#include "CUnixSocket.h"
#include <sys/socket.h>

_Static_assert(sizeof(struct unix_peer) == sizeof(struct ucred), "the two are read from the same bytes");
