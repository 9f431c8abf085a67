// orchestrator-shim FILE: runs one attempt and records how it went, whatever becomes of the daemon.
// orchestrator-shim --serve ROOM: does so for every control file that is asked for on the socket at standard input, each
// in a process of its own. ROOM is as long as their paths: `ps` shows there which attempt a supervisor has.
//
// One thread, constant memory, no runtime but the C library. All it is told stands in the control file
// (attempt_file.h), and all it has to say goes there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control_file.h"
#include "server.h"
#include "supervision.h"

enum { RECORD_RETRY_MS = 1000 };

// Every signal is blocked and read from a descriptor, so none can interrupt or end the supervisor (but KILL);
// dispositions go back to their defaults because an ignored signal would be inherited by the task. The bare
// system call also reaches the two signals that the C library keeps for itself.
static void take_control_of_signals(void) {
    sigset_t every_signal;
    sigfillset(&every_signal);
    sigprocmask(SIG_SETMASK, &every_signal, NULL);
    static const unsigned long default_action[8];  // handler, flags, restorer, mask: all zero
    for (int number = 1; number < _NSIG; number++) {
        syscall(SYS_rt_sigaction, number, default_action, NULL, _NSIG / 8);
    }
}

// Nothing of the caller stays open from `first` on, and not the pipe or terminal on its standard descriptors.
static int detach_from_caller(unsigned first) {
    int null = open("/dev/null", O_RDWR);
    if (null < 0) return errno;
    for (int fd = 0; fd <= 2; fd++) {
        if (null != fd && dup2(null, fd) < 0) return errno;
    }
    syscall(SYS_close_range, first, ~0U, 0);
    return 0;
}

static int run_attempt(const char *path) {
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    struct control_file file = {0};
    int refusal = control_file_open(&file, path);
    if (refusal != SUPERVISOR_DONE) return refusal;
    struct attempt_exit record = {0};
    supervise(&file, &record);
    // The blocks are there already; should a file system refuse all the same, keep the lock and the result.
    while (control_file_write_exit(&file, &record) != 0) poll(NULL, 0, RECORD_RETRY_MS);
    return SUPERVISOR_DONE;
}

// Overwrites the arguments, which lie one behind the other.
static void show_in_arguments(char **argv, const char *path) {
    size_t room = (size_t)(argv[2] + strlen(argv[2]) - argv[1]);
    memset(argv[1], 0, room);
    memcpy(argv[1], path, strnlen(path, room));
}

static int run_server(char **argv) {
    enum { SOCKET = STDERR_FILENO + 1 };
    if (dup2(STDIN_FILENO, SOCKET) < 0) return SUPERVISOR_REFUSED_DAMAGED;
    if (detach_from_caller(SOCKET + 1) != 0) return SUPERVISOR_REFUSED_DAMAGED;
    static char path[PATH_MAX];
    if (!serve(SOCKET, path)) return SUPERVISOR_DONE;
    show_in_arguments(argv, path);
    return run_attempt(path);
}

int main(int argc, char **argv) {
    bool serves = argc == 3 && strcmp(argv[1], "--serve") == 0;
    if (argc != 2 && !serves) {
        static const char usage[] = "orchestrator-shim is started by orchestrator, not by hand\n";
        (void)!write(STDERR_FILENO, usage, sizeof usage - 1);
        return 64;
    }
    take_control_of_signals();
    if (serves) return run_server(argv);
    return detach_from_caller(STDERR_FILENO + 1) == 0 ? run_attempt(argv[1]) : SUPERVISOR_REFUSED_DAMAGED;
}
