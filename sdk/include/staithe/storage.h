/* SPDX-License-Identifier: Apache-2.0
 *
 * Layers: create, mount, and read or write as tar.
 *
 * The life of a layer: create(parent) → apply(tar), once, for an image layer, or mount(writable) again and again for a
 * container's → diff, changes, usage → remove. A layer with children is never written to and never removed: the daemon
 * sees to that. The daemon serialises calls on one layer; different layers run in parallel, so every function is
 * [any-thread].
 *
 * The exchange form between drivers is a tar archive with whiteouts as AUFS writes them: an empty file ".wh.NAME"
 * deletes NAME of the layers below, ".wh..wh..opq" in a directory hides everything below it. A driver translates to and
 * from its own form. Extended attributes that are that own form (trusted.overlay.*) are neither taken in nor given out.
 */
#pragma once

#include "plugin.h"

typedef struct staithe_layer {
    uint32_t struct_size;
    bool writable; /* will be mounted writable: a container's */
    staithe_text id; /* [0-9a-f]{64}, also with a suffix "-[a-z]+" */
    staithe_text parent; /* empty: none */
    staithe_pairs options;
} staithe_layer;

enum { STAITHE_MODIFIED = 0, STAITHE_ADDED = 1, STAITHE_DELETED = 2 };

/* Frozen: may be embedded. path is absolute in the container. */
typedef struct staithe_change {
    staithe_text path;
    uint32_t kind;
} staithe_change;

typedef bool (*staithe_change_visitor)(void* ctx, const staithe_change*);
typedef bool (*staithe_layer_visitor)(void* ctx, const staithe_layer*);

typedef struct staithe_storage {
    uint32_t struct_size, reserved;
    const staithe_driver* base;
    /* Makes an empty layer on top of its parent; durable on return unless it is writable: one that a power cut takes
     * away the daemon makes again. STAITHE_EXISTS, STAITHE_NOT_FOUND (the parent). */
    staithe_code (*create)(void* self, const staithe_call*, const staithe_layer*, staithe_error*);
    /* Unknown id: STAITHE_OK. Quick whatever the layer's size: renamed away at once, freed later by the driver, also
     * after a crash. Need not be durable: the daemon removes again what a power cut brings back. */
    staithe_code (*remove)(void* self, const staithe_call*, staithe_text id, staithe_error*);
    /* The layer with all its parents as a detached mount (open_tree(2) with OPEN_TREE_CLONE or fsmount(2)) that the
     * caller attaches where it likes; *fd passes to the caller, and closing it unmounts. The host's mount table never
     * changes. A writable layer is mounted at most once at a time. */
    staithe_code (*mount)(void* self, const staithe_call*, staithe_text id, bool writable, int32_t* fd, staithe_error*);
    /* Every layer that is really there; order is free. */
    staithe_code (*list)(void* self, const staithe_call*, staithe_layer_visitor, void* ctx, staithe_error*);

    /* May be NULL from here on: the daemon falls back to walking mounted trees. */

    /* Unpacks an archive (tar; plain or compressed by gzip, bzip2, xz or zstd) into a fresh layer. On success it is
     * durable and *bytes is the sum of the sizes of its files; on failure the layer is as it was. */
    staithe_code (*apply)(
        void* self, const staithe_call*, staithe_text id, staithe_source* tar, uint64_t* bytes, staithe_error*);
    /* Writes the difference to parent (empty: everything) as a plain tar in exchange form, names without a leading
     * "./", sorted by bytes, so that equal layers give equal archives. */
    staithe_code (*diff)(
        void* self, const staithe_call*, staithe_text id, staithe_text parent, staithe_sink* tar, staithe_error*);
    /* Visits what differs from parent, in lexical order of the paths. */
    staithe_code (*changes)(void* self, const staithe_call*, staithe_text id, staithe_text parent,
        staithe_change_visitor, void* ctx, staithe_error*);
    /* The sum of the sizes of everything in this layer alone; a hard-linked file counts once. */
    staithe_code (*usage)(void* self, const staithe_call*, staithe_text id, uint64_t* bytes, staithe_error*);
    /* Writes what lies at `path` below a mounted root as a plain tar without whiteouts. `root` is a detached mount that
     * mount() gave, or a clone of one that a container uses at this moment; borrowed. Symbolic links and ".." of the
     * path stay inside the root, and nothing of another file system is followed. Names in the archive begin with
     * `prefix` in place of the path: "." for "./etc/passwd". STAITHE_NOT_FOUND: there is nothing at the path. */
    staithe_code (*pack)(void* self, const staithe_call*, int32_t root, staithe_text path, staithe_text prefix,
        staithe_sink* tar, staithe_error*);
    /* "sha256:<hex>" over the merged tree of the layer: the same tree gives the same hash on every driver. */
    staithe_code (*tree_hash)(void* self, const staithe_call*, staithe_text id, staithe_space* digest, staithe_error*);
} staithe_storage;
