#define _GNU_SOURCE
#include "task.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "folders.h"
#include "process_tree.h"

static void read_boot_id(char *boot_id) {
    int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t length = read(fd, boot_id, 36);
    close(fd);
    boot_id[length > 0 ? length : 0] = 0;
}

static void prepare_started(struct task *task, const struct control_file *file) {
    static uint64_t own_start_ticks;  // the same for every attempt
    if (own_start_ticks == 0) own_start_ticks = process_start_ticks(getpid());
    task->started.supervisor_pid = getpid();
    task->started.supervisor_start_ticks = own_start_ticks;
    memcpy(task->started.boot_id, file->header.boot_id, ATTEMPT_BOOT_ID_SIZE);
    if (task->started.boot_id[0] == 0) read_boot_id(task->started.boot_id);
}

static void set_open_files_limit(uint64_t soft) {
    struct rlimit limit;
    if (soft == 0 || getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = soft < limit.rlim_max ? soft : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static void fail(struct task *task, uint32_t step) {
    task->error = errno;
    task->step = step;
    _exit(127);
}

// Between vfork and exec, on the supervisor's memory: system calls only, and what is stored in `task` stays.
static void run_child(struct task *task, const struct control_file *file, int output) {
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != task->started.supervisor_pid) _exit(127);
    if (chdir(file->working_directory) != 0) fail(task, ATTEMPT_STEP_WORKING_DIRECTORY);
    if (dup2(output, STDOUT_FILENO) < 0 || dup2(output, STDERR_FILENO) < 0) fail(task, ATTEMPT_STEP_PROCESS);
    set_open_files_limit(file->spec.open_files_limit);
    task->started.child_pid = getpid();
    task->started.realtime_us = clock_us(CLOCK_REALTIME);
    task->started.boottime_us = clock_us(CLOCK_BOOTTIME);
    errno = control_file_write_started(file, &task->started);
    if (errno != 0) fail(task, ATTEMPT_STEP_PROCESS);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvpe(file->arguments[0], file->arguments, file->environment);
    fail(task, ATTEMPT_STEP_EXEC);
}

// A script whose interpreter is missing says ENOENT although the script is there.
static void name_interpreter(struct task *task, const struct control_file *file) {
    const char *program = file->arguments[0];
    if (task->step != ATTEMPT_STEP_EXEC || task->error != ENOENT || strchr(program, '/') == NULL) return;
    if (chdir(file->working_directory) == 0 && access(program, F_OK) == 0) {
        task->step = ATTEMPT_STEP_INTERPRETER;
    }
}

static void start_process(struct task *task, const struct control_file *file) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        task->error = errno;
        task->step = ATTEMPT_STEP_PROCESS;
        return;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    // execvpe looks for the program in the PATH of this process: it has to be the task's.
    environ = file->environment;
    pid_t pid = vfork();
    if (pid == 0) run_child(task, file, ends[1]);
    int error = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        task->error = error;
        task->step = ATTEMPT_STEP_PROCESS;
        return;
    }
    task->pid = pid;
    task->output = ends[0];
}

void task_start(struct task *task, const struct control_file *file) {
    *task = (struct task){.output = -1};
    for (uint32_t i = 0; i < file->spec.directory_count; i++) {
        task->error = make_folders(file->directories[i]);
        if (task->error == 0) continue;
        task->step = ATTEMPT_STEP_DIRECTORY;
        task->step_index = i;
        return;
    }
    prepare_started(task, file);
    start_process(task, file);
    name_interpreter(task, file);
}
