/* Takes the place of flock: it fails with the errno in FLOCK_ERRNO, as on file systems without locks, or, without
 * that, grants every lock to everybody, as on those that lock on one machine alone. */
#include <errno.h>
#include <stdlib.h>

int flock(int file, int operation) {
    (void)file;
    (void)operation;
    const char *code = getenv("FLOCK_ERRNO");
    if (code == NULL) return 0;
    errno = atoi(code);
    return -1;
}
