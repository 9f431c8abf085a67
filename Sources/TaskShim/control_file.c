#define _GNU_SOURCE
#include "control_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int pread_all(int fd, void *bytes, size_t count, off_t offset) {
    for (size_t done = 0; done < count;) {
        ssize_t part = pread(fd, (char *)bytes + done, count - done, offset + (off_t)done);
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) return part < 0 ? errno : ENODATA;
        done += (size_t)part;
    }
    return 0;
}

static int pwrite_all(int fd, const void *bytes, size_t count, off_t offset) {
    for (size_t done = 0; done < count;) {
        ssize_t part = pwrite(fd, (const char *)bytes + done, count - done, offset + (off_t)done);
        if (part < 0 && errno == EINTR) continue;
        if (part <= 0) return part < 0 ? errno : ENOSPC;
        done += (size_t)part;
    }
    return 0;
}

static int lock(int fd) {
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    return fcntl(fd, F_SETLK, &whole) == 0 ? 0 : errno;
}

static bool header_is_valid(const struct attempt_header *header) {
    return header->magic == ATTEMPT_HEADER_MAGIC && header->version == ATTEMPT_FILE_VERSION
        && header->crc == attempt_crc32(header, offsetof(struct attempt_header, crc))
        && header->attempt_id[ATTEMPT_ID_SIZE - 1] == 0
        && header->boot_id[ATTEMPT_BOOT_ID_SIZE - 1] == 0
        && header->spec_length >= sizeof(struct attempt_spec) && header->spec_length <= ATTEMPT_SPEC_MAX;
}

// Takes the next string out of the list; NULL when there is none.
static char *next_string(char **next, const char *end) {
    char *found = *next;
    if (found >= end) return NULL;
    char *stop = memchr(found, 0, (size_t)(end - found));
    if (stop == NULL) return NULL;
    *next = stop + 1;
    return found;
}

static char **next_strings(char **next, const char *end, uint32_t count) {
    if (count > (size_t)(end - *next)) return NULL;
    char **strings = calloc((size_t)count + 1, sizeof *strings);
    for (uint32_t i = 0; strings != NULL && i < count; i++) {
        strings[i] = next_string(next, end);
        if (strings[i] == NULL) return NULL;
    }
    return strings;
}

static bool read_spec(struct control_file *file) {
    uint32_t length = file->header.spec_length;
    char *bytes = file->text = malloc(length);
    if (bytes == NULL || pread_all(file->fd, bytes, length, ATTEMPT_SPEC_OFFSET) != 0) return false;
    if (attempt_crc32(bytes, length) != file->header.spec_crc) return false;
    memcpy(&file->spec, bytes, sizeof file->spec);
    char *next = bytes + sizeof file->spec;
    const char *end = bytes + length;
    file->working_directory = next_string(&next, end);
    file->log_path = next_string(&next, end);
    if (file->working_directory == NULL || file->log_path == NULL) return false;
    file->directories = next_strings(&next, end, file->spec.directory_count);
    if (file->directories == NULL) return false;
    file->arguments = next_strings(&next, end, file->spec.argument_count);
    if (file->arguments == NULL || file->spec.argument_count == 0) return false;
    file->environment = next_strings(&next, end, file->spec.environment_count);
    return file->environment != NULL && next == end;
}

int control_file_open(struct control_file *file, const char *path) {
    file->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    struct stat found;
    if (file->fd < 0 || fstat(file->fd, &found) != 0 || !S_ISREG(found.st_mode)) {
        return SUPERVISOR_REFUSED_DAMAGED;
    }
    if (lock(file->fd) != 0) return SUPERVISOR_REFUSED_LOCKED;
    struct attempt_started started;
    struct attempt_exit ended;
    if (pread_all(file->fd, &file->header, sizeof file->header, 0) != 0
        || pread_all(file->fd, &started, sizeof started, ATTEMPT_STARTED_OFFSET) != 0
        || pread_all(file->fd, &ended, sizeof ended, ATTEMPT_EXIT_OFFSET) != 0) {
        return SUPERVISOR_REFUSED_DAMAGED;
    }
    if (started.magic != 0 || ended.magic != 0) return SUPERVISOR_REFUSED_STARTED;
    if (!header_is_valid(&file->header) || !read_spec(file)) return SUPERVISOR_REFUSED_DAMAGED;
    return SUPERVISOR_DONE;
}

void control_file_close(struct control_file *file) {
    close(file->fd);
    free(file->directories);
    free(file->arguments);
    free(file->environment);
    free(file->text);
}

int control_file_write_started(const struct control_file *file, struct attempt_started *record) {
    record->magic = ATTEMPT_STARTED_MAGIC;
    record->crc = attempt_crc32(record, offsetof(struct attempt_started, crc));
    return pwrite_all(file->fd, record, sizeof *record, ATTEMPT_STARTED_OFFSET);
}

int control_file_write_exit(const struct control_file *file, struct attempt_exit *record) {
    record->magic = ATTEMPT_EXIT_MAGIC;
    record->crc = attempt_crc32(record, offsetof(struct attempt_exit, crc));
    return pwrite_all(file->fd, record, sizeof *record, ATTEMPT_EXIT_OFFSET);
}
