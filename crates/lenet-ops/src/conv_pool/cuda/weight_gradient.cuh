// What the kernels of the weight gradient share.
//
// The gradient of a stage's weights and biases is a sum over images, of which each launch computes
// parts: of each of `segments` runs of images, to be added up in order. In a pooled window the
// gradient lies at the one place that its code names, and nowhere where the code is DEAD.
#pragma once
#include "stage.cuh"

struct StageWeightGradient {
    Batch batch;
    const float* images;    // [place][stride][channel][row][column]; a first stage: unused
    const float* upstream;  // gradient of pooled, [place][stride][filter][row / 2][column / 2]
    const u8* codes;        // as upstream
    float* partial;         // [place][gridDim.x][partial_stride]: [filter][channel][row][column], then [filter]
    u32 partial_stride;
    u32 segment_images;     // images of a segment, except the last
    u32 stride;             // images that a place has memory for
    StageSizes stage;
    // The rest is unused for any kernel.
    u32 rows;               // of the pooled windows that are computed at a time
    u32 columns;
    u32 pitch;              // floats between rows of a plane in shared memory
    u32 plane;              // floats between planes
    u32 channels;           // that a block owns
    u32 filters;            // that a block owns
    u32 parts;              // of the windows, a thread's share each
    u32 tile_images;        // that are computed at a time; 1 in f32
};

// What a block computes at a time: an image's windows of one tile; in TF32, of a few images.
struct WeightTile {
    u32 image;
    u32 row;
    u32 column;
};

// The block's filters and channels, and its images.
struct WeightBlock {
    u32 filter;
    u32 channel;
    u32 channels;
    u32 image;
    u32 end;

    __device__ explicit WeightBlock(const StageWeightGradient& arguments) {
        u32 blocks = divided_up(arguments.stage.channels, arguments.channels);
        filter = blockIdx.y / blocks * arguments.filters;
        channel = blockIdx.y % blocks * arguments.channels;
        channels = min(arguments.channels, arguments.stage.channels - channel);
        image = blockIdx.x * arguments.segment_images;
        end = min(image + arguments.segment_images, arguments.batch.images);
    }
};

// Calls compute(tile) for each of the block's images and each tile of its windows in order.
template <class Compute>
static __device__ __forceinline__ void for_each_tile(const StageWeightGradient& arguments,
                                                     const WeightBlock& block, Compute compute) {
    const StageSizes& stage = arguments.stage;
    for (u32 image = block.image; image < block.end; ++image) {
        for (u32 row = 0; row < stage.pooled_height(); row += arguments.rows) {
            for (u32 column = 0; column < stage.pooled_width(); column += arguments.columns) {
                compute(WeightTile{image, row, column});
            }
        }
    }
}

// Copies the planes of the block's channels of `images` images, which lie `depth` planes apart.
template <int K, class Images>
static __device__ __forceinline__ void copy_tile(const StageWeightGradient& arguments,
                                                 const WeightBlock& block, const WeightTile& tile,
                                                 const Images& source, float* values,
                                                 u32 images, u32 depth) {
    Planes planes;
    planes.values = values;
    planes.pitch = arguments.pitch;
    planes.size = arguments.plane;
    planes.height = 2 * arguments.rows + K - 1;
    planes.width = 2 * arguments.columns + K - 1;
    planes.top = (int)(2 * tile.row) - K / 2;
    planes.left = (int)(2 * tile.column) - K / 2;
    copy_planes(planes, source, arguments.stage, tile.image, images, block.end, block.channel,
                block.channels, depth);
}

