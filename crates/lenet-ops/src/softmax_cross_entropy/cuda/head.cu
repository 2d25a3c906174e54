// The last dense layer with softmax cross-entropy: logits, loss and, in training, the gradients
// of the logits and of the layer's input. A warp computes an image.
#include "lenet.cuh"

#define WARPS 8
#define CLASSES 256
// Logits, or units of the input gradient, that a lane sums at a time.
#define GROUP 8
#define UNITS 4

// Of the images of one block.
struct HeadSums {
    double loss;  // sum of the cross-entropies, in nats
    u32 correct;  // images whose label's logit is the first of the largest, none of them NaN
    u32 padding;
};

struct Head {
    Batch batch;
    const float* input;                 // [place][stride][inputs]
    const float* parameters;            // [slot][parameter_stride]
    const NetworkConstants* constants;  // [slot]; read with dropout only
    float* logits;                      // [place][stride][classes], or null
    float* logit_gradient;              // [place][stride][classes]; null: evaluation
    float* input_gradient;              // [place][stride][inputs]; null: evaluation
    HeadSums* sums;                     // [slot][sums_stride][block_stride], or null
    u32* peaks;                         // [place], bits of the largest input so far, or of NaN; or null
    u32 parameter_stride;
    u32 weight;                         // offset of [classes][inputs] among the parameters
    u32 bias;                           // offset of [classes]
    u32 inputs;
    u32 classes;                        // at most CLASSES
    u32 stride;                         // images that a place has memory for
    u32 sums_stride;                    // batches (or chunks) of an epoch
    u32 block_stride;                   // blocks of a full batch
    u32 chunk;                          // number of the batch where it has no clock
    u32 mask;                           // whether the input comes from ReLU
    u32 dropout;                        // whether dropout followed that
    u32 padding;
};

static __device__ __forceinline__ float warp_sum(float value) {
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2) {
        value += __shfl_xor_sync(0xFFFFFFFFu, value, lanes);
    }
    return value;
}

// The larger, NaN where any is.
static __device__ __forceinline__ float larger(float a, float b) {
    return b > a || b != b ? b : a;
}

static __device__ __forceinline__ float warp_largest(float value) {
#pragma unroll
    for (int lanes = 16; lanes > 0; lanes /= 2) {
        value = larger(value, __shfl_xor_sync(0xFFFFFFFFu, value, lanes));
    }
    return value;
}

// An image's logits into shared memory, by its warp.
static __device__ __forceinline__ void compute_logits(const Head& a, const float* parameters,
                                                      const float* input, float* logits) {
    u32 lane = threadIdx.x % 32;
    const float* weight = parameters + a.weight;
    for (u32 first = 0; first < a.classes; first += GROUP) {
        float sums[GROUP];
        const float* rows[GROUP];
#pragma unroll
        for (int c = 0; c < GROUP; ++c) {
            sums[c] = 0.0f;
            rows[c] = weight + (u64)min(first + c, a.classes - 1) * a.inputs;
        }
        for (u32 i = lane; i < a.inputs; i += 32) {
            float value = input[i];
#pragma unroll
            for (int c = 0; c < GROUP; ++c) {
                sums[c] = fmaf(value, rows[c][i], sums[c]);
            }
        }
#pragma unroll
        for (int c = 0; c < GROUP; ++c) {
            if (first + c < a.classes) {
                float sum = warp_sum(sums[c]);
                if (lane == 0) {
                    logits[first + c] = sum + parameters[a.bias + first + c];
                }
            }
        }
    }
    __syncwarp();
}

// Gradient of an image's input from that of its logits, by its warp.
static __device__ __forceinline__ void compute_input_gradient(const Head& a,
                                                              const float* parameters, u32 slot,
                                                              const float* input,
                                                              const float* logit_gradient,
                                                              float* input_gradient) {
    u32 lane = threadIdx.x % 32;
    const float* weight = parameters + a.weight;
    float scale = a.dropout ? a.constants[slot].dropout_scale : 1.0f;
    for (u32 first = lane; first < a.inputs; first += 32 * UNITS) {
        float sums[UNITS] = {};
        u32 units[UNITS];
#pragma unroll
        for (int i = 0; i < UNITS; ++i) {
            units[i] = min(first + 32 * i, a.inputs - 1);
        }
#pragma unroll 2
        for (u32 c = 0; c < a.classes; ++c) {
            float gradient = logit_gradient[c];
            const float* row = weight + (u64)c * a.inputs;
#pragma unroll
            for (int i = 0; i < UNITS; ++i) {
                sums[i] = fmaf(gradient, row[units[i]], sums[i]);
            }
        }
#pragma unroll
        for (int i = 0; i < UNITS; ++i) {
            if (first + 32 * i < a.inputs) {
                u32 unit = units[i];
                bool dead = a.mask && input[unit] <= 0.0f;
                input_gradient[unit] = dead ? 0.0f : a.mask ? sums[i] * scale : sums[i];
            }
        }
    }
}

