#include "cmime.h"
#include <gmime/gmime.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>

struct cmime_message {
    GMimeMessage *message;
    /* GMimeObject, borrowed from the message. */
    GPtrArray *parts;
    int is_cut;
};

static void initialise(void) {
    static gsize done = 0;
    if (g_once_init_enter(&done)) {
        g_mime_init();
        g_once_init_leave(&done, 1);
    }
}

static void walk(cmime_message *m, GMimeObject *object, int depth) {
    if (object == NULL) return;
    if (m->parts->len >= CMIME_PARTS_MAX || depth > CMIME_DEPTH_MAX) {
        m->is_cut = 1;
        return;
    }
    g_ptr_array_add(m->parts, object);
    if (GMIME_IS_MULTIPART(object)) {
        GMimeMultipart *whole = GMIME_MULTIPART(object);
        int count = g_mime_multipart_get_count(whole);
        for (int i = 0; i < count && !m->is_cut; i++) walk(m, g_mime_multipart_get_part(whole, i), depth + 1);
    }
}

cmime_message *cmime_read(const uint8_t *bytes, size_t count) {
    /* What a mail in Japan that says nothing is written in, most likely first. */
    static const char *fallback[] = {"utf-8", "cp932", "euc-jp", "iso-8859-1", NULL};
    initialise();
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer((const char *)bytes, count);
    if (stream == NULL) return NULL;
    GMimeParserOptions *options = g_mime_parser_options_new();
    g_mime_parser_options_set_fallback_charsets(options, fallback);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *parsed = g_mime_parser_construct_message(parser, options);
    g_object_unref(parser);
    g_object_unref(stream);
    g_mime_parser_options_free(options);
    if (parsed == NULL) return NULL;
    cmime_message *m = g_new0(cmime_message, 1);
    m->message = parsed;
    m->parts = g_ptr_array_new();
    walk(m, g_mime_message_get_mime_part(parsed), 0);
    return m;
}

void cmime_free(cmime_message *m) {
    if (m == NULL) return;
    g_ptr_array_free(m->parts, TRUE);
    g_object_unref(m->message);
    g_free(m);
}

void cmime_release(void *text) { g_free(text); }

/* Texts of broken mails may be anything. */
static char *valid(const char *text) { return text == NULL ? NULL : g_utf8_make_valid(text, -1); }

static GMimeObject *part_at(cmime_message *m, int part) {
    return part < 0 || (guint)part >= m->parts->len ? NULL : g_ptr_array_index(m->parts, part);
}

static GMimeObject *message_at(cmime_message *m, int part) {
    if (part < 0) return GMIME_OBJECT(m->message);
    GMimeObject *object = part_at(m, part);
    if (object == NULL || !GMIME_IS_MESSAGE_PART(object)) return NULL;
    GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
    return inner == NULL ? NULL : GMIME_OBJECT(inner);
}

char *cmime_header(cmime_message *m, int part, const char *name) {
    GMimeObject *object = message_at(m, part);
    return object == NULL ? NULL : valid(g_mime_object_get_header(object, name));
}

char *cmime_raw_header(cmime_message *m, int part, const char *name) {
    GMimeObject *object = message_at(m, part);
    if (object == NULL) return NULL;
    GMimeHeader *header = g_mime_header_list_get_header(g_mime_object_get_header_list(object), name);
    return header == NULL ? NULL : g_strdup(g_mime_header_get_raw_value(header));
}

int cmime_date(cmime_message *m, int64_t *seconds) {
    GDateTime *date = g_mime_message_get_date(m->message);
    if (date == NULL) return 0;
    *seconds = g_date_time_to_unix(date);
    return 1;
}

static InternetAddressList *addresses(cmime_message *m, int which) {
    static const GMimeAddressType types[] = {
        GMIME_ADDRESS_TYPE_FROM, GMIME_ADDRESS_TYPE_REPLY_TO, GMIME_ADDRESS_TYPE_TO, GMIME_ADDRESS_TYPE_CC,
    };
    if (which < CMIME_FROM || which > CMIME_CC) return NULL;
    return g_mime_message_get_addresses(m->message, types[which]);
}

