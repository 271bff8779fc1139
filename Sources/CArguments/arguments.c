#include "CArguments.h"

static int count;
static char **arguments;

/* glibc gives initialisers what it gives to main. */
__attribute__((constructor)) static void keep(int given_count, char **given, char **environment) {
    (void)environment;
    count = given_count;
    arguments = given;
}

int varve_argument_count(void) { return count; }

const char *varve_argument(int index) { return index >= 0 && index < count ? arguments[index] : (const char *)0; }
