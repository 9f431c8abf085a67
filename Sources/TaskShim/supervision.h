// From the start of the task to the end of the last process below it.
#ifndef SUPERVISION_H
#define SUPERVISION_H

#include <stdbool.h>

#include "control_file.h"

// A descriptor for the signals that a supervisor listens to, which are blocked.
int supervision_signals(void);

// Runs the attempt and fills in everything of the exit record but its magic and checksum. True when nothing of the
// attempt is left in this process or below it, so that it can have another one.
bool supervise(const struct control_file *file, int signals, struct attempt_exit *record);

#endif
