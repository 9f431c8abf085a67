// Becoming many supervisors without a new program for each (protocol: spawn_server.h).
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>

// Answers the requests on the socket. Returns false when the pool is gone; true in a new supervisor, with the path of
// its control file in `path`, which has room for PATH_MAX bytes, and without the socket.
bool serve(int socket, char *path);

#endif
