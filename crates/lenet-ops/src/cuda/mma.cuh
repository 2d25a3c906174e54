// Products on tensor cores in TF32: operands of 10 mantissa bits with the range of f32, sums in f32.
//
// Compute capability 8.0 and newer; what is compiled for older GPUs stops when it runs. Where the
// CPU runs the kernels, lanes exchange their fragments through memory of the warp.
#pragma once
#include "lenet.cuh"

// Rounded to the nearest TF32, of two the one farther from 0; the bits of an f32 with 13 zeros.
static __device__ __forceinline__ u32 to_tf32(float value) {
#if defined(__HOST_KERNELS__)
    u32 bits = __float_as_uint(value);
    bool finite = (bits & 0x7f800000u) != 0x7f800000u;
    return finite ? (bits + 0x1000u) & 0xffffe000u : value != value ? 0x7fffffffu : bits;
#elif __CUDA_ARCH__ >= 800
    u32 bits;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(value));
    return bits;
#else
    __trap();
    return __float_as_uint(value);
#endif
}

// sums += a . b for a of 16 x 8, b of 8 x 8, by all lanes of a warp. With group = lane / 4 and
// member = lane % 4, a lane holds
//   a     (row, column)  (group, member), (group + 8, member), (group, member + 4), (group + 8, member + 4)
//   b     (row, column)  (member, group), (member + 4, group)
//   sums  (row, column)  (group, 2 * member), (group, 2 * member + 1), and these of row group + 8
static __device__ __forceinline__ void multiply_add(float (&sums)[4], const u32 (&a)[4],
                                                    const u32 (&b)[2]) {
#if defined(__HOST_KERNELS__)
    __shared__ u32 fragments[32][32][6];  // [warp][lane]: a, b
    u32(*warp)[6] = fragments[threadIdx.x / 32];
    u32 group = threadIdx.x % 32 / 4, member = threadIdx.x % 4;
    for (u32 i = 0; i < 6; ++i) {
        warp[threadIdx.x % 32][i] = i < 4 ? a[i] : b[i - 4];
    }
    __syncwarp();
    for (u32 k = 0; k < 8; ++k) {
        for (u32 i = 0; i < 4; ++i) {
            u32 left = warp[4 * group + k % 4][k / 4 * 2 + i / 2];
            u32 right = warp[4 * (2 * member + i % 2) + k % 4][4 + k / 4];
            sums[i] = fmaf(__uint_as_float(left), __uint_as_float(right), sums[i]);
        }
    }
    __syncwarp();
#elif __CUDA_ARCH__ >= 800
    asm("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, "
        "{%8, %9}, {%0, %1, %2, %3};"
        : "+f"(sums[0]), "+f"(sums[1]), "+f"(sums[2]), "+f"(sums[3])
        : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
    __trap();
#endif
}
