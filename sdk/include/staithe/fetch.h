/* SPDX-License-Identifier: Apache-2.0
 *
 * The extension "registry.fetch/1": a registry driver that can also fetch what a URL names. Staithe uses it for the
 * URLs that clients give to import and build, so that the daemon itself never opens a connection on a client's word.
 */
#pragma once

#include "plugin.h"

#define STAITHE_FETCH_EXTENSION "registry.fetch/1"

typedef struct staithe_fetch {
    uint32_t struct_size, reserved;
    /* [any-thread] Writes the body of a http or https URL to the sink. Other schemes, also by redirection, are
     * STAITHE_INVALID. An HTTP status from 400 on is an error: "Got HTTP status code >= 400: 404". A body shorter than
     * announced is an error too. */
    staithe_code (*fetch)(void* self, const staithe_call*, staithe_text url, staithe_sink*, staithe_error*);
} staithe_fetch;
