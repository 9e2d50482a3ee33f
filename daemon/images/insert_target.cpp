#include "daemon/images/insert_target.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <string_view>
#include <utility>

#include "daemon/os/file.hpp"

namespace staithe::images {

namespace {

    Error bad(std::string const& path, std::string const& why)
    {
        return { STAITHE_INVALID, 0, "cannot insert '" + path + "': " + why };
    }

    Result<std::vector<std::string>> parts_of(std::string const& path)
    {
        constexpr std::string_view deletion = ".wh.";
        std::vector<std::string> parts;
        for (size_t at = 0; at < path.size();) {
            size_t const slash = std::min(path.find('/', at), path.size());
            auto part = path.substr(at, slash - at);
            at = slash + 1;
            if (part == "..")
                return bad(path, "it may not contain '..'");
            if (part.find('\0') != part.npos || part.size() > NAME_MAX || part.starts_with(deletion))
                return bad(path, "no file can be called so");
            if (!part.empty() && part != ".")
                parts.push_back(std::move(part));
        }
        if (parts.empty() || path.size() >= PATH_MAX)
            return bad(path, parts.empty() ? "it names no file" : "it is too long");
        return parts;
    }

    /// The path of an open directory as its mount has it.
    Result<std::string> path_of(int directory)
    {
        std::string path(PATH_MAX, '\0');
        ssize_t const size =
            ::readlink(("/proc/self/fd/" + std::to_string(directory)).c_str(), path.data(), path.size());
        if (size < 0)
            return errno_error("cannot find out where a directory is");
        path.resize(static_cast<size_t>(size));
        if (!path.starts_with('/'))
            return Error { STAITHE_INTERNAL, 0, "cannot find out where a directory is: '" + path + "'" };
        return path;
    }

    Result<std::string> path_below(int root, int directory)
    {
        auto const top = STAITHE_TRY(path_of(root)); // "/" of a mount of its own
        auto const path = STAITHE_TRY(path_of(directory));
        return path.substr(std::min(path.size(), top == "/" ? 1 : top.size() + 1));
    }

    bool is_there(int directory, std::string const& name)
    {
        struct stat status { };
        return ::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    }

    /// The last directory on the way that is there, and how many parts lead to it.
    struct Found {
        UniqueFd directory;
        size_t parts = 0;
    };
    Result<Found> descend(int root, std::string const& path, std::vector<std::string> const& parts)
    {
        constexpr int flags = O_PATH | O_DIRECTORY;
        Found found { STAITHE_TRY(os::open_in_root(root, ".", flags)), 0 };
        for (std::string way; found.parts + 1 < parts.size(); ++found.parts) {
            auto const& part = parts[found.parts];
            way += "/" + part;
            auto next = os::open_in_root(root, way, flags);
            if (!next) {
                bool const missing = next.error().sys_errno == ENOENT && !is_there(found.directory.get(), part);
                return missing ? Result<Found>(std::move(found)) : bad(path, "'" + way + "' is no directory");
            }
            found.directory = std::move(next).value();
        }
        return found;
    }

} // namespace

Result<InsertTarget> find_insert_target(int root, std::string const& path)
{
    auto const parts = STAITHE_TRY(parts_of(path));
    auto const [directory, count] = STAITHE_TRY(descend(root, path, parts));
    if (is_there(directory.get(), parts[count]) && count + 1 == parts.size())
        return Error { STAITHE_EXISTS, 0, path + " exists" };
    InsertTarget target { {}, STAITHE_TRY(path_below(root, directory.get())) };
    for (size_t i = count; i < parts.size(); ++i) {
        if (i > count)
            target.directories.push_back(target.file);
        target.file += (target.file.empty() ? "" : "/") + parts[i];
    }
    return target;
}

} // namespace staithe::images
