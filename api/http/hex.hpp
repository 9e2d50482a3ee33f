// One hexadecimal digit, as chunk sizes and percent-escapes are written.
#pragma once

namespace staithe::http {

/// Its value, 0 to 15; -1 for what is no such digit.
inline int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

} // namespace staithe::http
