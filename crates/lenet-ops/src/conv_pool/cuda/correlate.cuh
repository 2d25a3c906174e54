// Correlation of planes in shared memory with square kernels: what the forward pass and the
// gradient of the images have in common.
//
// The outputs of an image (filters; for the gradient, channels) are computed at windows of 2x2
// places. A block owns a tile of the windows of a few images and some groups of four outputs, and
// sums over the inputs (channels; for the gradient, filters), of which a few at a time lie in
// shared memory. A thread owns a window of one group: 16 sums. Every sum runs over the inputs in
// order, and for each over the kernel's rows and columns.
#pragma once
#include "stage.cuh"

// What a block computes.
struct Tiling {
    u32 images;
    u32 rows;     // of windows
    u32 columns;  // of windows
    u32 pitch;    // floats between rows of a plane, even
    u32 groups;   // of four outputs, side by side
    u32 rounds;   // of such groups, one after another
    u32 depth;    // inputs in shared memory
};

// Adds the inputs in shared memory. `window` is the thread's corner in the first plane, `weights`
// its group's of the first input.
template <int K>
static __device__ __forceinline__ void correlate(const float* window, u32 pitch, u32 plane,
                                                 const float4* weights, u32 groups, u32 inputs,
                                                 float (&sums)[4][4]) {
    for (u32 input = 0; input < inputs; ++input) {
        float x[K + 1][K + 1];
#pragma unroll
        for (int row = 0; row <= K; ++row) {
#pragma unroll
            for (int column = 0; column <= K; column += 2) {
                float2 pair = *(const float2*)(window + row * pitch + column);
                x[row][column] = pair.x;
                x[row][column + 1] = pair.y;
            }
        }
#pragma unroll
        for (int row = 0; row < K; ++row) {
#pragma unroll
            for (int column = 0; column < K; ++column) {
                float4 weight = weights[row * K + column];
#pragma unroll
                for (int code = 0; code < 4; ++code) {
                    float value = x[row + code / 2][column + code % 2];
                    sums[code][0] += value * weight.x;
                    sums[code][1] += value * weight.y;
                    sums[code][2] += value * weight.z;
                    sums[code][3] += value * weight.w;
                }
            }
        }
        window += plane;
        weights += K * K * groups;
    }
}

// Runs a pass:
//   pass.outputs, pass.inputs, pass.images, and pass.rows x pass.columns windows of an image;
//   pass.fill_planes(planes, image, images, input, inputs, depth): as copy_planes;
//   pass.fill_weights(weights, output, groups, input, inputs): into floats
//     [input][group][row][column][output of the group]; beyond pass.outputs zeros;
//   pass.finish(image, row, column, output, sums): takes sums[2 * dy + dx][output - its first].
// blockIdx.x is the block of images and the tile, blockIdx.y the block of outputs.
template <int K, class Pass>
static __device__ __forceinline__ void correlate_block(const Pass& pass, const Tiling& tile) {
    extern __shared__ float4 vectors[];
    Planes planes;
    planes.values = (float*)(vectors + tile.depth * tile.groups * (K * K));
    planes.pitch = tile.pitch;
    planes.height = 2 * tile.rows + K - 1;
    planes.width = 2 * tile.columns + K - 1;
    planes.size = planes.height * planes.pitch;

    u32 tile_columns = divided_up(pass.columns, tile.columns);
    u32 tiles = divided_up(pass.rows, tile.rows) * tile_columns;
    u32 first_image = blockIdx.x / tiles * tile.images;
    u32 block_tile = blockIdx.x % tiles;
    u32 first_row = block_tile / tile_columns * tile.rows;
    u32 first_column = block_tile % tile_columns * tile.columns;
    planes.top = (int)(2 * first_row) - K / 2;
    planes.left = (int)(2 * first_column) - K / 2;

    u32 tile_windows = tile.rows * tile.columns;
    u32 windows = tile.images * tile_windows;
    u32 group = threadIdx.x / windows;
    u32 window = threadIdx.x % windows;
    u32 image = window / tile_windows;
    u32 row = window % tile_windows / tile.columns;
    u32 column = window % tile_windows % tile.columns;
    bool owns = group < tile.groups && first_image + image < pass.images &&
                first_row + row < pass.rows && first_column + column < pass.columns;
    group = min(group, tile.groups - 1);
    const float* corner = planes.values + image * tile.depth * planes.size + 2 * row * tile.pitch + 2 * column;

    for (u32 round = 0; round < tile.rounds; ++round) {
        u32 first_output = 4 * tile.groups * (blockIdx.y * tile.rounds + round);
        if (first_output >= pass.outputs) {
            break;
        }
        float sums[4][4] = {};
        for (u32 input = 0; input < pass.inputs; input += tile.depth) {
            u32 inputs = min(tile.depth, pass.inputs - input);
            __syncthreads();
            if (round == 0 || tile.depth < pass.inputs) {
                pass.fill_planes(planes, first_image, tile.images, input, inputs, tile.depth);
            }
            pass.fill_weights((float*)vectors, first_output, tile.groups, input, inputs);
            __syncthreads();
            correlate<K>(corner, tile.pitch, planes.size, vectors + group * (K * K), tile.groups,
                         inputs, sums);
        }
        if (owns) {
            pass.finish(first_image + image, first_row + row, first_column + column,
                        first_output + 4 * group, sums);
        }
    }
}
