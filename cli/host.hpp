// Where the daemon is: the text a user gives, and the order in which flags and environment are asked.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

struct Host {
    enum class Kind { Unix, Tcp };
    Kind kind = Kind::Unix;
    std::string path; ///< of the socket, with Unix
    std::string name, port; ///< with Tcp

    /// As the user would write it: "unix:///run/staithe/staithe.sock".
    std::string text() const;
};

inline constexpr std::string_view default_host = "unix:///run/staithe/staithe.sock";

/// unix://PATH, an absolute PATH, tcp://HOST[:PORT] or HOST:PORT; an IPv6 address stands in brackets.
Result<Host> parse_host(std::string_view);

/// The flag, else STAITHE_HOST, else DOCKER_HOST, else the default; an empty variable counts as unset.
Result<Host> choose_host(
    std::optional<std::string> const& flag, std::function<char const*(char const*)> const& environment);

} // namespace staithe::cli
