/* SPDX-License-Identifier: Apache-2.0
 *
 * What the host offers to a plugin, and what comes with every call.
 *
 * Thread tags used in all headers:
 *   [loader]      one thread, no other call into the plugin is under way
 *   [any-thread]  several at once; the plugin locks what it shares
 *   [last]        no other call is under way on this driver and none follows
 */
#pragma once

#include "stream.h"

enum {
    STAITHE_DEBUG = 0,
    STAITHE_INFO = 1,
    STAITHE_WARNING = 2,
    STAITHE_ERROR = 3,
    STAITHE_MISBEHAVING = 4 /* the host did something this contract forbids */
};

/* Constant; outlives deinit(). */
typedef struct staithe_host {
    uint32_t struct_size, abi_minor;
    void* ctx;
    /* [any-thread] One line without a line feed at its end. Never pass a secret. */
    void (*log)(const struct staithe_host*, int32_t level, staithe_text message, staithe_pairs fields);
    /* [any-thread] An optional service by id, for instance "host.events/1"; NULL: not offered. */
    const void* (*service)(const struct staithe_host*, const char* id);
} staithe_host;

/* Who asks, until when, and whether to stop. Comes with every driver call and is valid until that call returns. A call
 * that runs past its deadline or is cancelled ends with STAITHE_CANCELLED and leaves nothing half-made. A driver that
 * does not come back in time costs its caller the request and is replaced by a new process. */
typedef struct staithe_call {
    uint32_t struct_size;
    int32_t cancel_fd; /* becomes readable on cancel; -1: cannot be cancelled */
    int64_t deadline_ns; /* CLOCK_MONOTONIC; 0: none */
    staithe_text request_id; /* for log lines */
    void* ctx;
    bool (*cancelled)(const struct staithe_call*); /* [any-thread] cancelled, or past the deadline */
} staithe_call;

/* Called again and again with each element; false: stop, which is not an error. */
typedef bool (*staithe_text_visitor)(void* ctx, staithe_text);
