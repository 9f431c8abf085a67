#define _GNU_SOURCE
#include "process.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif
#ifndef CLONE_PIDFD
#define CLONE_PIDFD 0x00001000
#endif

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
// ThreadSanitizer takes every clone for a fork and lets go of what it knows about the calling thread, whose memory the
// child shares here. glibc's other name for the same function is left alone.
int __clone(int (*function)(void *), void *stack, int flags, void *argument, ...);
#define clone __clone
#endif
#endif

#if defined(__clang__)
// The child never returns, so its calls would stay on the parent's record for ever.
#define NOT_INSTRUMENTED __attribute__((disable_sanitizer_instrumentation))
#else
#define NOT_INSTRUMENTED
#endif

struct spawn_request {
    const char *path;
    char *const *argv;
    int input;
    int error;
};

// Runs on the parent's memory while the parent waits (CLONE_VM, CLONE_VFORK): only system calls. A sanitizer replaces
// dup2() and _exit() by functions that would keep the parent's books from here, so these two are made directly.
NOT_INSTRUMENTED static int spawned_child(void *argument) {
    struct spawn_request *request = argument;
    static char *const no_environment[] = {NULL};
    setsid();
    int input = request->input;
    long moved = 0;
    if (input == STDIN_FILENO) {
        moved = fcntl(input, F_SETFD, 0);
    } else if (input > STDIN_FILENO) {
        moved = syscall(SYS_dup3, input, STDIN_FILENO, 0);
    }
    if (moved >= 0) execve(request->path, request->argv, no_environment);
    request->error = errno;
    syscall(SYS_exit_group, 127);
    return 0;
}

// glibc's posix_spawn works the same way but cannot hand out the pidfd on the C libraries we support, and
// asking for it afterwards can fail (no free descriptor) when the child already runs.
int cprocess_spawn(const char *path, char *const *argv, int input, int32_t *pid, int *pidfd) {
    _Alignas(64) char stack[16 * 1024];
    struct spawn_request request = {.path = path, .argv = argv, .input = input, .error = 0};
    sigset_t every_signal, before;
    sigfillset(&every_signal);
    pthread_sigmask(SIG_SETMASK, &every_signal, &before);
    int descriptor = -1;
    int flags = CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD;
    int child = clone(spawned_child, stack + sizeof stack, flags, &request, &descriptor);
    int error = child < 0 ? errno : request.error;
    if (child > 0 && error != 0) {
        int status;
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) {}
        close(descriptor);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        *pid = child;
        *pidfd = descriptor;
    }
    return error;
}

int cprocess_pidfd_open(int32_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cprocess_pidfd_signal(int pidfd, int signal) {
    return syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0 ? 0 : errno;
}

int cprocess_pidfd_reap(int pidfd, int *code, bool *signalled) {
    siginfo_t info = {0};
    if (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG) != 0) return -1;
    if (info.si_pid == 0) return 0;
    *code = info.si_status;
    *signalled = info.si_code != CLD_EXITED;
    return 1;
}

void cprocess_child_end(int pidfd) {
    cprocess_pidfd_signal(pidfd, SIGKILL);
    siginfo_t info;
    while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED) != 0 && errno == EINTR) {}
}

int32_t cprocess_lock_holder(int fd) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_GETLK, &lock) != 0) return -1;
    return lock.l_type == F_UNLCK ? 0 : lock.l_pid;
}

int cprocess_lock(int fd) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &lock) == 0 ? 0 : errno;
}

void cprocess_unlock(int fd) {
    struct flock lock = {.l_type = F_UNLCK, .l_whence = SEEK_SET};
    fcntl(fd, F_SETLK, &lock);
}
