// A kernel for tests of everything but the kernels: y = a * x + y.
#include "lenet.cuh"

struct SaxpyArgs {
    const float* x;
    float* y;
    float a;
    u32 length;
};

extern "C" __global__ void saxpy(const SaxpyArgs args) {
    u32 index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < args.length) args.y[index] = args.a * args.x[index] + args.y[index];
}

// The same by way of dynamic shared memory, which holds a block's part of x backwards.
extern "C" __global__ void saxpy_shared(const SaxpyArgs args) {
    extern __shared__ float part[];
    u32 index = blockIdx.x * blockDim.x + threadIdx.x;
    part[blockDim.x - 1 - threadIdx.x] = index < args.length ? args.x[index] : 0.0f;
    __syncthreads();
    if (index < args.length) args.y[index] += args.a * part[blockDim.x - 1 - threadIdx.x];
}