// Calls take(filter of the block, window of the tile, gradient, code) for each; 0 and DEAD beyond
// the last filter, row and column. The block's first filter is one of the stage's.
template <class Take>
static __device__ __forceinline__ void for_each_window(const StageWeightGradient& arguments,
                                                       const WeightBlock& block,
                                                       const WeightTile& tile, Take take) {
    const StageSizes& stage = arguments.stage;
    u32 windows = arguments.rows * arguments.columns;
    Divisor by_windows(windows), by_columns(arguments.columns);
    u64 images = (u64)blockIdx.z * arguments.stride + tile.image;
    u64 first = (images * stage.filters + block.filter) * stage.pooled_places();
    u32 end = arguments.filters * windows;
    const u32 LOADS = 4;  // before the first of them is used
    for (u32 i = threadIdx.x; i < end; i += LOADS * blockDim.x) {
        u32 at[LOADS];
        bool known[LOADS];
        float gradients[LOADS];
        u32 codes[LOADS];
#pragma unroll
        for (u32 load = 0; load < LOADS; ++load) {
            u32 item = i + load * blockDim.x;
            u32 filter = by_windows.quotient(item);
            u32 window = item - filter * windows;
            u32 row = by_columns.quotient(window);
            u32 y = tile.row + row, x = tile.column + window - row * arguments.columns;
            known[load] = item < end && block.filter + filter < stage.filters &&
                          y < stage.pooled_height() && x < stage.pooled_width();
            // Elsewhere, the first is read for nothing.
            at[load] = known[load] ? filter * stage.pooled_places() + y * stage.pooled_width() + x : 0;
        }
#pragma unroll
        for (u32 load = 0; load < LOADS; ++load) {
            u32 code = arguments.codes[first + at[load]];
            float gradient = arguments.upstream[first + at[load]];
            codes[load] = known[load] ? code : DEAD;
            gradients[load] = codes[load] == DEAD ? 0.0f : gradient;
        }
#pragma unroll
        for (u32 load = 0; load < LOADS; ++load) {
            u32 item = i + load * blockDim.x;
            u32 filter = by_windows.quotient(item);
            u32 window = item - filter * windows;
            if (item < end) {
                take(filter, window, gradients[load], codes[load]);
            }
        }
    }
}

// Adds up the threads' shares in the order of the parts, and writes the block's sums. Of each
// filter and channel a thread has K * K sums and one for the bias, of FILTERS filters; thread
// (filter / FILTERS) * filter_threads + channel * channel_threads + part * part_threads owns them.
template <int K, int FILTERS>
static __device__ __forceinline__ void write_sums(const StageWeightGradient& arguments,
                                                  const WeightBlock& block,
                                                  const float (&sums)[FILTERS][K * K + 1],
                                                  float* shared, u32 filter_threads,
                                                  u32 channel_threads, u32 part_threads) {
    const u32 LENGTH = K * K + 1;
    const StageSizes& stage = arguments.stage;
    // Neighbouring sums of a thread in different banks, and those of neighbouring threads.
    u32 pitch = blockDim.x + 1;
    __syncthreads();
#pragma unroll
    for (u32 f = 0; f < FILTERS; ++f) {
#pragma unroll
        for (u32 i = 0; i < LENGTH; ++i) {
            shared[(f * LENGTH + i) * pitch + threadIdx.x] = sums[f][i];
        }
    }
    __syncthreads();
    u64 segment = (u64)blockIdx.z * gridDim.x + blockIdx.x;
    float* weights = arguments.partial + segment * arguments.partial_stride;
    float* biases = weights + (u64)stage.filters * stage.channels * (K * K);
    Divisor by_channels(block.channels);
    u32 filters = min(arguments.filters, stage.filters - block.filter);
    for (u32 i = threadIdx.x; i < filters * block.channels * LENGTH; i += blockDim.x) {
        u32 pair = i / LENGTH;
        u32 place = i % LENGTH;
        u32 filter = by_channels.quotient(pair);
        u32 channel = pair - filter * block.channels;
        const float* from = shared + (filter % FILTERS * LENGTH + place) * pitch +
                            filter / FILTERS * filter_threads + channel * channel_threads;
        float sum = 0.0f;
        for (u32 part = 0; part < arguments.parts; ++part) {
            sum += from[part * part_threads];
        }
        if (place < K * K) {
            u64 kernel = (u64)(block.filter + filter) * stage.channels + block.channel + channel;
            weights[kernel * (K * K) + place] = sum;
        } else if (block.channel + channel == 0) {
            biases[block.filter + filter] = sum;
        }
    }
}
