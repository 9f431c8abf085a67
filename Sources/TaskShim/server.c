#define _GNU_SOURCE
#include "server.h"

#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "spawn_server.h"

// The C library's fork cannot do CLONE_PARENT. All it does besides is for programs with threads.
static pid_t fork_for_parent(void) {
    return (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0);
}

bool serve(int socket, char *path) {
    for (;;) {
        ssize_t length = recv(socket, path, PATH_MAX - 1, 0);
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return false;
        path[length] = 0;
        pid_t pid = fork_for_parent();
        if (pid == 0) {
            close(socket);
            return true;
        }
        struct spawn_answer answer = {.process = pid, .error = pid < 0 ? errno : 0};
        send(socket, &answer, sizeof answer, MSG_NOSIGNAL);
    }
}
