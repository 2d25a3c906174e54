// Correlation of planes with 3x3 kernels on tensor cores: `correlate.cuh` for stages of many
// inputs and outputs, with the same tiles, passes and roles of blockIdx.
//
// A warp computes 32 outputs at eight windows, four products of 32 x 8 for the four places of a
// window: so a lane holds all places of its windows, and the 4 x 4 values around a window, loaded
// once, serve its four places and the kernel's nine. A product's eight terms are the inputs that
// lie in shared memory, rounded to TF32. Every sum runs over the inputs in order, eight at a time;
// for each eight over the kernel's rows and columns. The next eight are on their way from global
// memory to registers meanwhile.
//
// Windows come in quads: four that are neighbours in a row. Loads of fragments meet no bank twice:
// rows of weights are 76 floats apart and inputs in them 9, so eight outputs of four inputs fall
// on different banks; planes are 8 floats more than a multiple of 32 apart, so the pairs that half
// a warp loads, a quad of four inputs, do too.
#pragma once
#include "correlate.cuh"
#include "mma.cuh"

constexpr u32 TF32_INPUTS = 8;                // in shared memory
constexpr u32 TF32_WEIGHTS = 9 * TF32_INPUTS;  // of an output and these
constexpr u32 TF32_WEIGHT_STRIDE = 76;
constexpr u32 TF32_READERS = 288;              // threads that copy weights; a block has no fewer

static __device__ __forceinline__ u32 tf32_plane(u32 size) {
    return size + (40 - size % 32) % 32;
}

// A block's part of the images.
struct Tf32Tile {
    u32 image;
    u32 row;     // of windows
    u32 column;  // of windows
    u32 height;  // of a plane
    u32 plane;   // floats between planes; planes are [image][input]

    // Of the block, where an image has rows x columns windows.
    __device__ Tf32Tile(const Tiling& tiling, u32 rows, u32 columns) {
        u32 tile_columns = divided_up(columns, tiling.columns);
        u32 tiles = divided_up(rows, tiling.rows) * tile_columns;
        u32 tile = blockIdx.x % tiles;
        image = blockIdx.x / tiles * tiling.images;
        row = tile / tile_columns * tiling.rows;
        column = tile % tile_columns * tiling.columns;
        height = 2 * tiling.rows + 2;
        plane = tf32_plane(height * tiling.pitch);
    }
};

// Where a window of the block's tile lies.
struct Tf32Window {
    u32 image;
    u32 row;
    u32 column;
    bool owned;  // one of the tile

    __device__ Tf32Window(const Tiling& tiling, u32 window) {
        u32 quads = divided_up(tiling.columns, 4);
        u32 quad = window / 4;
        column = quad % quads * 4 + window % 4;
        row = quad / quads % tiling.rows;
        image = quad / quads / tiling.rows;
        owned = image < tiling.images && column < tiling.columns;
    }
};

// Adds eight inputs to the sums [sixteen outputs][place] of a warp. `weights` is the lane's first,
// `window` its window's corner; both of its first input, the second being four inputs on.
static __device__ __forceinline__ void tf32_multiply(const u32* weights, const u32* window,
                                                     u32 pitch, u32 plane,
                                                     float (&sums)[2][4][4]) {
    u32 values[2][4][4];
    auto load = [&](u32 row) {
#pragma unroll
        for (u32 i = 0; i < 4; ++i) {
            uint2 pair = *(const uint2*)(window + i / 2 * 4 * plane + row * pitch + i % 2 * 2);
            values[i / 2][row][i % 2 * 2] = pair.x;
            values[i / 2][row][i % 2 * 2 + 1] = pair.y;
        }
    };
    load(0);
#pragma unroll
    for (u32 i = 0; i < 9; ++i) {
        if (i % 3 == 0) {
            load(i / 3 + 1);
        }
        u32 a[2][4];
#pragma unroll
        for (u32 m = 0; m < 2; ++m) {
#pragma unroll
            for (u32 j = 0; j < 4; ++j) {
                a[m][j] = weights[(16 * m + j % 2 * 8) * TF32_WEIGHT_STRIDE + j / 2 * 36 + i];
            }
        }
#pragma unroll
        for (u32 place = 0; place < 4; ++place) {
            u32 row = i / 3 + place / 2, column = i % 3 + place % 2;
            u32 b[2] = {values[0][row][column], values[1][row][column]};
#pragma unroll
            for (u32 m = 0; m < 2; ++m) {
                multiply_add(sums[m][place], a[m], b);
            }
        }
    }
}

