// The task's output on disk: made when the first byte comes, bounded, and never a reason to disturb the task.
//
// The first `limit` bytes are written as they come. Of what follows, the last 64 KiB are kept in memory and
// written at the end, after a line that says how much is missing in between. What cannot be written (disk
// full, folder gone) is counted, and a line marks the gap as soon as writing works again.
#ifndef OUTPUT_LOG_H
#define OUTPUT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { OUTPUT_TAIL_SIZE = 64 * 1024 };

struct output_log {
    const char *path;
    uint64_t limit;
    int fd;               // -1 until the first byte
    uint64_t head_taken;  // bytes that came before the limit
    uint64_t after_limit; // bytes that came after it; the last of them are in the tail
    uint64_t kept;        // bytes of output in the file
    uint64_t dropped;     // bytes of output lost for good and marked
    uint64_t gap;         // bytes lost that no line in the file tells of yet
    int gap_error;        // why
    off_t file_size;
    bool at_line_start;
};

void output_log_init(struct output_log *log, const char *path, uint64_t limit);
void output_log_append(struct output_log *log, const char *bytes, size_t count);
// Writes the tail and the last marker; afterwards `kept` and `dropped` are final.
void output_log_finish(struct output_log *log);

#endif
