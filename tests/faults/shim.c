/* Fails, or cuts short, the Nth write, fsync, truncation, rename or link below a folder.
 *
 * Preloaded; a test's process arms it for itself. How: 1 fails once, 2 fails from there on,
 * 3 kills before it, 4 kills in the middle of a write.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { NEVER, ONCE, ON, KILLED, TORN };

static int at, how, why, hits;
static char under[4096];

void fault_arm(int number, int kind, int error, const char *folder)
{
    strncpy(under, folder, sizeof under - 1);
    at = number;
    why = error;
    hits = 0;
    how = kind;
}

int fault_hits(void)
{
    how = NEVER;
    return hits;
}

static int is_below(const char *path)
{
    size_t length = strlen(under);
    return length && strncmp(path, under, length) == 0;
}

static int is_file_below(int fd)
{
    char name[64], path[4096];
    ssize_t length;
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    length = readlink(name, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return is_below(path);
}

/* Whether this call is to fail; a killed process does not come back. */
static int fails(int concerned)
{
    if (how == NEVER || !concerned)
        return 0;
    hits++;
    if (hits == at && how == KILLED)
        kill(getpid(), SIGKILL);
    if (hits < at || how == KILLED || how == TORN || (hits > at && how == ONCE))
        return 0;
    errno = why;
    return 1;
}

static int is_torn(void)
{
    return how == TORN && hits == at;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define WRITING(name, type, ...)                                         \
    {                                                                    \
        int saved = errno;                                               \
        int failed = fails(is_file_below(fd));                           \
        if (failed)                                                      \
            return -1;                                                   \
        if (is_torn()) {                                                 \
            count /= 2;                                                  \
            REAL(name)(fd, data, count __VA_ARGS__);                     \
            kill(getpid(), SIGKILL);                                     \
        }                                                                \
        errno = saved;                                                   \
        return REAL(name)(fd, data, count __VA_ARGS__);                  \
    }

ssize_t write(int fd, const void *data, size_t count) WRITING(write, ssize_t)
ssize_t pwrite(int fd, const void *data, size_t count, off_t place) WRITING(pwrite, ssize_t, , place)
ssize_t pwrite64(int fd, const void *data, size_t count, off64_t place)
    WRITING(pwrite64, ssize_t, , place)

#define CHANGING(name, concerned, ...)                                   \
    {                                                                    \
        int saved = errno;                                               \
        if (fails(concerned))                                            \
            return -1;                                                   \
        if (is_torn())                                                   \
            kill(getpid(), SIGKILL);                                     \
        errno = saved;                                                   \
        return REAL(name)(__VA_ARGS__);                                  \
    }

int fsync(int fd) CHANGING(fsync, is_file_below(fd), fd)
int fdatasync(int fd) CHANGING(fdatasync, is_file_below(fd), fd)
int ftruncate(int fd, off_t size) CHANGING(ftruncate, is_file_below(fd), fd, size)
int ftruncate64(int fd, off64_t size) CHANGING(ftruncate64, is_file_below(fd), fd, size)
int rename(const char *from, const char *to) CHANGING(rename, is_below(to), from, to)
int link(const char *from, const char *to) CHANGING(link, is_below(to), from, to)
