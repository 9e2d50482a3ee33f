// SPDX-License-Identifier: Apache-2.0
//
// Small kernel files.
#include "plugins/execution/namespaces/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <charconv>

namespace staithe::namespaces {

Result<std::string> read_file(int directory, std::string const& path)
{
    UniqueFd const file(::openat(directory, path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file)
        return errno_error("cannot open '" + path + "'");
    std::string text;
    char buffer[4096];
    for (;;) {
        ssize_t const size = ::read(file.get(), buffer, sizeof buffer);
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return errno_error("cannot read '" + path + "'");
        if (size == 0)
            return text;
        text.append(buffer, static_cast<size_t>(size));
    }
}

Result<void> write_file(int directory, std::string const& path, std::string_view value)
{
    UniqueFd const file(::openat(directory, path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!file)
        return errno_error("cannot open '" + path + "'");
    ssize_t size = -1;
    do
        size = ::write(file.get(), value.data(), value.size());
    while (size < 0 && errno == EINTR);
    if (size != static_cast<ssize_t>(value.size()))
        return errno_error("cannot write '" + std::string(value) + "' to '" + path + "'");
    return {};
}

bool file_exists(int directory, std::string const& path)
{
    return ::faccessat(directory, path.c_str(), F_OK, 0) == 0;
}

Result<UniqueFd> open_directory(int directory, std::string const& path)
{
    UniqueFd fd(::openat(directory, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!fd)
        return errno_error("cannot open '" + path + "'");
    return fd;
}

uint64_t number(std::string_view text, uint64_t otherwise)
{
    uint64_t value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() ? value : otherwise;
}

uint64_t number_of_key(std::string_view text, std::string_view key)
{
    while (!text.empty()) {
        auto const line = text.substr(0, text.find('\n'));
        if (line.size() > key.size() && line.starts_with(key) && line[key.size()] == ' ')
            return number(line.substr(key.size() + 1));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return 0;
}

std::vector<std::string> words(std::string_view text)
{
    std::vector<std::string> result;
    while (!text.empty()) {
        auto const end = text.find_first_of(" \n");
        if (auto const word = text.substr(0, end); !word.empty())
            result.emplace_back(word);
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return result;
}

} // namespace staithe::namespaces
