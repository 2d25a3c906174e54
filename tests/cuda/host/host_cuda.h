/* host_cuda.h: CUDA C++ (the usual subset) as C++17 for the host; included before a .cu file by
 * the `host_kernels` script. A CUDA thread is a fibre: its data lie at the top of its stack. */
#pragma once
#include <assert.h>
#include <cfloat>
#include <climits>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <type_traits>
#include <utility>

/* ---------- vector types ---------- */
#define HC_VEC(T, N, A2, A4)                                                                       \
    struct N##1 { T x; };                                                                          \
    struct alignas(A2) N##2 { T x, y; };                                                           \
    struct N##3 { T x, y, z; };                                                                    \
    struct alignas(A4) N##4 { T x, y, z, w; };                                                     \
    static inline N##1 make_##N##1(T x) { return {x}; }                                            \
    static inline N##2 make_##N##2(T x, T y) { return {x, y}; }                                    \
    static inline N##3 make_##N##3(T x, T y, T z) { return {x, y, z}; }                            \
    static inline N##4 make_##N##4(T x, T y, T z, T w) { return {x, y, z, w}; }
HC_VEC(float, float, 8, 16)
HC_VEC(int, int, 8, 16) HC_VEC(unsigned, uint, 8, 16) HC_VEC(double, double, 16, 16)
    HC_VEC(signed char, char, 2, 4) HC_VEC(unsigned char, uchar, 2, 4) HC_VEC(short, short, 4, 8)
        HC_VEC(unsigned short, ushort, 4, 8) HC_VEC(long long, longlong, 16, 16)
            HC_VEC(unsigned long long, ulonglong, 16, 16) struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c) {}
};

/* ---------- the running thread ---------- */
enum { HC_STACK = 1 << 17, HC_TOP = 256 };
struct HcBlock {
    uint3 bid;
    dim3 bdim, gdim;
    void *dyn;
};
struct HcThread {
    uint3 tid;
    unsigned flat;
    HcBlock *b;
    void *sp;
    const char *site;
};
static inline __attribute__((always_inline)) HcThread *hc_me() {
    uintptr_t sp;
#if defined __x86_64__
    asm("movq %%rsp,%0" : "=r"(sp));
#elif defined __aarch64__
    asm("mov %0,sp" : "=r"(sp));
#else
    sp = (uintptr_t)__builtin_frame_address(0);
#endif
    return (HcThread *)((sp | (HC_STACK - 1)) + 1 - HC_TOP);
}
#define threadIdx (hc_me()->tid)
#define blockIdx (hc_me()->b->bid)
#define blockDim (hc_me()->b->bdim)
#define gridDim (hc_me()->b->gdim)
#define warpSize 32

/* ---------- barriers, warp operations (host_run.cpp) ---------- */
enum { HC_SYNCWARP, HC_SHFL, HC_UP, HC_DOWN, HC_XOR, HC_BALLOT, HC_MATCH };
enum { HC_PLAIN, HC_COUNT, HC_AND, HC_OR };
extern int hc_barrier(const char *site, int kind, int pred);
extern uint64_t hc_warp(const char *site, int op, unsigned mask, uint64_t v, int lane, int width);
extern unsigned hc_active();
[[noreturn]] extern void hc_trap(const char *site, const char *what);
#define HC_STR_(x) #x
#define HC_STR(x) HC_STR_(x)
#define HC_SITE(f) f " at " __FILE__ ":" HC_STR(__LINE__)
template <class T>
static inline T hc_shfl(const char *site, int op, unsigned mask, T v, int l, int width = 32) {
    static_assert(sizeof(T) <= 8, "shuffles of up to 8 bytes");
    uint64_t u = 0;
    memcpy(&u, &v, sizeof v);
    u = hc_warp(site, op, mask, u, l, width);
    memcpy((void *)&v, &u, sizeof v);
    return v;
}
#define __syncthreads() ((void)hc_barrier(HC_SITE("__syncthreads"), HC_PLAIN, 0))
#define __syncthreads_count(p) hc_barrier(HC_SITE("__syncthreads_count"), HC_COUNT, (p) != 0)
#define __syncthreads_and(p) hc_barrier(HC_SITE("__syncthreads_and"), HC_AND, (p) != 0)
#define __syncthreads_or(p) hc_barrier(HC_SITE("__syncthreads_or"), HC_OR, (p) != 0)
static inline unsigned hc_mask(unsigned m = 0xffffffffu) { return m; }
#define __syncwarp(...)                                                                            \
    ((void)hc_warp(HC_SITE("__syncwarp"), HC_SYNCWARP, hc_mask(__VA_ARGS__), 0, 0, 32))
