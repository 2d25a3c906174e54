// A stage's gradient of weights and biases from its segments, where no update adds them up.
#include "lenet.cuh"

struct SumSegments {
    const float* partial;  // [segments][stride]
    float* sums;           // [count]
    u32 segments;
    u32 stride;
    u32 count;
    u32 padding;
};

// A thread adds up one element in the order of the segments.
extern "C" __global__ void __launch_bounds__(256) sum_segments(SumSegments arguments) {
    u32 element = blockIdx.x * blockDim.x + threadIdx.x;
    if (element >= arguments.count) {
        return;
    }
    float sum = 0.0f;
    for (u32 segment = 0; segment < arguments.segments; ++segment) {
        sum += arguments.partial[(u64)segment * arguments.stride + element];
    }
    arguments.sums[element] = sum;
}
