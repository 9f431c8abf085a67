// Becoming many supervisors without a new program for each (protocol: spawn_server.h).
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>

// Answers the requests on the socket. Returns false when the pool is gone; true in a new supervisor, with the path of
// its control file in `path`, which has room for PATH_MAX bytes, with its channel, and without the socket.
bool serve(int socket, char *path, int *channel);

// Says on the channel that an attempt is over and waits for the path of the next one. False when there will be none:
// the pool is gone or has had nothing for a while, or somebody wants this supervisor to end.
bool await_next(int channel, int signals, char *path);

#endif
