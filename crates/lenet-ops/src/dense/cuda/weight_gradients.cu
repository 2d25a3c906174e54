// Gradients of the weights and biases of all dense layers in one launch.
//
//   weight[o][i] = sum over images of gradient[image][o] * input[image][i]
//   bias[o]      = sum over images of gradient[image][o]
#include "product_tf32.cuh"

// For few blocks. As deep as a small batch.
typedef Tile<16, 32, 16, 2, 4, 8> SmallWeightTile;

struct DenseWeightGradient {
    const float* input;     // [place][stride][inputs]
    const float* gradient;  // with respect to the output, [place][stride][outputs]
    u32 inputs;
    u32 outputs;
    u32 weight;             // offset of [outputs][inputs] among the gradients
    u32 bias;               // offset of [outputs]
    u32 first_block;        // the layer's first blockIdx.x; those of the first layer begin at 0
    u32 padding;
};

struct DenseWeightGradients {
    const DenseWeightGradient* layers;  // [layer_count], their blocks one after the other
    float* gradients;          // [place][gradient_stride]
    u32 layer_count;
    u32 gradient_stride;
    u32 images;                // in this launch
    u32 stride;                // images that a place has memory for
};

// blockIdx: x a tile of a layer's weights (tiles of the inputs fastest), z a place.
template <class T, bool TF32>
static __device__ __forceinline__ void dense_weight_gradients_tile(
    const DenseWeightGradients& arguments) {
    const DenseWeightGradients& a = arguments;
    u32 index = 0;
    while (index + 1 < a.layer_count && a.layers[index + 1].first_block <= blockIdx.x) {
        ++index;
    }
    const DenseWeightGradient layer = a.layers[index];
    u32 tiles = (layer.inputs + T::COLUMNS - 1) / T::COLUMNS;
    u32 first_output = (blockIdx.x - layer.first_block) / tiles * T::ROWS;
    u32 first_input = (blockIdx.x - layer.first_block) % tiles * T::COLUMNS;
    u64 first_image = (u64)blockIdx.z * a.stride;
    Side<false> outputs = {layer.gradient + first_image * layer.outputs, layer.outputs, a.images};
    Side<false> inputs = {layer.input + first_image * layer.inputs, layer.inputs, a.images};
    float sums[T::HEIGHT][T::WIDTH];
    multiply<T, TF32>(outputs, first_output, inputs, first_input, sums);

    float* gradients = a.gradients + (u64)blockIdx.z * a.gradient_stride;
    u32 input = first_input + T::column();
    if (input < layer.inputs) {
#pragma unroll
        for (int r = 0; r < T::HEIGHT; ++r) {
            u32 output = first_output + T::row() + r;
            if (output < layer.outputs) {
                float* to = gradients + layer.weight + (u64)output * layer.inputs + input;
                write(to, sums[r], layer.inputs - input);
            }
        }
    }
    u32 output = first_output + threadIdx.x;
    if (first_input == 0 && threadIdx.x < T::ROWS && output < layer.outputs) {
        float sum = 0.0f;
#pragma unroll 8
        for (u32 image = 0; image < a.images; ++image) {
            sum += outputs.values[(u64)image * layer.outputs + output];
        }
        gradients[layer.bias + output] = sum;
    }
}

extern "C" __global__ void __launch_bounds__(LargeTile::THREADS, LargeTile::BLOCKS)
    dense_weight_gradients(DenseWeightGradients arguments) {
    dense_weight_gradients_tile<LargeTile, false>(arguments);
}

extern "C" __global__ void __launch_bounds__(SmallWeightTile::THREADS, SmallWeightTile::BLOCKS)
    dense_weight_gradients_small(DenseWeightGradients arguments) {
    dense_weight_gradients_tile<SmallWeightTile, false>(arguments);
}

extern "C" __global__ void __launch_bounds__(LargeTile::THREADS, LargeTile::BLOCKS)
    dense_weight_gradients_tf32(DenseWeightGradients arguments) {
    dense_weight_gradients_tile<LargeTile, true>(arguments);
}

extern "C" __global__ void __launch_bounds__(SmallWeightTile::THREADS, SmallWeightTile::BLOCKS)
    dense_weight_gradients_small_tf32(DenseWeightGradients arguments) {
    dense_weight_gradients_tile<SmallWeightTile, true>(arguments);
}