#define __shfl_sync(...) hc_shfl(HC_SITE("__shfl_sync"), HC_SHFL, __VA_ARGS__)
#define __shfl_up_sync(...) hc_shfl(HC_SITE("__shfl_up_sync"), HC_UP, __VA_ARGS__)
#define __shfl_down_sync(...) hc_shfl(HC_SITE("__shfl_down_sync"), HC_DOWN, __VA_ARGS__)
#define __shfl_xor_sync(...) hc_shfl(HC_SITE("__shfl_xor_sync"), HC_XOR, __VA_ARGS__)
#define __ballot_sync(m, p)                                                                        \
    ((unsigned)hc_warp(HC_SITE("__ballot_sync"), HC_BALLOT, m, (p) != 0, 0, 32))
#define __any_sync(m, p) ((int)(hc_warp(HC_SITE("__any_sync"), HC_BALLOT, m, (p) != 0, 0, 32) != 0))
#define __all_sync(m, p) ((int)(hc_warp(HC_SITE("__all_sync"), HC_BALLOT, m, (p) == 0, 0, 32) == 0))
#define __match_any_sync(m, v)                                                                     \
    ((unsigned)hc_warp(HC_SITE("__match_any_sync"), HC_MATCH, m, (uint64_t)(v), 0, 32))
#define __activemask() hc_active()
template <class T> static inline T hc_reduce(const char *site, unsigned mask, T v, T (*f)(T, T)) {
    T r = v;
    bool first = true;
    for (int l = 0; l < 32; l++)
        if (mask >> l & 1) {
            T o = hc_shfl(site, HC_SHFL, mask, v, l);
            r = first ? o : f(r, o);
            first = false;
        }
    return r;
}
#define __reduce_add_sync(m, v)                                                                    \
    hc_reduce(                                                                                     \
        HC_SITE("__reduce_add_sync"), m, v,                                                        \
        +[](decltype(+(v)) a, decltype(+(v)) b) { return a + b; })
#define __reduce_max_sync(m, v)                                                                    \
    hc_reduce(                                                                                     \
        HC_SITE("__reduce_max_sync"), m, v,                                                        \
        +[](decltype(+(v)) a, decltype(+(v)) b) { return a > b ? a : b; })
#define __reduce_min_sync(m, v)                                                                    \
    hc_reduce(                                                                                     \
        HC_SITE("__reduce_min_sync"), m, v,                                                        \
        +[](decltype(+(v)) a, decltype(+(v)) b) { return a < b ? a : b; })
#define __trap() hc_trap(HC_SITE("__trap"), "__trap")
static inline void __threadfence() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __threadfence_block() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __threadfence_system() { __atomic_thread_fence(__ATOMIC_SEQ_CST); }
static inline void __nanosleep(unsigned) {}
#undef assert
#ifdef NDEBUG
#define assert(x) ((void)0)
#else
#define assert(x) ((x) ? (void)0 : hc_trap(HC_SITE("assert(" #x ")"), "assertion failed"))
#endif