// Runs a pass for OUTPUTS outputs of a block, 32 or 64. Beside what `correlate_block` asks of it:
//   pass.begin(tile, output): what a thread finds out once;
//   pass.read_planes(input): the thread's share of eight planes into registers;
//   pass.store_planes(planes): from there to shared memory, which holds zeros at first;
//   pass.weight(i, input): weight i of the OUTPUTS / 4 that each of TF32_READERS threads copies,
//     0 beyond the last output or input;
//   pass.weight_place(i): where it goes, [output][TF32_WEIGHT_STRIDE], [input][row][column] in that;
//   pass.finish(image, row, column, output, places).
template <int OUTPUTS, class Pass>
static __device__ __forceinline__ void tf32_correlate_block(Pass& pass, const Tiling& tiling) {
    extern __shared__ float4 vectors[];
    const u32 SHARE = OUTPUTS / 4;
    u32* weights = (u32*)vectors;
    u32* planes = weights + OUTPUTS * TF32_WEIGHT_STRIDE;
    Tf32Tile tile(tiling, pass.rows, pass.columns);
    for (u32 i = threadIdx.x; i < tiling.images * TF32_INPUTS * tile.plane; i += blockDim.x) {
        planes[i] = 0;
    }

    u32 first_output = blockIdx.y * OUTPUTS;
    u32 warp = threadIdx.x / 32, group = threadIdx.x % 32 / 4, member = threadIdx.x % 4;
    u32 output = warp % (OUTPUTS / 32) * 32;
    u32 first_window = warp / (OUTPUTS / 32) * 8;
    u32 quads = tiling.images * tiling.rows * divided_up(tiling.columns, 4);
    bool works = first_window < 4 * quads && first_output + output < pass.outputs;
    // Beyond the tile, any window will do for nothing.
    Tf32Window loaded(tiling, first_window + group);
    u32 corner = loaded.image < tiling.images ? loaded.image * TF32_INPUTS * tile.plane : 0;
    corner += 2 * loaded.row * tiling.pitch + 2 * min(loaded.column, tiling.columns - 1);
    const u32* lane_window = planes + member * tile.plane + corner;
    const u32* lane_weights = weights + (output + group) * TF32_WEIGHT_STRIDE + 9 * member;

    float ahead[SHARE];
    float sums[2][4][4] = {};
    pass.begin(tile, first_output);
    auto read = [&](u32 input) {
        pass.read_planes(input);
#pragma unroll
        for (u32 i = 0; i < SHARE; ++i) {
            ahead[i] = pass.weight(i, input);
        }
    };
    read(0);
    for (u32 input = 0; input < pass.inputs; input += TF32_INPUTS) {
        __syncthreads();
        pass.store_planes(planes);
        if (threadIdx.x < TF32_READERS) {
#pragma unroll
            for (u32 i = 0; i < SHARE; ++i) {
                weights[pass.weight_place(i)] = to_tf32(ahead[i]);
            }
        }
        __syncthreads();
        if (input + TF32_INPUTS < pass.inputs) {
            read(input + TF32_INPUTS);
        }
        if (works) {
            tf32_multiply(lane_weights, lane_window, tiling.pitch, tile.plane, sums);
        }
    }
    if (!works) {
        return;
    }
#pragma unroll
    for (u32 j = 0; j < 2; ++j) {
        Tf32Window window(tiling, first_window + 2 * member + j);
        u32 image = tile.image + window.image;
        u32 row = tile.row + window.row, column = tile.column + window.column;
        if (!window.owned || image >= pass.images || row >= pass.rows || column >= pass.columns) {
            continue;
        }
#pragma unroll
        for (u32 i = 0; i < 4; ++i) {
            u32 m = i / 2, half = i % 2;
            u32 of = first_output + output + 16 * m + 8 * half + group;
            if (of < pass.outputs) {
                float places[4] = {sums[m][0][2 * half + j], sums[m][1][2 * half + j],
                                   sums[m][2][2 * half + j], sums[m][3][2 * half + j]};
                pass.finish(image, row, column, of, places);
            }
        }
    }
}
