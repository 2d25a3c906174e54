// One step of each network's optimizer; formulas and roundings as in `optimizer/mod.rs`.
//
// The `rule_constants` of a network, each rounded from f64:
//   RULE_MOMENTUM, RULE_NESTEROV  momentum
//   RULE_ADAM                     beta1, beta2, 1 - beta1, 1 - beta2, epsilon
//   RULE_RMSPROP                  alpha, 1 - alpha, epsilon
//   RULE_LION                     beta1, beta2, 1 - beta1, 1 - beta2
#include "lenet.cuh"

// Rules, numbered as `Step::rule` does; AdamW is Adam with a `keep` below 1.
#define RULE_SGD 0
#define RULE_MOMENTUM 1
#define RULE_NESTEROV 2
#define RULE_ADAM 3
#define RULE_RMSPROP 4
#define RULE_LION 5

#define UPDATE_THREADS 256
// Parameters of a thread.
#define PER_THREAD 4

// Partial gradients of neighbouring parameters of a convolution.
struct Partials {
    const float* values;  // [place][segments][stride]
    u32 segments;
    u32 stride;
    u32 first;            // parameter
    u32 count;            // of parameters; the next entry's begin after them
};

struct Update {
    float* parameters;                  // [slot][parameter_stride]
    const float* gradients;             // [place][gradient_stride]; read from `convolutions` on
    float* first_moments;               // [slot][parameter_stride]; null where no network's rule has them
    float* second_moments;              // as above
    const NetworkConstants* constants;  // [slot]
    const StepRates* rates;             // [slot][rate_stride], one for each batch of the epoch
    const u32* slots;                   // [gridDim.z]
    Clock* clock;
    const Partials* partials;           // [partial_count], of parameters 0 to `convolutions`
    u32 parameter_count;
    u32 parameter_stride;
    u32 gradient_stride;
    u32 rate_stride;
    u32 partial_count;
    u32 convolutions;                   // parameters whose gradients are partial sums
};

// The CPU's update takes numbers below 2^-126 as 0, before and after each operation. Only a result
// just below, which rounds up to 2^-126, stays here and is 0 there.
static __device__ __forceinline__ float flush(float value) {
    return fabsf(value) < 1.17549435e-38f ? copysignf(0.0f, value) : value;
}
static __device__ __forceinline__ float add(float a, float b) { return flush(__fadd_rn(a, b)); }
static __device__ __forceinline__ float sub(float a, float b) { return flush(__fsub_rn(a, b)); }
static __device__ __forceinline__ float mul(float a, float b) { return flush(__fmul_rn(a, b)); }
static __device__ __forceinline__ float div(float a, float b) { return flush(__fdiv_rn(a, b)); }

// Sum over the segments, in order.
static __device__ __forceinline__ float convolution_gradient(const Update& a, u32 parameter) {
    u32 index = 0;
    while (index + 1 < a.partial_count && a.partials[index + 1].first <= parameter) {
        ++index;
    }
    const Partials partials = a.partials[index];
    const float* from = partials.values +
                        (u64)blockIdx.z * partials.segments * partials.stride +
                        (parameter - partials.first);
    float sum = 0.0f;
#pragma unroll 8
    for (u32 segment = 0; segment < partials.segments; ++segment) {
        sum += from[(u64)segment * partials.stride];
    }
    return sum;
}

// A rule's new parameter; p, m and s are flushed numbers.
static __device__ __forceinline__ float step(const NetworkConstants& network,
                                             const StepRates& rate, float p, float g, float& m,
                                             float& s) {
    const float* constants = network.rule_constants;
    if (rate.decay != 0.0f) {
        g = add(g, mul(rate.decay, p));
    }
    switch (network.rule) {
    case RULE_MOMENTUM:
        m = add(mul(constants[0], m), g);
        return sub(p, mul(rate.rate, m));
    case RULE_NESTEROV:
        m = add(mul(constants[0], m), g);
        return sub(p, mul(rate.rate, add(g, mul(constants[0], m))));
    case RULE_ADAM: {
        m = add(mul(constants[0], m), mul(constants[2], g));
        s = add(mul(constants[1], s), mul(constants[3], mul(g, g)));
        float divisor = add(div(__fsqrt_rn(s), rate.correction), constants[4]);
        return sub(mul(rate.keep, p), div(mul(rate.rate, m), divisor));
    }
    case RULE_RMSPROP:
        m = add(mul(constants[0], m), mul(constants[1], mul(g, g)));
        return sub(p, div(mul(rate.rate, g), add(__fsqrt_rn(m), constants[2])));
    case RULE_LION: {
        float direction = add(mul(constants[0], m), mul(constants[2], g));
        // NaN stays NaN.
        float sign = direction == 0.0f || direction != direction ? direction
                                                                 : copysignf(1.0f, direction);
        m = add(mul(constants[1], m), mul(constants[3], g));
        return sub(mul(rate.keep, p), mul(rate.rate, sign));
    }
    default:
        return sub(p, mul(rate.rate, g));
    }
}

// blockIdx: x the parameters UPDATE_THREADS * PER_THREAD * x on, z a place.
extern "C" __global__ void __launch_bounds__(UPDATE_THREADS) update(Update arguments) {
    const Update& a = arguments;
    u32 slot = a.slots[blockIdx.z];
    const NetworkConstants& network = a.constants[slot];
    StepRates rate = a.rates[(u64)slot * a.rate_stride + a.clock->batch];
    rate.rate = flush(rate.rate);
    rate.keep = flush(rate.keep);
    rate.decay = flush(rate.decay);
    bool has_first = network.rule != RULE_SGD, has_second = network.rule == RULE_ADAM;
    u32 base = blockIdx.x * UPDATE_THREADS * PER_THREAD + threadIdx.x;
    u64 start = (u64)slot * a.parameter_stride;
    const float* gradients = a.gradients + (u64)blockIdx.z * a.gradient_stride;

    // All reads come first, so that they wait together.
    float p[PER_THREAD], g[PER_THREAD], m[PER_THREAD] = {}, s[PER_THREAD] = {};
#pragma unroll
    for (int i = 0; i < PER_THREAD; ++i) {
        u32 parameter = base + i * UPDATE_THREADS;
        if (parameter < a.parameter_count) {
            p[i] = a.parameters[start + parameter];
            if (has_first) {
                m[i] = a.first_moments[start + parameter];
            }
            if (has_second) {
                s[i] = a.second_moments[start + parameter];
            }
            g[i] = parameter < a.convolutions ? convolution_gradient(a, parameter)
                                              : gradients[parameter];
        }
    }
#pragma unroll
    for (int i = 0; i < PER_THREAD; ++i) {
        u32 parameter = base + i * UPDATE_THREADS;
        if (parameter < a.parameter_count) {
            float first = flush(m[i]), second = flush(s[i]);
            a.parameters[start + parameter] =
                step(network, rate, flush(p[i]), flush(g[i]), first, second);
            if (has_first) {
                a.first_moments[start + parameter] = first;
            }
            if (has_second) {
                a.second_moments[start + parameter] = second;
            }
        }
    }

    __syncthreads();
    if (threadIdx.x == 0) {
        // This block has read the clock; the last to say so sets it.
        __threadfence();
        u32 blocks = gridDim.x * gridDim.y * gridDim.z;
        if (atomicAdd(&a.clock->ticket, 1u) == blocks - 1) {
            a.clock->ticket = 0;
            a.clock->batch += 1;
        }
    }
}
