// What the convolution kernels share: sizes of a stage, pixels, padded planes in shared memory.
#pragma once
#include "lenet.cuh"

// Sizes of a stage: its images are channels x height x width, its filters kernel x kernel.
struct StageSizes {
    u32 channels;
    u32 height;
    u32 width;
    u32 filters;
    u32 kernel;

    __device__ u32 pooled_height() const { return height / 2; }
    __device__ u32 pooled_width() const { return width / 2; }
    __device__ u32 pooled_places() const { return pooled_height() * pooled_width(); }
};

static __device__ __forceinline__ u32 divided_up(u32 number, u32 divisor) {
    return (number + divisor - 1) / divisor;
}

// Division by a number that is not known before: exact where dividend * divisor < 2^32.
struct Divisor {
    u32 divisor;
    u32 inverse;

    __device__ explicit Divisor(u32 divisor) : divisor(divisor), inverse(0xffffffffu / divisor + 1) {}

    __device__ u32 quotient(u32 dividend) const {
        return divisor == 1 ? dividend : __umulhi(dividend, inverse);
    }
};

// byte / 255.0f, rounded as the division is, for each of the 256 bytes.
static __device__ __forceinline__ float pixel(u8 byte) {
    const float inverse = 1.0f / 255.0f;
    float value = byte;
    float quotient = value * inverse;
    return fmaf(fmaf(-255.0f, quotient, value), inverse, quotient);
}

// Images of a first stage: bytes of a set, found by their positions.
struct PixelImages {
    const Batch* batch;
    u32 slot;
    u32 size;  // of an image

    struct Image {
        const u8* values;
        __device__ float operator[](u32 index) const { return pixel(values[index]); }
    };
    __device__ Image image(u32 image) const {
        return {batch->pixels + (u64)image_index(*batch, slot, image) * size};
    }
};

// Images of a later stage.
struct FloatImages {
    const float* values;  // of the place
    u32 size;             // of an image

    struct Image {
        const float* values;
        __device__ float operator[](u32 index) const { return values[index]; }
    };
    __device__ Image image(u32 image) const { return {values + (u64)image * size}; }
};

// A part of padded planes in shared memory: of each of some images and channels, `height` rows of
// `width` values (`pitch` floats apart, planes `size` floats apart) from row `top` and column
// `left` of the plane, zero outside of it.
struct Planes {
    float* values;
    u32 pitch;
    u32 size;
    u32 height;
    u32 width;
    int top;
    int left;
};

// Copies channels `channel` to `channel + channels` of images `image` to `image + images` (of
// which those from `end` on are read as zeros); the planes of an image are `depth` planes from
// those of the one before. A thread copies a few rows of a column.
template <class Images>
static __device__ __forceinline__ void copy_planes(const Planes& planes, const Images& source,
                                                   const StageSizes& stage, u32 image, u32 images,
                                                   u32 end, u32 channel, u32 channels, u32 depth) {
    const u32 ROWS = 4;
    u32 strips = divided_up(planes.height, ROWS);
    Divisor by_width(planes.width), by_strips(strips), by_channels(channels);
    u32 items = images * channels * strips * planes.width;
    for (u32 item = threadIdx.x; item < items; item += blockDim.x) {
        u32 strip = by_width.quotient(item);
        u32 column = item - strip * planes.width;
        u32 plane = by_strips.quotient(strip);
        u32 row = (strip - plane * strips) * ROWS;
        u32 offset = by_channels.quotient(plane);
        u32 c = plane - offset * channels;
        u32 x = planes.left + (int)column;
        bool inside = x < stage.width && image + offset < end;
        auto pixels = source.image(inside ? image + offset : image);
        u32 y = planes.top + (int)row;
        u32 from = ((channel + c) * stage.height + y) * stage.width + x;
        // All loads before the first store. Outside, the image's first value is read for nothing.
        float values[ROWS];
#pragma unroll
        for (u32 i = 0; i < ROWS; ++i) {
            bool known = inside && y + i < stage.height;
            float value = pixels[known ? from + i * stage.width : 0];
            values[i] = known ? value : 0.0f;
        }
        float* to = planes.values + (offset * depth + c) * planes.size + row * planes.pitch + column;
#pragma unroll
        for (u32 i = 0; i < ROWS; ++i) {
            if (row + i < planes.height) {
                to[i * planes.pitch] = values[i];
            }
        }
    }
}
