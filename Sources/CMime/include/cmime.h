#ifndef CMIME_H
#define CMIME_H

#include <stddef.h>
#include <stdint.h>

/* A mail as GMime reads it, behind functions that Swift can call: no macro, no GObject, no varargs.
 *
 * Every text that a function returns is UTF-8, ends with a zero byte, and is released with cmime_release. A message is
 * used by one thread at a time. */

/* Parts beyond these are left out, and cmime_is_cut says so. */
#define CMIME_PARTS_MAX 200
#define CMIME_DEPTH_MAX 20

typedef struct cmime_message cmime_message;

enum { CMIME_MULTIPART = 0, CMIME_LEAF = 1, CMIME_MESSAGE = 2 };
enum { CMIME_FROM = 0, CMIME_REPLY_TO = 1, CMIME_TO = 2, CMIME_CC = 3 };

/* NULL when this is no message at all. */
cmime_message *cmime_read(const uint8_t *bytes, size_t count);
void cmime_free(cmime_message *message);
void cmime_release(void *text);

/* A header of the mail (part -1), or of the mail within a part of the kind CMIME_MESSAGE; NULL when it has none. */
char *cmime_header(cmime_message *message, int part, const char *name);
/* The same without decoding: the bytes as they came. */
char *cmime_raw_header(cmime_message *message, int part, const char *name);
/* Seconds since 1970; 0 is returned for a mail without a date that can be read. */
int cmime_date(cmime_message *message, int64_t *seconds);

/* Addresses of a header, those of groups too. `name` is NULL where there is none. */
int cmime_address_count(cmime_message *message, int which);
void cmime_address(cmime_message *message, int which, int place, char **name, char **address);

/* Parts in the order of the text, those within multiparts after the multipart. */
int cmime_part_count(cmime_message *message);
int cmime_is_cut(cmime_message *message);
int cmime_part_kind(cmime_message *message, int part);
/* `text/plain`; lower case. */
char *cmime_part_type(cmime_message *message, int part);
char *cmime_part_parameter(cmime_message *message, int part, const char *name);
char *cmime_part_disposition(cmime_message *message, int part);
char *cmime_part_file_name(cmime_message *message, int part);
/* Bytes after decoding base64 and the like. */
int64_t cmime_part_size(cmime_message *message, int part);
/* The first `max` of these bytes; NULL for none. */
uint8_t *cmime_part_content(cmime_message *message, int part, size_t max, size_t *count);

/* Bytes in a character set as UTF-8; what is not of it becomes U+FFFD. NULL for a character set nobody knows. */
char *cmime_to_utf8(const uint8_t *bytes, size_t count, const char *charset, size_t *length);

/* A mail that we write, as bytes with line ends of one byte, which a mail program on this machine takes. Names are NULL
 * where there are none; `in_reply_to` and `references` have ids in angle brackets, and are NULL where there are none;
 * `message_id` has no brackets. NULL when it cannot be written. */
typedef struct {
    const char *from_name, *from, *to_name, *to, *subject, *text, *message_id, *in_reply_to, *references;
    int64_t seconds;
} cmime_outgoing;
char *cmime_compose(const cmime_outgoing *mail);

#endif
