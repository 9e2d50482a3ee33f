/* SPDX-License-Identifier: Apache-2.0
 *
 * Tar archives and blobs, in and out.
 *
 * A stream is used by one thread at a time and is valid until the call that received it returns.
 */
#pragma once

#include "error.h"

/* Bytes that the callee reads. */
typedef struct staithe_source {
    uint32_t struct_size;
    int32_t fd; /* >= 0: a poll(2)-able descriptor that carries the same bytes and may be read instead of read(), for
                   splice(2) and the like; borrowed, never closed by the callee. After its end of file the callee
                   still calls read() once: it returns 0 for a whole stream and -1 for one that was cut short. */
    void* ctx; /* of the caller */
    /* Reads up to capacity bytes. Short reads are legal. 0: the stream is complete. -1: it was cut short, and the error
     * says why; the callee must then leave nothing half-made behind. */
    int64_t (*read)(struct staithe_source*, void* into, size_t capacity, staithe_error*);
    uint64_t size; /* bytes to come, or UINT64_MAX where unknown */
} staithe_source;

/* Bytes that the callee writes. */
typedef struct staithe_sink {
    uint32_t struct_size;
    int32_t fd; /* >= 0: may be written directly instead; borrowed */
    void* ctx;
    /* Writes all of the bytes and returns size, or returns -1. Blocks while the other end is slow: that is the
     * back-pressure. */
    int64_t (*write)(struct staithe_sink*, const void* from, size_t size, staithe_error*);
} staithe_sink;
