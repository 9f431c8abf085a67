// orchestrator-shim FILE: runs one attempt and records how it went, whatever becomes of the daemon.
//
// One thread, constant memory, no runtime but the C library. All it is told stands in the control file
// (attempt_file.h), and all it has to say goes there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "control_file.h"
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

// Nothing of the caller stays open, also not the pipe or terminal on its standard descriptors.
static int detach_from_caller(void) {
    int null = open("/dev/null", O_RDWR);
    if (null < 0) return errno;
    for (int fd = 0; fd <= 2; fd++) {
        if (null != fd && dup2(null, fd) < 0) return errno;
    }
    syscall(SYS_close_range, 3, ~0U, 0);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        static const char usage[] = "orchestrator-shim is started by orchestrator, not by hand\n";
        (void)!write(STDERR_FILENO, usage, sizeof usage - 1);
        return 64;
    }
    take_control_of_signals();
    if (detach_from_caller() != 0) return SUPERVISOR_REFUSED_DAMAGED;
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    struct control_file file = {0};
    int refusal = control_file_open(&file, argv[1]);
    if (refusal != SUPERVISOR_DONE) return refusal;
    struct attempt_exit record = {0};
    supervise(&file, &record);
    // The blocks are there already; should a file system refuse all the same, keep the lock and the result.
    while (control_file_write_exit(&file, &record) != 0) poll(NULL, 0, RECORD_RETRY_MS);
    return SUPERVISOR_DONE;
}
