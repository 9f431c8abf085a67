#define _GNU_SOURCE
#include "supervision.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "output_log.h"
#include "process_tree.h"
#include "task.h"

enum {
    // How long the supervisor tries to end what cannot be ended before it records the end all the same.
    SWEEP_LIMIT_US = 10 * 1000 * 1000,
    SWEEP_PAUSE_MS = 20,
    // How long a stop waits for the task's own group before it looks for processes outside of it.
    LOOK_DELAY_US = 100 * 1000,
};

struct supervision {
    const struct control_file *file;
    struct attempt_exit *record;
    struct task task;
    struct output_log log;
    int signals;
    int timer;             // -1 until a deadline is set
    int64_t stop_deadline; // boot time at which the grace ends
    uint32_t stopping;     // 0, ATTEMPT_TIMED_OUT or ATTEMPT_TERMINATED
    bool looked;           // whether a stop has looked for processes outside the task's group
    bool task_ended;
    bool tree_empty;
};

static char buffer[64 * 1024];

static void set_timer(struct supervision *self, int64_t boottime_us) {
    if (self->timer < 0) self->timer = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    struct itimerspec at = {.it_value = {boottime_us / 1000000, boottime_us % 1000000 * 1000}};
    if (at.it_value.tv_sec == 0 && at.it_value.tv_nsec == 0) at.it_value.tv_nsec = 1;
    timerfd_settime(self->timer, TFD_TIMER_ABSTIME, &at, NULL);
}

static void note_task_end(struct supervision *self, int status) {
    self->task_ended = true;
    self->record->ended_us = clock_us(CLOCK_REALTIME);
    bool exited = WIFEXITED(status);
    self->record->kind = exited ? ATTEMPT_EXITED : ATTEMPT_SIGNALLED;
    self->record->code = exited ? WEXITSTATUS(status) : WTERMSIG(status);
    self->record->core_dumped = !exited && WCOREDUMP(status);
}

// Takes every child that has ended. Returns how many, and notes whether any child is left at all.
static uint32_t reap(struct supervision *self) {
    uint32_t count = 0;
    for (;;) {
        int status;
        struct rusage usage;
        pid_t pid = wait4(-1, &status, WNOHANG, &usage);
        if (pid < 0 && errno == EINTR) continue;
        self->tree_empty = pid < 0;
        if (pid <= 0) return count;
        count++;
        self->record->user_us += timeval_us(usage.ru_utime);
        self->record->system_us += timeval_us(usage.ru_stime);
        int64_t peak = (int64_t)usage.ru_maxrss * 1024;
        if (peak > self->record->peak_memory_bytes) self->record->peak_memory_bytes = peak;
        if (pid == self->task.pid) note_task_end(self, status);
    }
}

// Kills until no process is left below us. A new one that was made while we looked belongs to us as soon as
// its parent is dead, so every round sees all that is left.
static void sweep(struct supervision *self) {
    int64_t limit = clock_us(CLOCK_BOOTTIME) + SWEEP_LIMIT_US;
    reap(self);
    while (!self->tree_empty) {
        struct tree_signalled killed = process_tree_signal(SIGKILL, 0);
        uint32_t reaped = reap(self);
        self->record->leftovers_ended += reaped;
        if (self->tree_empty) return;
        bool hopeless = killed.reached == 0 && killed.refused > 0 && reaped == 0;
        if (hopeless || clock_us(CLOCK_BOOTTIME) > limit) {
            self->record->leftovers_alive = (uint32_t)(killed.reached + killed.refused);
            return;
        }
        struct pollfd wait = {.fd = self->signals, .events = POLLIN};
        struct signalfd_siginfo ignored;
        if (poll(&wait, 1, SWEEP_PAUSE_MS) > 0) (void)!read(self->signals, &ignored, sizeof ignored);
        self->record->leftovers_ended += reap(self);
    }
}

static void copy_output(struct supervision *self, size_t limit) {
    while (self->task.output >= 0 && limit > 0) {
        ssize_t count = read(self->task.output, buffer, limit < sizeof buffer ? limit : sizeof buffer);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) {
            close(self->task.output);
            self->task.output = -1;
            return;
        }
        output_log_append(&self->log, buffer, (size_t)count);
        limit -= (size_t)count;
    }
}

// What is in the pipe now, and no more: whatever else holds the pipe may write for ever.
static void drain_output(struct supervision *self) {
    int waiting = 0;
    if (self->task.output < 0 || ioctl(self->task.output, FIONREAD, &waiting) != 0) return;
    copy_output(self, (size_t)waiting);
}

// TERM to those of the tree that are not in `except_group`; CONT lets the stopped ones hear it.
static void signal_tree(struct supervision *self, pid_t except_group) {
    self->looked = true;
    process_tree_signal(SIGTERM, except_group);
    process_tree_signal(SIGCONT, except_group);
}

