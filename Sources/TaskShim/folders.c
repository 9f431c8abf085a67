#include "folders.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static int make_folder(const char *path) {
    if (mkdir(path, 0700) == 0) return 0;
    if (errno != EEXIST) return errno;
    struct stat found;
    if (stat(path, &found) != 0) return errno;
    return S_ISDIR(found.st_mode) ? 0 : ENOTDIR;
}

static int make_folders_of_length(const char *path, size_t length) {
    char copy[PATH_MAX];
    if (length >= sizeof copy) return ENAMETOOLONG;
    memcpy(copy, path, length);
    copy[length] = 0;
    int error = make_folder(copy);
    if (error != ENOENT) return error;
    for (size_t i = 1; i < length; i++) {
        if (copy[i] != '/') continue;
        copy[i] = 0;
        error = make_folder(copy);
        copy[i] = '/';
        if (error != 0) return error;
    }
    return make_folder(copy);
}

int make_folders(const char *path) { return make_folders_of_length(path, strlen(path)); }

int make_folders_above(const char *path) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path) return 0;
    return make_folders_of_length(path, (size_t)(slash - path));
}
