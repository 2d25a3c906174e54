// Gradient of the loss with respect to a dense layer's input: gradient . weight.
#include "product_tf32.cuh"

struct DenseInputGradient {
    const float* gradient;    // with respect to the output, [place][stride][outputs]
    const float* parameters;  // [slot][parameter_stride]
    const float* input;       // [place][stride][inputs]; null: no ReLU before the layer
    float* input_gradient;    // [place][stride][inputs]
    const u32* slots;         // [gridDim.z]
    u32 parameter_stride;
    u32 weight;               // offset of [outputs][inputs] among the parameters
    u32 inputs;
    u32 outputs;
    u32 images;               // in this launch
    u32 stride;               // images that a place has memory for
};

// blockIdx: x a tile of the inputs, y of the images, z a place.
template <class T, bool TF32>
static __device__ __forceinline__ void dense_input_gradient_tile(
    const DenseInputGradient& arguments) {
    const DenseInputGradient& a = arguments;
    u64 slot = a.slots[blockIdx.z];
    u64 first_image = (u64)blockIdx.z * a.stride;
    Side<true> images = {a.gradient + first_image * a.outputs, a.images, a.outputs};
    Side<false> units = {a.parameters + slot * a.parameter_stride + a.weight, a.inputs, a.outputs};
    float sums[T::HEIGHT][T::WIDTH];
    multiply<T, TF32>(images, blockIdx.y * T::ROWS, units, blockIdx.x * T::COLUMNS, sums);

    u32 unit = blockIdx.x * T::COLUMNS + T::column();
    if (unit >= a.inputs) {
        return;
    }
#pragma unroll
    for (int r = 0; r < T::HEIGHT; ++r) {
        u32 image = blockIdx.y * T::ROWS + T::row() + r;
        if (image >= a.images) {
            return;
        }
        u64 at = (first_image + image) * a.inputs + unit;
        if (a.input) {
#pragma unroll
            for (int c = 0; c < T::WIDTH; ++c) {
                if (unit + c < a.inputs && a.input[at + c] <= 0.0f) {
                    sums[r][c] = 0.0f;
                }
            }
        }
        write(a.input_gradient + at, sums[r], a.inputs - unit);
    }
}

extern "C" __global__ void __launch_bounds__(LargeTile::THREADS, LargeTile::BLOCKS)
    dense_input_gradient(DenseInputGradient arguments) {
    dense_input_gradient_tile<LargeTile, false>(arguments);
}

extern "C" __global__ void __launch_bounds__(SmallTile::THREADS, SmallTile::BLOCKS)
    dense_input_gradient_small(DenseInputGradient arguments) {
    dense_input_gradient_tile<SmallTile, false>(arguments);
}

extern "C" __global__ void __launch_bounds__(LargeTile::THREADS, LargeTile::BLOCKS)
    dense_input_gradient_tf32(DenseInputGradient arguments) {
    dense_input_gradient_tile<LargeTile, true>(arguments);
}

extern "C" __global__ void __launch_bounds__(SmallTile::THREADS, SmallTile::BLOCKS)
    dense_input_gradient_small_tf32(DenseInputGradient arguments) {
    dense_input_gradient_tile<SmallTile, true>(arguments);
}
