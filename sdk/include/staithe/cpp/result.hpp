// SPDX-License-Identifier: Apache-2.0
//
// Result<T>: a value or an Error. The only way failure travels in Staithe's C++ code, on both sides of the border.
#pragma once

#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "../error.h"

namespace staithe {

/// What went wrong: a code for programs and one sentence for people, in lower case and without a full stop.
struct [[nodiscard]] Error {
    staithe_code code = STAITHE_INTERNAL;
    int sys_errno = 0; ///< 0 when no system call failed
    std::string message;

    /// The same error, told from one floor higher: "cannot start container 'x': " + message.
    Error with_context(std::string_view prefix) &&
    {
        message.insert(0, ": ").insert(0, prefix);
        return std::move(*this);
    }
};

/// The code that an errno value means to a caller who knows nothing more.
inline staithe_code code_from_errno(int value)
{
    switch (value) {
    case 0: return STAITHE_OK;
    case ENOENT:
    case ENOTDIR:
    case ESRCH: return STAITHE_NOT_FOUND;
    case EEXIST: return STAITHE_EXISTS;
    case EBUSY:
    case EAGAIN:
    case ETXTBSY: return STAITHE_BUSY;
    case EACCES:
    case EPERM:
    case EROFS: return STAITHE_DENIED;
    case EINVAL:
    case ELOOP:
    case ENAMETOOLONG: return STAITHE_INVALID;
    case ENOSYS:
    case EOPNOTSUPP:
    case ENODEV: return STAITHE_UNSUPPORTED;
    case ENOSPC:
    case EDQUOT: return STAITHE_NO_SPACE;
    case ERANGE:
    case E2BIG:
    case EFBIG:
    case EOVERFLOW: return STAITHE_RANGE;
    case ECANCELED:
    case ETIMEDOUT: return STAITHE_CANCELLED;
    case ECONNREFUSED:
    case ECONNRESET:
    case EPIPE: return STAITHE_UNAVAILABLE;
    default: return STAITHE_IO;
    }
}

/// An Error from a failed system call: "cannot open '/x': Permission denied".
inline Error errno_error(std::string_view what, int value = errno)
{
    char buffer[128];
    return { code_from_errno(value), value, std::string(what) + ": " + strerror_r(value, buffer, sizeof buffer) };
}

template <class T> class [[nodiscard]] Result {
public:
    Result(T value)
        : m_state(std::in_place_index<0>, std::move(value))
    {
    }
    Result(Error error)
        : m_state(std::in_place_index<1>, std::move(error))
    {
    }

    explicit operator bool() const { return m_state.index() == 0; }
    T& value() & { return std::get<0>(m_state); }
    T const& value() const& { return std::get<0>(m_state); }
    T&& value() && { return std::get<0>(std::move(m_state)); }
    Error& error() & { return std::get<1>(m_state); }
    Error const& error() const& { return std::get<1>(m_state); }

private:
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error)
        : m_error(std::move(error))
    {
    }

    explicit operator bool() const { return !m_error; }
    void value() const { }
    Error& error() & { return *m_error; }
    Error const& error() const& { return *m_error; }

private:
    std::optional<Error> m_error;
};

} // namespace staithe

/// `auto fd = STAITHE_TRY(open_directory(path));` returns the error from the enclosing function, or gives the value.
/// A GNU statement expression: gcc and clang only.
#define STAITHE_TRY(expression)                                                                                        \
    __extension__({                                                                                                    \
        auto&& staithe_try_result = (expression);                                                                      \
        if (!staithe_try_result)                                                                                       \
            return std::move(staithe_try_result.error());                                                              \
        std::move(staithe_try_result).value();                                                                         \
    })

/// The same, with the sentence that this floor adds in front: STAITHE_TRY_CONTEXT(f(), "cannot remove 'x'").
#define STAITHE_TRY_CONTEXT(expression, context)                                                                       \
    __extension__({                                                                                                    \
        auto&& staithe_try_result = (expression);                                                                      \
        if (!staithe_try_result)                                                                                       \
            return std::move(staithe_try_result.error()).with_context(context);                                        \
        std::move(staithe_try_result).value();                                                                         \
    })
