/* The one device, about an H100, and its context. */
#define _GNU_SOURCE
#include "driver.h"
#include <stdio.h>
#include <string.h>

static __thread void *current;

Result cuInit(unsigned flags) {
    API;
    (void)flags;
    return SUCCESS;
}
/* NVIDIA's own libraries ask for tables of undocumented functions, and do without. */
Result cuGetExportTable(const void **table, const void *id) {
    API;
    (void)id;
    *table = 0;
    return NOT_FOUND;
}
Result cuDriverGetVersion(int *version) {
    API;
    *version = 13000;
    return SUCCESS;
}
Result cuDeviceGetCount(int *devices) {
    API;
    *devices = 1;
    return SUCCESS;
}
Result cuDeviceGet(int *device, int ordinal) {
    API;
    *device = 0;
    return ordinal ? INVALID_DEVICE : SUCCESS;
}
Result cuDeviceGetName(char *name, int bytes, int device) {
    API;
    (void)device;
    const char *text = running() ? "host driver (runs kernels on the CPU)"
                                 : "host driver (counts, computes nothing)";
    snprintf(name, bytes, "%s", text);
    return SUCCESS;
}
Result cuDeviceGetUuid_v2(void *uuid, int device) {
    API;
    (void)device;
    memset(uuid, 0, 16);
    return SUCCESS;
}
Result cuDeviceGetAttribute(int *value, int attribute, int device) {
    API;
    (void)device;
    static const struct {
        int attribute, value;
    } known[] = {
        {1, 1024},     /* threads of a block */
        {2, 1024},     /* of its x, y, z */
        {3, 1024},     /**/
        {4, 64},       /**/
        {5, 2147483647}, /* blocks of a grid in x, y, z */
        {6, 65535},    /**/
        {7, 65535},    /**/
        {8, 49152},    /* bytes of shared memory of a block */
        {10, 32},      /* lanes of a warp */
        {12, 65536},   /* registers of a block */
        {13, 1980000}, /* clock in kHz */
        {16, 132},     /* multiprocessors */
        {39, 2048},    /* threads of a multiprocessor */
        {41, 1},       /* one address space with the host */
        {75, 9},       /* compute capability, major and minor */
        {76, 0},       /**/
        {81, 233472},  /* bytes of shared memory of a multiprocessor */
        {97, 232448},  /* of a block on request */
        {115, 1},      /* memory pools */
    };
    *value = 0;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].attribute == attribute) *value = known[i].value;
    return SUCCESS;
}
Result cuDevicePrimaryCtxRetain(void **context, int device) {
    API;
    (void)device;
    *context = (void *)0x20;
    return SUCCESS;
}
Result cuDevicePrimaryCtxRelease_v2(int device) {
    API;
    (void)device;
    return SUCCESS;
}
Result cuCtxGetCurrent(void **context) {
    API;
    *context = current;
    return SUCCESS;
}
Result cuCtxSetCurrent(void *context) {
    API;
    current = context;
    return SUCCESS;
}

static const struct {
    Result code;
    const char *name, *text;
} errors[] = {
    {0, "CUDA_SUCCESS", "no error"},
    {1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    {2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    {101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    {500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    {700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    {716, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    {719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    {801, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    {900, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted while capturing"},
    {901, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "the capture was spoilt by an earlier error"},
    {905, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "dependency on work outside the capture"},
    {907, "CUDA_ERROR_CAPTURED_EVENT", "the event was last recorded in a capture"},
};

Result cuGetErrorName(Result code, const char **name) {
    *name = "CUDA_ERROR";
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == code) *name = errors[i].name;
    return SUCCESS;
}
Result cuGetErrorString(Result code, const char **text) {
    *text = "another error";
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++)
        if (errors[i].code == code) *text = errors[i].text;
    return SUCCESS;
}
