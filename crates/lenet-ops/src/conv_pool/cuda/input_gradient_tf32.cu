// Gradient of the loss with respect to a later stage's images, for 3x3 kernels, in TF32.
#include "correlate_tf32.cuh"
#include "input_gradient.cuh"

// A thread spreads a pooled window of two filters, and copies a place of the kernels of every
// filter and one channel in 32.
struct Tf32InputGradientPass : InputGradientPass {
    static constexpr u32 FILTERS = 2;
    static constexpr u32 THREADS = TF32_INPUTS / FILTERS;  // of a window
    u32 plane;        // floats between planes
    u32 from;         // of the thread's first filter among the first eight
    u32 to;           // of the window's first place, which may lie before the plane
    u32 inside;       // bits: which of the window's places are in the plane; 0: no window
    u32 channels;     // whose weights it copies
    u32 weight_from;  // of these the first for filter 0
    u32 weight_to;
    float gradients[FILTERS];
    u32 window_codes[FILTERS];

    // The thread's first filter among the eight.
    __device__ static u32 filter() { return threadIdx.x % THREADS * FILTERS; }

    __device__ void begin(const Tf32Tile& tile, u32 first_output) {
        const StageSizes& stage = arguments.stage;
        const Tiling& tiling = arguments.tiling;
        // Planes begin with the second row and column of a window.
        u32 height = tiling.rows + 2, width = tiling.columns + 2;
        u32 window = threadIdx.x / THREADS;
        u32 column = window % width;
        u32 row = window / width % height;
        u32 image = window / width / height;
        u32 y = tile.row + row - 1, x = tile.column + column - 1;
        plane = tile.plane;
        from = ((tile.image + image) * inputs + filter()) * stage.pooled_places() + y * stage.pooled_width() + x;
        to = (image * TF32_INPUTS + filter()) * plane + (2 * row - 1) * tiling.pitch + 2 * column - 1;
        u32 channel = first_output + threadIdx.x / 9;
        channels = threadIdx.x < TF32_READERS && channel < outputs ? divided_up(outputs - channel, 32) : 0;
        weight_from = first_output * 9 + threadIdx.x;
        weight_to = threadIdx.x / 9 * TF32_WEIGHT_STRIDE + 8 - threadIdx.x % 9;
        inside = 0;
        if (image < tiling.images && tile.image + image < images && y < stage.pooled_height() &&
            x < stage.pooled_width()) {
            for (u32 place = 0; place < 4; ++place) {
                bool known = 2 * row + place / 2 - 1 < tile.height &&
                             2 * column + place % 2 - 1 < 2 * tiling.columns + 2;
                inside |= known << place;
            }
        }
    }

    __device__ void read_planes(u32 first) {
        u32 size = arguments.stage.pooled_places();
#pragma unroll
        for (u32 f = 0; f < FILTERS; ++f) {
            bool known = inside != 0 && first + filter() + f < inputs;
            gradients[f] = known ? upstream[from + (first + f) * size] : 0.0f;
            window_codes[f] = known ? codes[from + (first + f) * size] : DEAD;
        }
    }

    __device__ void store_planes(u32* planes) const {
#pragma unroll
        for (u32 f = 0; f < FILTERS; ++f) {
            u32 gradient = to_tf32(gradients[f]);
#pragma unroll
            for (u32 place = 0; place < 4; ++place) {
                if (inside >> place & 1) {
                    u32 at = to + f * plane + place / 2 * arguments.tiling.pitch + place % 2;
                    planes[at] = window_codes[f] == place ? gradient : 0;
                }
            }
        }
    }

    // Memory has [filter][channel][place].
    __device__ float weight(u32 i, u32 first) const {
        u32 f = first + i % TF32_INPUTS, channel = i / TF32_INPUTS;
        bool known = channel < channels && f < inputs;
        return known ? weights[weight_from + (f * outputs + 32 * channel) * 9] : 0.0f;
    }

    __device__ u32 weight_place(u32 i) const {
        return weight_to + i / TF32_INPUTS * 32 * TF32_WEIGHT_STRIDE + i % TF32_INPUTS * 9;
    }

    __device__ void finish(u32 image, u32 row, u32 column, u32 channel, const float (&places)[4]) const {
        const StageSizes& stage = arguments.stage;
        u64 planes = ((u64)blockIdx.z * arguments.stride + image) * outputs + channel;
        float* to = arguments.gradient + planes * stage.height * stage.width +
                    2 * row * stage.width + 2 * column;
        bool below = 2 * row + 1 < stage.height, right = 2 * column + 1 < stage.width;
        to[0] = places[0];
        if (right) {
            to[1] = places[1];
        }
        if (below) {
            to[stage.width] = places[2];
        }
        if (below && right) {
            to[stage.width + 1] = places[3];
        }
    }
};

template <int OUTPUTS>
static __device__ __forceinline__ void input_gradient_tf32(const StageInputGradient& arguments) {
    Tf32InputGradientPass pass = {input_gradient_pass(arguments)};
    tf32_correlate_block<OUTPUTS>(pass, arguments.tiling);
}

extern "C" __global__ void __launch_bounds__(512) stage_input_gradient_tf32_32(StageInputGradient arguments) {
    input_gradient_tf32<32>(arguments);
}

extern "C" __global__ void __launch_bounds__(512) stage_input_gradient_tf32_64(StageInputGradient arguments) {
    input_gradient_tf32<64>(arguments);
}
