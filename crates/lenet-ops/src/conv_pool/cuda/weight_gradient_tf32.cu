// Gradients of a later stage's weights and biases for 3x3 kernels, in TF32: sums over segments of
// the batch as in `weight_gradient.cuh`; biases in f32.
//
// blockIdx: x a segment, y a block of filters and one of channels, z a place.
//
// A product's rows are filters, its columns the channels of a warp, at one place of the kernel, and
// its eight terms the upper or the lower places of a quad: four windows that are neighbours in a
// row. A lane loads the 4 x 4 values around its window once, for the nine places of the kernel and
// the four of the window, at one of which each filter has a gradient. The block's quads are dealt
// out to PARTS shares, whose sums are added in order.
//
// Half a warp loads pairs of a quad and four channels, or of a quad and four filters: planes are
// 8 floats more than a multiple of 32 apart and filters 4 pairs more than a multiple of 16, so no
// bank is met twice.
#include "mma.cuh"
#include "weight_gradient.cuh"

constexpr u32 FILTERS = 32;   // of a block
constexpr u32 CHANNELS = 32;  // of a block
constexpr u32 PARTS = 2;

// Values rounded to TF32 on their way.
struct Tf32Images {
    FloatImages images;

    struct Image {
        FloatImages::Image values;
        __device__ float operator[](u32 index) const { return __uint_as_float(to_tf32(values[index])); }
    };
    __device__ Image image(u32 image) const { return {images.image(image)}; }
};

// Puts the gradient and the code of each filter and window of the tile into shared memory, and
// adds the gradients of the thread's windows to `bias`: eight threads share a filter.
static __device__ __forceinline__ void fill_gradients(const StageWeightGradient& arguments,
                                                      const WeightBlock& block, const WeightTile& tile,
                                                      u32 stride, uint2* gradients, float& bias) {
    const StageSizes& stage = arguments.stage;
    u32 filter = threadIdx.x / 8;
    u32 windows = arguments.rows * arguments.columns;
    Divisor by_windows(windows), by_columns(arguments.columns);
    u64 first = (u64)blockIdx.z * arguments.stride * stage.filters * stage.pooled_places();
    const u32 LOADS = 4;  // before the first of them is used
    for (u32 i = threadIdx.x % 8; i < arguments.tile_images * windows; i += 8 * LOADS) {
        float values[LOADS];
        u32 codes[LOADS];
#pragma unroll
        for (u32 load = 0; load < LOADS; ++load) {
            u32 image = by_windows.quotient(i + 8 * load);
            u32 window = i + 8 * load - image * windows;
            u32 row = by_columns.quotient(window);
            u32 y = tile.row + row, x = tile.column + window - row * arguments.columns;
            bool known = image < arguments.tile_images && tile.image + image < block.end &&
                         block.filter + filter < stage.filters && y < stage.pooled_height() &&
                         x < stage.pooled_width();
            u64 planes = (u64)(tile.image + image) * stage.filters + block.filter + filter;
            u64 at = first + planes * stage.pooled_places() + y * stage.pooled_width() + x;
            values[load] = known ? arguments.upstream[at] : 0.0f;
            codes[load] = known ? arguments.codes[at] : DEAD;
        }
#pragma unroll
        for (u32 load = 0; load < LOADS; ++load) {
            if (i + 8 * load < arguments.tile_images * windows) {
                bias += codes[load] == DEAD ? 0.0f : values[load];
                gradients[filter * stride + i + 8 * load] = make_uint2(to_tf32(values[load]), codes[load]);
            }
        }
    }
}

// Adds a share of a tile's quads to the sums [sixteen filters][place of the kernel] of a warp.
// `planes` is the lane's channel in the first image, `gradients` its first filter.
static __device__ __forceinline__ void add_quads(const StageWeightGradient& arguments, const u32* planes,
                                                 const uint2* gradients, u32 stride, u32 part,
                                                 float (&sums)[FILTERS / 16][9][4]) {
    u32 columns = divided_up(arguments.columns, 4);
    u32 quads = arguments.tile_images * arguments.rows * columns;
    Divisor by_columns(columns), by_rows(arguments.rows);
    for (u32 quad = part; quad < quads; quad += PARTS) {
        u32 line = by_columns.quotient(quad);
        u32 column = (quad - line * columns) * 4 + threadIdx.x % 4;
        bool owned = column < arguments.columns;
        column = min(column, arguments.columns - 1);
        u32 image = by_rows.quotient(line);
        u32 row = line - image * arguments.rows;
        const u32* corner = planes + image * CHANNELS * arguments.plane + 2 * row * arguments.pitch + 2 * column;
        u32 values[4][4];
#pragma unroll
        for (u32 r = 0; r < 4; ++r) {
#pragma unroll
            for (u32 s = 0; s < 4; s += 2) {
                uint2 pair = *(const uint2*)(corner + r * arguments.pitch + s);
                values[r][s] = pair.x;
                values[r][s + 1] = pair.y;
            }
        }
        const uint2* window = gradients + line * arguments.columns + column;
#pragma unroll
        for (u32 m = 0; m < FILTERS / 16; ++m) {
            uint2 low = window[16 * m * stride], high = window[(16 * m + 8) * stride];
            if (!owned) {
                low.y = high.y = DEAD;
            }
#pragma unroll
            for (u32 dy = 0; dy < 2; ++dy) {
                u32 a[4] = {low.y == 2 * dy ? low.x : 0, high.y == 2 * dy ? high.x : 0,
                            low.y == 2 * dy + 1 ? low.x : 0, high.y == 2 * dy + 1 ? high.x : 0};
#pragma unroll
                for (u32 i = 0; i < 9; ++i) {
                    u32 b[2] = {values[i / 3 + dy][i % 3], values[i / 3 + dy][i % 3 + 1]};
                    multiply_add(sums[m][i], a, b);
                }
            }
        }
    }
}

