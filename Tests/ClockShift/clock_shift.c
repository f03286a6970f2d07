// A clock that is SCREENPOP_CLOCK_SHIFT seconds ahead of the machine's, for a program that is started with this library
// in LD_PRELOAD. It is how the tests run at any hour of the day. Steady clocks stay as they are, so that nothing takes
// longer or shorter.
//
// With SCREENPOP_CLOCK_FILE it shows the time that is in that file, nanoseconds since 1970 as eight bytes in this
// machine's byte order, and stands still until another time is written. A simulation plays a day in seconds by it.
//
// With SCREENPOP_CLOCK_AHEAD it goes on, ahead of the machine's by the nanoseconds in that file, eight bytes as well,
// which may be negative. Another number is a clock that is stepped: how nodes of a cluster are tried.
//
// libfaketime does the same and more, but it allocates before jemalloc, which the daemon is linked with, is ready.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

// Set before main; zero until then, and where the variable is missing.
static time_t shift;
// The time in the file; NULL without one.
static const volatile int64_t *told;
// How far it is ahead, in a file; NULL without one.
static const volatile int64_t *stepped;

static const volatile int64_t *page_named_by(const char *variable) {
    const char *path = getenv(variable);
    if (!path) return NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) abort();
    void *page = mmap(NULL, sizeof *told, PROT_READ, MAP_SHARED, file, 0);
    if (page == MAP_FAILED) abort();
    close(file);
    return page;
}

__attribute__((constructor)) static void read_shift(void) {
    const char *text = getenv("SCREENPOP_CLOCK_SHIFT");
    if (text) shift = strtol(text, NULL, 10);
    told = page_named_by("SCREENPOP_CLOCK_FILE");
    stepped = page_named_by("SCREENPOP_CLOCK_AHEAD");
}

static const int64_t billion = 1000000000;

// Nanoseconds that the clock shown is ahead of the machine's.
static int64_t ahead(void) {
    if (stepped) return *stepped;
    if (!told) return shift * billion;
    struct timespec real;
    syscall(SYS_clock_gettime, CLOCK_REALTIME, &real);
    return *told - (real.tv_sec * billion + real.tv_nsec);
}

// The machine has not been up for so long: a steady clock shows less, the time of day more. Seconds.
static const time_t between = 1000000000;

static struct timespec shifted_back(const struct timespec *time) {
    if (time->tv_sec <= between) return *time;
    int64_t real = time->tv_sec * billion + time->tv_nsec - ahead();
    return (struct timespec){.tv_sec = real / billion, .tv_nsec = real % billion};
}

// Asking for the time.

int clock_gettime(clockid_t clock, struct timespec *time) {
    int code = (int)syscall(SYS_clock_gettime, clock, time);
    if (code == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        if (told) {
            *time = (struct timespec){.tv_sec = *told / billion, .tv_nsec = *told % billion};
        } else if (stepped) {
            int64_t shown = time->tv_sec * billion + time->tv_nsec + *stepped;
            *time = (struct timespec){.tv_sec = shown / billion, .tv_nsec = shown % billion};
        } else {
            time->tv_sec += shift;
        }
    }
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
