// From the start of the task to the end of the last process below it.
#ifndef SUPERVISION_H
#define SUPERVISION_H

#include "control_file.h"

// Runs the attempt and fills in everything of the exit record but its magic and checksum.
void supervise(const struct control_file *file, struct attempt_exit *record);

#endif
