// Arguments of the kernels of the gradient of the images.
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
    Stage stage;
    Tiling tiling;            // unused for any kernel
    u32 padding;
};
