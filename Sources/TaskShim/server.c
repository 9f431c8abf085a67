#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn_server.h"

// How long a supervisor waits for another attempt before it ends.
enum { IDLE_LIMIT_MS = 10 * 1000 };

// The C library's fork cannot do CLONE_PARENT. All it does besides is for programs with threads.
static pid_t fork_for_parent(void) {
    return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);
}

// The path of a control file and the supervisor's end of its channel; 0 when the pool is gone.
static ssize_t receive_request(int socket, char *path, int *channel) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    struct iovec text = {.iov_base = path, .iov_len = PATH_MAX - 1};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t length;
    do length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    while (length < 0 && errno == EINTR);
    *channel = -1;
    struct cmsghdr *found = length > 0 ? CMSG_FIRSTHDR(&message) : NULL;
    if (found != NULL && found->cmsg_type == SCM_RIGHTS) memcpy(channel, CMSG_DATA(found), sizeof *channel);
    return length;
}

bool serve(int socket, char *path, int *channel) {
    for (;;) {
        ssize_t length = receive_request(socket, path, channel);
        if (length <= 0) return false;
        path[length] = 0;
        pid_t pid = fork_for_parent();
        if (pid == 0) {
            close(socket);
            return true;
        }
        if (*channel >= 0) close(*channel);
        struct spawn_answer answer = {.process = pid, .error = pid < 0 ? errno : 0};
        send(socket, &answer, sizeof answer, MSG_NOSIGNAL);
    }
}

// Takes what is pending. True when the end of this process was asked for.
static bool take_pending(int signals) {
    struct signalfd_siginfo info;
    bool stop = false;
    while (read(signals, &info, sizeof info) > 0) stop |= info.ssi_signo == SIGTERM;
    return stop;
}

bool await_next(int channel, int signals, char *path) {
    if (take_pending(signals) || send(channel, "", 1, MSG_NOSIGNAL) != 1) return false;
    struct pollfd waits[2] = {{.fd = channel, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    poll(waits, 2, IDLE_LIMIT_MS);
    // From here on the pool cannot ask any more; what it asked before is in the socket.
    if (waits[0].revents == 0) shutdown(channel, SHUT_RD);
    ssize_t length = recv(channel, path, PATH_MAX - 1, MSG_DONTWAIT);
    if (length <= 0) return false;
    path[length] = 0;
    return true;
}