/* The mailbox at a place, counted through groups; NULL behind the last. `seen` has how many there were. */
static InternetAddress *mailbox(InternetAddressList *list, int place, int depth, int *seen) {
    if (list == NULL || depth > CMIME_DEPTH_MAX) return NULL;
    int count = internet_address_list_length(list);
    for (int i = 0; i < count; i++) {
        InternetAddress *one = internet_address_list_get_address(list, i);
        if (INTERNET_ADDRESS_IS_GROUP(one)) {
            InternetAddressList *members = internet_address_group_get_members(INTERNET_ADDRESS_GROUP(one));
            InternetAddress *found = mailbox(members, place, depth + 1, seen);
            if (found != NULL) return found;
        } else if (INTERNET_ADDRESS_IS_MAILBOX(one)) {
            if (*seen == place) return one;
            *seen += 1;
        }
    }
    return NULL;
}

int cmime_address_count(cmime_message *m, int which) {
    int seen = 0;
    mailbox(addresses(m, which), -1, 0, &seen);
    return seen;
}

void cmime_address(cmime_message *m, int which, int place, char **name, char **address) {
    int seen = 0;
    InternetAddress *one = place < 0 ? NULL : mailbox(addresses(m, which), place, 0, &seen);
    *name = one == NULL ? NULL : valid(internet_address_get_name(one));
    *address = one == NULL ? NULL : valid(internet_address_mailbox_get_addr(INTERNET_ADDRESS_MAILBOX(one)));
}

int cmime_part_count(cmime_message *m) { return (int)m->parts->len; }
int cmime_is_cut(cmime_message *m) { return m->is_cut; }

int cmime_part_kind(cmime_message *m, int part) {
    GMimeObject *object = part_at(m, part);
    if (object == NULL || GMIME_IS_MULTIPART(object)) return CMIME_MULTIPART;
    return GMIME_IS_MESSAGE_PART(object) ? CMIME_MESSAGE : CMIME_LEAF;
}

char *cmime_part_type(cmime_message *m, int part) {
    GMimeObject *object = part_at(m, part);
    GMimeContentType *type = object == NULL ? NULL : g_mime_object_get_content_type(object);
    if (type == NULL) return g_strdup("text/plain");
    char *written = g_mime_content_type_get_mime_type(type);
    char *plain = g_utf8_make_valid(written, -1), *lower = g_ascii_strdown(plain, -1);
    g_free(plain);
    g_free(written);
    return lower;
}

char *cmime_part_parameter(cmime_message *m, int part, const char *name) {
    GMimeObject *object = part_at(m, part);
    GMimeContentType *type = object == NULL ? NULL : g_mime_object_get_content_type(object);
    return type == NULL ? NULL : valid(g_mime_content_type_get_parameter(type, name));
}

char *cmime_part_disposition(cmime_message *m, int part) {
    GMimeObject *object = part_at(m, part);
    const char *said = object == NULL ? NULL : g_mime_object_get_disposition(object);
    if (said == NULL) return NULL;
    char *plain = g_utf8_make_valid(said, -1), *lower = g_ascii_strdown(plain, -1);
    g_free(plain);
    return lower;
}

char *cmime_part_file_name(cmime_message *m, int part) {
    GMimeObject *object = part_at(m, part);
    return object == NULL || !GMIME_IS_PART(object) ? NULL : valid(g_mime_part_get_filename(GMIME_PART(object)));
}

static GMimeDataWrapper *content(cmime_message *m, int part) {
    GMimeObject *object = part_at(m, part);
    return object == NULL || !GMIME_IS_PART(object) ? NULL : g_mime_part_get_content(GMIME_PART(object));
}

int64_t cmime_part_size(cmime_message *m, int part) {
    GMimeDataWrapper *data = content(m, part);
    if (data == NULL) return 0;
    GMimeStream *nothing = g_mime_stream_null_new();
    gint64 written = g_mime_data_wrapper_write_to_stream(data, nothing);
    g_object_unref(nothing);
    return written < 0 ? 0 : written;
}

