// Loaded into the daemon with LD_PRELOAD: lets the n-th system call of one kind fail, once.
//
//   FAULT=KIND:ERRNO:N   KIND is write, fsync, open, mkdir, spawn or answer; ERRNO a number; N counts from 1
//   FAULT_PATH=PREFIX    only files below it count (spawn and answer always count)
//   FAULT_FIRED=FILE     gets a line when the call has failed
//
// Only the program named orchestrator is touched; the supervisors that it starts have no environment.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

static char wanted[16];
static int number, at;
static char prefix[512], report[512];
static atomic_int count;

__attribute__((constructor)) static void read_settings(void) {
    const char *fault = getenv("FAULT"), *path = getenv("FAULT_PATH"), *fired = getenv("FAULT_FIRED");
    if (strcmp(program_invocation_short_name, "orchestrator") != 0 || !fault || !path || !fired) return;
    snprintf(prefix, sizeof prefix, "%s", path);
    snprintf(report, sizeof report, "%s", fired);
    sscanf(fault, "%15[^:]:%d:%d", wanted, &number, &at);
}

static int fails(const char *kind) {
    if (strcmp(kind, wanted) != 0 || atomic_fetch_add(&count, 1) + 1 != at) return 0;
    int file = (int)syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_APPEND, 0600);
    syscall(SYS_write, file, "fired\n", 6);
    syscall(SYS_close, file);
    errno = number;
    return 1;
}

static int path_fails(const char *kind, const char *path) {
    return wanted[0] && path && strncmp(path, prefix, strlen(prefix)) == 0 && fails(kind);
}

static int file_fails(const char *kind, int file) {
    if (!wanted[0] || strcmp(kind, wanted) != 0) return 0;
    char link[64], path[512];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return path_fails(kind, path);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *bytes, size_t size) {
    return file_fails("write", file) ? -1 : NEXT(write)(file, bytes, size);
}
ssize_t pwrite(int file, const void *bytes, size_t size, off_t offset) {
    return file_fails("write", file) ? -1 : NEXT(pwrite)(file, bytes, size, offset);
}
ssize_t pwrite64(int file, const void *bytes, size_t size, off64_t offset) {
    return file_fails("write", file) ? -1 : NEXT(pwrite64)(file, bytes, size, offset);
}
ssize_t pwritev(int file, const struct iovec *parts, int amount, off_t offset) {
    return file_fails("write", file) ? -1 : NEXT(pwritev)(file, parts, amount, offset);
}
int fsync(int file) { return file_fails("fsync", file) ? -1 : NEXT(fsync)(file); }
int fdatasync(int file) { return file_fails("fsync", file) ? -1 : NEXT(fdatasync)(file); }

#define OPEN(name)                                          \
    int name(const char *path, int flags, ...) {            \
        va_list rest;                                       \
        va_start(rest, flags);                              \
        mode_t mode = va_arg(rest, mode_t);                 \
        va_end(rest);                                       \
        return path_fails("open", path) ? -1 : NEXT(name)(path, flags, mode); \
    }
OPEN(open)
OPEN(open64)

int mkdir(const char *path, mode_t mode) {
    return path_fails("mkdir", path) ? -1 : NEXT(mkdir)(path, mode);
}

// The supervisors are asked for over a socket of packets: their answers get lost.
ssize_t recv(int socket, void *bytes, size_t size, int flags) {
    ssize_t count = NEXT(recv)(socket, bytes, size, flags);
    if (!wanted[0]) return count;
    int type = 0;
    socklen_t length = sizeof type;
    getsockopt(socket, SOL_SOCKET, SO_TYPE, &type, &length);
    return type == SOCK_SEQPACKET && fails("answer") ? -1 : count;
}

// Their server is started with clone(CLONE_PIDFD): threads are not.
int clone(int (*body)(void *), void *stack, int flags, void *argument, ...) {
    va_list rest;
    va_start(rest, argument);
    void *descriptor = va_arg(rest, void *), *storage = va_arg(rest, void *), *thread = va_arg(rest, void *);
    va_end(rest);
    if (wanted[0] && (flags & CLONE_PIDFD) && fails("spawn")) return -1;
    return NEXT(clone)(body, stack, flags, argument, descriptor, storage, thread);
}
