/* host_run.cpp: runs a grid on the host. Blocks run one after another (or on HOST_THREADS OS
 * threads); a block's threads are fibres, each run until it waits or ends. Linked by
 * `host_kernels` into the object of the kernels. Read at every launch:
 *   HOST_ORDER    forward (default), reverse, random or random:SEED: order of threads and blocks
 *   HOST_THREADS  OS threads sharing the blocks (default 1: results are repeatable)
 *   HOST_POISON   1: shared memory holds 0xFF bytes (NaN) when a block starts */
#include "host_fibre.h"

/* ---------- what threads call ---------- */
static void yield(Worker *k, HcThread *t) { hc_switch(&t->sp, k->sp); }
void hc_trap(const char *site, const char *what) {
    HcThread *t = hc_me();
    Worker *k = (Worker *)t->b;
    std::string s = "thread ";
    at_thread(s, k, t->flat);
    fail(k, LAUNCH_FAILED, s + ": " + what + ": " + site);
    for (;;) yield(k, t);
}
int hc_barrier(const char *site, int kind, int pred) {
    HcThread *t = hc_me();
    Worker *k = (Worker *)t->b;
    t->site = site;
    k->state[t->flat] = BAR;
    k->bar_pred[t->flat] = pred;
    k->bar_kind = kind;
    yield(k, t);
    return k->bar_res;
}
unsigned hc_active() {
    HcThread *t = hc_me();
    return ((Worker *)t->b)->w[t->flat / 32].live;
}

static void complete(Warp *w, unsigned need, int op) { /* all lanes of `need` have come */
    uint64_t out[32];
    unsigned votes = 0;
    for (unsigned m = need; m; m &= m - 1) {
        int l = __builtin_ctz(m);
        votes |= (unsigned)(w->v[l] != 0) << l;
    }
    for (unsigned m = need; m; m &= m - 1) {
        int l = __builtin_ctz(m), n = w->width[l], base = l & ~(n - 1), a = w->lane[l], src = l;
        switch (op) {
        case HC_BALLOT:
            out[l] = votes;
            continue;
        case HC_SYNCWARP:
            out[l] = 0;
            continue;
        case HC_MATCH:
            out[l] = 0;
            for (unsigned q = need; q; q &= q - 1) {
                int o = __builtin_ctz(q);
                out[l] |= (uint64_t)(w->v[o] == w->v[l]) << o;
            }
            continue;
        case HC_SHFL:
            src = base + (a & (n - 1));
            break;
        case HC_UP:
            src = l - a < base ? l : l - a;
            break;
        case HC_DOWN:
            src = l + a >= base + n ? l : l + a;
            break;
        case HC_XOR:
            src = l ^ a;
            if (src >= base + n) src = l;
            break;
        }
        out[l] =
            need >> src & 1 ? w->v[src] : ~0ull; /* a lane that takes no part: undefined, so NaN */
    }
    for (unsigned m = need; m; m &= m - 1) {
        int l = __builtin_ctz(m);
        w->v[l] = out[l];
    }
    w->wait &= ~need;
    w->ready |= need;
}
static bool try_complete(Warp *w, int l) { /* lane l waits: has everybody it names come? */
    unsigned need = w->mask[l] & w->live;
    if ((w->wait & need) != need) return false;
    for (unsigned m = need; m; m &= m - 1) {
        int o = __builtin_ctz(m);
        if (w->mask[o] != w->mask[l] || w->op[o] != w->op[l]) return false;
    }
    complete(w, need, w->op[l]);
    return true;
}
uint64_t hc_warp(const char *site, int op, unsigned mask, uint64_t v, int lane, int width) {
    HcThread *t = hc_me();
    Worker *k = (Worker *)t->b;
    int l = t->flat & 31;
    Warp *w = &k->w[t->flat / 32];
    if (!(mask >> l & 1)) hc_trap(site, "the calling lane is not in its own mask");
    w->v[l] = v;
    w->op[l] = op;
    w->mask[l] = mask;
    w->lane[l] = lane;
    w->width[l] = width;
    w->site[l] = site;
    w->wait |= 1u << l;
    w->ready &= ~(1u << l);
    t->site = site;
    if (!try_complete(w, l)) {
        k->state[t->flat] = WAIT;
        yield(k, t);
    }
    return w->v[l];
}

