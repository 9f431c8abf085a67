// Times as the records keep them: whole microseconds.
#ifndef CLOCK_H
#define CLOCK_H

#include <stdint.h>
#include <sys/time.h>
#include <time.h>

static inline int64_t clock_us(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static inline int64_t timeval_us(struct timeval value) {
    return (int64_t)value.tv_sec * 1000000 + value.tv_usec;
}

#endif
