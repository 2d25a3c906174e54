// A kernel for the test of a product on tensor cores: one of 16 x 8 by 8 x 8 for each warp.
#include "mma.cuh"

struct ProductArgs {
    const float* left;   // [warp][16][8]
    const float* right;  // [warp][8][8]
    float* sums;         // [warp][16][8], added to
    float* rounded;      // [warp][16][8]: left in TF32
};

extern "C" __global__ void tf32_product(const ProductArgs args) {
    u32 warp = (blockIdx.x * blockDim.x + threadIdx.x) / 32;
    u32 group = threadIdx.x % 32 / 4, member = threadIdx.x % 4;
    const float* left = args.left + warp * 128;
    const float* right = args.right + warp * 64;
    u32 a[4], b[2];
    float sums[4];
    for (u32 i = 0; i < 4; ++i) {
        u32 at = (group + i % 2 * 8) * 8 + member + i / 2 * 4;
        a[i] = to_tf32(left[at]);
        args.rounded[warp * 128 + at] = __uint_as_float(a[i]);
        sums[i] = args.sums[warp * 128 + (group + i / 2 * 8) * 8 + 2 * member + i % 2];
    }
    for (u32 i = 0; i < 2; ++i) {
        b[i] = to_tf32(right[(member + 4 * i) * 8 + group]);
    }
    multiply_add(sums, a, b);
    for (u32 i = 0; i < 4; ++i) {
        args.sums[warp * 128 + (group + i / 2 * 8) * 8 + 2 * member + i % 2] = sums[i];
    }
}
