// What Swift's Glibc module does not tell about a file system.
#ifndef ORCHESTRATOR_FILE_SYSTEM_H
#define ORCHESTRATOR_FILE_SYSTEM_H

#include <stdbool.h>

/// Whether the folder is on tmpfs: its content is gone after a reboot. See statfs(2).
bool file_system_is_tmpfs(const char *path);

#endif
