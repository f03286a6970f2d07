#ifndef CPHONENUMBERS_H
#define CPHONENUMBERS_H
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What libphonenumber made of a text. Texts are UTF-8, ended by a zero, and cut where they do not fit. */
struct phone_number {
    char e164[32];
    char display[64];
    char region[8];
    char place[128];
    /* It has a length that numbers of its country have. */
    bool is_possible;
    /* It is in a range that is given to somebody, as far as the library's metadata knows. */
    bool is_valid;
};

/* Reads `text` of `length` bytes as people in `region` would write it; place names in `language`, for valid numbers
 * only. False when it cannot be read as a number, and for anything that goes wrong inside the library: no exception
 * leaves it. */
bool phone_number_read(const char *text, size_t length, const char *region, const char *language,
                       struct phone_number *number);

#ifdef __cplusplus
}
#endif
#endif
