/* Makes a disk behave like a network drive: preloaded, it refuses locks on `-shm` files (NO_LOCKS=shared), or on all
   files (NO_LOCKS=all), or the memory that programs share through a file (NO_LOCKS=memory). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int is_mode(const char *name) {
    const char *mode = getenv("NO_LOCKS");
    return mode != NULL && strcmp(mode, name) == 0;
}

static int is_of_database(int file, const char *ending) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = '\0';
    return strstr(path, ".sqlite3") != NULL && (size_t)length >= strlen(ending)
        && strcmp(path + length - strlen(ending), ending) == 0;
}

static int refuses(int file, int command) {
    if (command != F_SETLK && command != F_SETLKW && command != F_OFD_SETLK)
        return 0;
    return (is_mode("all") && is_of_database(file, "")) || (is_mode("shared") && is_of_database(file, "-shm"));
}

#define LOCKING(name)                                                                                                  \
    int name(int file, int command, ...) {                                                                             \
        static int (*real)(int, int, ...);                                                                             \
        va_list rest;                                                                                                  \
        va_start(rest, command);                                                                                       \
        void *argument = va_arg(rest, void *);                                                                         \
        va_end(rest);                                                                                                  \
        if (real == NULL)                                                                                              \
            real = dlsym(RTLD_NEXT, #name);                                                                            \
        if (refuses(file, command)) {                                                                                  \
            errno = ENOLCK;                                                                                            \
            return -1;                                                                                                 \
        }                                                                                                              \
        return real(file, command, argument);                                                                          \
    }

LOCKING(fcntl)
LOCKING(fcntl64)

#define MAPPING(name, offset_type)                                                                                     \
    void *name(void *place, size_t size, int rights, int flags, int file, offset_type offset) {                        \
        static void *(*real)(void *, size_t, int, int, int, offset_type);                                              \
        if (real == NULL)                                                                                              \
            real = dlsym(RTLD_NEXT, #name);                                                                            \
        if (is_mode("memory") && file >= 0 && is_of_database(file, "-shm")) {                                          \
            errno = ENODEV;                                                                                            \
            return MAP_FAILED;                                                                                         \
        }                                                                                                              \
        return real(place, size, rights, flags, file, offset);                                                         \
    }

MAPPING(mmap, off_t)
MAPPING(mmap64, off64_t)
