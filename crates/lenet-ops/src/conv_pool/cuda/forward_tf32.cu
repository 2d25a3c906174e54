// Convolution, bias, ReLU and 2x2 max-pool of a later stage with 3x3 kernels, in TF32.
#include "correlate_tf32.cuh"
#include "forward.cuh"

// A thread copies one place of the planes, and weights of every fourth output.
struct Tf32ForwardPass {
    const StageForward& arguments;
    const float* parameters;
    FloatImages source;
    u32 outputs;
    u32 inputs;
    u32 images;
    u32 rows;
    u32 columns;
    u32 plane;        // floats between planes
    bool copies;      // whether its place is one of an image
    u32 from;         // of the first channel
    u32 to;           // of the first plane
    u32 weights;      // that it copies
    u32 weight_from;  // the first of them, for channel 0
    u32 weight_at;    // their place among those of an output
    float values[TF32_INPUTS];

    __device__ void begin(const Tf32Tile& tile, u32 first_output) {
        const StageSizes& stage = arguments.stage;
        u32 pitch = arguments.tiling.pitch;
        u32 column = threadIdx.x % pitch;
        u32 row = threadIdx.x / pitch % tile.height;
        u32 image = threadIdx.x / pitch / tile.height;
        // Unsigned numbers before the first row or column are beyond the last.
        u32 y = 2 * tile.row + row - 1, x = 2 * tile.column + column - 1;
        plane = tile.plane;
        copies = image < arguments.tiling.images && tile.image + image < images &&
                 y < stage.height && x < stage.width;
        from = (tile.image + image) * source.size + y * stage.width + x;
        to = image * TF32_INPUTS * plane + row * pitch + column;
        weight_at = threadIdx.x % TF32_WEIGHTS;
        u32 output = first_output + threadIdx.x / TF32_WEIGHTS;
        weights = threadIdx.x < TF32_READERS && output < outputs ? divided_up(outputs - output, 4) : 0;
        weight_from = arguments.weight + output * inputs * 9 + weight_at;
    }

    __device__ void read_planes(u32 channel) {
        const StageSizes& stage = arguments.stage;
        u32 size = stage.height * stage.width;
#pragma unroll
        for (u32 c = 0; c < TF32_INPUTS; ++c) {
            bool known = copies && channel + c < inputs;
            values[c] = known ? source.values[from + (channel + c) * size] : 0.0f;
        }
    }

    __device__ void store_planes(u32* planes) const {
        if (copies) {
#pragma unroll
            for (u32 c = 0; c < TF32_INPUTS; ++c) {
                planes[to + c * plane] = to_tf32(values[c]);
            }
        }
    }

    __device__ float weight(u32 i, u32 channel) const {
        bool known = i < weights && channel * 9 + weight_at < inputs * 9;
        return known ? parameters[weight_from + (4 * i * inputs + channel) * 9] : 0.0f;
    }

    __device__ u32 weight_place(u32 i) const {
        return (threadIdx.x / TF32_WEIGHTS + 4 * i) * TF32_WEIGHT_STRIDE + weight_at;
    }

    __device__ void finish(u32 image, u32 row, u32 column, u32 filter, const float (&places)[4]) const {
        u64 at = result(arguments, image, filter) + row * columns + column;
        u8 code;
        arguments.pooled[at] = pool(places, parameters[arguments.bias + filter], code);
        arguments.codes[at] = code;
    }
};

template <int OUTPUTS>
static __device__ __forceinline__ void forward_tf32(const StageForward& arguments) {
    u32 slot = arguments.batch.slots[blockIdx.z];
    const StageSizes& stage = arguments.stage;
    Tf32ForwardPass pass = {
        arguments,
        arguments.parameters + (u64)slot * arguments.parameter_stride,
        images_of(arguments, slot, float()),
        stage.filters,
        stage.channels,
        arguments.batch.images,
        stage.pooled_height(),
        stage.pooled_width(),
    };
    tf32_correlate_block<OUTPUTS>(pass, arguments.tiling);
}

extern "C" __global__ void __launch_bounds__(512) stage_forward_tf32_32(StageForward arguments) {
    forward_tf32<32>(arguments);
}

extern "C" __global__ void __launch_bounds__(512) stage_forward_tf32_64(StageForward arguments) {
    forward_tf32<64>(arguments);
}
