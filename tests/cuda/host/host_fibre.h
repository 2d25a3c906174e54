/* host_fibre.h: a CUDA thread as a fibre, what its block and its launch keep of it, and how a failure
 * is told. A part of host_run.cpp. */
#pragma once
#include "host_cuda.h"
#undef threadIdx
#undef blockIdx
#undef blockDim
#undef gridDim
#include <dlfcn.h>
#include <link.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <string>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <vector>

enum { NEW, RUN, BAR, WAIT, DONE }; /* states of a thread */
enum {
    BAD_LAUNCH = 1,
    BAD_ADDRESS = 700,
    MISALIGNED = 716,
    LAUNCH_FAILED = 719,
    MAX_SHARED = 232448,
    MAX_THREADS = 1024
};

/* ---------- switching stacks ---------- */
#if defined __x86_64__ && !defined HC_UCONTEXT
extern "C" void hc_switch(void **save, void *to);
asm(".text\n.type hc_switch,@function\nhc_switch:\n pushq %rbp\n pushq %rbx\n pushq %r12\n pushq "
    "%r13\n pushq %r14\n pushq %r15\n"
    " movq %rsp,(%rdi)\n movq %rsi,%rsp\n popq %r15\n popq %r14\n popq %r13\n popq %r12\n popq "
    "%rbx\n popq %rbp\n popq %rcx\n jmp *%rcx\n.size hc_switch,.-hc_switch\n");
static void *hc_fresh(char *low, char *top, void (*entry)()) {
    (void)low;
    void **p = (void **)((uintptr_t)top & ~15ul);
    *--p = 0;
    *--p = (void *)entry;
    for (int i = 0; i < 6; i++) *--p = 0;
    return p;
}
#else /* any other machine: slower */
static void hc_switch(void **save, void *to) {
    ucontext_t me;
    *save = &me;
    swapcontext(&me, (ucontext_t *)to);
}
static void *hc_fresh(char *low, char *top, void (*entry)()) {
    ucontext_t *u = (ucontext_t *)(((uintptr_t)top - sizeof *u) & ~63ul);
    getcontext(u);
    u->uc_stack.ss_sp = low;
    u->uc_stack.ss_size = (char *)u - low;
    u->uc_link = 0;
    makecontext(u, entry, 0);
    return u;
}
#endif

struct Warp {
    unsigned live, ready, wait, mask[32];
    int op[32], lane[32], width[32];
    uint64_t v[32];
    const char *site[32];
};
struct Launch {
    const char *name;
    dim3 g;
    unsigned n, shared;
    void (*call)(void **);
    void **params;
    std::vector<unsigned> blocks;
    uint64_t next, total;
    int order, poison;
    volatile int failed;
};
struct Worker : HcBlock {
    Launch *L;
    void *sp;
    char *arena, *dyn_end;
    int made, nfree, freestack[MAX_THREADS];
    HcThread *th[MAX_THREADS];
    unsigned char state[MAX_THREADS];
    Warp w[MAX_THREADS / 32];
    unsigned nwarps, nthreads;
    int bar_kind, bar_res, bar_pred[MAX_THREADS];
    HcThread *running;
    uint64_t rng;
    sigjmp_buf jb;
    void *addr, *pc;
    int sig, sigcode;
    bool in;
    char *tls;
    size_t tls_n;
};
static Worker *workers[64];
static int nworkers;
static uint64_t seed_state;
static std::string seed_text;
static char message[4096];
static void *fault_addr;
static int fault_code;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER, msg_lock = PTHREAD_MUTEX_INITIALIZER;
static thread_local char tls_touch; /* makes this thread's copy of the shared variables exist */

static uint64_t rnd(uint64_t &s) {
    s += 0x9e3779b97f4a7c15ull;
    uint64_t z = s;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ z >> 27) * 0x94d049bb133111ebull;
    return z ^ z >> 31;
}

/* ---------- messages ---------- */
static void at_thread(std::string &s, Worker *k, unsigned flat) {
    char b[160];
    unsigned x = k->bdim.x, y = k->bdim.y;
    snprintf(b, sizeof b, "(%u,%u,%u)", flat % x, flat / x % y, flat / x / y);
    s += b;
}
static void fail(Worker *k, int code, const std::string &what, void *addr = 0) {
    pthread_mutex_lock(&msg_lock);
    if (!fault_code) {
        fault_code = code;
        fault_addr = addr;
        snprintf(message, sizeof message, "kernel %s, block (%u,%u,%u) of (%u,%u,%u): %s",
                 k->L->name, k->bid.x, k->bid.y, k->bid.z, k->gdim.x, k->gdim.y, k->gdim.z,
                 what.c_str());
    }
    k->L->failed = 1;
    pthread_mutex_unlock(&msg_lock);
}
static std::string source_line(void *pc) { /* "file:line" by addr2line, if there is one */
    Dl_info i;
    char b[600] = "", *path = 0;
    if (!dladdr(pc, &i) || !(path = realpath(i.dli_fname, 0))) return "";
    snprintf(b, sizeof b, "addr2line -e '%s' %#lx 2>/dev/null", path,
             (unsigned long)((char *)pc - (char *)i.dli_fbase));
    free(path);
    FILE *f = popen(b, "r");
    std::string s;
    if (f) {
        if (fgets(b, sizeof b, f) && *b != '?') s = b;
        pclose(f);
    }
    s = s.substr(0, s.find_first_of(" \n"));
    return s.empty() ? s : " at " + s;
}