/* ---------- one block ---------- */
static void entry() {
    HcThread *t = hc_me();
    Worker *k = (Worker *)t->b;
    k->L->call(k->L->params);
    k->state[t->flat] = DONE;
    for (;;) yield(k, t);
}
static void start(Worker *k, unsigned flat) {
    if (!k->nfree) {
        int i = k->made++;
        mprotect(k->arena + (size_t)i * HC_STACK, 4096, PROT_NONE);
        k->freestack[k->nfree++] = i;
    }
    int i = k->freestack[--k->nfree];
    char *low = k->arena + (size_t)i * HC_STACK, *top = low + HC_STACK - HC_TOP;
    HcThread *t = (HcThread *)top;
    t->flat = flat;
    t->b = k;
    t->site = 0;
    t->tid = {flat % k->bdim.x, flat / k->bdim.x % k->bdim.y, flat / k->bdim.x / k->bdim.y};
    t->sp = hc_fresh(low + 4096, top - (i & 63) * 320,
                     entry); /* the offset spreads stacks over the cache */
    k->th[flat] = t;
    k->state[flat] = RUN;
}
static inline void resume(Worker *k, unsigned flat) {
    Warp *w = &k->w[flat / 32];
    unsigned bit = 1u << (flat & 31);
    if (k->state[flat] == NEW) start(k, flat);
    k->state[flat] = RUN;
    k->running = k->th[flat];
    hc_switch(&k->sp, k->th[flat]->sp);
    k->running = 0;
    w->ready &= ~bit;
    if (k->state[flat] == DONE) {
        w->live &= ~bit;
        k->freestack[k->nfree++] = (int)(((char *)k->th[flat] - k->arena) / HC_STACK);
        k->th[flat] = 0;
        for (unsigned m = w->wait; m; m &= m - 1)
            if (try_complete(w, __builtin_ctz(m))) break; /* its end may free others */
    }
}
static void shuffle(unsigned *a, unsigned n, uint64_t &s) {
    for (unsigned i = n; i > 1; i--) {
        unsigned j = rnd(s) % i, t = a[i - 1];
        a[i - 1] = a[j];
        a[j] = t;
    }
}

static void deadlock(Worker *k) {
    std::string s = "its threads wait for each other:";
    char b[64];
    struct G {
        std::string what;
        unsigned first, n;
    };
    std::vector<G> gs;
    for (unsigned t = 0; t < k->nthreads; t++) {
        std::string what = k->state[t] == DONE ? "ended" : std::string("at ") + k->th[t]->site;
        if (k->state[t] == WAIT) {
            snprintf(b, sizeof b, " mask %#x", k->w[t / 32].mask[t & 31]);
            what += b;
        }
        bool seen = false;
        for (auto &g : gs)
            if (g.what == what) {
                g.n++;
                seen = true;
                break;
            }
        if (!seen) gs.push_back({what, t, 1});
    }
    for (size_t i = 0; i < gs.size() && i < 6; i++) {
        snprintf(b, sizeof b, "%s %u %s, the first ", i ? ";" : "", gs[i].n,
                 gs[i].n == 1 ? "thread" : "threads");
        s += b;
        at_thread(s, k, gs[i].first);
        s += ", " + gs[i].what;
    }
    fail(k, LAUNCH_FAILED, s);
}
static void run_block(Worker *k) {
    unsigned n = k->nthreads, nw = k->nwarps, word[32], lord[32];
    Launch *L = k->L;
    memset(k->state, NEW, n);
    for (unsigned i = 0; i < nw; i++) {
        unsigned c = n - i * 32;
        k->w[i].live = k->w[i].ready = c >= 32 ? ~0u : (1u << c) - 1;
        k->w[i].wait = 0;
        word[i] = i;
    }
    for (unsigned i = 0; i < 32; i++) lord[i] = i;
    if (L->poison) {
        if (k->tls) memset(k->tls, 0xFF, k->tls_n);
        if (L->shared) memset(k->dyn, 0xFF, L->shared);
    }
    for (;;) {
        if (L->order == 2) shuffle(word, nw, k->rng);
        for (unsigned i = 0; i < nw; i++) { /* each warp until none of its lanes can run */
            unsigned wi = L->order == 1 ? nw - 1 - i : word[i];
            Warp *w = &k->w[wi];
            while (w->ready) {
                if (L->order == 0)
                    for (unsigned m = w->ready; m; m &= m - 1)
                        resume(k, wi * 32 + __builtin_ctz(m));
                else if (L->order == 1)
                    for (unsigned m = w->ready; m;) {
                        int l = 31 - __builtin_clz(m);
                        resume(k, wi * 32 + l);
                        m &= ~(1u << l);
                    }
                else {
                    shuffle(lord, 32, k->rng);
                    unsigned m = w->ready;
                    for (int q = 0; q < 32; q++)
                        if (m >> lord[q] & 1) resume(k, wi * 32 + lord[q]);
                }
                if (L->failed) return;
            }
        }
        unsigned done = 0, bar = 0;
        const char *site = 0;
        bool same = true;
        for (unsigned t = 0; t < n; t++) {
            if (k->state[t] == DONE) done++;
            else if (k->state[t] == BAR) {
                bar++;
                const char *s = k->th[t]->site;
                if (!site) site = s;
                else if (s != site && strcmp(s, site)) same = false;
            }
        }
        if (done == n) return;
        if (bar != n || !same) {
            deadlock(k);
            return;
        }
        unsigned c = 0;
        for (unsigned t = 0; t < n; t++) c += k->bar_pred[t];
        k->bar_res = k->bar_kind == HC_AND ? c == n : k->bar_kind == HC_OR ? c != 0 : (int)c;
        for (unsigned i = 0; i < nw; i++) k->w[i].ready = k->w[i].live;
    }
}

