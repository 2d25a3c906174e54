/* Device memory, which is the host's; copies within it and with the host. A copy that leaves live
 * memory is refused. With kernels to run:
 *   HOST_GUARD   alignment in bytes, 16 or 4: every buffer ends, rounded up to it, at a page that
 *                is not mapped, and memory that was given back is never mapped again
 *   HOST_POISON  1: fresh memory holds 0xFF bytes (NaN) instead of zeros */
#define _GNU_SOURCE
#include "driver.h"
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* About an H100's. */
static const size_t TOTAL_BYTES = 85045477376ull;
enum { PAGE = 4096 };

typedef struct {
    DevicePtr start;
    size_t bytes;
} Buffer;

/* A tree of live buffers by address. */
static void *tree;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static unsigned long long bytes_now, bytes_peak, buffers_now;

unsigned long long live_bytes(void) { return bytes_now; }
unsigned long long peak_bytes(void) { return bytes_peak; }
unsigned long long live_buffers(void) { return buffers_now; }

/* Buffers that overlap compare as equal. */
static int compare(const void *left, const void *right) {
    const Buffer *a = left, *b = right;
    return a->start + a->bytes <= b->start ? -1 : b->start + b->bytes <= a->start ? 1 : 0;
}

/* The buffer that holds `bytes` bytes from `start` on. */
static Buffer *find(DevicePtr start, size_t bytes) {
    Buffer key = {start, bytes ? bytes : 1};
    pthread_mutex_lock(&mutex);
    Buffer **found = tfind(&key, &tree, compare);
    pthread_mutex_unlock(&mutex);
    int inside = found && (*found)->start <= start &&
                 start - (*found)->start + bytes <= (*found)->bytes;
    return inside ? *found : 0;
}

/* ---- guarded memory: [0xFF ... buffer][page that is not mapped] ---- */

static size_t guard(void) {
    const char *text = getenv("HOST_GUARD");
    size_t alignment = running() && text ? strtoul(text, 0, 10) : 0;
    if (alignment & (alignment - 1) || alignment > PAGE) {
        fprintf(stderr, "host driver: HOST_GUARD is a power of two up to %d\n", PAGE);
        abort();
    }
    return alignment;
}

static int poison(void) {
    const char *text = getenv("HOST_POISON");
    return running() && text && *text && *text != '0';
}

static size_t round_up(size_t bytes, size_t to) { return (bytes + to - 1) / to * to; }

