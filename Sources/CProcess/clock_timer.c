#include "clock_timer.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

int clock_timer_create(void) {
    return timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);
}

int clock_timer_arm(int descriptor, int64_t microseconds) {
    if (microseconds < 1) microseconds = 1;  // zero would disarm
    struct itimerspec when = {0};
    when.it_value.tv_sec = (time_t)(microseconds / 1000000);
    when.it_value.tv_nsec = (long)(microseconds % 1000000) * 1000;
    return timerfd_settime(descriptor, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL);
}

int clock_timer_consume(int descriptor) {
    uint64_t expirations = 0;
    ssize_t size = read(descriptor, &expirations, sizeof expirations);
    if (size == (ssize_t)sizeof expirations) return 1;
    if (size < 0 && errno == ECANCELED) return 2;
    if (size < 0 && errno == EAGAIN) return 0;
    return -1;
}
