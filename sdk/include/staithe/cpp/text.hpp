// SPDX-License-Identifier: Apache-2.0
//
// Between staithe_text and std::string_view, and between Error and staithe_error.
#pragma once

#include <algorithm>
#include <cstring>
#include <exception>
#include <string_view>

#include "result.hpp"

namespace staithe {

inline std::string_view view(staithe_text t)
{
    return { t.data, t.size };
}
inline staithe_text text(std::string_view s)
{
    return { s.data(), s.size() };
}

/// Copies as much of the message as fits, and never cuts a UTF-8 sequence in two.
inline staithe_code report(Error const& error, staithe_error* out) noexcept
{
    out->code = error.code;
    out->sys_errno = error.sys_errno;
    size_t size = std::min(error.message.size(), sizeof out->message - 1);
    while (size < error.message.size() && size > 0 && (static_cast<unsigned char>(error.message[size]) & 0xC0) == 0x80)
        --size;
    std::memcpy(out->message, error.message.data(), size);
    out->message[size] = '\0';
    return error.code;
}

/// An Error from what a C function returned and wrote.
inline Error error_from(staithe_code code, staithe_error const& error)
{
    size_t const size = strnlen(error.message, sizeof error.message);
    return { code, error.sys_errno, size ? std::string(error.message, size) : "driver failed without a message" };
}

inline staithe_error empty_error()
{
    staithe_error e;
    std::memset(&e, 0, sizeof e);
    e.struct_size = sizeof e;
    return e;
}

/// Runs f, which returns a Result<void>, and stops whatever it throws at the border.
template <class F> staithe_code guarded(staithe_error* out, F&& f) noexcept
{
    try {
        auto result = f();
        return result ? STAITHE_OK : report(result.error(), out);
    } catch (std::exception const& e) {
        return report({ STAITHE_INTERNAL, 0, std::string("driver threw: ") + e.what() }, out);
    } catch (...) {
        return report({ STAITHE_INTERNAL, 0, "driver threw" }, out);
    }
}

/// Puts a string into the caller's space; STAITHE_RANGE where it does not fit.
inline Result<void> fill(staithe_space* out, std::string_view s)
{
    out->size = s.size();
    if (s.size() > out->capacity)
        return Error { STAITHE_RANGE, 0, "result does not fit" };
    std::memcpy(out->data, s.data(), s.size());
    return {};
}

} // namespace staithe
