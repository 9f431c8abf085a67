// Starting, watching and signalling processes without ever trusting a bare process number.
#ifndef CPROCESS_PROCESS_H
#define CPROCESS_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

// Starts `path` with the given arguments and an empty environment, in a session of its own and with every
// signal blocked, so that nothing can end it before it has set itself up. `input` becomes its standard input; with -1 it
// has the caller's.
//
// The process and its pidfd are made in one step: there is no moment in which the child exists unwatched.
// Returns 0, or an errno value; then nothing ran. The child keeps open what is not close-on-exec.
int cprocess_spawn(const char *_Nonnull path, char *_Nullable const *_Nonnull argv, int input,
                   int32_t *_Nonnull pid, int *_Nonnull pidfd);

// A descriptor of a process that became readable when it ended; -1 and errno. Works for any process.
int cprocess_pidfd_open(int32_t pid);

// Sends a signal through a pidfd; 0 or an errno value (ESRCH: it has ended).
int cprocess_pidfd_signal(int pidfd, int signal);

// Reaps the child behind a pidfd if it has ended: 1 and its wait status, 0 if it still runs, -1 and errno
// (ECHILD: not our child, or reaped by somebody else).
int cprocess_pidfd_reap(int pidfd, int *_Nonnull code, bool *_Nonnull signalled);

// Kills the child behind a pidfd and reaps it.
void cprocess_child_end(int pidfd);

// The process that holds a POSIX lock on any part of the file: its number, 0 if nobody does, -1 and errno.
int32_t cprocess_lock_holder(int fd);

// Takes the POSIX write lock on the whole file, without waiting; 0 or an errno value (EAGAIN: held).
int cprocess_lock(int fd);

// Gives the lock back.
void cprocess_unlock(int fd);

#endif
