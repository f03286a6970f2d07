#include <ldap.h>
#include <openldap.h>
#include <sys/time.h>

/* Constants that are macros with casts, and options whose values are addresses of what they are: Swift imports neither.
 * What returns an int returns what libldap does: LDAP_SUCCESS, 0, where it was done. */

/* Speaks LDAP on a socket that is connected; the URL says whose name the certificate has to have. */
static inline int ldap_shim_open(int socket, const char *url, LDAP **ld) {
    int version = LDAP_VERSION3;
    int result = ldap_init_fd(socket, LDAP_PROTO_TCP, url, ld);
    if (result != LDAP_SUCCESS) return result;
    result = ldap_set_option(*ld, LDAP_OPT_PROTOCOL_VERSION, &version);
    /* A referral would send the password to a server that nobody configured. */
    return result ? result : ldap_set_option(*ld, LDAP_OPT_REFERRALS, LDAP_OPT_OFF);
}

/* The certificate has to be right, whatever /etc/ldap/ldap.conf says. NULL: the system's authorities. */
static inline int ldap_shim_demand_certificate(LDAP *ld, const char *authorities) {
    int demand = LDAP_OPT_X_TLS_DEMAND, client = 0;
    int result = ldap_set_option(ld, LDAP_OPT_X_TLS_REQUIRE_CERT, &demand);
    if (result == 0 && authorities) result = ldap_set_option(ld, LDAP_OPT_X_TLS_CACERTFILE, authorities);
    return result ? result : ldap_set_option(ld, LDAP_OPT_X_TLS_NEWCTX, &client);
}

/* Waits for all of an answer: the type of the message, 0 when the time is over, -1 for a connection that broke. */
static inline int ldap_shim_result(LDAP *ld, int message, long milliseconds, LDAPMessage **answer) {
    struct timeval time = { milliseconds / 1000, (milliseconds % 1000) * 1000 };
    return ldap_result(ld, message, LDAP_MSG_ALL, &time, answer);
}

static inline int ldap_shim_simple_bind(LDAP *ld, const char *dn, const char *password, size_t length, int *message) {
    struct berval secret = { length, (char *)password };
    return ldap_sasl_bind(ld, dn, LDAP_SASL_SIMPLE, &secret, NULL, NULL, message);
}

static inline int ldap_shim_search(LDAP *ld, const char *base, int whole_tree, const char *filter, char **attributes,
                                   long milliseconds, int size, int *message) {
    /* The server counts whole seconds. */
    struct timeval time = { (milliseconds + 999) / 1000, 0 };
    int scope = whole_tree ? LDAP_SCOPE_SUBTREE : LDAP_SCOPE_ONELEVEL;
    return ldap_search_ext(ld, base, scope, filter, attributes, 0, NULL, NULL, &time, size, message);
}

/* What a handle has to say besides a code; NULL for nothing. Freed by ldap_memfree. */
static inline char *ldap_shim_diagnosis(LDAP *ld) {
    char *text = NULL;
    if (ldap_get_option(ld, LDAP_OPT_DIAGNOSTIC_MESSAGE, &text) != 0) return NULL;
    return text;
}

static inline int ldap_shim_last_code(LDAP *ld) {
    int code = LDAP_SERVER_DOWN;
    ldap_get_option(ld, LDAP_OPT_RESULT_CODE, &code);
    return code;
}

enum {
    ldap_shim_success = LDAP_SUCCESS,
    ldap_shim_size_limit = LDAP_SIZELIMIT_EXCEEDED,
    ldap_shim_time_limit = LDAP_TIMELIMIT_EXCEEDED,
    ldap_shim_no_such_object = LDAP_NO_SUCH_OBJECT,
    ldap_shim_invalid_credentials = LDAP_INVALID_CREDENTIALS,
    ldap_shim_inappropriate_authentication = LDAP_INAPPROPRIATE_AUTH,
    ldap_shim_filter_error = LDAP_FILTER_ERROR,
    ldap_shim_timeout = LDAP_TIMEOUT,
};
