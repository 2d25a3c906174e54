// Gradients of a stage's weights and biases, as sums over segments of the batch.
//
// blockIdx: x a segment, y a block of filters and one of channels, z a place.
#include "weight_gradient.cuh"

// First stages have few channels. Threads of a warp own different filters, so that each reads the
// window at its own place, and these few places lie in different banks. Threads are
// [channel][part][filter]; shared memory holds the planes, and of each filter and window (an odd
// number of them) the gradient and where the window's place begins in a plane.
template <int K>
static __device__ __forceinline__ void first_stage_weight_gradient(const StageWeightGradient& arguments) {
    extern __shared__ float4 vectors[];
    const StageSizes& stage = arguments.stage;
    WeightBlock block(arguments);
    PixelImages source = {&arguments.batch, arguments.batch.slots[blockIdx.z],
                          stage.channels * stage.height * stage.width};
    u32 windows = arguments.rows * arguments.columns;
    u32 odd = windows | 1;
    Divisor by_columns(arguments.columns);
    float* planes = (float*)vectors;
    float* gradients = planes + arguments.channels * arguments.plane;
    u32* corners = (u32*)(gradients + arguments.filters * odd);

    u32 filter = threadIdx.x % arguments.filters;
    u32 part = threadIdx.x / arguments.filters % arguments.parts;
    u32 channel = threadIdx.x / arguments.filters / arguments.parts;
    const float* plane = planes + min(channel, block.channels - 1) * arguments.plane;
    float sums[1][K * K + 1] = {};
    for_each_tile(arguments, block, [&](const WeightTile& tile) {
        __syncthreads();
        copy_tile<K>(arguments, block, tile, source, planes, 1, block.channels);
        for_each_window(arguments, block, tile,
                        [&](u32 f, u32 window, float gradient, u32 code) {
                            // A pixel is finite: where the gradient is 0, any will do.
                            u32 row = by_columns.quotient(window);
                            u32 column = window - row * arguments.columns;
                            u32 place = code % DEAD;
                            gradients[f * odd + window] = gradient;
                            corners[f * odd + window] =
                                (2 * row + place / 2) * arguments.pitch + 2 * column + place % 2;
                        });
        __syncthreads();
        for (u32 window = part; window < windows; window += arguments.parts) {
            float gradient = gradients[filter * odd + window];
            const float* corner = plane + corners[filter * odd + window];
#pragma unroll
            for (u32 i = 0; i < K * K; ++i) {
                sums[0][i] += gradient * corner[i / K * arguments.pitch + i % K];
            }
            sums[0][K * K] += gradient;
        }
    });
    write_sums<K, 1>(arguments, block, sums, (float*)vectors, 1,
                     arguments.parts * arguments.filters, arguments.filters);
}

// Adds a window's share for the place DY, DX.
template <int K, u32 DY, u32 DX>
static __device__ __forceinline__ void add(const float (&window)[K + 1][K + 1], float gradient,
                                           float (&sums)[K * K + 1]) {
#pragma unroll
    for (u32 i = 0; i < K * K; ++i) {
        sums[i] += gradient * window[i / K + DY][i % K + DX];
    }
}

// Later stages: threads of a warp own different channels of the same FILTERS filters, so that all
// take the same place of the window that each holds in registers. Threads are
// [filters][part][channel]; shared memory holds the planes (an even number of floats), and of
// each filter and window the gradient and the code.
template <int K, int FILTERS>
static __device__ __forceinline__ void stage_weight_gradient(const StageWeightGradient& arguments) {
    extern __shared__ float4 vectors[];
    const StageSizes& stage = arguments.stage;
    WeightBlock block(arguments);
    u32 size = stage.channels * stage.height * stage.width;
    FloatImages source = {arguments.images + (u64)blockIdx.z * arguments.stride * size, size};
    u32 windows = arguments.rows * arguments.columns;
    float* planes = (float*)vectors;
    float2* gradients = (float2*)(planes + arguments.channels * arguments.plane);

    u32 channel = threadIdx.x % arguments.channels;
    u32 part = threadIdx.x / arguments.channels % arguments.parts;
    u32 filter = threadIdx.x / arguments.channels / arguments.parts * FILTERS;
    const float* plane = planes + min(channel, block.channels - 1) * arguments.plane;
    u32 row_step = arguments.parts / arguments.columns;
    u32 column_step = arguments.parts % arguments.columns;
    float sums[FILTERS][K * K + 1] = {};
    for_each_tile(arguments, block, [&](const WeightTile& tile) {
        __syncthreads();
        copy_tile<K>(arguments, block, tile, source, planes, 1, block.channels);
        for_each_window(arguments, block, tile,
                        [&](u32 f, u32 window, float gradient, u32 code) {
                            gradients[f * windows + window] = make_float2(gradient, __uint_as_float(code));
                        });
        __syncthreads();
        u32 row = part / arguments.columns;
        u32 column = part % arguments.columns;
        for (u32 i = part; i < windows; i += arguments.parts) {
            const float* corner = plane + 2 * row * arguments.pitch + 2 * column;
            float window[K + 1][K + 1];
#pragma unroll
            for (int r = 0; r <= K; ++r) {
#pragma unroll
                for (int s = 0; s <= K; s += 2) {
                    float2 pair = *(const float2*)(corner + r * arguments.pitch + s);
                    window[r][s] = pair.x;
                    window[r][s + 1] = pair.y;
                }
            }
#pragma unroll
            for (int f = 0; f < FILTERS; ++f) {
                float2 gradient = gradients[(filter + f) * windows + i];
                sums[f][K * K] += gradient.x;
                u32 code = __float_as_uint(gradient.y);
                if (code < 2) {
                    if (code == 0) {
                        add<K, 0, 0>(window, gradient.x, sums[f]);
                    } else {
                        add<K, 0, 1>(window, gradient.x, sums[f]);
                    }
                } else if (code == 2) {
                    add<K, 1, 0>(window, gradient.x, sums[f]);
                } else if (code != DEAD) {
                    add<K, 1, 1>(window, gradient.x, sums[f]);
                }
            }
            row += row_step;
            column += column_step;
            if (column >= arguments.columns) {
                column -= arguments.columns;
                ++row;
            }
        }
    });
    write_sums<K, FILTERS>(arguments, block, sums, (float*)vectors,
                           arguments.parts * arguments.channels, 1, arguments.channels);
}

