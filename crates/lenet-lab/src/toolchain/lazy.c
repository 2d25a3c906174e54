/* Opens one CUDA library at the first call of any of its functions.
 *
 * Compiled once a library, with these macros:
 *   FILES    names of the shared library, the preferred one first: "a", "b"
 *   SYMBOLS  header that lists the functions: "f", "g",
 *   ABSENT   what each function answers where there is no such library
 *   UNKNOWN  what it answers where the library has no such function
 *   TEXT     what functions that explain an error say then
 * The entry points are in an assembly file beside this one; each jumps through its slot, which
 * leads here until the function is found. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

static const char *const files[] = {FILES};
static const char *const symbols[] = {
#include SYMBOLS
};

static int absent(void) { return ABSENT; }
static int unknown(void) { return UNKNOWN; }
static const char *text(void) { return TEXT; }
static int text_into(int code, const char **out) { (void)code; *out = TEXT; return 0; }

/* What stands in for a function that cannot be had. The driver's texts come through an argument. */
static void *substitute(const char *symbol, int opened) {
    if (strncmp(symbol, "cuGetError", 10) == 0)
        return (void *)text_into;
    if (strstr(symbol, "GetErrorString") != NULL || strstr(symbol, "GetStatus") != NULL)
        return (void *)text;
    return opened ? (void *)unknown : (void *)absent;
}

/* Two threads may both do this; both find the same. */
__attribute__((visibility("hidden"))) void *RESOLVE(size_t index) {
    static void *library;
    for (size_t i = 0; library == NULL && i < sizeof files / sizeof *files; i++)
        library = dlopen(files[i], RTLD_NOW | RTLD_GLOBAL);
    void *function = library != NULL ? dlsym(library, symbols[index]) : NULL;
    return function != NULL ? function : substitute(symbols[index], library != NULL);
}
