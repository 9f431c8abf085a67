#define _GNU_SOURCE
#include "spawn_server.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

// An answer takes a tenth of a millisecond. One that does not come means a server that was stopped.
enum { ANSWER_LIMIT_S = 10 };

int cprocess_server_start(const char *path, char *const *argv, int *end, int32_t *pid, int *pidfd) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    struct timeval limit = {.tv_sec = ANSWER_LIMIT_S};
    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    int error = cprocess_spawn(path, argv, ends[1], pid, pidfd);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
    } else {
        *end = ends[0];
    }
    return error;
}

int cprocess_server_ask(int socket, const char *record, int32_t *pid) {
    ssize_t count;
    do count = send(socket, record, strlen(record), MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    if (count < 0) return SPAWN_SERVER_UNREACHABLE;
    struct spawn_answer answer;
    do count = recv(socket, &answer, sizeof answer, 0);
    while (count < 0 && errno == EINTR);
    if (count != sizeof answer) return SPAWN_SERVER_SILENT;
    *pid = answer.process;
    return answer.error;
}

void cprocess_server_end(int socket, int pidfd) {
    close(socket);
    cprocess_pidfd_signal(pidfd, SIGKILL);
    siginfo_t info;
    while (waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED) != 0 && errno == EINTR) {}
    close(pidfd);
}
