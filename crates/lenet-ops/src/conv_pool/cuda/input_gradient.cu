// Gradient of the loss with respect to a later stage's images.
#include "input_gradient.cuh"

template <int K>
struct SingleInputGradientPass : InputGradientPass {

    // A thread spreads a pooled place over its window.
    __device__ void fill_planes(const Planes& planes, u32 image, u32 images, u32 filter,
                                u32 filters, u32 depth) const {
        const StageSizes& stage = arguments.stage;
        const int ODD = K / 2 % 2;  // whether planes begin with the second row of a window
        u32 height = (planes.height + 1 + ODD) / 2, width = (planes.width + 1 + ODD) / 2;
        int top = (planes.top - ODD) / 2, left = (planes.left - ODD) / 2;
        Divisor by_width(width), by_height(height), by_filters(filters);
        u32 items = images * filters * height * width;
        for (u32 item = threadIdx.x; item < items; item += blockDim.x) {
            u32 strip = by_width.quotient(item);
            u32 column = item - strip * width;
            u32 plane = by_height.quotient(strip);
            u32 row = strip - plane * height;
            u32 offset = by_filters.quotient(plane);
            u32 f = plane - offset * filters;
            u32 y = top + (int)row, x = left + (int)column;
            float value = 0.0f;
            u32 code = DEAD;
            if (image + offset < this->images && y < stage.pooled_height() && x < stage.pooled_width()) {
                u64 at = ((u64)(image + offset) * stage.filters + filter + f) * stage.pooled_places() +
                         y * stage.pooled_width() + x;
                value = upstream[at];
                code = codes[at];
            }
            float* to = planes.values + (offset * depth + f) * planes.size;
#pragma unroll
            for (u32 place = 0; place < 4; ++place) {
                u32 to_row = 2 * row + place / 2 - ODD, to_column = 2 * column + place % 2 - ODD;
                if (to_row < planes.height && to_column < planes.width) {
                    to[to_row * planes.pitch + to_column] = place == code ? value : 0.0f;
                }
            }
        }
    }

    __device__ void fill_weights(float* to, u32 channel, u32 groups, u32 filter, u32 filters) const {
        u32 length = 4 * groups * (K * K);
        Divisor by_length(length);
        for (u32 i = threadIdx.x; i < filters * length; i += blockDim.x) {
            u32 f = by_length.quotient(i);
            u32 at = i - f * length;
            u32 c = at / (K * K);
            u32 place = K * K - 1 - at % (K * K);
            u64 from = ((u64)(filter + f) * outputs + channel) * (K * K) + at;
            to[((f * groups + c / 4) * (K * K) + place) * 4 + c % 4] =
                channel + c < outputs ? weights[from] : 0.0f;
        }
    }

    __device__ void finish(u32 image, u32 row, u32 column, u32 channel, const float (&sums)[4][4]) const {
        const StageSizes& stage = arguments.stage;
        u32 size = stage.height * stage.width;
        u64 images = (u64)blockIdx.z * arguments.stride + image;
        float* to = arguments.gradient + (images * outputs + channel) * size +
                    2 * row * stage.width + 2 * column;
        bool below = 2 * row + 1 < stage.height, right = 2 * column + 1 < stage.width;
#pragma unroll
        for (u32 c = 0; c < 4; ++c) {
            if (channel + c < outputs) {
                to[0] = sums[0][c];
                if (right) {
                    to[1] = sums[1][c];
                }
                if (below) {
                    to[stage.width] = sums[2][c];
                }
                if (below && right) {
                    to[stage.width + 1] = sums[3][c];
                }
                to += size;
            }
        }
    }
};

template <int K>
static __device__ __forceinline__ void input_gradient_tile(const StageInputGradient& arguments) {
    SingleInputGradientPass<K> pass = {input_gradient_pass(arguments)};
    correlate_block<K>(pass, arguments.tiling);
}

extern "C" __global__ void __launch_bounds__(512) stage_input_gradient_3(StageInputGradient arguments) {
    input_gradient_tile<3>(arguments);
}

extern "C" __global__ void __launch_bounds__(384, 2) stage_input_gradient_5(StageInputGradient arguments) {
    input_gradient_tile<5>(arguments);
}

// Any kernel: a thread owns an element, and takes from each pooled window near it the one place
// that has a gradient.
extern "C" __global__ void __launch_bounds__(256) stage_input_gradient_any(StageInputGradient arguments) {
    const StageSizes& stage = arguments.stage;
    u64 item = (u64)blockIdx.x * blockDim.x + threadIdx.x;
    u32 x = item % stage.width;
    u32 y = item / stage.width % stage.height;
    u64 plane = item / stage.width / stage.height;
    u32 channel = plane % stage.channels;
    u32 image = plane / stage.channels;
    if (image >= arguments.batch.images) {
        return;
    }
    u64 slot = arguments.batch.slots[blockIdx.z];
    const float* weights = arguments.parameters + slot * arguments.parameter_stride + arguments.weight;
    u32 padding = stage.kernel / 2;
    u32 first_row = y > padding ? (y - padding) / 2 : 0;
    u32 first_column = x > padding ? (x - padding) / 2 : 0;
    u32 end_row = min((y + padding) / 2 + 1, stage.pooled_height());
    u32 end_column = min((x + padding) / 2 + 1, stage.pooled_width());
    u64 images = (u64)blockIdx.z * arguments.stride + image;
    float sum = 0.0f;
    for (u32 filter = 0; filter < stage.filters; ++filter) {
        u64 results = (images * stage.filters + filter) * stage.pooled_places();
        u64 kernel = ((u64)filter * stage.channels + channel) * stage.kernel * stage.kernel;
        for (u32 row = first_row; row < end_row; ++row) {
            for (u32 column = first_column; column < end_column; ++column) {
                u64 at = results + row * stage.pooled_width() + column;
                u32 code = arguments.codes[at];
                u32 r = y + padding - 2 * row - code / 2;
                u32 s = x + padding - 2 * column - code % 2;
                if (code != DEAD && r < stage.kernel && s < stage.kernel) {
                    sum += arguments.upstream[at] * weights[kernel + r * stage.kernel + s];
                }
            }
        }
    }
    arguments.gradient[(images * stage.channels + channel) * stage.height * stage.width +
                       y * stage.width + x] = sum;
}
