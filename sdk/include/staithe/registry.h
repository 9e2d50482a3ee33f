/* SPDX-License-Identifier: Apache-2.0
 *
 * PROVISIONAL: this table will change until the first registry drivers are written; do not ship one against it.
 *
 * Carrying manifests and blobs to and from a registry. What they mean is the daemon's affair. A registry driver runs in
 * a process of its own as an unprivileged user without capabilities. Every function is [any-thread].
 */
#pragma once

#include "plugin.h"

typedef struct staithe_endpoint {
    uint32_t struct_size;
    bool insecure; /* plain HTTP and unchecked certificates are allowed for this host */
    staithe_text url; /* "https://host:port" */
    staithe_text user, secret, token; /* never logged, never sent to another host */
    staithe_pairs headers;
} staithe_endpoint;

typedef struct staithe_registry {
    uint32_t struct_size, reserved;
    const staithe_driver* base;
    staithe_code (*ping)(void* self, const staithe_call*, const staithe_endpoint*, staithe_error*);
    staithe_code (*manifest)(void* self, const staithe_call*, const staithe_endpoint*, staithe_text repository,
        staithe_text reference, staithe_sink*, staithe_error*);
    staithe_code (*fetch)(void* self, const staithe_call*, const staithe_endpoint*, staithe_text repository,
        staithe_text digest, uint64_t offset, staithe_sink*, staithe_error*);
    staithe_code (*push)(void* self, const staithe_call*, const staithe_endpoint*, staithe_text repository,
        staithe_text digest, staithe_source*, staithe_error*);
} staithe_registry;
