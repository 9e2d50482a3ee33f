/* SPDX-License-Identifier: Apache-2.0
 *
 * The one exported symbol, and the life of a plugin image:
 *
 *     staithe_plugin_v1 is read → init → probe* → open → calls … → quiesce → close → deinit
 *
 * A plugin image is loaded into a process of its own (one driver per process), so it may not: fork a process that
 * outlives a call, change signal handlers, umask, working directory or environment, write to standard output, or call
 * exit. Threads of its own are joined in close().
 */
#pragma once

#include "host.h"

typedef enum staithe_kind { STAITHE_EXECUTION = 1, STAITHE_STORAGE = 2, STAITHE_REGISTRY = 3 } staithe_kind;

/* Static data of the plugin. */
typedef struct staithe_driver_info {
    uint32_t struct_size, kind;
    const char* name; /* [a-z0-9][a-z0-9_-]{0,63}, for instance "overlay" */
    const char* summary; /* one line: "Layers as overlayfs lower directories" */
    /* On-disk formats: the oldest one this driver can adopt, and the one it leaves behind. */
    uint32_t state_reads_from, state_writes;
} staithe_driver_info;

/* Everything a driver may know about where it lives. */
typedef struct staithe_open {
    uint32_t struct_size;
    uint32_t generation; /* which loading of this driver this is; for log lines and lock names */
    staithe_text state_dir; /* exists, root only, private to the driver, kept across reboots */
    staithe_text run_dir; /* exists, root only, private to the driver, empty after a reboot */
    staithe_pairs options; /* its own section of the configuration */
} staithe_open;

/* What drivers of all kinds can do; every driver table points to one. */
typedef struct staithe_driver {
    uint32_t struct_size, reserved;
    /* [any-thread] Facts for /info as one flat JSON object of strings. */
    staithe_code (*status)(void* self, const staithe_call*, staithe_space* json, staithe_error*);
    /* [any-thread] Make everything durable; nothing but close() follows. */
    staithe_code (*quiesce)(void* self, const staithe_call*, staithe_error*);
    /* [last] Frees self and joins its threads. Containers keep running, layers stay. */
    void (*close)(void* self);
    /* [any-thread] Optional abilities by id, for instance "storage.quota/1"; NULL: not offered. The slot may be NULL.
     */
    const void* (*extension)(void* self, const char* id);
} staithe_driver;

typedef struct staithe_plugin {
    uint32_t struct_size, abi_major, abi_minor;
    const char *id, *version, *license; /* "org.example.overlay", "1.4.2", an SPDX expression */
    /* [any-thread] The drivers of this image, from 0; NULL past the end. */
    const staithe_driver_info* (*driver)(size_t index);
    /* [loader] Once per image, before anything below; under 50 ms, touches nothing on disk. */
    staithe_code (*init)(const staithe_host*, staithe_error*);
    /* [loader] Would the driver work here? Really tries it, leaves no trace, takes under one second. On failure the
     * message is the exact cause, and where a human can mend it, "; " and the fix follow. */
    staithe_code (*probe)(const char* name, const staithe_open*, staithe_error*);
    /* [loader] Opens a driver. *table must stay valid until close(); its type is that of the kind:
     * staithe_execution, staithe_storage or staithe_registry. On failure nothing stays behind. */
    staithe_code (*open)(const char* name, const staithe_open*, void** self, const void** table, staithe_error*);
    /* [last] After the last close(). */
    void (*deinit)(void);
} staithe_plugin;

STAITHE_EXTERN STAITHE_EXPORT const staithe_plugin staithe_plugin_v1;
