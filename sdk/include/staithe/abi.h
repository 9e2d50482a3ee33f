/* SPDX-License-Identifier: Apache-2.0
 *
 * The ground every other header stands on: versions, export, and the four frozen small types.
 *
 * Two rules hold everywhere across the border between Staithe and a driver:
 *
 *  1. A struct that crosses begins with struct_size, set by whoever allocated it, and grows only at its tail.
 *     Therefore it is never embedded by value in another struct and never stored in an array by value: pointers, and
 *     arrays of pointers. The types below without struct_size are frozen for ever and may be embedded.
 *  2. Nobody frees what the other side allocated. Results land in the caller's space or in a visitor.
 *
 * Every header here compiles as C11, C17, C++11, C++17 and C++20 and needs only the C library.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define STAITHE_EXTERN extern "C"
#else
#define STAITHE_EXTERN extern
#endif

/* A break. It is spelt in the entry symbol too, so that a plugin of major 2 is invisible to a host of major 1. */
#define STAITHE_ABI_MAJOR 1u
/* Additions only: members at a tail, new codes, new extension ids. A host of 1.n loads any plugin of 1.m. */
#define STAITHE_ABI_MINOR 0u

#define STAITHE_EXPORT __attribute__((visibility("default")))

/* Did the other side know this member, and fill it? The only legal way to look at a function slot that is optional or
 * younger than minor 0. */
#define STAITHE_HAS(type, table, member)                                                                               \
    (*(const uint32_t*)(const void*)(table) >= offsetof(type, member) + sizeof((table)->member) && (table)->member)

/* UTF-8 (file names: bytes), not terminated, never NULL when size > 0; borrowed for the duration of the call. */
typedef struct staithe_text {
    const char* data;
    size_t size;
} staithe_text;

typedef struct staithe_pair {
    staithe_text key, value;
} staithe_pair;

/* A list of pairs in the order given; a key may occur more than once. Borrowed for the duration of the call. */
typedef struct staithe_pairs {
    const staithe_pair* data;
    size_t size;
} staithe_pairs;

/* Room that the caller owns for a result of unknown length. The callee writes at most capacity bytes and sets size.
 * Too small: it writes nothing, sets size to what it wants, and returns STAITHE_RANGE. */
typedef struct staithe_space {
    char* data;
    size_t capacity, size;
} staithe_space;
