// Without this, sd_journal_sendv is a macro that adds this header's own place in the source to
// every entry, and Swift cannot see it. With it, it is a function, and CODE_FILE is ours to send.
#define SD_JOURNAL_SUPPRESS_LOCATION

#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>
