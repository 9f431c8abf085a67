#define _GNU_SOURCE
#include "process_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct process {
    pid_t pid;
    pid_t parent;
    pid_t group;
    uint64_t start_ticks;
    bool living;
    bool ours;
};

struct process_list {
    struct process *items;
    size_t count;
    size_t capacity;
};

// The name in field 2 may hold anything, also spaces and brackets: the fields count from the last bracket.
static bool read_process(pid_t pid, struct process *process) {
    char path[32], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) return false;
    text[length] = 0;
    const char *fields = strrchr(text, ')');
    char state;
    int parent, group;
    unsigned long long start;
    if (fields == NULL) return false;
    if (sscanf(fields + 1,
               " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &state,
               &parent, &group, &start) != 4) {
        return false;
    }
    *process = (struct process){
        .pid = pid, .parent = parent, .group = group, .start_ticks = start, .living = state != 'Z' && state != 'X'};
    return true;
}

uint64_t process_start_ticks(pid_t pid) {
    struct process process;
    return read_process(pid, &process) ? process.start_ticks : 0;
}

static bool append(struct process_list *list, struct process process) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 512 : list->capacity * 2;
        struct process *items = realloc(list->items, capacity * sizeof *items);
        if (items == NULL) return false;
        list->items = items;
        list->capacity = capacity;
    }
    list->items[list->count++] = process;
    return true;
}

static int by_number(const void *left, const void *right) {
    pid_t a = ((const struct process *)left)->pid, b = ((const struct process *)right)->pid;
    return (a > b) - (a < b);
}

static void read_all(struct process_list *list) {
    DIR *folder = opendir("/proc");
    if (folder == NULL) return;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0])) continue;
        struct process process;
        if (read_process(atoi(entry->d_name), &process) && !append(list, process)) break;
    }
    closedir(folder);
    qsort(list->items, list->count, sizeof *list->items, by_number);
}

// Repeats until nothing is added: a child may have a smaller number than its parent after a wrap.
static void mark_descendants(struct process_list *list, pid_t root) {
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < list->count; i++) {
            struct process *process = &list->items[i];
            if (process->ours || process->pid == root) continue;
            struct process key = {.pid = process->parent};
            struct process *parent = bsearch(&key, list->items, list->count, sizeof key, by_number);
            if (process->parent == root || (parent != NULL && parent->ours)) {
                process->ours = true;
                changed = true;
            }
        }
    }
}

// Between the look at /proc and the signal the number may have gone to a stranger: the descriptor pins the
// process, and its start time says whether it is the one that was seen.
static int signal_process(const struct process *process, int signal) {
    int fd = (int)syscall(SYS_pidfd_open, process->pid, 0);
    if (fd < 0) return errno;
    int error = ESRCH;
    if (process_start_ticks(process->pid) == process->start_ticks) {
        error = syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0) == 0 ? 0 : errno;
    }
    close(fd);
    return error;
}

struct tree_signalled process_tree_signal(int signal, pid_t except_group) {
    struct process_list list = {0};
    struct tree_signalled result = {0};
    read_all(&list);
    mark_descendants(&list, getpid());
    for (size_t i = 0; i < list.count; i++) {
        if (!list.items[i].ours || !list.items[i].living) continue;
        if (except_group != 0 && list.items[i].group == except_group) continue;
        int error = signal_process(&list.items[i], signal);
        if (error == 0) result.reached++;
        if (error == EPERM) result.refused++;
    }
    free(list.items);
    return result;
}