uint8_t *cmime_part_content(cmime_message *m, int part, size_t max, size_t *count) {
    *count = 0;
    GMimeDataWrapper *data = content(m, part);
    if (data == NULL) return NULL;
    GMimeStream *memory = g_mime_stream_mem_new();
    g_mime_data_wrapper_write_to_stream(data, memory);
    GByteArray *bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory));
    uint8_t *copy = NULL;
    if (bytes != NULL && bytes->len > 0) {
        *count = bytes->len < max ? bytes->len : max;
        copy = g_malloc(*count + 1);
        memcpy(copy, bytes->data, *count);
        copy[*count] = 0;
    }
    g_object_unref(memory);
    return copy;
}

char *cmime_to_utf8(const uint8_t *bytes, size_t count, const char *charset, size_t *length) {
    initialise();
    *length = 0;
    iconv_t converter = g_mime_iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1) return NULL;
    GString *out = g_string_sized_new(count + count / 2 + 16);
    char *in = (char *)bytes, buffer[4096];
    size_t left = count;
    while (left > 0) {
        char *to = buffer;
        size_t room = sizeof buffer;
        size_t result = iconv(converter, &in, &left, &to, &room);
        int is_full = result == (size_t)-1 && errno == E2BIG;
        g_string_append_len(out, buffer, (gssize)(sizeof buffer - room));
        if (result != (size_t)-1 || is_full) continue;
        /* A byte that means nothing here, or the beginning of a character without its end. */
        g_string_append(out, "\xEF\xBF\xBD");
        if (left > 0) {
            in++;
            left--;
        }
    }
    g_mime_iconv_close(converter);
    *length = out->len;
    return g_string_free(out, FALSE);
}

static int is_ascii(const char *text) {
    for (; *text != 0; text++)
        if ((unsigned char)*text >= 0x80) return 0;
    return 1;
}

/* Base64 has the line ends of the network; quoted-printable leaves them to the mail program. */
static GMimePart *text_part(const char *text) {
    int ascii = is_ascii(text);
    GString *body = g_string_new(NULL);
    for (const char *at = text; *at != 0; at++) {
        if (*at == '\n' && !ascii) g_string_append_c(body, '\r');
        g_string_append_c(body, *at);
    }
    GMimePart *part = g_mime_part_new_with_type("text", "plain");
    g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(body->str, body->len);
    g_string_free(body, TRUE);
    GMimeDataWrapper *data = g_mime_data_wrapper_new_with_stream(stream, GMIME_CONTENT_ENCODING_DEFAULT);
    g_object_unref(stream);
    g_mime_part_set_content(part, data);
    g_object_unref(data);
    g_mime_part_set_content_encoding(
        part, ascii ? GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE : GMIME_CONTENT_ENCODING_BASE64);
    return part;
}

char *cmime_compose(const cmime_outgoing *mail) {
    initialise();
    GDateTime *date = g_date_time_new_from_unix_utc(mail->seconds);
    if (date == NULL) return NULL;
    GMimeMessage *message = g_mime_message_new(TRUE);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_FROM, mail->from_name, mail->from);
    g_mime_message_add_mailbox(message, GMIME_ADDRESS_TYPE_TO, mail->to_name, mail->to);
    g_mime_message_set_subject(message, mail->subject, "utf-8");
    g_mime_message_set_date(message, date);
    g_date_time_unref(date);
    g_mime_message_set_message_id(message, mail->message_id);
    if (mail->in_reply_to != NULL)
        g_mime_object_set_header(GMIME_OBJECT(message), "In-Reply-To", mail->in_reply_to, NULL);
    if (mail->references != NULL)
        g_mime_object_set_header(GMIME_OBJECT(message), "References", mail->references, NULL);
    GMimePart *part = text_part(mail->text);
    g_mime_message_set_mime_part(message, GMIME_OBJECT(part));
    g_object_unref(part);
    char *bytes = g_mime_object_to_string(GMIME_OBJECT(message), NULL);
    g_object_unref(message);
    return bytes;
}