/* ---------- faults ---------- */
static struct sigaction old_action[65];
static void on_fault(int sig, siginfo_t *si, void *ctx) {
    ucontext_t *u = (ucontext_t *)ctx;
    char *sp = 0;
    void *pc = 0;
#if defined __x86_64__
    sp = (char *)u->uc_mcontext.gregs[REG_RSP];
    pc = (void *)u->uc_mcontext.gregs[REG_RIP];
#elif defined __aarch64__
    sp = (char *)u->uc_mcontext.sp;
    pc = (void *)u->uc_mcontext.pc;
#endif
    for (int i = 0; i < nworkers; i++) {
        Worker *k = workers[i];
        if (k->in && sp >= k->arena && sp < k->arena + (size_t)MAX_THREADS * HC_STACK) {
            k->addr = si->si_addr;
            k->pc = pc;
            k->sig = sig;
            k->sigcode = si->si_code;
            siglongjmp(k->jb, 1);
        }
    }
    struct sigaction *o = &old_action[sig];
    if (o->sa_flags & SA_SIGINFO) o->sa_sigaction(sig, si, ctx);
    else if (o->sa_handler != SIG_DFL && o->sa_handler != SIG_IGN) o->sa_handler(sig);
    else {
        signal(sig, SIG_DFL);
        raise(sig);
    }
}
static int find_tls(struct dl_phdr_info *i, size_t n, void *v) {
    Worker *k = (Worker *)v;
    (void)n;
    for (int p = 0; p < i->dlpi_phnum; p++)
        if (i->dlpi_phdr[p].p_type == PT_TLS && i->dlpi_tls_data) {
            char *a = (char *)i->dlpi_tls_data;
            if (&tls_touch >= a && &tls_touch < a + i->dlpi_phdr[p].p_memsz) {
                k->tls = a;
                k->tls_n = i->dlpi_phdr[p].p_memsz;
                return 1;
            }
        }
    return 0;
}

