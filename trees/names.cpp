// SPDX-License-Identifier: Apache-2.0
#include "trees/names.hpp"

#include <cstdio>

namespace staithe::trees {

std::string quoted(std::string_view name)
{
    constexpr size_t most = 160;
    std::string out = "'";
    for (char const c : name.substr(0, most)) {
        auto const byte = static_cast<unsigned char>(c);
        if (byte >= 0x20 && byte < 0x7f && c != '\'' && c != '\\') {
            out += c;
            continue;
        }
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, "\\x%02x", byte);
        out += escaped;
    }
    return out + (name.size() > most ? "…'" : "'");
}

} // namespace staithe::trees