static void *take(size_t bytes) {
    size_t alignment = guard();
    if (!alignment) return aligned_alloc(256, round_up(bytes, 256));
    size_t wanted = round_up(bytes, alignment), pages = round_up(wanted, PAGE);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *memory = mmap(0, pages + PAGE, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (memory == MAP_FAILED) return 0;
    mprotect(memory + pages, PAGE, PROT_NONE);
    memset(memory, 0xFF, pages - wanted);
    return memory + pages - wanted;
}

static void give_back(void *memory, size_t bytes) {
    size_t alignment = guard();
    if (!alignment) {
        free(memory);
        return;
    }
    char *low = (char *)((uintptr_t)memory & ~(uintptr_t)(PAGE - 1));
    char *end = (char *)memory + round_up(bytes, alignment);
    mprotect(low, end - low, PROT_NONE);
    madvise(low, end - low, MADV_DONTNEED);
}

/* ---- allocation ---- */

static Result allocate(DevicePtr *out, size_t bytes, void *stream) {
    if (!bytes) return refuse("allocation of 0 bytes", INVALID_VALUE);
    if (stream && capture_of(stream))
        return refuse("allocation during a capture is not provided", NOT_SUPPORTED);
    void *memory = bytes <= TOTAL_BYTES - bytes_now ? take(bytes) : 0;
    if (!memory) return OUT_OF_MEMORY;
    memset(memory, poison() ? 0xFF : 0, bytes);
    Buffer *buffer = malloc(sizeof *buffer);
    *buffer = (Buffer){(DevicePtr)(uintptr_t)memory, bytes};
    pthread_mutex_lock(&mutex);
    tsearch(buffer, &tree, compare);
    buffers_now++;
    bytes_now += bytes;
    if (bytes_now > bytes_peak) bytes_peak = bytes_now;
    pthread_mutex_unlock(&mutex);
    count("alloc", stream ? "async" : "sync", bytes);
    *out = buffer->start;
    return SUCCESS;
}

static Result release(DevicePtr start, void *stream) {
    if (!start) return SUCCESS;
    Buffer *buffer = find(start, 1);
    if (!buffer || buffer->start != start)
        return refuse("release of memory that is not a buffer", INVALID_VALUE);
    if (stream && capture_of(stream))
        return refuse("release, during a capture, of memory taken before it", INVALID_VALUE);
    count("free", stream ? "async" : "sync", buffer->bytes);
    pthread_mutex_lock(&mutex);
    tdelete(buffer, &tree, compare);
    buffers_now--;
    bytes_now -= buffer->bytes;
    pthread_mutex_unlock(&mutex);
    give_back((void *)(uintptr_t)start, buffer->bytes);
    free(buffer);
    return SUCCESS;
}

/* The legacy default stream, where a call names none. */
static void *or_default(void *stream) { return stream ? stream : (void *)1; }

Result cuMemAlloc_v2(DevicePtr *out, size_t bytes) {
    API;
    NOT_IN_CAPTURE;
    return allocate(out, bytes, 0);
}
Result cuMemAllocAsync(DevicePtr *out, size_t bytes, void *stream) {
    API;
    return allocate(out, bytes, or_default(stream));
}
Result cuMemFree_v2(DevicePtr start) {
    API;
    NOT_IN_CAPTURE;
    return release(start, 0);
}
Result cuMemFreeAsync(DevicePtr start, void *stream) {
    API;
    return release(start, or_default(stream));
}
Result cuMemHostAlloc(void **out, size_t bytes, unsigned flags) {
    API;
    NOT_IN_CAPTURE;
    (void)flags;
    *out = aligned_alloc(PAGE, round_up(bytes + 1, PAGE));
    return *out ? SUCCESS : OUT_OF_MEMORY;
}
Result cuMemFreeHost(void *memory) {
    API;
    NOT_IN_CAPTURE;
    free(memory);
    return SUCCESS;
}
Result cuMemGetInfo_v2(size_t *free_bytes, size_t *total) {
    API;
    *total = TOTAL_BYTES;
    *free_bytes = TOTAL_BYTES - bytes_now;
    return SUCCESS;
}
Result cuDeviceTotalMem_v2(size_t *total, int device) {
    API;
    (void)device;
    *total = TOTAL_BYTES;
    return SUCCESS;
}

/* The device's one pool. */
Result cuDeviceGetMemPool(void **pool, int device) {
    API;
    (void)device;
    *pool = (void *)0x10;
    return SUCCESS;
}
Result cuDeviceGetDefaultMemPool(void **pool, int device) { return cuDeviceGetMemPool(pool, device); }
Result cuMemPoolSetAttribute(void *pool, int attribute, void *value) {
    API;
    (void)pool, (void)value;
    enum { USED_MEM_HIGH = 8 };
    if (attribute == USED_MEM_HIGH) bytes_peak = bytes_now;
    return SUCCESS;
}
Result cuMemPoolGetAttribute(void *pool, int attribute, void *value) {
    API;
    (void)pool;
    enum { USED_MEM_CURRENT = 7, USED_MEM_HIGH = 8 };
    unsigned long long answer = 0;
    if (attribute == USED_MEM_CURRENT) answer = bytes_now;
    if (attribute == USED_MEM_HIGH) answer = bytes_peak;
    memcpy(value, &answer, sizeof answer);
    return SUCCESS;
}

/* ---- copies and clearing ---- */

typedef struct {
    void *to;
    const void *from;
    size_t bytes;
} Copy;

static Result run_copy(void *data) {
    Copy *copy = data;
    memmove(copy->to, copy->from, copy->bytes);
    return SUCCESS;
}

static Result copy(DevicePtr to, DevicePtr from, size_t bytes, void *stream, const char *kind) {
    int to_device = kind[3] == 'D', from_device = kind[0] == 'D';
    if ((to_device && !find(to, bytes)) || (from_device && !find(from, bytes)))
        return refuse("copy outside live device memory", INVALID_VALUE);
    count_on(stream, "copy", kind, bytes);
    if (capture_of(stream) && !(to_device && from_device))
        count("capture_risk", "a graph keeps the host address of a copy", bytes);
    Copy work = {(void *)(uintptr_t)to, (const void *)(uintptr_t)from, bytes};
    return enqueue(stream, run_copy, &work, sizeof work);
}

#define ADDRESS(pointer) ((DevicePtr)(uintptr_t)(pointer))

Result cuMemcpyHtoDAsync_v2(DevicePtr to, const void *from, size_t bytes, void *stream) {
    API;
    return copy(to, ADDRESS(from), bytes, stream, "HtoD");
}
Result cuMemcpyDtoHAsync_v2(void *to, DevicePtr from, size_t bytes, void *stream) {
    API;
    return copy(ADDRESS(to), from, bytes, stream, "DtoH");
}
Result cuMemcpyDtoDAsync_v2(DevicePtr to, DevicePtr from, size_t bytes, void *stream) {
    API;
    return copy(to, from, bytes, stream, "DtoD");
}
Result cuMemcpyHtoD_v2(DevicePtr to, const void *from, size_t bytes) {
    API;
    NOT_IN_CAPTURE;
    return copy(to, ADDRESS(from), bytes, 0, "HtoD");
}
Result cuMemcpyDtoH_v2(void *to, DevicePtr from, size_t bytes) {
    API;
    NOT_IN_CAPTURE;
    return copy(ADDRESS(to), from, bytes, 0, "DtoH");
}

typedef struct {
    void *to;
    unsigned char value;
    size_t bytes;
} Fill;

static Result run_fill(void *data) {
    Fill *fill = data;
    memset(fill->to, fill->value, fill->bytes);
    return SUCCESS;
}

Result cuMemsetD8Async(DevicePtr to, unsigned char value, size_t bytes, void *stream) {
    API;
    if (!find(to, bytes)) return refuse("clearing outside live device memory", INVALID_VALUE);
    count_on(stream, "memset", "async", bytes);
    Fill work = {(void *)(uintptr_t)to, value, bytes};
    return enqueue(stream, run_fill, &work, sizeof work);
}

/* ---- where an address lies ---- */

static struct {
    uintptr_t address, distance;
    const Buffer *buffer;
} nearest;

static void look(const void *node, VISIT visit, int depth) {
    (void)depth;
    if (visit != preorder && visit != leaf) return;
    const Buffer *buffer = *(Buffer *const *)node;
    uintptr_t end = buffer->start + buffer->bytes, distance = 0;
    if (nearest.address < buffer->start) distance = buffer->start - nearest.address;
    if (nearest.address >= end) distance = nearest.address - end + 1;
    if (nearest.buffer && nearest.distance <= distance) return;
    nearest.buffer = buffer;
    nearest.distance = distance;
}

void describe_address(uintptr_t address, char *text, size_t size) {
    pthread_mutex_lock(&mutex);
    nearest.address = address;
    nearest.buffer = 0;
    twalk(tree, look);
    unsigned long distance = nearest.distance;
    size_t bytes = nearest.buffer ? nearest.buffer->bytes : 0;
    if (address < PAGE)
        snprintf(text, size, ": a null pointer");
    else if (!nearest.buffer || distance > 1 << 20)
        snprintf(text, size, ": no live buffer is near");
    else if (!distance)
        snprintf(text, size, ": inside a buffer, so perhaps a misaligned vector access");
    else if (address < nearest.buffer->start)
        snprintf(text, size, ": %lu bytes before a buffer of %zu bytes", distance, bytes);
    else
        snprintf(text, size, ": %lu bytes past the end of a buffer of %zu bytes", distance - 1,
                 bytes);
    pthread_mutex_unlock(&mutex);
}