extern "C" __global__ void __launch_bounds__(256, 2) stage_weight_gradient_tf32(StageWeightGradient arguments) {
    extern __shared__ float4 vectors[];
    const StageSizes& stage = arguments.stage;
    WeightBlock block(arguments);
    u32 size = stage.channels * stage.height * stage.width;
    Tf32Images source = {{arguments.images + (u64)blockIdx.z * arguments.stride * size, size}};
    float* values = (float*)vectors;
    uint2* gradients = (uint2*)(values + arguments.tile_images * CHANNELS * arguments.plane);
    u32 stride = arguments.tile_images * arguments.rows * arguments.columns;
    stride += (20 - stride % 16) % 16;

    u32 warp = threadIdx.x / 32, lane = threadIdx.x % 32, group = lane / 4, member = lane % 4;
    u32 channel = warp % (CHANNELS / 8) * 8, part = warp / (CHANNELS / 8);
    // Planes beyond the last channel are not filled; their columns are not written.
    const u32* planes = (const u32*)values + (channel + group) * arguments.plane;
    float sums[FILTERS / 16][9][4] = {};
    float bias = 0.0f;
    WeightTile tile = {block.image, 0, 0};
    for (; tile.image < block.end; tile.image += arguments.tile_images) {
        for (tile.row = 0; tile.row < stage.pooled_height(); tile.row += arguments.rows) {
            for (tile.column = 0; tile.column < stage.pooled_width(); tile.column += arguments.columns) {
                __syncthreads();
                copy_tile<3>(arguments, block, tile, source, values, arguments.tile_images, CHANNELS);
                fill_gradients(arguments, block, tile, stride, gradients, bias);
                __syncthreads();
                if (channel < block.channels) {
                    add_quads(arguments, planes, gradients + group * stride, stride, part, sums);
                }
            }
        }
    }

    // [share but the first][sum of a lane][thread of a share]
    const u32 THREADS = CHANNELS / 8 * 32;
    u32 thread = threadIdx.x % THREADS;
    __syncthreads();
    if (part > 0) {
#pragma unroll
        for (u32 i = 0; i < 72; ++i) {
            values[((part - 1) * 72 + i) * THREADS + thread] = sums[i / 36][i / 4 % 9][i % 4];
        }
    }
    __syncthreads();
    u64 segment = (u64)blockIdx.z * gridDim.x + blockIdx.x;
    float* weights = arguments.partial + segment * arguments.partial_stride;
    if (part == 0) {
#pragma unroll
        for (u32 i = 0; i < 72; ++i) {
            float sum = sums[i / 36][i / 4 % 9][i % 4];
#pragma unroll
            for (u32 other = 0; other < PARTS - 1; ++other) {
                sum += values[(other * 72 + i) * THREADS + thread];
            }
            u32 filter = block.filter + i / 36 * 16 + i % 4 / 2 * 8 + group;
            u32 of = channel + 2 * member + i % 2;
            if (filter < stage.filters && of < block.channels) {
                u32 kernel = filter * stage.channels + block.channel + of;
                weights[kernel * 9 + i / 4 % 9] = sum;
            }
        }
    }
    if (block.channel == 0) {
#pragma unroll
        for (u32 distance = 4; distance > 0; distance /= 2) {
            bias += __shfl_xor_sync(0xffffffffu, bias, distance);
        }
        u32 filter = block.filter + threadIdx.x / 8;
        if (threadIdx.x % 8 == 0 && filter < stage.filters) {
            weights[stage.filters * stage.channels * 9 + filter] = bias;
        }
    }
}