// The largest input of an image, by its warp; as bits, which order as the values do.
static __device__ __forceinline__ void keep_peak(const Head& a, const float* input, u32* peak) {
    float largest = 0.0f;
    for (u32 i = threadIdx.x % 32; i < a.inputs; i += 32) {
        largest = larger(largest, input[i]);
    }
    largest = warp_largest(largest);
    if (threadIdx.x % 32 == 0) {
        atomicMax(peak, largest != largest ? 0x7FFFFFFFu : __float_as_uint(largest));
    }
}

// blockIdx: x the images WARPS * x on, z a place.
extern "C" __global__ void __launch_bounds__(32 * WARPS) head(Head arguments) {
    __shared__ float logits_of[WARPS][CLASSES];
    __shared__ double loss_of[WARPS];
    __shared__ u32 correct_of[WARPS];
    const Head& a = arguments;
    u32 warp = threadIdx.x / 32, lane = threadIdx.x % 32;
    u32 image = blockIdx.x * WARPS + warp;
    u32 slot = a.batch.slots[blockIdx.z];
    double loss = 0.0;
    u32 correct = 0;
    // The same for all threads of a warp.
    if (image < a.batch.images) {
        const float* parameters = a.parameters + (u64)slot * a.parameter_stride;
        u64 at = (u64)blockIdx.z * a.stride + image;
        const float* input = a.input + at * a.inputs;
        float* logits = logits_of[warp];
        compute_logits(a, parameters, input, logits);

        float largest = __uint_as_float(0xFF800000u);
        for (u32 c = lane; c < a.classes; c += 32) {
            largest = larger(largest, logits[c]);
        }
        largest = warp_largest(largest);
        u32 label = a.batch.labels[image_index(a.batch, slot, image)];
        float of_label = logits[label];
        float sum = 0.0f;
        bool first = true;
        for (u32 c = lane; c < a.classes; c += 32) {
            float logit = logits[c];
            sum += expf(logit - largest);
            first = first && (c < label ? of_label > logit : of_label >= logit);
        }
        sum = warp_sum(sum);
        correct = __all_sync(0xFFFFFFFFu, first) ? 1 : 0;
        loss = log((double)sum) - (double)(of_label - largest);

        if (a.logits) {
            for (u32 c = lane; c < a.classes; c += 32) {
                a.logits[at * a.classes + c] = logits[c];
            }
        }
        if (a.peaks) {
            keep_peak(a, input, a.peaks + blockIdx.z);
        }
        if (a.logit_gradient) {
            float scale = 1.0f / (float)a.batch.images;
            // Every lane has read the label's logit, which its own lane overwrites.
            __syncwarp();
            for (u32 c = lane; c < a.classes; c += 32) {
                float target = c == label ? 1.0f : 0.0f;
                float gradient = (expf(logits[c] - largest) / sum - target) * scale;
                logits[c] = gradient;
                a.logit_gradient[at * a.classes + c] = gradient;
            }
            __syncwarp();
            compute_input_gradient(a, parameters, slot, input, logits,
                                   a.input_gradient + at * a.inputs);
        }
    }
    if (lane == 0) {
        loss_of[warp] = loss;
        correct_of[warp] = correct;
    }
    __syncthreads();
    if (threadIdx.x == 0 && a.sums) {
        for (u32 other = 1; other < WARPS; ++other) {
            loss += loss_of[other];
            correct += correct_of[other];
        }
        u32 chunk = a.batch.clock ? a.batch.clock->batch : a.chunk;
        u64 row = (u64)slot * a.sums_stride + chunk;
        HeadSums sums = {loss, correct, 0};
        a.sums[row * a.block_stride + blockIdx.x] = sums;
    }
}
