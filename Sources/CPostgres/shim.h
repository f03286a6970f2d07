#include <libpq-fe.h>

/* The fields of an error or a notice are named by character constants, which Swift does not import. Each is NULL for
 * a result without the field: an error of libpq itself, such as a connection that broke, has no SQLSTATE. */
static inline const char *postgres_shim_sqlstate(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}
static inline const char *postgres_shim_message(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}
static inline const char *postgres_shim_detail(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
}
/* ERROR, FATAL, WARNING and so on, in English whatever the server's language. */
static inline const char *postgres_shim_severity(const PGresult *result) {
    return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}
