/* Preloaded into a program: writes down what it does to the files of one folder, and lets it fail on request.
 *
 * RECORDER_FOLDER   the folder whose files are watched; the `-shm` of SQLite is not, it means nothing after a restart.
 * RECORDER_LOG      where every call goes, in the order it was made: a `struct entry`, the path, the bytes.
 * RECORDER_FAULTS   a file of one `struct faults`, mapped: who changes it makes calls fail.
 *
 * One lock is held around each call and its entry, so that the log has the order in which things reached the system.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { OPENED = 1, CREATED, WRITTEN, TRUNCATED, SYNCED, SYNC_FAILED, RENAMED, UNLINKED };
enum { FAIL_OPEN = 1, FAIL_WRITE = 2, FAIL_SYNC = 4, FAIL_TRUNCATE = 8 };

struct entry {
    uint64_t file; /* inode */
    uint64_t offset;
    uint64_t at_ns; /* monotonic clock, when the call was over */
    uint32_t path_size;
    uint32_t data_size;
    uint32_t kind;
    uint32_t pad;
};

struct faults {
    uint32_t calls;    /* FAIL_… added up; 0 lets everything pass */
    uint32_t error;    /* errno */
    char suffix[56];   /* only files whose path ends so; empty: all */
    uint32_t failures; /* counted here */
};

#define PATHS_MAX 4096
static char *paths[PATHS_MAX]; /* of the descriptors that are watched */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static const char *folder;
static int log_descriptor = -1;
static volatile struct faults *faults;

