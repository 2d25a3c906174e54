// The same tile of a product on tensor cores: operands rounded to TF32.
//
// Every element is one sum over its terms in order, eight at a time, whatever the tile. Slices lie
// as in `product.cuh`, but for a stride of 8 or 24 more than a multiple of 32: so four terms of
// eight vectors, a fragment, fall on different banks. A warp owns 32 rows, or 16 of a small tile;
// its sums go through shared memory to the threads that own them there.
#pragma once
#include "mma.cuh"
#include "product.cuh"

// Rounds what a reader has read and stores it in a slice [term][STRIDE].
template <class T, u32 STRIDE, class Reader>
static __device__ __forceinline__ void store_tf32(const Reader& reader, u32* slice) {
#pragma unroll
    for (int i = 0; i < Reader::PER_THREAD; ++i) {
        u32 element = threadIdx.x + i * T::THREADS;
        slice[Reader::term(element) * STRIDE + Reader::vector(element)] = to_tf32(reader.ahead[i]);
    }
}

// As `product`.
template <class T, bool LEFT_DEPTH_FIRST, bool RIGHT_DEPTH_FIRST>
static __device__ __forceinline__ void product_tf32(const Side<LEFT_DEPTH_FIRST>& left, u32 first_row,
                                                    const Side<RIGHT_DEPTH_FIRST>& right,
                                                    u32 first_column,
                                                    float (&sums)[T::HEIGHT][T::WIDTH]) {
    constexpr u32 WARP_ROWS = T::ROWS < 32 ? T::ROWS : 32;
    constexpr u32 DOWN = T::ROWS / WARP_ROWS;
    constexpr u32 WARP_COLUMNS = T::COLUMNS / (T::THREADS / 32 / DOWN);
    constexpr u32 M = WARP_ROWS / 16, N = WARP_COLUMNS / 8;
    constexpr u32 LEFT_STRIDE = T::ROWS + 8, RIGHT_STRIDE = T::COLUMNS + 8;
    constexpr u32 LEFT = T::DEPTH * LEFT_STRIDE, SLICES = LEFT + T::DEPTH * RIGHT_STRIDE;
    constexpr u32 TILE = T::ROWS * RIGHT_STRIDE;
    __shared__ __align__(16) u32 memory[2 * SLICES > TILE ? 2 * SLICES : TILE];
    Reader<T, LEFT_DEPTH_FIRST, T::ROWS> left_reader;
    Reader<T, RIGHT_DEPTH_FIRST, T::COLUMNS> right_reader;
    u32 warp = threadIdx.x / 32, group = threadIdx.x % 32 / 4, member = threadIdx.x % 4;
    u32 row = warp % DOWN * WARP_ROWS + group, column = warp / DOWN * WARP_COLUMNS;
    float parts[M][N][4] = {};
    left_reader.read(left, first_row, 0);
    right_reader.read(right, first_column, 0);
    u32 which = 0;
    for (u32 k = 0; k < left.depth; k += T::DEPTH) {
        // The other pair of slices is still being read by slower threads, this one no longer.
        u32* lefts = memory + which * SLICES;
        u32* rights = lefts + LEFT;
        store_tf32<T, LEFT_STRIDE>(left_reader, lefts);
        store_tf32<T, RIGHT_STRIDE>(right_reader, rights);
        __syncthreads();
        if (k + T::DEPTH < left.depth) {
            left_reader.read(left, first_row, k + T::DEPTH);
            right_reader.read(right, first_column, k + T::DEPTH);
        }
#pragma unroll
        for (u32 term = 0; term < T::DEPTH; term += 8) {
            u32 a[M][4], b[N][2];
#pragma unroll
            for (u32 m = 0; m < M; ++m) {
#pragma unroll
                for (u32 i = 0; i < 4; ++i) {
                    a[m][i] = lefts[(term + member + i / 2 * 4) * LEFT_STRIDE + row + 16 * m + i % 2 * 8];
                }
            }
#pragma unroll
            for (u32 n = 0; n < N; ++n) {
#pragma unroll
                for (u32 i = 0; i < 2; ++i) {
                    b[n][i] = rights[(term + member + 4 * i) * RIGHT_STRIDE + column + 8 * n + group];
                }
#pragma unroll
                for (u32 m = 0; m < M; ++m) {
                    multiply_add(parts[m][n], a[m], b[n]);
                }
            }
        }
        which ^= 1;
    }
    __syncthreads();
    float* tile = (float*)memory;
#pragma unroll
    for (u32 m = 0; m < M; ++m) {
#pragma unroll
        for (u32 n = 0; n < N; ++n) {
#pragma unroll
            for (u32 i = 0; i < 2; ++i) {
                u32 at = (row + 16 * m + 8 * i) * RIGHT_STRIDE + column + 8 * n + 2 * member;
                *(float2*)(tile + at) = make_float2(parts[m][n][2 * i], parts[m][n][2 * i + 1]);
            }
        }
    }
    __syncthreads();
#pragma unroll
    for (int r = 0; r < T::HEIGHT; ++r) {
        load(tile + (T::row() + r) * RIGHT_STRIDE + T::column(), sums[r]);
    }
}

// One of the two.
template <class T, bool TF32, bool LEFT_DEPTH_FIRST, bool RIGHT_DEPTH_FIRST>
static __device__ __forceinline__ void multiply(const Side<LEFT_DEPTH_FIRST>& left, u32 first_row,
                                                const Side<RIGHT_DEPTH_FIRST>& right, u32 first_column,
                                                float (&sums)[T::HEIGHT][T::WIDTH]) {
    if constexpr (TF32) {
        product_tf32<T>(left, first_row, right, first_column, sums);
    } else {
        product<T>(left, first_row, right, first_column, sums);
    }
}
