// The gradient that passes a layer's own ReLU, where the next layer has not taken care of it.
#include "lenet.cuh"

struct ReluGradient {
    const float* upstream;  // [count]
    const float* output;    // [count], after the ReLU
    float* gradient;        // [count]
    u32 count;
    u32 padding;
};

extern "C" __global__ void __launch_bounds__(256) relu_gradient(ReluGradient arguments) {
    u32 element = blockIdx.x * blockDim.x + threadIdx.x;
    if (element < arguments.count) {
        bool off = arguments.output[element] <= 0.0f;
        arguments.gradient[element] = off ? 0.0f : arguments.upstream[element];
    }
}