// Any kernel: a thread owns a parameter of the stage.
template <class Images>
static __device__ __forceinline__ void weight_gradient_any(const StageWeightGradient& arguments,
                                                           const Images& source) {
    const StageSizes& stage = arguments.stage;
    u64 parameter = (u64)blockIdx.y * blockDim.x + threadIdx.x;
    u32 size = stage.kernel * stage.kernel;
    u64 weights = (u64)stage.filters * stage.channels * size;
    if (parameter >= weights + stage.filters) {
        return;
    }
    bool bias = parameter >= weights;
    u64 kernel = parameter / size;
    u32 filter = bias ? parameter - weights : kernel / stage.channels;
    u32 channel = bias ? 0 : kernel % stage.channels;
    u32 r = parameter % size / stage.kernel;
    u32 s = parameter % size % stage.kernel;
    u32 image = blockIdx.x * arguments.segment_images;
    u32 end = min(image + arguments.segment_images, arguments.batch.images);
    float sum = 0.0f;
    for (; image < end; ++image) {
        auto pixels = source.image(image);
        u64 at = (((u64)blockIdx.z * arguments.stride + image) * stage.filters + filter) * stage.pooled_places();
        for (u32 row = 0; row < stage.pooled_height(); ++row) {
            for (u32 column = 0; column < stage.pooled_width(); ++column, ++at) {
                u32 code = arguments.codes[at];
                if (code == DEAD) {
                    continue;
                }
                float gradient = arguments.upstream[at];
                // Unsigned numbers before the first row or column are beyond the last.
                u32 y = 2 * row + code / 2 + r - stage.kernel / 2;
                u32 x = 2 * column + code % 2 + s - stage.kernel / 2;
                if (bias) {
                    sum += gradient;
                } else if (y < stage.height && x < stage.width) {
                    sum += gradient * pixels[(channel * stage.height + y) * stage.width + x];
                }
            }
        }
    }
    u64 segment = (u64)blockIdx.z * gridDim.x + blockIdx.x;
    arguments.partial[segment * arguments.partial_stride + parameter] = sum;
}

extern "C" __global__ void __launch_bounds__(256) first_stage_weight_gradient_3(StageWeightGradient arguments) {
    first_stage_weight_gradient<3>(arguments);
}

extern "C" __global__ void __launch_bounds__(256) first_stage_weight_gradient_5(StageWeightGradient arguments) {
    first_stage_weight_gradient<5>(arguments);
}

extern "C" __global__ void __launch_bounds__(256) first_stage_weight_gradient_any(StageWeightGradient arguments) {
    const StageSizes& stage = arguments.stage;
    weight_gradient_any(arguments, PixelImages{&arguments.batch, arguments.batch.slots[blockIdx.z],
                                               stage.channels * stage.height * stage.width});
}

extern "C" __global__ void __launch_bounds__(256, 3) stage_weight_gradient_3(StageWeightGradient arguments) {
    stage_weight_gradient<3, 4>(arguments);
}

extern "C" __global__ void __launch_bounds__(256) stage_weight_gradient_5(StageWeightGradient arguments) {
    stage_weight_gradient<5, 2>(arguments);
}

extern "C" __global__ void __launch_bounds__(256) stage_weight_gradient_any(StageWeightGradient arguments) {
    const StageSizes& stage = arguments.stage;
    u32 size = stage.channels * stage.height * stage.width;
    weight_gradient_any(arguments, FloatImages{arguments.images + (u64)blockIdx.z * arguments.stride * size, size});
}
