// The processes below the supervisor, also those that left their session or whose parent is gone: as a child
// subreaper the supervisor inherits every orphan of its tree, so "descendant" is exact.
#ifndef PROCESS_TREE_H
#define PROCESS_TREE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct tree_signalled {
    int reached;  // processes that got the signal
    int refused;  // processes that may not be signalled (another user's)
};

// Sends the signal to every living descendant of this process, but not to those in the process group
// `except_group` (0: no exception).
struct tree_signalled process_tree_signal(int signal, pid_t except_group);

// Field 22 of /proc/PID/stat, the start of the process in clock ticks since boot; 0 if it cannot be read.
uint64_t process_start_ticks(pid_t pid);

#endif
