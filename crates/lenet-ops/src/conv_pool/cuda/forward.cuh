// What the kernels of the forward pass share: arguments, images, the pool of a window.
#pragma once
#include "correlate.cuh"

struct StageForward {
    Batch batch;
    const float* images;      // [place][stride][channel][row][column]; a first stage: unused
    const float* parameters;  // [slot][parameter_stride]
    float* pooled;            // [place][stride][filter][row / 2][column / 2]
    u8* codes;                // as pooled
    u32 parameter_stride;
    u32 weight;               // offset of [filter][channel][row][column] among the parameters
    u32 bias;                 // offset of [filter]
    u32 stride;               // images that a place has memory for
    StageSizes stage;
    Tiling tiling;            // unused for any kernel
};

static __device__ __forceinline__ PixelImages images_of(const StageForward& arguments, u32 slot, u8) {
    const StageSizes& stage = arguments.stage;
    return {&arguments.batch, slot, stage.channels * stage.height * stage.width};
}

static __device__ __forceinline__ FloatImages images_of(const StageForward& arguments, u32, float) {
    const StageSizes& stage = arguments.stage;
    u32 size = stage.channels * stage.height * stage.width;
    return {arguments.images + (u64)blockIdx.z * arguments.stride * size, size};
}

// Bias, ReLU and pool of a window's four places: the value and its code. Of equal places the
// first counts, of several NaN the last.
static __device__ __forceinline__ float pool(const float (&places)[4], float bias, u8& code) {
    float best = places[0] + bias;
    u32 place = 0;
#pragma unroll
    for (u32 i = 1; i < 4; ++i) {
        float value = places[i] + bias;
        if (value > best || value != value) {
            best = value;
            place = i;
        }
    }
    bool off = best <= 0.0f;
    code = off ? DEAD : place;
    return off ? 0.0f : best;
}

// Where the results of an image's filter begin.
static __device__ __forceinline__ u64 result(const StageForward& arguments, u32 image, u32 filter) {
    const StageSizes& stage = arguments.stage;
    u64 images = (u64)blockIdx.z * arguments.stride + image;
    return (images * stage.filters + filter) * stage.pooled_places();
}
