// The supervisor's side of the control file (layout: attempt_file.h).
#ifndef CONTROL_FILE_H
#define CONTROL_FILE_H

#include "attempt_file.h"

struct control_file {
    int fd;  // open and locked until the end of the attempt is recorded
    struct attempt_header header;
    struct attempt_spec spec;
    const char *working_directory;
    const char *log_path;
    char **directories;
    char **arguments;    // ended by NULL
    char **environment;  // ended by NULL
    char *text;          // what the strings point into
};

// Opens, locks and checks the file. Returns SUPERVISOR_DONE or the exit code of the refusal.
int control_file_open(struct control_file *file, const char *path);

// Gives back the lock and the memory.
void control_file_close(struct control_file *file);

// Fills in the checksum and writes the record; 0 or an errno value. Only system calls: also used between
// vfork and exec.
int control_file_write_started(const struct control_file *file, struct attempt_started *record);
int control_file_write_exit(const struct control_file *file, struct attempt_exit *record);

#endif
