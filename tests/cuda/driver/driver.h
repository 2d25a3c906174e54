/* What the parts of the driver share. */
#pragma once
#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

typedef int Result; /* CUresult */
typedef unsigned long long DevicePtr;

enum {
    SUCCESS = 0,
    INVALID_VALUE = 1,
    OUT_OF_MEMORY = 2,
    INVALID_DEVICE = 101,
    FILE_NOT_FOUND = 301,
    NOT_FOUND = 500,
    NOT_SUPPORTED = 801,
    CAPTURE_UNSUPPORTED = 900,
    CAPTURE_INVALIDATED = 901,
    CAPTURE_ISOLATION = 905,
    CAPTURED_EVENT = 907
};

/* ---- counters.c ---- */

/* Adds one to a counter, and `bytes` to its sum. */
void count(const char *group, const char *key, unsigned long long bytes);
/* Every entry point counts itself. */
#define API count("api", __func__, 0)
/* An error because the real driver would refuse the call; said on stderr under HOST_VERBOSE. */
Result refuse(const char *why, Result code);

/* ---- streams.c ---- */

/* Work: run at once, or recorded by a capture and run by each launch of its graph. */
struct Step;
typedef struct Graph {
    struct Step *first, *last;
    unsigned long long nodes;
    int invalid, mode;
    pthread_t thread;   /* that began the capture */
    struct Graph *next; /* another capture under way */
} Graph;

/* The capture that a stream is in, or null. */
Graph *capture_of(void *stream);
/* Counts a piece of work in `group`, or in "captured.`group`" while its stream captures. */
void count_on(void *stream, const char *group, const char *key, unsigned long long bytes);
/* Runs `run` on a copy of `size` bytes of `data`: at once, or from the stream's capture. */
Result enqueue(void *stream, Result (*run)(void *), const void *data, size_t size);
/* Whether a capture forbids a call that may wait for the device or take memory at once. */
Result forbidden(const char *name);
#define NOT_IN_CAPTURE                                                                             \
    do {                                                                                           \
        Result forbidden_ = forbidden(__func__);                                                   \
        if (forbidden_) return forbidden_;                                                         \
    } while (0)

/* ---- memory.c ---- */

unsigned long long live_bytes(void), peak_bytes(void), live_buffers(void);
/* Where an address lies relative to a buffer near it, as the end of a sentence. */
void describe_address(uintptr_t address, char *text, size_t size);

/* ---- kernels.c ---- */

/* Whether HOST_KERNELS names kernels to run; without them launches are only counted. */
int running(void);
