#define _GNU_SOURCE
#include "output_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folders.h"

// Touched, and so paid for in memory, only by a task that exceeds its limit.
static char tail[OUTPUT_TAIL_SIZE];

void output_log_init(struct output_log *log, const char *path, uint64_t limit) {
    *log = (struct output_log){.path = path, .limit = limit, .fd = -1, .at_line_start = true};
}

// O_NONBLOCK and the check of the kind: a FIFO in the log's place must not stop the supervisor.
static int open_log(struct output_log *log) {
    int flags = O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    int fd = open(log->path, flags, 0600);
    if (fd < 0 && errno == ENOENT) {
        int error = make_folders_above(log->path);
        if (error != 0) return error;
        fd = open(log->path, flags, 0600);
    }
    if (fd < 0) return errno;
    struct stat found;
    if (fstat(fd, &found) != 0 || !S_ISREG(found.st_mode)) {
        close(fd);
        return EINVAL;
    }
    log->fd = fd;
    log->file_size = found.st_size;
    return 0;
}

// Writes as much as the disk takes; 0 or an errno value, and in `written` how much it was.
static int write_bytes(struct output_log *log, const char *bytes, size_t count, size_t *written) {
    *written = 0;
    while (*written < count) {
        ssize_t done = write(log->fd, bytes + *written, count - *written);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return done < 0 ? errno : ENOSPC;
        *written += (size_t)done;
        log->file_size += done;
    }
    return 0;
}

// A line of our own, whole or not at all.
static int write_marker(struct output_log *log, const char *text) {
    char line[256];
    int length = snprintf(line, sizeof line, "%s[... %s ...]\n", log->at_line_start ? "" : "\n", text);
    off_t before = log->file_size;
    size_t written;
    int error = write_bytes(log, line, (size_t)length, &written);
    if (error == 0) {
        log->at_line_start = true;
    } else if (written > 0 && ftruncate(log->fd, before) == 0) {
        log->file_size = before;
    }
    return error;
}

static int mark_gap(struct output_log *log) {
    if (log->gap == 0) return 0;
    char text[192];
    unsigned long long gap = log->gap;
    snprintf(text, sizeof text, "%llu bytes lost: %s", gap, strerror(log->gap_error));
    int error = write_marker(log, text);
    if (error != 0) return error;
    log->dropped += log->gap;
    log->gap = 0;
    return 0;
}

static void lose(struct output_log *log, uint64_t count, int error) {
    if (log->gap == 0) log->gap_error = error;
    log->gap += count;
}

static void write_output(struct output_log *log, const char *bytes, size_t count) {
    if (count == 0) return;
    int error = log->fd < 0 ? open_log(log) : 0;
    if (error == 0) error = mark_gap(log);
    size_t written = 0;
    if (error == 0) error = write_bytes(log, bytes, count, &written);
    if (written > 0) log->at_line_start = bytes[written - 1] == '\n';
    log->kept += written;
    if (error != 0) lose(log, count - written, error);
}

static void remember_tail(struct output_log *log, const char *bytes, size_t count) {
    while (count > 0) {
        size_t position = log->after_limit % OUTPUT_TAIL_SIZE;
        size_t part = OUTPUT_TAIL_SIZE - position;
        if (part > count) part = count;
        memcpy(tail + position, bytes, part);
        log->after_limit += part;
        bytes += part;
        count -= part;
    }
}

void output_log_append(struct output_log *log, const char *bytes, size_t count) {
    uint64_t room = log->limit - log->head_taken;
    size_t head = room < count ? (size_t)room : count;
    write_output(log, bytes, head);
    log->head_taken += head;
    remember_tail(log, bytes + head, count - head);
}

static void write_tail(struct output_log *log) {
    if (log->after_limit <= OUTPUT_TAIL_SIZE) {
        write_output(log, tail, (size_t)log->after_limit);
        return;
    }
    uint64_t cut = log->after_limit - OUTPUT_TAIL_SIZE;
    char text[128];
    snprintf(text, sizeof text, "%llu bytes cut: log limit %llu reached", (unsigned long long)cut,
             (unsigned long long)log->limit);
    int error = log->fd < 0 ? open_log(log) : 0;
    if (error == 0) error = mark_gap(log);
    if (error == 0) error = write_marker(log, text);
    if (error == 0) {
        log->dropped += cut;
    } else {
        lose(log, cut, error);
    }
    size_t position = log->after_limit % OUTPUT_TAIL_SIZE;
    write_output(log, tail + position, OUTPUT_TAIL_SIZE - position);
    write_output(log, tail, position);
}

void output_log_finish(struct output_log *log) {
    if (log->after_limit > 0) write_tail(log);
    if (log->gap > 0 && (log->fd >= 0 || open_log(log) == 0)) mark_gap(log);
    log->dropped += log->gap;
    log->gap = 0;
    if (log->fd >= 0) close(log->fd);
    log->fd = -1;
}
