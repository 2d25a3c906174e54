// What the kernels of the gradient of the images share.
#pragma once
#include "correlate.cuh"

struct StageInputGradient {
    Batch batch;
    const float* upstream;    // gradient of pooled, [place][stride][filter][row / 2][column / 2]
    const u8* codes;          // as upstream
    const float* parameters;  // [slot][parameter_stride]
    float* gradient;          // [place][stride][channel][row][column]
    u32 parameter_stride;
    u32 weight;               // offset of [filter][channel][row][column] among the parameters
    u32 stride;               // images that a place has memory for
    StageSizes stage;
    Tiling tiling;            // unused for any kernel
    u32 padding;
};

// What a pass (see `correlate.cuh`) is in either precision. Planes are the gradients of the
// convolution's filters: in each pooled window the gradient lies at one of four places. Outputs are
// channels, and a kernel is read from its end.
struct InputGradientPass {
    const StageInputGradient& arguments;
    const float* weights;
    const float* upstream;
    const u8* codes;
    u32 outputs;
    u32 inputs;
    u32 images;
    u32 rows;
    u32 columns;
};

// The pass of the block's network.
static __device__ __forceinline__ InputGradientPass input_gradient_pass(const StageInputGradient& arguments) {
    const StageSizes& stage = arguments.stage;
    u64 slot = arguments.batch.slots[blockIdx.z];
    u64 results = (u64)blockIdx.z * arguments.stride * stage.filters * stage.pooled_places();
    return {
        arguments,
        arguments.parameters + slot * arguments.parameter_stride + arguments.weight,
        arguments.upstream + results,
        arguments.codes + results,
        stage.channels,
        stage.filters,
        arguments.batch.images,
        divided_up(stage.height, 2),
        divided_up(stage.width, 2),
    };
}
