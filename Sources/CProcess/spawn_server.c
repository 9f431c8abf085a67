#define _GNU_SOURCE
#include "spawn_server.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "process.h"

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

static bool send_request(int socket, const char *record, int descriptor) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof descriptor)];
    } control = {.header = {
        .cmsg_len = CMSG_LEN(sizeof descriptor), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS}};
    memcpy(CMSG_DATA(&control.header), &descriptor, sizeof descriptor);
    struct iovec text = {.iov_base = (void *)record, .iov_len = strlen(record)};
    struct msghdr message = {
        .msg_iov = &text, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    ssize_t count;
    do count = sendmsg(socket, &message, MSG_NOSIGNAL);
    while (count < 0 && errno == EINTR);
    return count >= 0;
}

static int ask(int socket, const char *record, int supervisors_end, int32_t *pid) {
    if (!send_request(socket, record, supervisors_end)) return SPAWN_SERVER_UNREACHABLE;
    struct spawn_answer answer;
    ssize_t count;
    do count = recv(socket, &answer, sizeof answer, 0);
    while (count < 0 && errno == EINTR);
    if (count != sizeof answer) return SPAWN_SERVER_SILENT;
    *pid = answer.process;
    return answer.error;
}

int cprocess_server_ask(int socket, const char *record, int32_t *pid, int *channel) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return errno;
    int error = ask(socket, record, ends[1], pid);
    close(ends[1]);
    if (error != 0) {
        close(ends[0]);
    } else {
        *channel = ends[0];
    }
    return error;
}

int cprocess_channel_assign(int channel, const char *record) {
    return send(channel, record, strlen(record), MSG_NOSIGNAL | MSG_DONTWAIT) < 0 ? errno : 0;
}

enum channel_news cprocess_channel_take(int channel) {
    char byte;
    ssize_t count = recv(channel, &byte, sizeof byte, MSG_DONTWAIT);
    if (count > 0) return CHANNEL_FREE;
    return count < 0 && (errno == EAGAIN || errno == EINTR) ? CHANNEL_SILENT : CHANNEL_CLOSED;
}

void cprocess_server_end(int socket, int pidfd) {
    close(socket);
    cprocess_child_end(pidfd);
    close(pidfd);
}
