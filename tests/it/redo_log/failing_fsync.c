/* Makes flushes of some files fail, as a disk does that can't write any more: preloaded into the server by the tests.
   FAILING_FSYNC names a file; while it is there, a flush of each file whose path ends with its content fails with EIO. */
#include <dlfcn.h>
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int is_to_fail(int file) {
  const char *control = getenv("FAILING_FSYNC");
  char ending[256], link[64], path[4096];
  int opened = control ? (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY) : -1;
  if (opened < 0) return 0;
  ssize_t length = read(opened, ending, sizeof ending - 1);
  close(opened);
  if (length <= 0) return 0;
  ending[length] = 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t size = readlink(link, path, sizeof path - 1);
  if (size < length) return 0;
  path[size] = 0;
  return strcmp(path + size - length, ending) == 0;
}

static int flush(long call, int file) {
  if (is_to_fail(file)) {
    errno = EIO;
    return -1;
  }
  return (int)syscall(call, file);
}

int fsync(int file) { return flush(SYS_fsync, file); }
int fdatasync(int file) { return flush(SYS_fdatasync, file); }
