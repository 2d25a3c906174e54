/* Runs a program and disturbs one of its calls to the file system.
 *
 * tracer MARK COUNT_FILE NUMBER ACTION PROGRAM ARGUMENT...
 *
 * Calls are counted over all threads and children: those that make, write, rename, sync or remove a
 * file whose path has MARK in it. ACTION befalls call NUMBER, counted from 1:
 *   none    nothing; the calls are counted
 *   kill    the program is killed before it
 *   short   it writes half of what it should; of another call: the next write
 *   CODE    it fails with this number of errno and is not carried out
 * COUNT_FILE gets the number of calls. Ends as the program does; 137 if it was killed.
 *
 * A filter of seccomp stops the program at these calls alone, so that the rest runs at full speed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef __x86_64__
#error "the registers of x86-64 are meant"
#endif

enum kind { PATH_FIRST, PATH_SECOND, DESCRIPTOR, WRITE };

static const struct { int number; enum kind kind; } calls[] = {
    {SYS_write, WRITE},         {SYS_pwrite64, WRITE},      {SYS_openat, PATH_SECOND},
    {SYS_open, PATH_FIRST},     {SYS_rename, PATH_FIRST},   {SYS_renameat, PATH_SECOND},
    {SYS_renameat2, PATH_SECOND}, {SYS_linkat, PATH_SECOND}, {SYS_fsync, DESCRIPTOR},
    {SYS_fdatasync, DESCRIPTOR}, {SYS_ftruncate, DESCRIPTOR}, {SYS_unlink, PATH_FIRST},
    {SYS_unlinkat, PATH_SECOND}, {SYS_mkdir, PATH_FIRST},   {SYS_mkdirat, PATH_SECOND},
};
#define CALLS (sizeof calls / sizeof calls[0])

static void stop_at_calls(void) {
    struct sock_filter filter[2 * CALLS + 2];
    size_t at = 0;
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < CALLS; i++) {
        filter[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
        filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE);
    }
    filter[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {.len = at, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program)) {
        perror("seccomp");
        _exit(125);
    }
}

static void read_path(pid_t thread, unsigned long address, char *path, size_t size) {
    /* Piece by piece: the page after the path may not be there. */
    size_t known = 0;
    while (known + 1 < size) {
        long word = (errno = 0, ptrace(PTRACE_PEEKDATA, thread, address + known, 0));
        if (errno)
            break;
        memcpy(path + known, &word, known + 8 < size ? 8 : size - known - 1);
        known += known + 8 < size ? 8 : size - known - 1;
        if (memchr(&word, 0, 8))
            break;
    }
    path[known] = 0;
}

static void path_of(pid_t thread, unsigned long descriptor, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/%d/fd/%d", thread, (int)descriptor);
    ssize_t length = readlink(link, path, size - 1);
    path[length > 0 ? length : 0] = 0;
}

int main(int count, char **given) {
    if (count < 6)
        return 125;
    const char *mark = given[1], *action = given[4];
    unsigned long wanted = strtoul(given[3], 0, 10), seen = 0;
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        stop_at_calls();
        execvp(given[5], given + 5);
        _exit(126);
    }
    int status, done = 0, result = 125;
    waitpid(child, &status, 0);
    ptrace(PTRACE_SETOPTIONS, child, 0,
           PTRACE_O_TRACESECCOMP | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
               PTRACE_O_EXITKILL);
    ptrace(PTRACE_CONT, child, 0, 0);
    for (pid_t thread; (thread = waitpid(-1, &status, __WALL)) > 0;) {
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (thread == child)
                result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            continue;
        }
        int signal = WSTOPSIG(status);
        if (status >> 8 == (SIGTRAP | (PTRACE_EVENT_SECCOMP << 8))) {
            struct user_regs_struct registers;
            ptrace(PTRACE_GETREGS, thread, 0, &registers);
            char path[4096] = "";
            enum kind kind = DESCRIPTOR;
            for (size_t i = 0; i < CALLS; i++)
                if (calls[i].number == (int)registers.orig_rax)
                    kind = calls[i].kind;
            if (kind == PATH_FIRST)
                read_path(thread, registers.rdi, path, sizeof path);
            else if (kind == PATH_SECOND)
                read_path(thread, registers.rsi, path, sizeof path);
            else
                path_of(thread, registers.rdi, path, sizeof path);
            if (strstr(path, mark)) {
                seen++;
                int is_short = !strcmp(action, "short");
                if (!done && (is_short ? seen >= wanted && kind == WRITE : seen == wanted)) {
                    done = strcmp(action, "none") != 0;
                    if (!strcmp(action, "kill")) {
                        kill(child, SIGKILL);
                    } else if (is_short) {
                        registers.rdx = (registers.rdx + 1) / 2;
                    } else if (done) {
                        registers.orig_rax = -1;
                        registers.rax = -atol(action);
                    }
                    ptrace(PTRACE_SETREGS, thread, 0, &registers);
                }
            }
            signal = 0;
        } else if (signal == SIGTRAP || signal == SIGSTOP) {
            /* A new thread or child, or the start of the program. */
            signal = 0;
        }
        ptrace(PTRACE_CONT, thread, 0, signal);
    }
    FILE *file = fopen(given[2], "w");
    if (file) {
        fprintf(file, "%lu\n", seen);
        fclose(file);
    }
    return result;
}
