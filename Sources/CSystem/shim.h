// statfs, which the C library's own module for Swift leaves out.

#ifndef SLUICE_CSYSTEM_SHIM_H
#define SLUICE_CSYSTEM_SHIM_H

#include <stdint.h>

#if defined(__linux__)
#include <sys/statfs.h>

// The number Linux has for the file system that path is on; -1 with errno set when it is not known.
static inline int64_t sluice_file_system_type(const char *path) {
  struct statfs info;
  return statfs(path, &info) == 0 ? (int64_t)(uint32_t)info.f_type : -1;
}
#endif

#endif