/* ---------- atomics (real ones: blocks may run on several OS threads) ---------- */
template <class T, class F> static inline T hc_rmw(T *p, F f) {
    using U = std::conditional_t<sizeof(T) == 8, unsigned long long,
                                 std::conditional_t<sizeof(T) == 4, unsigned, unsigned short>>;
    U o = __atomic_load_n((U *)p, __ATOMIC_RELAXED), n;
    T t;
    do {
        memcpy(&t, &o, sizeof t);
        T r = f(t);
        memcpy(&n, &r, sizeof n);
    } while (!__atomic_compare_exchange_n((U *)p, &o, n, true, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
    return t;
}
#define HC_ATOM(T)                                                                                 \
    static inline T atomicAdd(T *p, T v) {                                                         \
        return hc_rmw(p, [=](T o) { return (T)(o + v); });                                         \
    }                                                                                              \
    static inline T atomicExch(T *p, T v) {                                                        \
        return hc_rmw(p, [=](T) { return v; });                                                    \
    }
#define HC_ATOM_I(T)                                                                               \
    HC_ATOM(T)                                                                                     \
    static inline T atomicSub(T *p, T v) {                                                         \
        return hc_rmw(p, [=](T o) { return (T)(o - v); });                                         \
    }                                                                                              \
    static inline T atomicMax(T *p, T v) {                                                         \
        return hc_rmw(p, [=](T o) { return o > v ? o : v; });                                      \
    }                                                                                              \
    static inline T atomicMin(T *p, T v) {                                                         \
        return hc_rmw(p, [=](T o) { return o < v ? o : v; });                                      \
    }                                                                                              \
    static inline T atomicAnd(T *p, T v) {                                                         \
        return hc_rmw(p, [=](T o) { return (T)(o & v); });                                         \
    }                                                                                              \
    static inline T atomicOr(T *p, T v) {                                                          \
        return hc_rmw(p, [=](T o) { return (T)(o | v); });                                         \
    }                                                                                              \
    static inline T atomicXor(T *p, T v) {                                                         \
        return hc_rmw(p, [=](T o) { return (T)(o ^ v); });                                         \
    }                                                                                              \
    static inline T atomicCAS(T *p, T c, T v) {                                                    \
        return hc_rmw(p, [=](T o) { return o == c ? v : o; });                                     \
    }
HC_ATOM(float)
HC_ATOM(double) HC_ATOM_I(int) HC_ATOM_I(unsigned) HC_ATOM_I(unsigned long long)
    HC_ATOM_I(long long) static inline unsigned atomicInc(unsigned *p, unsigned m) {
    return hc_rmw(p, [=](unsigned o) { return o >= m ? 0u : o + 1; });
}
static inline unsigned atomicDec(unsigned *p, unsigned m) {
    return hc_rmw(p, [=](unsigned o) { return o == 0 || o > m ? m : o - 1; });
}

/* ---------- loads, arithmetic, mathematics ---------- */
template <class T> static inline T __ldg(const T *p) { return *p; }
template <class T> static inline T __ldcg(const T *p) { return *p; }
template <class T> static inline T __ldcs(const T *p) { return *p; }
template <class T> static inline T __ldca(const T *p) { return *p; }
template <class T> static inline void __stcs(T *p, T v) { *p = v; }
template <class T> static inline void __stcg(T *p, T v) { *p = v; }
/* min, max: the usual arithmetic conversions; floats ignore a NaN, as on the device */
template <class A, class B, class C = std::common_type_t<A, B>,
          class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
static inline C min(A a, B b) {
    C x = a, y = b;
    if constexpr (std::is_floating_point_v<C>) return std::fmin(x, y);
    else return y < x ? y : x;
}
template <class A, class B, class C = std::common_type_t<A, B>,
          class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
static inline C max(A a, B b) {
    C x = a, y = b;
    if constexpr (std::is_floating_point_v<C>) return std::fmax(x, y);
    else return x < y ? y : x;
}
template <class D, class S> static inline D hc_bits(S s) {
    static_assert(sizeof(D) == sizeof(S));
    D d;
    memcpy(&d, &s, sizeof d);
    return d;
}
static inline float __int_as_float(int i) { return hc_bits<float>(i); }
static inline float __uint_as_float(unsigned i) { return hc_bits<float>(i); }
static inline int __float_as_int(float f) { return hc_bits<int>(f); }
static inline unsigned __float_as_uint(float f) { return hc_bits<unsigned>(f); }
static inline double __longlong_as_double(long long i) { return hc_bits<double>(i); }
static inline long long __double_as_longlong(double f) { return hc_bits<long long>(f); }
/* conversions saturate, and a NaN becomes 0, as on the device */
template <class I> static inline I hc_to(double d) {
    if (d != d) return 0;
    if (d <= (double)std::numeric_limits<I>::min()) return std::numeric_limits<I>::min();
    if (d >= (double)std::numeric_limits<I>::max()) return std::numeric_limits<I>::max();
    return (I)d;
}
#define HC_CONV(I, N)                                                                              \
    static inline I __float2##N##_rn(float f) { return hc_to<I>(rint((double)f)); }                \
    static inline I __float2##N##_rz(float f) { return hc_to<I>(trunc((double)f)); }               \
    static inline I __float2##N##_ru(float f) { return hc_to<I>(ceil((double)f)); }                \
    static inline I __float2##N##_rd(float f) { return hc_to<I>(floor((double)f)); }               \
    static inline float __##N##2float_rn(I i) { return (float)i; }
HC_CONV(int, int)
HC_CONV(unsigned, uint) HC_CONV(long long, ll)
    HC_CONV(unsigned long long, ull) static inline float __fadd_rn(float a, float b) {
    volatile float r = a + b;
    return r;
} /* volatile: never fused */
static inline float __fsub_rn(float a, float b) {
    volatile float r = a - b;
    return r;
}
static inline float __fmul_rn(float a, float b) {
    volatile float r = a * b;
    return r;
}
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __frcp_rn(float a) { return 1.0f / a; }
static inline float __fsqrt_rn(float a) { return sqrtf(a); }
static inline float __frsqrt_rn(float a) { return (float)(1.0 / sqrt((double)a)); }
static inline float rsqrtf(float a) { return (float)(1.0 / sqrt((double)a)); }
static inline double rsqrt(double a) { return 1.0 / sqrt(a); }
static inline float __fdividef(float a, float b) { return a / b; }
static inline float fdividef(float a, float b) { return a / b; }
static inline float __saturatef(float a) {
    return a != a ? 0.f : a < 0.f ? 0.f : a > 1.f ? 1.f : a;
}
static inline float normcdff(float a) { return 0.5f * erfcf(-a * 0.70710678118654752f); }
static inline float sinpif(float a) { return (float)sin(M_PI * (double)a); }
static inline float cospif(float a) { return (float)cos(M_PI * (double)a); }
static inline void sincospif(float a, float *s, float *c) {
    *s = sinpif(a);
    *c = cospif(a);
}
static inline void hc_sincosf(float a, float *s, float *c) {
    *s = sinf(a);
    *c = cosf(a);
}
#define __expf(x) expf(x)
#define __exp10f(x) exp10f(x)
#define __logf(x) logf(x)
#define __log2f(x) log2f(x)
#define __log10f(x) log10f(x)
#define __sinf(x) sinf(x)
#define __cosf(x) cosf(x)
#define __tanf(x) tanf(x)
#define __powf(x, y) powf(x, y)
#define __tanhf(x) tanhf(x)
#define __sincosf(x, s, c) hc_sincosf(x, s, c)
static inline unsigned __umulhi(unsigned a, unsigned b) {
    return (unsigned)((unsigned long long)a * b >> 32);
}
static inline int __mulhi(int a, int b) { return (int)((long long)a * b >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return (unsigned long long)((unsigned __int128)a * b >> 64);
}
static inline int __mul24(int a, int b) { return (int)((long long)(a << 8 >> 8) * (b << 8 >> 8)); }
static inline int __popc(unsigned a) { return __builtin_popcount(a); }
static inline int __popcll(unsigned long long a) { return __builtin_popcountll(a); }
static inline int __clz(int a) { return a ? __builtin_clz(a) : 32; }
static inline int __clzll(long long a) { return a ? __builtin_clzll(a) : 64; }
static inline int __ffs(int a) { return __builtin_ffs(a); }
static inline int __ffsll(long long a) { return __builtin_ffsll(a); }
static inline unsigned __brev(unsigned a) {
    unsigned r = 0;
    for (int i = 0; i < 32; i++) r |= (a >> i & 1) << (31 - i);
    return r;
}
static inline unsigned __byte_perm(unsigned a, unsigned b, unsigned s) {
    unsigned long long v = (unsigned long long)b << 32 | a;
    unsigned r = 0;
    for (int i = 0; i < 4; i++) r |= (unsigned)(v >> (8 * (s >> (4 * i) & 7)) & 255) << (8 * i);
    return r;
}
static inline unsigned __funnelshift_l(unsigned lo, unsigned hi, unsigned s) {
    return (unsigned)(((unsigned long long)hi << 32 | lo) << (s & 31) >> 32);
}
static inline unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned s) {
    return (unsigned)(((unsigned long long)hi << 32 | lo) >> (s & 31));
}
static inline long long clock64() { return 0; }
#define clock() 0
#define __builtin_assume(x) ((void)0)

/* ---------- entries, written by host_kernels ---------- */
constexpr int hc_first(int a = 0, int = 0, int = 0) { return a; }
template <class... A, size_t... I>
static inline void hc_unpack(void (*f)(A...), void **p, std::index_sequence<I...>) {
    f(*(std::remove_reference_t<A> *)p[I]...);
}
template <class... A> static inline void hc_call(void (*f)(A...), void **p) {
    hc_unpack(f, p, std::index_sequence_for<A...>{});
}
template <class... A> static inline const unsigned *hc_sizes(void (*)(A...), unsigned *n) {
    static const unsigned s[] = {sizeof(A)..., 0};
    *n = sizeof...(A);
    return s;
}
extern int hc_launch(const char *name, int bound, dim3 g, dim3 b, unsigned shared,
                     void (*call)(void **), void **params);

/* ---------- keywords; __global__, __shared__ and __launch_bounds__ are left to the script
 * ---------- */
#define __device__
#define __host__
#define __constant__
#define __managed__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))
#define __CUDACC__ 1
#define __CUDACC_RTC__ 1
#ifndef __CUDA_ARCH__
#define __CUDA_ARCH__ 900
#endif
#define __HOST_KERNELS__ 1
