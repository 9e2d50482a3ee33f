// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/node.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

#include "plugins/common/archive/names.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::layers {

using trees::quoted;

namespace {

    void add_segment(std::vector<Segment>& map, uint64_t offset, uint64_t size)
    {
        if (!map.empty() && map.back().offset + map.back().size == offset)
            map.back().size += size;
        else
            map.push_back({ offset, size });
    }

    bool is_zero(char const* data, size_t size)
    {
        return size == 0 || (data[0] == 0 && std::memcmp(data, data + 1, size - 1) == 0);
    }

    constexpr uint64_t grain = 4096;

    /// Adds the parts of a stretch that are not zero.
    Result<void> scan(int fd, uint64_t from, uint64_t to, std::vector<Segment>& map)
    {
        constexpr size_t size = size_t { 256 } << 10;
        auto const buffer = std::make_unique<char[]>(size);
        from = from / grain * grain;
        while (from < to) {
            ssize_t const n = ::pread(fd, buffer.get(), std::min<uint64_t>(size, to - from), static_cast<off_t>(from));
            if (n < 0)
                return errno_error("cannot read a file of the layer");
            if (n == 0)
                break;
            for (uint64_t at = 0; at < static_cast<uint64_t>(n); at += grain) {
                auto const part = static_cast<size_t>(std::min<uint64_t>(grain, static_cast<uint64_t>(n) - at));
                if (!is_zero(buffer.get() + at, part))
                    add_segment(map, from + at, part);
            }
            from += static_cast<uint64_t>(n);
        }
        return {};
    }

} // namespace

Result<std::optional<struct stat>> status_of(int directory, char const* name)
{
    struct stat status { };
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
        return std::optional(status);
    if (errno == ENOENT)
        return std::optional<struct stat> {};
    return errno_error("cannot stat " + quoted(name));
}

Result<std::vector<Node>> nodes_in(int directory)
{
    std::vector<Node> nodes;
    for (auto& name : STAITHE_TRY(trees::names_in(directory))) {
        auto const status = STAITHE_TRY(status_of(directory, name.c_str()));
        if (status)
            nodes.push_back({ std::move(name), *status });
    }
    return nodes;
}

Result<std::string> link_target(int directory, char const* name)
{
    std::string target(4096, '\0');
    ssize_t const size = ::readlinkat(directory, name, target.data(), target.size());
    if (size < 0)
        return errno_error("cannot read link " + quoted(name));
    target.resize(static_cast<size_t>(size));
    return target;
}

Result<UniqueFd> open_file(int directory, char const* name, struct stat const& status)
{
    UniqueFd fd(::openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (!fd)
        return errno_error("cannot open " + quoted(name));
    struct stat now { };
    if (::fstat(fd.get(), &now) != 0 || !S_ISREG(now.st_mode) || now.st_ino != status.st_ino)
        return Error { STAITHE_BUSY, 0, "cannot read " + quoted(name) + ": it was replaced meanwhile" };
    return fd;
}

bool is_lost(Error const& error)
{
    int const reason = error.sys_errno;
    return reason == ENOENT || reason == ENOTDIR || reason == ELOOP || reason == EINVAL || error.code == STAITHE_BUSY;
}

Result<UniqueFd> reopen_file(int place)
{
    auto const path = "/proc/self/fd/" + std::to_string(place);
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd)
        return errno_error("cannot open a file");
    return fd;
}

Result<std::optional<std::vector<Segment>>> sparse_map(int fd, struct stat const& status)
{
    auto const size = static_cast<uint64_t>(status.st_size);
    if (static_cast<uint64_t>(status.st_blocks) * 512 >= size || size < grain)
        return std::optional<std::vector<Segment>> {};
    std::vector<Segment> map;
    // A file that somebody changes meanwhile may be shorter or longer than its status says.
    for (off_t at = 0; static_cast<uint64_t>(at) < size;) {
        off_t const data = ::lseek(fd, at, SEEK_DATA);
        off_t const hole = data < 0 ? -1 : ::lseek(fd, data, SEEK_HOLE);
        if ((data < 0 || hole < 0) && errno == ENXIO)
            break;
        if (data < 0 || hole < 0)
            return errno_error("cannot find the holes of a file");
        auto const end = std::min((static_cast<uint64_t>(hole) + grain - 1) / grain * grain, size);
        STAITHE_TRY(scan(fd, static_cast<uint64_t>(data), end, map));
        at = static_cast<off_t>(end);
    }
    return std::optional(std::move(map));
}

} // namespace staithe::layers
