// orchestrator-shim FILE: runs one attempt and records how it went, whatever becomes of the daemon.
// orchestrator-shim --serve ROOM: does so for every control file that is asked for on the socket at standard input, each
// in a process of its own, which may have another attempt when its own is over. ROOM is as long as their paths: `ps`
// shows there which attempt a supervisor has.
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

static void become_supervisor(void) {
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
}

// Returns SUPERVISOR_DONE or the exit code of a refusal; in `clean` whether another attempt may follow.
static int run_attempt(const char *path, int signals, bool *clean) {
    struct control_file file = {0};
    int refusal = control_file_open(&file, path);
    if (refusal != SUPERVISOR_DONE) return refusal;
    struct attempt_exit record = {0};
    *clean = supervise(&file, signals, &record);
    // The blocks are there already; should a file system refuse all the same, keep the lock and the result.
    while (control_file_write_exit(&file, &record) != 0) poll(NULL, 0, RECORD_RETRY_MS);
    control_file_close(&file);
    return SUPERVISOR_DONE;
}

// The arguments lie one behind the other.
struct argument_room {
    char *start;
    size_t size;
};

static void show_in_arguments(struct argument_room room, const char *text) {
    memset(room.start, 0, room.size);
    memcpy(room.start, text, strnlen(text, room.size));
}

static int run_server(char **argv) {
    enum { SOCKET = STDERR_FILENO + 1 };
    if (dup2(STDIN_FILENO, SOCKET) < 0) return SUPERVISOR_REFUSED_DAMAGED;
    if (detach_from_caller(SOCKET + 1) != 0) return SUPERVISOR_REFUSED_DAMAGED;
    struct argument_room room = {argv[1], (size_t)(argv[2] + strlen(argv[2]) - argv[1])};
    static char path[PATH_MAX];
    int channel;
    if (!serve(SOCKET, path, &channel)) return SUPERVISOR_DONE;
    become_supervisor();
    int signals = supervision_signals();
    bool clean = true;
    for (;;) {
        show_in_arguments(room, path);
        int refusal = run_attempt(path, signals, &clean);
        if (refusal != SUPERVISOR_DONE || !clean || channel < 0) return refusal;
        show_in_arguments(room, "--idle");
        if (!await_next(channel, signals, path)) return SUPERVISOR_DONE;
    }
}

static int run_one(const char *path) {
    if (detach_from_caller(STDERR_FILENO + 1) != 0) return SUPERVISOR_REFUSED_DAMAGED;
    become_supervisor();
    bool clean;
    return run_attempt(path, supervision_signals(), &clean);
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
    return run_one(argv[1]);
}
