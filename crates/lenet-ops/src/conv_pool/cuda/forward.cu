// Convolution, bias, ReLU and 2x2 max-pool of a stage.
#include "forward.cuh"

template <int K, class Images>
struct ForwardPass {
    const StageForward& arguments;
    const float* parameters;
    Images source;
    u32 outputs;
    u32 inputs;
    u32 images;
    u32 rows;
    u32 columns;

    __device__ void fill_planes(const Planes& planes, u32 image, u32 images, u32 channel,
                                u32 channels, u32 depth) const {
        copy_planes(planes, source, arguments.stage, image, images, arguments.batch.images, channel,
                    channels, depth);
    }

    __device__ void fill_weights(float* to, u32 filter, u32 groups, u32 channel, u32 channels) const {
        u32 length = channels * K * K;
        Divisor by_length(length);
        for (u32 i = threadIdx.x; i < 4 * groups * length; i += blockDim.x) {
            u32 f = by_length.quotient(i);
            u32 at = i - f * length;
            u32 c = at / (K * K);
            u64 from = ((u64)(filter + f) * inputs + channel) * (K * K) + at;
            to[((c * groups + f / 4) * (K * K) + at % (K * K)) * 4 + f % 4] =
                filter + f < outputs ? parameters[arguments.weight + from] : 0.0f;
        }
    }

    __device__ void finish(u32 image, u32 row, u32 column, u32 filter, const float (&sums)[4][4]) const {
        u32 place = row * columns + column;
        u64 at = result(arguments, image, filter) + place;
#pragma unroll
        for (u32 f = 0; f < 4; ++f) {
            if (filter + f < outputs) {
                float places[4] = {sums[0][f], sums[1][f], sums[2][f], sums[3][f]};
                u8 code;
                arguments.pooled[at] = pool(places, parameters[arguments.bias + filter + f], code);
                arguments.codes[at] = code;
                at += rows * columns;
            }
        }
    }
};

template <int K, class Value>
static __device__ __forceinline__ void forward_tile(const StageForward& arguments) {
    u32 slot = arguments.batch.slots[blockIdx.z];
    const StageSizes& stage = arguments.stage;
    auto source = images_of(arguments, slot, Value());
    ForwardPass<K, decltype(source)> pass = {
        arguments,
        arguments.parameters + (u64)slot * arguments.parameter_stride,
        source,
        stage.filters,
        stage.channels,
        arguments.batch.images,
        stage.pooled_height(),
        stage.pooled_width(),
    };
    correlate_block<K>(pass, arguments.tiling);
}

// Any kernel: a thread owns a window of FILTERS filters (blockIdx.y) and reads everything from
// global memory.
template <class Value>
static __device__ __forceinline__ void forward_any(const StageForward& arguments) {
    const u32 FILTERS = 4;
    const StageSizes& stage = arguments.stage;
    u32 slot = arguments.batch.slots[blockIdx.z];
    u64 item = (u64)blockIdx.x * blockDim.x + threadIdx.x;
    u32 image = item / stage.pooled_places();
    u32 place = item % stage.pooled_places();
    if (image >= arguments.batch.images) {
        return;
    }
    u32 filter = blockIdx.y * FILTERS;
    const float* parameters = arguments.parameters + (u64)slot * arguments.parameter_stride;
    u64 length = (u64)stage.channels * stage.kernel * stage.kernel;
    const float* weights[FILTERS];
#pragma unroll
    for (u32 f = 0; f < FILTERS; ++f) {
        weights[f] = parameters + arguments.weight + min(filter + f, stage.filters - 1) * length;
    }
    auto pixels = images_of(arguments, slot, Value()).image(image);
    u32 top = place / stage.pooled_width() * 2 - stage.kernel / 2;
    u32 left = place % stage.pooled_width() * 2 - stage.kernel / 2;
    float sums[FILTERS][4] = {};
    u64 weight = 0;
    for (u32 channel = 0; channel < stage.channels; ++channel) {
        u32 plane = channel * stage.height;
        for (u32 r = 0; r < stage.kernel; ++r) {
            // Unsigned numbers before the first row or column are beyond the last.
            u32 y = top + r;
            u32 rows[2] = {(plane + y) * stage.width, (plane + y + 1) * stage.width};
            bool inside[2] = {y < stage.height, y + 1 < stage.height};
            float x[4];
            for (u32 dy = 0; dy < 2; ++dy) {
                x[2 * dy + 1] = inside[dy] && left < stage.width ? pixels[rows[dy] + left] : 0.0f;
            }
            for (u32 s = 0; s < stage.kernel; ++s) {
                u32 next = left + s + 1;
                for (u32 dy = 0; dy < 2; ++dy) {
                    x[2 * dy] = x[2 * dy + 1];
                    x[2 * dy + 1] = inside[dy] && next < stage.width ? pixels[rows[dy] + next] : 0.0f;
                }
#pragma unroll
                for (u32 f = 0; f < FILTERS; ++f) {
                    float w = weights[f][weight];
#pragma unroll
                    for (u32 code = 0; code < 4; ++code) {
                        sums[f][code] += x[code] * w;
                    }
                }
                ++weight;
            }
        }
    }
    u64 at = result(arguments, image, filter) + place;
#pragma unroll
    for (u32 f = 0; f < FILTERS; ++f) {
        if (filter + f < stage.filters) {
            u8 code;
            arguments.pooled[at] = pool(sums[f], parameters[arguments.bias + filter + f], code);
            arguments.codes[at] = code;
            at += stage.pooled_places();
        }
    }
}

extern "C" __global__ void __launch_bounds__(512) first_stage_forward_3(StageForward arguments) {
    forward_tile<3, u8>(arguments);
}

extern "C" __global__ void __launch_bounds__(384, 2) first_stage_forward_5(StageForward arguments) {
    forward_tile<5, u8>(arguments);
}

extern "C" __global__ void __launch_bounds__(256) first_stage_forward_any(StageForward arguments) {
    forward_any<u8>(arguments);
}

extern "C" __global__ void __launch_bounds__(512) stage_forward_3(StageForward arguments) {
    forward_tile<3, float>(arguments);
}

extern "C" __global__ void __launch_bounds__(384, 2) stage_forward_5(StageForward arguments) {
    forward_tile<5, float>(arguments);
}

extern "C" __global__ void __launch_bounds__(256) stage_forward_any(StageForward arguments) {
    forward_any<float>(arguments);
}
