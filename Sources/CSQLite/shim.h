#ifndef SLUICE_CSQLITE_SHIM_H
#define SLUICE_CSQLITE_SHIM_H

#include <sqlite3.h>

// What Swift cannot call: SQLITE_TRANSIENT is a cast of -1 to a function pointer, and
// sqlite3_config and sqlite3_db_config are variadic.

static inline int sluice_bind_text(
    sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int sluice_bind_blob(
    sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int sluice_config(int option, int value) {
  return sqlite3_config(option, value);
}

static inline int sluice_db_config(sqlite3 *database, int option, int value, int *now) {
  return sqlite3_db_config(database, option, value, now);
}

#endif
