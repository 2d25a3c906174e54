// A block's tile of a product of two matrices.
//
// Every element is one sum, from 0 in the order of its terms with one fused multiply-add each, so
// its bits depend neither on the size of the tile nor on how many networks share the launch.
#pragma once
#include "lenet.cuh"

// One side of a product: `count` vectors of `depth` values. DEPTH_FIRST: a vector's values lie
// next to each other, [count][depth]; otherwise [depth][count].
template <bool DEPTH_FIRST>
struct Side {
    const float* values;
    u32 count;
    u32 depth;

    // 0 beyond either end.
    __device__ __forceinline__ float at(u32 vector, u32 k) const {
        if (vector >= count || k >= depth) {
            return 0.0f;
        }
        return values[DEPTH_FIRST ? (u64)vector * depth + k : (u64)k * count + vector];
    }
};

// ROWS x COLUMNS elements, of which a thread owns HEIGHT x WIDTH; DEPTH terms are read at a time.
// A thread takes no more registers than let BLOCKS share a multiprocessor.
template <int ROWS_, int COLUMNS_, int DEPTH_, int HEIGHT_, int WIDTH_, int BLOCKS_>
struct Tile {
    static constexpr int ROWS = ROWS_;
    static constexpr int COLUMNS = COLUMNS_;
    static constexpr int DEPTH = DEPTH_;
    static constexpr int HEIGHT = HEIGHT_;
    static constexpr int WIDTH = WIDTH_;
    static constexpr int BLOCKS = BLOCKS_;
    static constexpr int THREADS = (ROWS / HEIGHT) * (COLUMNS / WIDTH);

    // First row and column of this thread within the tile.
    static __device__ __forceinline__ u32 row() {
        return threadIdx.x / (COLUMNS / WIDTH) * HEIGHT;
    }
    static __device__ __forceinline__ u32 column() {
        return threadIdx.x % (COLUMNS / WIDTH) * WIDTH;
    }
};

typedef Tile<64, 64, 16, 8, 4, 4> LargeTile;
// For few images or few blocks.
typedef Tile<16, 32, 32, 2, 4, 8> SmallTile;

// What a block reads ahead: COUNT vectors of one side. The stride keeps float4 aligned and puts
// what a warp writes into different banks.
template <int COUNT, int DEPTH>
struct Slice {
    float values[DEPTH][COUNT + 4];
};

// Reads and stores a slice; a thread owns elements threadIdx.x + i * THREADS.
template <class T, bool DEPTH_FIRST, int COUNT>
struct Reader {
    static constexpr int PER_THREAD = COUNT * T::DEPTH / T::THREADS;
    static_assert(PER_THREAD * T::THREADS == COUNT * T::DEPTH, "threads share a slice evenly");
    static_assert(T::DEPTH % 8 == 0, "eight terms are read together");
    float ahead[PER_THREAD];

    // Neighbouring threads: eight terms of four vectors, or 32 vectors.
    static __device__ __forceinline__ u32 vector(u32 element) {
        return DEPTH_FIRST ? element / 8 % COUNT : element % COUNT;
    }
    static __device__ __forceinline__ u32 term(u32 element) {
        return DEPTH_FIRST ? element / (8 * COUNT) * 8 + element % 8 : element / COUNT;
    }

    __device__ __forceinline__ void read(const Side<DEPTH_FIRST>& side, u32 first, u32 k) {
#pragma unroll
        for (int i = 0; i < PER_THREAD; ++i) {
            u32 element = threadIdx.x + i * T::THREADS;
            ahead[i] = side.at(first + vector(element), k + term(element));
        }
    }

    __device__ __forceinline__ void store(Slice<COUNT, T::DEPTH>& slice) const {
#pragma unroll
        for (int i = 0; i < PER_THREAD; ++i) {
            u32 element = threadIdx.x + i * T::THREADS;
            slice.values[term(element)][vector(element)] = ahead[i];
        }
    }
};

// COUNT neighbouring values; `from` is aligned to as many, at most four.
template <int COUNT>
static __device__ __forceinline__ void load(const float* from, float (&to)[COUNT]) {
    if constexpr (COUNT % 4 == 0) {
#pragma unroll
        for (int i = 0; i < COUNT; i += 4) {
            float4 four = *(const float4*)(from + i);
            to[i] = four.x;
            to[i + 1] = four.y;
            to[i + 2] = four.z;
            to[i + 3] = four.w;
        }
    } else {
#pragma unroll
        for (int i = 0; i < COUNT; i += 2) {
            float2 two = *(const float2*)(from + i);
            to[i] = two.x;
            to[i + 1] = two.y;
        }
    }
}

// sums[r][c] of the thread's elements: row r of `left` times row c of `right`. Reached by all
// threads of a block.
template <class T, bool LEFT_DEPTH_FIRST, bool RIGHT_DEPTH_FIRST>
static __device__ __forceinline__ void product(const Side<LEFT_DEPTH_FIRST>& left, u32 first_row,
                                               const Side<RIGHT_DEPTH_FIRST>& right,
                                               u32 first_column,
                                               float (&sums)[T::HEIGHT][T::WIDTH]) {
    __shared__ __align__(16) Slice<T::ROWS, T::DEPTH> lefts[2];
    __shared__ __align__(16) Slice<T::COLUMNS, T::DEPTH> rights[2];
    Reader<T, LEFT_DEPTH_FIRST, T::ROWS> left_reader;
    Reader<T, RIGHT_DEPTH_FIRST, T::COLUMNS> right_reader;
#pragma unroll
    for (int r = 0; r < T::HEIGHT; ++r) {
#pragma unroll
        for (int c = 0; c < T::WIDTH; ++c) {
            sums[r][c] = 0.0f;
        }
    }
    left_reader.read(left, first_row, 0);
    right_reader.read(right, first_column, 0);
    u32 which = 0;
    for (u32 k = 0; k < left.depth; k += T::DEPTH) {
        // The other pair of slices is still being read by slower threads; this one no longer:
        // all have passed the barrier of the round between.
        left_reader.store(lefts[which]);
        right_reader.store(rights[which]);
        __syncthreads();
        if (k + T::DEPTH < left.depth) {
            left_reader.read(left, first_row, k + T::DEPTH);
            right_reader.read(right, first_column, k + T::DEPTH);
        }
#pragma unroll
        for (int term = 0; term < T::DEPTH; ++term) {
            float a[T::HEIGHT], b[T::WIDTH];
            load(&lefts[which].values[term][T::row()], a);
            load(&rights[which].values[term][T::column()], b);
#pragma unroll
            for (int r = 0; r < T::HEIGHT; ++r) {
#pragma unroll
                for (int c = 0; c < T::WIDTH; ++c) {
                    sums[r][c] = fmaf(a[r], b[c], sums[r][c]);
                }
            }
        }
        which ^= 1;
    }
}

// Writes the first `count` of the values, together where their address allows it.
template <int WIDTH>
static __device__ __forceinline__ void write(float* to, const float (&values)[WIDTH], u32 count) {
    static_assert(WIDTH == 4, "a thread's values fill one float4");
    if (count >= 4 && ((u64)to & 15) == 0) {
        *(float4*)to = make_float4(values[0], values[1], values[2], values[3]);
    } else {
#pragma unroll
        for (int i = 0; i < WIDTH; ++i) {
            if (i < count) {
                to[i] = values[i];
            }
        }
    }
}
