#define _GNU_SOURCE
#include "descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { WATCH_BATCH = 64 };

int cprocess_watch_set(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cprocess_watch_add(int set, int descriptor, uint64_t key) {
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = key};
    return epoll_ctl(set, EPOLL_CTL_ADD, descriptor, &event) == 0 ? 0 : errno;
}

void cprocess_watch_remove(int set, int descriptor) { epoll_ctl(set, EPOLL_CTL_DEL, descriptor, NULL); }

int cprocess_watch_take(int set, uint64_t *keys, int capacity) {
    struct epoll_event events[WATCH_BATCH];
    int count = epoll_wait(set, events, capacity < WATCH_BATCH ? capacity : WATCH_BATCH, 0);
    for (int i = 0; i < count; i++) keys[i] = events[i].data.u64;
    return count;
}

int cprocess_rename_new(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0 ? 0 : errno;
}

bool cprocess_is_in_memory(const char *path) {
    struct statfs found;
    if (statfs(path, &found) != 0) return false;
    return found.f_type == TMPFS_MAGIC || found.f_type == RAMFS_MAGIC;
}
