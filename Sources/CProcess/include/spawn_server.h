// The pool's side of the spawn server: one supervisor program that waits for requests and forks itself for each attempt,
// because the fork of a small program that runs already costs half as much as a fresh one.
//
// Over a socket pair of sequenced packets. A request is the path of a control file, without a NUL; its answer is one
// `struct spawn_answer`. Requests are answered one by one. When its end of the socket is closed, the server ends.
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

// Asks for a supervisor and waits for the answer: 0, an errno value (nothing runs) or one of the above.
int cprocess_server_ask(int socket, const char *_Nonnull record, int32_t *_Nonnull pid);

// Ends the server and reaps it.
void cprocess_server_end(int socket, int pidfd);

#endif
