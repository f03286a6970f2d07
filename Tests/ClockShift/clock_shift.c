// A clock that is SCREENPOP_CLOCK_SHIFT seconds ahead of the machine's, for a program that is started with this library
// in LD_PRELOAD. It is how the tests run at any hour of the day. Steady clocks stay as they are, so that nothing takes
// longer or shorter.
//
// libfaketime does the same and more, but it allocates before jemalloc, which the daemon is linked with, is ready.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

// Set before main; zero until then, and where the variable is missing.
static time_t shift;

__attribute__((constructor)) static void read_shift(void) {
    const char *text = getenv("SCREENPOP_CLOCK_SHIFT");
    if (text) shift = strtol(text, NULL, 10);
}

// The machine has not been up for so long: a steady clock shows less, the time of day more. Seconds.
static const time_t between = 1000000000;

static struct timespec shifted_back(const struct timespec *time) {
    struct timespec result = *time;
    if (result.tv_sec > between) result.tv_sec -= shift;
    return result;
}

// Asking for the time.

int clock_gettime(clockid_t clock, struct timespec *time) {
    int code = (int)syscall(SYS_clock_gettime, clock, time);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) time->tv_sec += shift;
    return code;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
    (void)zone;
    struct timespec now;
    int code = clock_gettime(CLOCK_REALTIME, &now);
    if (code == 0) *time = (struct timeval){.tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000};
    return code;
}

time_t time(time_t *result) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (result) *result = now.tv_sec;
    return now.tv_sec;
}

int timespec_get(struct timespec *time, int base) {
    return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

// Waiting until a time: the kernel knows the machine's alone.

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict until
) {
    struct timespec real = shifted_back(until);
    return pthread_cond_clockwait(condition, mutex, until->tv_sec > between ? CLOCK_REALTIME : CLOCK_MONOTONIC, &real);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until) {
    struct timespec real = shifted_back(until);
    return pthread_mutex_clocklock(mutex, CLOCK_REALTIME, &real);
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict until) {
    struct timespec real = shifted_back(until);
    return sem_clockwait(semaphore, CLOCK_REALTIME, &real);
}

int timerfd_settime(int descriptor, int flags, const struct itimerspec *new, struct itimerspec *old) {
    struct itimerspec real = *new;
    if (flags & TFD_TIMER_ABSTIME) real.it_value = shifted_back(&new->it_value);
    return (int)syscall(SYS_timerfd_settime, descriptor, flags, &real, old);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left) {
    struct timespec real = flags & TIMER_ABSTIME ? shifted_back(time) : *time;
    // It returns the error instead of setting errno.
    return syscall(SYS_clock_nanosleep, clock, flags, &real, left) == 0 ? 0 : errno;
}
