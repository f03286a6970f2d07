#include "CVersion.h"

#define AS_WRITTEN(value) #value
#define AS_TEXT(value) AS_WRITTEN(value)

#ifdef SCREENPOP_COMMIT
#define COMMIT AS_TEXT(SCREENPOP_COMMIT)
#else
#define COMMIT "not recorded"
#endif

const char *screenpop_version_and_commit(void) { return SCREENPOP_VERSION " (commit " COMMIT ")"; }
