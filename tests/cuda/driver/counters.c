/* Counts what a program asks of the driver; at exit writes it as JSON to the file HOST_COUNTS:
 *   {"group": {"key": count, ...}, "group": {"key": {"count": c, "bytes": b}, ...}, ...} */
#define _GNU_SOURCE
#include "driver.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct Row {
    char *group, *key;
    unsigned long long count, bytes;
    struct Row *next; /* in its bucket */
} Row;

enum { BUCKETS = 1024 };
static Row *buckets[BUCKETS];
static int rows;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static unsigned hash(const char *group, const char *key) {
    unsigned value = 5381;
    for (; *group; group++) value = 33 * value + (unsigned char)*group;
    for (; *key; key++) value = 33 * value + (unsigned char)*key;
    return value % BUCKETS;
}

void count(const char *group, const char *key, unsigned long long bytes) {
    pthread_mutex_lock(&mutex);
    Row **place = &buckets[hash(group, key)];
    while (*place && (strcmp((*place)->group, group) || strcmp((*place)->key, key)))
        place = &(*place)->next;
    if (!*place) {
        *place = calloc(1, sizeof **place);
        (*place)->group = strdup(group);
        (*place)->key = strdup(key);
        rows++;
    }
    (*place)->count++;
    (*place)->bytes += bytes;
    pthread_mutex_unlock(&mutex);
}

Result refuse(const char *why, Result code) {
    count("refused", why, 0);
    if (getenv("HOST_VERBOSE")) fprintf(stderr, "host driver: refused (%d): %s\n", code, why);
    return code;
}

static int by_name(const void *left, const void *right) {
    const Row *a = *(Row *const *)left, *b = *(Row *const *)right;
    int order = strcmp(a->group, b->group);
    return order ? order : strcmp(a->key, b->key);
}

static void write_string(FILE *file, const char *text) {
    fputc('"', file);
    for (; *text; text++)
        if (*text != '"' && *text != '\\') fputc(*text, file);
    fputc('"', file);
}

__attribute__((destructor)) static void write_counts(void) {
    const char *path = getenv("HOST_COUNTS");
    FILE *file = path && *path ? fopen(path, "w") : 0;
    if (!file) return;
    Row **sorted = calloc(rows + 1, sizeof *sorted);
    int next = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++)
        for (Row *row = buckets[bucket]; row; row = row->next) sorted[next++] = row;
    qsort(sorted, rows, sizeof *sorted, by_name);
    fprintf(file, "{\n \"kernels_run\": %s,\n", running() ? "true" : "false");
    fprintf(file, " \"memory\": {\"live_buffers\": %llu, \"live_bytes\": %llu, ", live_buffers(),
            live_bytes());
    fprintf(file, "\"peak_bytes\": %llu}", peak_bytes());
    for (int i = 0; i < rows; i++) {
        Row *row = sorted[i];
        int first = i == 0 || strcmp(row->group, sorted[i - 1]->group);
        int last = i + 1 == rows || strcmp(row->group, sorted[i + 1]->group);
        if (first) {
            fprintf(file, ",\n ");
            write_string(file, row->group);
            fprintf(file, ": {");
        }
        fprintf(file, first ? "\n  " : ",\n  ");
        write_string(file, row->key);
        if (row->bytes)
            fprintf(file, ": {\"count\": %llu, \"bytes\": %llu}", row->count, row->bytes);
        else
            fprintf(file, ": %llu", row->count);
        if (last) fprintf(file, "\n }");
    }
    fprintf(file, "\n}\n");
    fclose(file);
    free(sorted);
}
