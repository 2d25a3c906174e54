// What candle asks of cuBLAS and cuRAND when it opens a device. Neither computes anything here, so
// whatever else is called is not found.
typedef int Status;
typedef void *Handle;

static int something;

static Status create(Handle *handle) {
    *handle = &something;
    return 0;
}

Status cublasCreate_v2(Handle *handle) { return create(handle); }
Status cublasDestroy_v2(Handle handle) { return 0; }
Status cublasSetStream_v2(Handle handle, void *stream) { return 0; }

Status curandCreateGenerator(Handle *generator, int kind) { return create(generator); }
Status curandDestroyGenerator(Handle generator) { return 0; }
Status curandSetStream(Handle generator, void *stream) { return 0; }
Status curandSetPseudoRandomGeneratorSeed(Handle generator, unsigned long long seed) { return 0; }
