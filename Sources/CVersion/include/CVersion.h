#ifndef C_VERSION_H
#define C_VERSION_H

/* The version of all four programs and of their packages. config/debian/tools/version.sh reads this line too. */
#define SCREENPOP_VERSION "0.2.0"

/* The version with the commit that the program was built from, for people: "0.2.0 (commit 83e507c1a2b3)". `make build`
 * says which commit it is; a program that `swift build` made by itself says that it was not recorded. */
const char *screenpop_version_and_commit(void);

#endif
