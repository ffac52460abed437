// What the C library's own module for Swift leaves out: statfs, and ioctl with its requests.

#ifndef SLUICE_CSYSTEM_SHIM_H
#define SLUICE_CSYSTEM_SHIM_H

#include <stdint.h>
#include <sys/ioctl.h>

// How many lines and columns the terminal behind a descriptor shows; 0 where it is not known.
struct sluice_size {
  int lines;
  int columns;
};

static inline struct sluice_size sluice_terminal_size(int descriptor) {
  struct winsize size;
  struct sluice_size known = {0, 0};
  if (ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
    known.lines = size.ws_row;
    known.columns = size.ws_col;
  }
  return known;
}

#if defined(__linux__)
#include <sys/statfs.h>

// The number Linux has for the file system that path is on; -1 with errno set when it is not known.
static inline int64_t sluice_file_system_type(const char *path) {
  struct statfs info;
  return statfs(path, &info) == 0 ? (int64_t)(uint32_t)info.f_type : -1;
}
#endif

#endif
