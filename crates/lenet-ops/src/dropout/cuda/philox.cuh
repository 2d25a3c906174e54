// Philox4x32-10 and the scales of a dropout mask, bit by bit as `philox.rs` and `reference.rs`.
#pragma once
#include "lenet.cuh"

struct Words {
    u32 word[4];
};

static __device__ __forceinline__ Words philox4x32_10(Words counter, u32 key0, u32 key1) {
#pragma unroll
    for (int round = 0; round < 10; ++round) {
        u64 first = (u64)0xD2511F53u * counter.word[0];
        u64 second = (u64)0xCD9E8D57u * counter.word[2];
        counter.word[0] = (u32)(second >> 32) ^ counter.word[1] ^ key0;
        counter.word[1] = (u32)second;
        counter.word[2] = (u32)(first >> 32) ^ counter.word[3] ^ key1;
        counter.word[3] = (u32)first;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
    return counter;
}

// The optimizer step, from 1, whose batch the clock names.
static __device__ __forceinline__ u64 step_number(const NetworkConstants& network, const Clock& clock) {
    return network.first_step + clock.batch + 1;
}

// Scales, 0 or `dropout_scale`, of units 4 * block to 4 * block + 3 of the batch's image.
static __device__ __forceinline__ void dropout_scales(const NetworkConstants& network, u64 step, u32 image,
                                                      u32 block, float (&scales)[4]) {
    Words counter = {{block, image, (u32)step, (u32)(step >> 32)}};
    Words words =
        philox4x32_10(counter, (u32)network.dropout_seed, (u32)(network.dropout_seed >> 32));
#pragma unroll
    for (int i = 0; i < 4; ++i) {
        scales[i] = words.word[i] >= network.dropout_threshold ? network.dropout_scale : 0.0f;
    }
}