// TERM to the whole tree. The task's own group, which is all of it as a rule, hears at once; the others are looked
// for a little later, if anything is left then: a look reads all of /proc, and when 1,000 tasks are cancelled together
// 1,000 looks would be millions of reads. Nobody hears TERM twice.
static void begin_stop(struct supervision *self, uint32_t kind) {
    if (self->stopping != 0 || self->task_ended) return;
    self->stopping = kind;
    int64_t now = clock_us(CLOCK_BOOTTIME);
    self->stop_deadline = now + self->file->spec.grace_us;
    if (kill(-self->task.pid, SIGTERM) == 0) {
        kill(-self->task.pid, SIGCONT);
    } else {
        signal_tree(self, 0);
    }
    int64_t look = now + LOOK_DELAY_US;
    set_timer(self, self->looked || look > self->stop_deadline ? self->stop_deadline : look);
}

static void take_signals(struct supervision *self) {
    struct signalfd_siginfo info[8];
    ssize_t length;
    bool stop = false;
    while ((length = read(self->signals, info, sizeof info)) > 0) {
        for (size_t i = 0; i < (size_t)length / sizeof info[0]; i++) stop |= info[i].ssi_signo == SIGTERM;
    }
    reap(self);
    if (stop) begin_stop(self, ATTEMPT_TERMINATED);
}

// True when the grace of a stop has passed.
static bool take_timer(struct supervision *self) {
    uint64_t expirations;
    (void)!read(self->timer, &expirations, sizeof expirations);
    if (self->stopping == 0) {
        reap(self);
        begin_stop(self, ATTEMPT_TIMED_OUT);
        return false;
    }
    if (!self->looked) {
        reap(self);
        if (!self->tree_empty) signal_tree(self, self->task.pid);
        self->looked = true;
        set_timer(self, self->stop_deadline);
    }
    return clock_us(CLOCK_BOOTTIME) >= self->stop_deadline;
}

// Until the task has ended; during a stop until the whole tree has, or the grace is over.
static void watch(struct supervision *self) {
    for (;;) {
        if (self->stopping == 0 ? self->task_ended : self->tree_empty) return;
        struct pollfd waits[3] = {
            {.fd = self->signals, .events = POLLIN},
            {.fd = self->timer, .events = POLLIN},
            {.fd = self->task.output, .events = POLLIN},
        };
        if (poll(waits, 3, -1) < 0) continue;
        if (waits[0].revents != 0) take_signals(self);
        if (waits[1].revents != 0 && take_timer(self)) return;
        if (waits[2].revents != 0) copy_output(self, sizeof buffer);
    }
}

// A request to stop that came before anything ran: nothing is started.
static bool stop_is_pending(void) {
    sigset_t pending;
    return sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1;
}

static void run(struct supervision *self) {
    task_start(&self->task, self->file);
    self->record->started_us = self->task.started.realtime_us;
    if (self->task.pid == 0) return;
    int64_t timeout = self->file->spec.timeout_us;
    if (timeout > 0) set_timer(self, self->task.started.boottime_us + timeout);
    watch(self);
    bool keep = (self->file->spec.flags & ATTEMPT_FLAG_KEEP_LEFTOVERS) != 0 && self->stopping == 0;
    if (!keep) sweep(self);
    drain_output(self);
}

int supervision_signals(void) {
    sigset_t watched;
    sigemptyset(&watched);
    sigaddset(&watched, SIGCHLD);
    sigaddset(&watched, SIGTERM);
    return signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool supervise(const struct control_file *file, int signals, struct attempt_exit *record) {
    struct supervision self = {.file = file, .record = record, .signals = signals, .timer = -1};
    output_log_init(&self.log, file->log_path, file->spec.log_limit);
    if (stop_is_pending()) {
        record->kind = ATTEMPT_TERMINATED;
        record->ended_us = clock_us(CLOCK_REALTIME);
        return false;
    }
    run(&self);
    output_log_finish(&self.log);
    if (self.timer >= 0) close(self.timer);
    if (self.task.output >= 0) close(self.task.output);
    record->log_bytes = self.log.kept;
    record->dropped_bytes = self.log.dropped;
    if (self.stopping != 0 || !self.task_ended) record->ended_us = clock_us(CLOCK_REALTIME);
    if (self.stopping != 0) {
        record->kind = self.stopping;
        record->code = 0;
        record->core_dumped = 0;
    }
    if (self.task.error != 0) {
        record->kind = ATTEMPT_NOT_STARTED;
        record->code = self.task.error;
        record->step = self.task.step;
        record->step_index = self.task.step_index;
    }
    return self.tree_empty && self.stopping == 0 && self.task.error == 0;
}
