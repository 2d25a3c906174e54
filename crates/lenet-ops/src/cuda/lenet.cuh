// What the kernels share: types, the constants of a network, and how a block finds its network.
//
// Layouts, row-major, f32 unless stated otherwise:
//   parameters, gradients   [slot][parameters]             in the flat order of the geometry
//   images of a stage       [place][image][channel][row][column]
//   pooled, their gradients [place][image][filter][row / 2][column / 2]
//   codes (bytes)           as pooled: which of a window's four values is its first maximum
//                           (2 * dy + dx), or DEAD where ReLU gives 0
//   units of a dense layer  [place][image][unit]
// A launch computes some of the networks that have memory: blockIdx.z is a network's place in the
// launch, slots[place] its slot in memory. Activations are stored by place. Parameters, orders and
// everything that outlives a step are stored by slot.
#pragma once

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

#define DEAD 4

// What may differ between the networks of a launch.
struct NetworkConstants {
    u64 dropout_seed;
    u64 first_step;           // optimizer steps before this epoch's first batch
    u32 dropout_threshold;    // a unit is kept where its random word is not below; 0: no dropout
    float dropout_scale;      // of kept units
    u32 rule;                 // of the optimizer: see update.cu
    float rule_constants[5];
};

// The factors of one optimizer step of one network, computed by the host.
struct StepRates {
    float rate;        // learning rate; Adam: over 1 - beta1^t
    float correction;  // Adam: square root of 1 - beta2^t
    float keep;        // AdamW: 1 - learning rate * weight decay; otherwise 1
    float decay;       // weight decay that is added to the gradient; 0 for none
};

// How far the epoch has come; one clock serves all networks of a group.
struct Clock {
    u32 batch;   // batches of the epoch done
    u32 ticket;  // blocks of the running update that are done
};

// Which images a launch computes.
struct Batch {
    const u8* pixels;        // a whole set, [image][channel][row][column]; a pixel is byte / 255
    const u8* labels;        // a class for each of its images
    const u32* order;        // [slot][order_stride]: positions in the set
    const Clock* clock;      // null: the batch begins at `first`
    const u32* slots;        // [gridDim.z]
    u32 order_stride;        // 0: one order for all
    u32 first;
    u32 batch_size;          // of a full batch: batch number b begins at first + b * batch_size
    u32 images;              // in this launch, at most batch_size
};

// The image's position in its set.
static __device__ __forceinline__ u32 image_index(const Batch& batch, u32 slot, u32 image) {
    u32 begin = batch.first + (batch.clock ? batch.clock->batch * batch.batch_size : 0);
    return batch.order[(u64)slot * batch.order_stride + begin + image];
}
