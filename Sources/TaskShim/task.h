// Starting the task itself.
#ifndef TASK_H
#define TASK_H

#include "control_file.h"
#include <sys/types.h>

struct task {
    pid_t pid;         // 0: no process was made
    int output;        // read end of the pipe behind the task's standard output and error; -1: none
    int error;         // errno of the step that failed; 0: the program runs
    uint32_t step;     // enum attempt_step
    uint32_t step_index;
    struct attempt_started started;
};

// Makes the folders, the pipe and the process. When it returns, either the program runs and the started
// record is in the file, or `error` and `step` say what failed (the process, if there was one, is about to
// end).
void task_start(struct task *task, const struct control_file *file);

#endif
