// System calls on descriptors and paths that Swift's Glibc module does not offer.
#ifndef CPROCESS_DESCRIPTORS_H
#define CPROCESS_DESCRIPTORS_H

#include <stdbool.h>
#include <stdint.h>

// A set of descriptors that is itself readable while any of them is; -1 and errno.
int cprocess_watch_set(void);

// Adds a descriptor under a key of the caller's; 0 or an errno value.
int cprocess_watch_add(int set, int descriptor, uint64_t key);

void cprocess_watch_remove(int set, int descriptor);

// The keys of at most `capacity` readable descriptors, without waiting; how many, or -1 and errno.
int cprocess_watch_take(int set, uint64_t *_Nonnull keys, int capacity);

// Renames a file to a name that must not be taken; 0 or an errno value (EEXIST: taken).
int cprocess_rename_new(const char *_Nonnull from, const char *_Nonnull to);

// Whether the path is on a file system that lives in memory (tmpfs, ramfs).
bool cprocess_is_in_memory(const char *_Nonnull path);

#endif
