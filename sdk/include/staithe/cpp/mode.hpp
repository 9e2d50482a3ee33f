// SPDX-License-Identifier: Apache-2.0
//
// Mode: file permissions as a type, so that 700 written in decimal does not compile into a surprise.
#pragma once

#include <sys/types.h>

namespace staithe {

struct Mode {
    mode_t bits;
    static constexpr Mode private_directory() { return { 0700 }; }
    static constexpr Mode private_file() { return { 0600 }; }
    static constexpr Mode directory() { return { 0755 }; }
    static constexpr Mode file() { return { 0644 }; }
    static constexpr Mode socket() { return { 0660 }; }
    friend constexpr bool operator==(Mode, Mode) = default;
};

} // namespace staithe