__attribute__((constructor)) static void begin(void) {
    const char *log_path = getenv("RECORDER_LOG"), *faults_path = getenv("RECORDER_FAULTS");
    folder = getenv("RECORDER_FOLDER");
    if (log_path)
        log_descriptor = syscall(SYS_openat, AT_FDCWD, log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (faults_path) {
        int descriptor = syscall(SYS_openat, AT_FDCWD, faults_path, O_RDWR | O_CLOEXEC);
        void *mapped = mmap(NULL, sizeof(struct faults), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
        if (mapped != MAP_FAILED) faults = mapped;
        syscall(SYS_close, descriptor);
    }
}

static int is_watched(const char *path) {
    size_t length = strlen(path);
    return folder && !strncmp(path, folder, strlen(folder)) && !(length > 4 && !strcmp(path + length - 4, "-shm"));
}

static const char *path_of(int descriptor) {
    return descriptor >= 0 && descriptor < PATHS_MAX ? paths[descriptor] : NULL;
}

static void note(uint32_t kind, uint64_t file, uint64_t offset, const char *path, const void *data, size_t size) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    uint64_t at_ns = now.tv_sec * 1000000000ull + now.tv_nsec;
    struct entry entry = {file, offset, at_ns, path ? strlen(path) : 0, size, kind, 0};
    struct iovec parts[] = {{&entry, sizeof entry}, {(void *)path, entry.path_size}, {(void *)data, size}};
    if (log_descriptor >= 0 && syscall(SYS_writev, log_descriptor, parts, 3) < 0) abort();
}

static uint64_t inode(int descriptor) {
    struct stat found;
    return fstat(descriptor, &found) ? 0 : found.st_ino;
}

/* Whether this call is to fail; errno is set then. */
static int fails(uint32_t call, const char *path) {
    if (!faults || !(faults->calls & call)) return 0;
    size_t length = strlen(path), ending = strnlen((char *)faults->suffix, sizeof faults->suffix);
    if (ending > length || strncmp(path + length - ending, (char *)faults->suffix, ending)) return 0;
    faults->failures++;
    errno = faults->error;
    return 1;
}

static int open_watched(const char *path, int flags, mode_t mode) {
    struct stat before;
    pthread_mutex_lock(&lock);
    int is_new = (flags & O_CREAT) && stat(path, &before);
    int descriptor = fails(FAIL_OPEN, path) ? -1 : syscall(SYS_openat, AT_FDCWD, path, flags, mode);
    if (descriptor >= 0 && descriptor < PATHS_MAX) {
        free(paths[descriptor]);
        paths[descriptor] = strdup(path);
        note(is_new ? CREATED : OPENED, inode(descriptor), 0, path, NULL, 0);
        if (flags & O_TRUNC) note(TRUNCATED, inode(descriptor), 0, path, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return descriptor;
}

#define OPEN(name)                                                                  \
    int name(const char *path, int flags, ...) {                                    \
        va_list rest;                                                               \
        va_start(rest, flags);                                                      \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;     \
        va_end(rest);                                                               \
        if (is_watched(path)) return open_watched(path, flags, mode);               \
        return syscall(SYS_openat, AT_FDCWD, path, flags, mode);                    \
    }
OPEN(open)
OPEN(open64)

int close(int descriptor) {
    pthread_mutex_lock(&lock);
    if (path_of(descriptor)) {
        free(paths[descriptor]);
        paths[descriptor] = NULL;
    }
    int result = syscall(SYS_close, descriptor);
    pthread_mutex_unlock(&lock);
    return result;
}

static ssize_t write_watched(int descriptor, const void *data, size_t size, int has_offset, off_t offset) {
    pthread_mutex_lock(&lock);
    const char *path = path_of(descriptor);
    ssize_t written;
    if (path && fails(FAIL_WRITE, path))
        written = -1;
    else {
        if (!has_offset) offset = lseek(descriptor, 0, SEEK_CUR);
        written = has_offset ? syscall(SYS_pwrite64, descriptor, data, size, offset)
                             : syscall(SYS_write, descriptor, data, size);
        if (path && written > 0) {
            int flags = fcntl(descriptor, F_GETFL);
            if (flags & O_APPEND) offset = lseek(descriptor, 0, SEEK_CUR) - written;
            note(WRITTEN, inode(descriptor), offset, path, data, written);
        }
    }
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t write(int descriptor, const void *data, size_t size) {
    if (!path_of(descriptor)) return syscall(SYS_write, descriptor, data, size);
    return write_watched(descriptor, data, size, 0, 0);
}

ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset) {
    if (!path_of(descriptor)) return syscall(SYS_pwrite64, descriptor, data, size, offset);
    return write_watched(descriptor, data, size, 1, offset);
}

ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset) {
    return pwrite(descriptor, data, size, offset);
}

int ftruncate(int descriptor, off_t size) {
    pthread_mutex_lock(&lock);
    const char *path = path_of(descriptor);
    int result = path && fails(FAIL_TRUNCATE, path) ? -1 : syscall(SYS_ftruncate, descriptor, size);
    if (path && !result) note(TRUNCATED, inode(descriptor), size, path, NULL, 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, size); }

static int sync_watched(int descriptor, long call) {
    pthread_mutex_lock(&lock);
    const char *path = path_of(descriptor);
    int result = -1;
    if (path && fails(FAIL_SYNC, path))
        note(SYNC_FAILED, inode(descriptor), 0, path, NULL, 0);
    else {
        result = syscall(call, descriptor);
        if (path && !result) note(SYNCED, inode(descriptor), 0, path, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int descriptor) { return sync_watched(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return sync_watched(descriptor, SYS_fdatasync); }

int rename(const char *old, const char *new) {
    struct stat found;
    pthread_mutex_lock(&lock);
    int is_known = is_watched(new) && !stat(old, &found);
    int result = syscall(SYS_renameat, AT_FDCWD, old, AT_FDCWD, new);
    if (is_known && !result) note(RENAMED, found.st_ino, 0, new, old, strlen(old));
    pthread_mutex_unlock(&lock);
    return result;
}

int unlink(const char *path) {
    struct stat found;
    pthread_mutex_lock(&lock);
    int is_known = is_watched(path) && !stat(path, &found);
    int result = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (is_known && !result) note(UNLINKED, found.st_ino, 0, path, NULL, 0);
    pthread_mutex_unlock(&lock);
    return result;
}
