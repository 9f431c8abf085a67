// The C calls that Swift cannot make itself, and the layout that the supervisor and the pool share.
#ifndef CPROCESS_H
#define CPROCESS_H

#include "attempt_file.h"
#include "clock_timer.h"
#include "descriptors.h"
#include "heap.h"
#include "process.h"
#include "spawn_server.h"

#endif
