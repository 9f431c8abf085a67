#include "file_system.h"

#include <linux/magic.h>
#include <sys/vfs.h>

bool file_system_is_tmpfs(const char *path) {
    struct statfs info;
    return statfs(path, &info) == 0 && info.f_type == TMPFS_MAGIC;
}
