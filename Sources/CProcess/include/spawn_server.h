// The pool's side of the spawn server: one supervisor program that waits for requests and forks itself for each attempt,
// because the fork of a small program that runs already costs half as much as a fresh one.
//
// Over a socket pair of sequenced packets. A request is the path of a control file, without a NUL, and one descriptor: the
// supervisor's end of its channel. Its answer is one `struct spawn_answer`. Requests are answered one by one. When its
// end of the socket is closed, the server ends.
//
// A supervisor whose attempt left nothing behind says so by one byte on its channel, after it has recorded the end and
// given back the lock, and then takes the path of another control file there. It ends when the channel is closed, when
// nothing came for some seconds, and after any attempt that was out of the ordinary: making and burying a process for
// each attempt cost a sixth of the machine's time in a run of short tasks.
//
// The supervisors are made as children of the pool, not of the server (CLONE_PARENT): the pool reaps them, so their
// numbers cannot be taken over before it has a descriptor, and the death of the server changes nothing for them.
#ifndef CPROCESS_SPAWN_SERVER_H
#define CPROCESS_SPAWN_SERVER_H

#include <stdint.h>

struct spawn_answer {
    int32_t process;  // the supervisor, when `error` is 0
    int32_t error;    // errno: no process could be made
};

enum {
    SPAWN_SERVER_UNREACHABLE = -1,  // the request did not arrive: nothing runs
    SPAWN_SERVER_SILENT = -2,       // no answer: the supervisor may run or not
};

// Starts `path` as a server, like `cprocess_spawn`; `socket` is the pool's end. 0 or an errno value.
int cprocess_server_start(const char *_Nonnull path, char *_Nullable const *_Nonnull argv, int *_Nonnull socket,
                          int32_t *_Nonnull pid, int *_Nonnull pidfd);

// Asks for a supervisor and waits for the answer: 0, an errno value (nothing runs) or one of the above. `channel` is the
// pool's end.
int cprocess_server_ask(int socket, const char *_Nonnull record, int32_t *_Nonnull pid, int *_Nonnull channel);

// Gives the next attempt to a supervisor that is free; 0, or an errno value when it did not get it.
int cprocess_channel_assign(int channel, const char *_Nonnull record);

enum channel_news {
    CHANNEL_SILENT,
    CHANNEL_FREE,    // the attempt is over, another one may be given
    CHANNEL_CLOSED,  // the supervisor has ended or is about to
};

// What a supervisor said, without waiting.
enum channel_news cprocess_channel_take(int channel);

// Ends the server and reaps it.
void cprocess_server_end(int socket, int pidfd);

#endif
