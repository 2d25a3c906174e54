// Dense layer forward: output = input . weight^T + bias, with ReLU and dropout on the way out.
#include "philox.cuh"
#include "product_tf32.cuh"

struct DenseForward {
    const float* input;                 // [place][stride][inputs]
    const float* parameters;            // [slot][parameter_stride]
    float* output;                      // [place][stride][outputs]
    const NetworkConstants* constants;  // [slot]; read with dropout only
    const Clock* clock;                 // read with dropout only
    const u32* slots;                   // [gridDim.z]
    u32 parameter_stride;
    u32 weight;                         // offset of [outputs][inputs] among the parameters
    u32 bias;                           // offset of [outputs]
    u32 inputs;
    u32 outputs;
    u32 images;                         // in this launch
    u32 stride;                         // images that a place has memory for
    u32 relu;                           // whether ReLU follows
    u32 dropout;                        // whether dropout follows that
    u32 padding;
};

// blockIdx: x a tile of the outputs, y of the images, z a place.
template <class T, bool TF32>
static __device__ __forceinline__ void dense_forward_tile(const DenseForward& arguments) {
    const DenseForward& a = arguments;
    u32 slot = a.slots[blockIdx.z];
    const float* parameters = a.parameters + (u64)slot * a.parameter_stride;
    u64 first_image = (u64)blockIdx.z * a.stride;
    Side<true> images = {a.input + first_image * a.inputs, a.images, a.inputs};
    Side<true> units = {parameters + a.weight, a.outputs, a.inputs};
    float sums[T::HEIGHT][T::WIDTH];
    multiply<T, TF32>(images, blockIdx.y * T::ROWS, units, blockIdx.x * T::COLUMNS, sums);

    u32 unit = blockIdx.x * T::COLUMNS + T::column();
    if (unit >= a.outputs) {
        return;
    }
    float bias[T::WIDTH];
#pragma unroll
    for (int c = 0; c < T::WIDTH; ++c) {
        bias[c] = unit + c < a.outputs ? parameters[a.bias + unit + c] : 0.0f;
    }
    bool drop = a.dropout && a.constants[slot].dropout_threshold != 0;
    u64 step = drop ? step_number(a.constants[slot], *a.clock) : 0;
#pragma unroll
    for (int r = 0; r < T::HEIGHT; ++r) {
        u32 image = blockIdx.y * T::ROWS + T::row() + r;
        if (image >= a.images) {
            return;
        }
#pragma unroll
        for (int c = 0; c < T::WIDTH; ++c) {
            float value = sums[r][c] + bias[c];
            sums[r][c] = a.relu && value <= 0.0f ? 0.0f : value;
        }
        if (drop) {
            float scales[4];
            dropout_scales(a.constants[slot], step, image, unit / 4, scales);
#pragma unroll
            for (int c = 0; c < T::WIDTH; ++c) {
                sums[r][c] *= scales[c];
            }
        }
        write(a.output + (first_image + image) * a.outputs + unit, sums[r], a.outputs - unit);
    }
}

extern "C" __global__ void __launch_bounds__(LargeTile::THREADS, LargeTile::BLOCKS)
    dense_forward(DenseForward arguments) {
    dense_forward_tile<LargeTile, false>(arguments);
}

extern "C" __global__ void __launch_bounds__(SmallTile::THREADS, SmallTile::BLOCKS)
    dense_forward_small(DenseForward arguments) {
    dense_forward_tile<SmallTile, false>(arguments);
}

extern "C" __global__ void __launch_bounds__(LargeTile::THREADS, LargeTile::BLOCKS)
    dense_forward_tf32(DenseForward arguments) {
    dense_forward_tile<LargeTile, true>(arguments);
}

// With as few registers as its sibling takes, some were spilled.
extern "C" __global__ void __launch_bounds__(SmallTile::THREADS, SmallTile::BLOCKS / 2)
    dense_forward_small_tf32(DenseForward arguments) {
    dense_forward_tile<SmallTile, true>(arguments);
}
