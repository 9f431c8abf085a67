// What Swift's view of the C library leaves out of its heap.
#ifndef CPROCESS_HEAP_H
#define CPROCESS_HEAP_H

#include <features.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

/// Gives freed memory back to the system. glibc returns by itself only what lies at the end of its heaps
/// (malloc_trim(3)); other C libraries are left to their own ways.
static inline void cprocess_return_freed_memory(void) {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

#endif