/* ---------- one launch ---------- */
static Worker *worker(int i) {
    if (workers[i]) return workers[i];
    Worker *k = (Worker *)calloc(1, sizeof(Worker));
    size_t n = (size_t)HC_STACK * (MAX_THREADS + 1);
    char *a = (char *)mmap(0, n, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    char *d = (char *)mmap(0, (256 << 10) + 4096, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (a == MAP_FAILED || d == MAP_FAILED) abort();
    madvise(a, n, MADV_NOHUGEPAGE);
    k->arena = (char *)(((uintptr_t)a + HC_STACK - 1) & ~(uintptr_t)(HC_STACK - 1));
    k->dyn_end = d + (256 << 10);
    mprotect(k->dyn_end, 4096, PROT_NONE);
    workers[i] = k;
    if (i >= nworkers) nworkers = i + 1;
    return k;
}
static void *work(void *v) {
    Worker *k = (Worker *)v;
    Launch *L = k->L;
    stack_t ss;
    if (!sigaltstack(0, &ss) && (ss.ss_flags & SS_DISABLE)) {
        ss.ss_sp = malloc(65536);
        ss.ss_size = 65536;
        ss.ss_flags = 0;
        sigaltstack(&ss, 0);
    }
    k->tls = 0;
    if (L->poison) {
        tls_touch = 1;
        dl_iterate_phdr(find_tls, k);
    }
    k->nfree = 0;
    for (int i = k->made; i-- > 0;) k->freestack[k->nfree++] = i;
    k->in = true;
    if (sigsetjmp(k->jb, 1)) {
        std::string s = "thread ";
        char b[160];
        HcThread *t = k->running;
        char *low = t ? (char *)t + HC_TOP - HC_STACK : 0;
        if (t) at_thread(s, k, t->flat);
        if (k->sig == SIGFPE)
            fail(k, LAUNCH_FAILED,
                 s + ": integer division by zero (the device does not trap)" + source_line(k->pc));
        else if (k->sig == SIGILL)
            fail(k, LAUNCH_FAILED,
                 s + ": index outside an array, or misaligned access (found by --check)" +
                     source_line(k->pc));
        else if (k->sig == SIGSEGV && k->sigcode == SI_KERNEL)
            fail(k, MISALIGNED,
                 s + ": misaligned vector access, or a wild pointer" + source_line(k->pc));
        else if ((char *)k->addr >= k->dyn_end && (char *)k->addr < k->dyn_end + 4096) {
            snprintf(b, sizeof b, ": access past the %u bytes of dynamic shared memory", L->shared);
            fail(k, BAD_ADDRESS, s + b + source_line(k->pc));
        } else if (t && (char *)k->addr >= low - 4096 && (char *)k->addr < low + 8192)
            fail(k, LAUNCH_FAILED, s + ": local variables need more than 112 kB");
        else {
            snprintf(b, sizeof b, ": illegal memory access to %p", k->addr);
            fail(k, BAD_ADDRESS, s + b + source_line(k->pc), k->addr);
        }
    } else
        while (!L->failed) {
            uint64_t i = __atomic_fetch_add(&L->next, 1, __ATOMIC_RELAXED);
            if (i >= L->total) break;
            if (L->order == 1) i = L->total - 1 - i;
            else if (L->order == 2) i = L->blocks[i];
            k->bid = {(unsigned)(i % L->g.x), (unsigned)(i / L->g.x % L->g.y),
                      (unsigned)(i / L->g.x / L->g.y)};
            run_block(k);
        }
    k->in = false;
    return 0;
}
static void set_handlers() {
    static bool done;
    if (done) return;
    done = true;
    struct sigaction a;
    memset(&a, 0, sizeof a);
    a.sa_sigaction = on_fault;
    a.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&a.sa_mask);
    for (int s : {SIGSEGV, SIGBUS, SIGFPE, SIGILL}) sigaction(s, &a, &old_action[s]);
}
int hc_launch(const char *name, int bound, dim3 g, dim3 b, unsigned shared, void (*call)(void **),
              void **params) {
    pthread_mutex_lock(&lock);
    set_handlers();
    Launch L{};
    L.name = name;
    L.g = g;
    L.shared = shared;
    L.call = call;
    L.params = params;
    L.total = (uint64_t)g.x * g.y * g.z;
    const char *e = getenv("HOST_ORDER"), *p = getenv("HOST_POISON"), *t = getenv("HOST_THREADS");
    uint64_t n = (uint64_t)b.x * b.y * b.z;
    fault_code = 0;
    fault_addr = 0;
    *message = 0;
    if (!n || n > MAX_THREADS || !L.total || shared > MAX_SHARED ||
        (bound > 0 && n > (uint64_t)bound)) {
        snprintf(message, sizeof message,
                 "kernel %s: %u x %u x %u threads a block, %u bytes of shared memory%s", name, b.x,
                 b.y, b.z, shared,
                 bound > 0 && n > (uint64_t)bound ? ": more threads than __launch_bounds__" : "");
        pthread_mutex_unlock(&lock);
        return BAD_LAUNCH;
    }
    L.poison = p && *p && *p != '0';
    if (e && !strcmp(e, "reverse")) L.order = 1;
    else if (e && !strncmp(e, "random", 6)) {
        L.order = 2;
        if (seed_text != e) {
            seed_text = e;
            seed_state = e[6] == ':' ? strtoull(e + 7, 0, 10) : 1;
        }
        L.blocks.resize(L.total);
        for (uint64_t i = 0; i < L.total; i++) L.blocks[i] = (unsigned)i;
        shuffle(L.blocks.data(), (unsigned)L.total, seed_state);
    } else if (e && *e && strcmp(e, "forward")) {
        snprintf(message, sizeof message,
                 "HOST_ORDER=%s is not forward, reverse, random or random:SEED", e);
        pthread_mutex_unlock(&lock);
        return BAD_LAUNCH;
    }
    int nt = t ? atoi(t) : 1;
    if (nt < 1) nt = 1;
    if (nt > 64) nt = 64;
    if ((uint64_t)nt > L.total) nt = (int)L.total;
    pthread_t id[64];
    for (int i = 0; i < nt; i++) {
        Worker *k = worker(i);
        k->L = &L;
        k->bdim = b;
        k->gdim = g;
        k->nthreads = (unsigned)n;
        k->nwarps = (unsigned)(n + 31) / 32;
        k->dyn = k->dyn_end - (shared + 15) / 16 * 16;
        k->rng = L.order == 2 ? rnd(seed_state) : 0;
    }
    for (int i = 1; i < nt; i++) pthread_create(&id[i], 0, work, workers[i]);
    work(workers[0]);
    for (int i = 1; i < nt; i++) pthread_join(id[i], 0);
    int code = fault_code;
    pthread_mutex_unlock(&lock);
    return code;
}
/* why the last launch failed, and the address it should not have touched (or 0) */
extern "C" __attribute__((visibility("default"))) const char *host_error(void **addr) {
    if (addr) *addr = fault_addr;
    return message;
}
