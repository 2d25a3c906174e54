/* Modules and launches. HOST_KERNELS names an object that `host/host_kernels` made; its kernels run
 * on the host. Without it launches are counted and nothing is computed. */
#define _GNU_SOURCE
#include "driver.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHARED_BYTES = 48 << 10, SHARED_BYTES_ON_REQUEST = 227 << 10, MAX_PARAMETERS = 256 };

typedef struct {
    unsigned x, y, z;
} Size;

typedef struct Function {
    char *name;
    int (*launch)(Size grid, Size block, unsigned shared_bytes, void **parameters);
    unsigned parameters;
    const unsigned *parameter_bytes;
    unsigned shared_limit;
    struct Function *next;
} Function;

typedef struct {
    char *text; /* PTX, or null where the image is a binary */
} Module;

static void *object;
static const char *(*explain)(void **address);
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_object(void) {
    const char *path = getenv("HOST_KERNELS");
    if (!path || !*path) return;
    object = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!object) {
        fprintf(stderr, "host driver: HOST_KERNELS: %s\n", dlerror());
        abort();
    }
    explain = (const char *(*)(void **))dlsym(object, "host_error");
}

int running(void) {
    pthread_once(&once, open_object);
    return object != 0;
}

/* ---- modules ---- */

Result cuModuleLoadData(Module **out, const char *image) {
    API;
    Module *module = calloc(1, sizeof *module);
    /* PTX begins with a comment, a directive or an empty line. */
    if (image[0] == '/' || image[0] == '.' || image[0] == '\n') module->text = strdup(image);
    *out = module;
    return SUCCESS;
}
Result cuModuleUnload(Module *module) {
    API;
    free(module->text);
    free(module);
    return SUCCESS;
}

static Function *functions;
static pthread_mutex_t functions_mutex = PTHREAD_MUTEX_INITIALIZER;

static Function *new_function(const char *name) {
    char symbol[600];
    Function *function = calloc(1, sizeof *function);
    function->name = strdup(name);
    function->shared_limit = SHARED_BYTES;
    if (!running()) return function;
    snprintf(symbol, sizeof symbol, "host_launch_%s", name);
    function->launch = (int (*)(Size, Size, unsigned, void **))dlsym(object, symbol);
    snprintf(symbol, sizeof symbol, "host_params_%s", name);
    const unsigned *(*sizes)(unsigned *) = (const unsigned *(*)(unsigned *))dlsym(object, symbol);
    if (sizes) function->parameter_bytes = sizes(&function->parameters);
    return function;
}

Result cuModuleGetFunction(Function **out, Module *module, const char *name) {
    API;
    char entry[600];
    snprintf(entry, sizeof entry, ".entry %s(", name);
    if (module->text && !strstr(module->text, entry)) return NOT_FOUND;
    pthread_mutex_lock(&functions_mutex);
    Function *function = functions;
    while (function && strcmp(function->name, name)) function = function->next;
    if (!function) {
        function = new_function(name);
        function->next = functions;
        functions = function;
    }
    pthread_mutex_unlock(&functions_mutex);
    /* A binary image does not tell its names here, so what is in neither is found missing too. */
    if (!module->text && running() && !function->launch) return NOT_FOUND;
    *out = function;
    return SUCCESS;
}
Result cuFuncGetAttribute(int *value, int attribute, Function *function) {
    API;
    enum { MAX_THREADS_PER_BLOCK = 0 };
    (void)function;
    if (attribute != MAX_THREADS_PER_BLOCK) return NOT_SUPPORTED;
    *value = 1024;
    return SUCCESS;
}
Result cuFuncSetAttribute(Function *function, int attribute, int value) {
    API;
    enum { MAX_DYNAMIC_SHARED_SIZE_BYTES = 8 };
    if (attribute != MAX_DYNAMIC_SHARED_SIZE_BYTES) return SUCCESS;
    if (value < 0 || value > SHARED_BYTES_ON_REQUEST)
        return refuse("more shared memory than a block can have", INVALID_VALUE);
    function->shared_limit = value;
    return SUCCESS;
}

/* ---- launches ---- */

typedef struct {
    Function *function;
    Size grid, block;
    unsigned shared_bytes;
    _Alignas(16) char parameters[]; /* each rounded up to 16 bytes */
} Call;

static size_t room(unsigned bytes) { return (bytes + 15) / 16 * 16; }

static Result run_call(void *data) {
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    Call *call = data;
    void *parameters[MAX_PARAMETERS];
    char *next = call->parameters;
    for (unsigned i = 0; i < call->function->parameters; i++) {
        parameters[i] = next;
        next += room(call->function->parameter_bytes[i]);
    }
    pthread_mutex_lock(&one_at_a_time);
    Result result =
        call->function->launch(call->grid, call->block, call->shared_bytes, parameters);
    if (result) {
        void *address = 0;
        char where[200] = "";
        const char *why = explain(&address);
        if (address) describe_address((uintptr_t)address, where, sizeof where);
        fprintf(stderr, "host driver: %s%s\n", why, where);
        count("failed", call->function->name, 0);
    }
    pthread_mutex_unlock(&one_at_a_time);
    return result;
}

static int too_large(Size grid, Size block) {
    unsigned long long threads = (unsigned long long)block.x * block.y * block.z;
    return threads > 1024 || block.z > 64 || grid.x > 2147483647 || grid.y > 65535 ||
           grid.z > 65535;
}

static Result launch(Function *function, Size grid, Size block, unsigned shared_bytes,
                     void *stream, void **parameters) {
    char why[700];
    if (!grid.x || !grid.y || !grid.z || !block.x || !block.y || !block.z)
        return refuse("launch with an empty grid or block", INVALID_VALUE);
    if (too_large(grid, block)) return refuse("launch with a large grid or block", INVALID_VALUE);
    if (shared_bytes > function->shared_limit) {
        snprintf(why, sizeof why, "launch of %s with %u bytes of shared memory, at most %u",
                 function->name, shared_bytes, function->shared_limit);
        return refuse(why, INVALID_VALUE);
    }
    count_on(stream, "launch", function->name, 0);
    if (!running()) return SUCCESS;
    if (!function->launch) {
        snprintf(why, sizeof why, "kernel %s is not in HOST_KERNELS", function->name);
        return refuse(why, NOT_SUPPORTED);
    }
    size_t bytes = sizeof(Call);
    for (unsigned i = 0; i < function->parameters; i++)
        bytes += room(function->parameter_bytes[i]);
    if (function->parameters > MAX_PARAMETERS || bytes > 32768)
        return refuse("launch with many or large parameters", INVALID_VALUE);
    Call *call = malloc(bytes);
    *call = (Call){function, grid, block, shared_bytes};
    char *next = call->parameters;
    for (unsigned i = 0; i < function->parameters; i++) {
        memcpy(next, parameters[i], function->parameter_bytes[i]);
        next += room(function->parameter_bytes[i]);
    }
    Result result = enqueue(stream, run_call, call, bytes);
    free(call);
    return result;
}

Result cuLaunchKernel(Function *function, unsigned grid_x, unsigned grid_y, unsigned grid_z,
                      unsigned block_x, unsigned block_y, unsigned block_z, unsigned shared_bytes,
                      void *stream, void **parameters, void **extra) {
    API;
    if (extra) return refuse("launch with parameters in one buffer is not provided", NOT_SUPPORTED);
    Size grid = {grid_x, grid_y, grid_z}, block = {block_x, block_y, block_z};
    return launch(function, grid, block, shared_bytes, stream, parameters);
}
