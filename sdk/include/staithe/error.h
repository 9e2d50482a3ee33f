/* SPDX-License-Identifier: Apache-2.0
 *
 * One vocabulary of failure, from a driver's system call to the HTTP status.
 */
#pragma once

#include "abi.h"

/* Values are never renumbered and never reused; new ones are added at the end. A code unknown to the reader is treated
 * as STAITHE_INTERNAL. */
typedef int32_t staithe_code;
enum {
    STAITHE_OK = 0,
    STAITHE_INVALID = 1, /* the request can never succeed as it is */
    STAITHE_NOT_FOUND = 2, /* the named thing does not exist */
    STAITHE_EXISTS = 3, /* the named thing exists already */
    STAITHE_CONFLICT = 4, /* the thing's state forbids this now */
    STAITHE_BUSY = 5, /* somebody uses it; trying again may help */
    STAITHE_DENIED = 6, /* not allowed, whoever asks */
    STAITHE_UNAUTHORIZED = 7, /* credentials are missing or wrong */
    STAITHE_UNSUPPORTED = 8, /* this driver, kernel or file system cannot do it */
    STAITHE_UNAVAILABLE = 9, /* the other side does not answer */
    STAITHE_CANCELLED = 10, /* the caller asked to stop, or the deadline passed */
    STAITHE_NO_SPACE = 11, /* disk, quota or inode table is full */
    STAITHE_RANGE = 12, /* a value or a result is larger than its limit */
    STAITHE_CORRUPT = 13, /* stored or received data is not what it must be */
    STAITHE_IO = 14, /* the device or the connection failed */
    STAITHE_INTERNAL = 15 /* a bug, ours or the driver's */
};

/* Filled by the callee exactly when it returns something other than STAITHE_OK; untouched on success. Lives on the
 * caller's stack. The message is one sentence in lower case without a full stop, names in single quotes, terminated
 * by NUL, valid UTF-8: "cannot mount '/x' as overlay". It never contains a secret. */
typedef struct staithe_error {
    uint32_t struct_size;
    staithe_code code;
    int32_t sys_errno; /* 0 when no system call failed */
    char message[500];
} staithe_error;
