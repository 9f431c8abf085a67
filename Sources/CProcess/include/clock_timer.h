// A timer on the wall clock that also tells when the clock was set: timerfd with TFD_TIMER_CANCEL_ON_SET,
// which Swift's Glibc module does not offer. See timerfd_create(2).
#ifndef ORCHESTRATOR_CLOCK_TIMER_H
#define ORCHESTRATOR_CLOCK_TIMER_H

#include <stdint.h>

/// A new timer descriptor on CLOCK_REALTIME, non-blocking and close-on-exec; -1 with errno.
int clock_timer_create(void);

/// Arms the timer for an instant in microseconds since 1970; it also becomes readable when the wall clock is set.
/// 0, or -1 with errno.
int clock_timer_arm(int descriptor, int64_t microseconds);

/// Consumes an expiry: 1 the instant was reached, 2 the clock was set, 0 nothing yet, -1 with errno.
int clock_timer_consume(int descriptor);

#endif
