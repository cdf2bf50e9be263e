/* A disk that hangs, for LD_PRELOAD: what writes to a file without a name, as the spool does, waits as long as the file
   that $DISK_HANGS names is there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) = dlsym(RTLD_NEXT, "pwrite64");
    const char *hangs = getenv("DISK_HANGS");
    struct stat status;

    if (hangs != NULL && fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_nlink == 0)
        while (access(hangs, F_OK) == 0)
            usleep(50000);
    return real(fd, bytes, length, offset);
}
