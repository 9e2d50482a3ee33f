/* SPDX-License-Identifier: Apache-2.0
 *
 * Containers.
 *
 * An execution driver lives in a keeper: a small single-threaded process made for one container, in its own mount
 * namespace, that owns the container's stdio, is a child subreaper, and waits for the container. The driver only starts
 * the container and acts on it. When the daemon restarts or the driver's file is replaced, nothing here notices.
 *
 * All calls come from the keeper's one thread, so "BUSY because of myself" does not exist; destroy() may also come in
 * another process after the keeper died.
 */
#pragma once

#include "plugin.h"

enum { /* staithe_mount.flags */
    STAITHE_MOUNT_READONLY = 1u,
    STAITHE_MOUNT_NOSUID = 2u,
    STAITHE_MOUNT_NODEV = 4u,
    STAITHE_MOUNT_NOEXEC = 8u,
    STAITHE_MOUNT_RECURSIVE = 16u,
    STAITHE_MOUNT_FILE = 32u /* the target is a regular file, made where it is missing */
};

/* One mount below the container's root, in the order given, after the driver's own (/dev, /proc, /sys). */
typedef struct staithe_mount {
    uint32_t struct_size, flags;
    int32_t fd; /* >= 0: a detached mount to attach (move_mount), as a slave of the host's; borrowed. Otherwise fstype
                   is mounted */
    staithe_text target; /* absolute in the container; resolved inside its root, missing directories are made 0755. One
                            that leads to the root, or to or below /proc or /sys, is STAITHE_INVALID */
    staithe_text fstype, source, options;
} staithe_mount;

typedef struct staithe_limits {
    uint32_t struct_size;
    uint32_t pids; /* 0: no limit */
    int64_t memory; /* bytes; 0: no limit */
    int64_t memory_swap; /* memory and swap together, bytes; 0: twice memory; -1: no limit */
    int64_t cpu_shares; /* relative weight, 1024 is the default; 0: leave the default */
} staithe_limits;

typedef struct staithe_process {
    uint32_t struct_size;
    bool tty; /* stdio is a terminal; it becomes the controlling one */
    const staithe_text* argv; /* at least one; argv[0] without a slash is searched in env's PATH, inside */
    size_t argc;
    const staithe_text* env; /* "K=V" */
    size_t envc;
    staithe_text cwd; /* absolute; made 0755 where missing */
    uint32_t uid, gid; /* resolved against the container's own files by the keeper */
    const uint32_t* groups; /* all supplementary groups */
    size_t group_count;
    int32_t stdio[3]; /* open and given; with tty three times the terminal's slave, of a devpts instance that the
                         keeper made and lists among the mounts as /dev/pts */
} staithe_process;

/* The same for every driver, so that every driver confines alike. */
typedef struct staithe_confinement {
    uint32_t struct_size;
    bool privileged; /* all devices, /sys and /proc writable; the fields below are filled accordingly */
    bool no_new_privileges;
    uint64_t
        capabilities; /* bounding, permitted and effective set, bit n is capability n; inheritable, ambient: none */
    const void* seccomp_program; /* struct sock_filter[], or NULL: no filter */
    size_t seccomp_size; /* bytes */
    staithe_text seccomp_rules; /* the same as LXC's text form (version 2), for runtimes that take no BPF */
    const staithe_text*
        masked; /* files: /dev/null over them; directories: an empty read-only tmpfs; missing: skipped */
    size_t masked_count;
    const staithe_text* readonly;
    size_t readonly_count;
    uint64_t nofile_soft,
        nofile_hard; /* RLIMIT_NOFILE; 0: inherit. A limit that may not be raised is lowered quietly */
} staithe_confinement;

typedef struct staithe_container {
    uint32_t struct_size;
    int32_t network_namespace; /* a descriptor to join, or -1: a new one with nothing but loopback up */
    staithe_text id; /* 64 hex digits */
    staithe_text rootfs; /* absolute; a mount point in the keeper's mount namespace */
    staithe_text hostname, domainname;
    staithe_text cgroup; /* relative, for instance "staithe/<id>"; the same in every hierarchy */
    const staithe_mount* const* mounts;
    size_t mount_count;
    const staithe_limits* limits;
    const staithe_confinement* confinement;
    const staithe_process* process;
    staithe_pairs options; /* what only this driver understands: the API's LxcConf pairs */
} staithe_container;

typedef struct staithe_started {
    uint32_t struct_size;
    int32_t wait_pid; /* a child of the keeper whose wait status, in waitpid(2) form, is the container's: an exit code,
                         or death by signal. 127: the program was not found, 126: it could not be executed */
    int32_t init_pid; /* the container's process 1 as the host sees it; often the same */
    int32_t console; /* the terminal's master if the driver made it, else -1; ownership passes to the keeper */
} staithe_started;

typedef struct staithe_execution {
    uint32_t struct_size, reserved;
    const staithe_driver* base;
    /* Would start() accept this? No effect. */
    staithe_code (*check)(void* self, const staithe_call*, const staithe_container*, staithe_error*);
    /* Starts the container and returns when its program has been executed, or has failed to be: a program that is not
     * found is not an error here but a message on the container's stderr and exit status 127. On error nothing stays.
     */
    staithe_code (*start)(void* self, const staithe_call*, const staithe_container*, staithe_started*, staithe_error*);
    /* Delivers a signal to process 1. STAITHE_CONFLICT: not running. */
    staithe_code (*signal)(void* self, const staithe_call*, staithe_text id, int32_t signo, staithe_error*);
    /* Kills what is left of a container and frees everything start() made: after its end, a failed start, a crash of
     * the keeper, or a reboot. Unknown id: STAITHE_OK. */
    staithe_code (*destroy)(void* self, const staithe_call*, staithe_text id, staithe_error*);

    /* May be NULL from here on: the daemon answers STAITHE_UNSUPPORTED. */

    /* Runs one more process inside; *pid is a child of the keeper. */
    staithe_code (*enter)(
        void* self, const staithe_call*, staithe_text id, const staithe_process*, int32_t* pid, staithe_error*);
    staithe_code (*freeze)(void* self, const staithe_call*, staithe_text id, bool frozen, staithe_error*);
    /* One flat JSON object of numbers: memory_bytes, memory_limit_bytes, cpu_ns, pids, oom_kills. */
    staithe_code (*stats)(void* self, const staithe_call*, staithe_text id, staithe_space* json, staithe_error*);
} staithe_execution;
