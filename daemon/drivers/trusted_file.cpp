#include "trusted_file.hpp"

#include <algorithm>
#include <climits>
#include <cstdlib>

namespace staithe::drivers {

namespace {

    Error untrusted(std::string const& what, std::string const& why)
    {
        return { STAITHE_DENIED, 0, "'" + what + "' " + why };
    }

    Result<struct stat> status(int fd, std::string const& what)
    {
        struct stat s { };
        if (::fstat(fd, &s) < 0)
            return errno_error("cannot inspect '" + what + "'");
        return s;
    }

    Result<void> check_owner(struct stat const& s, std::string const& what, ParentCheck check)
    {
        if (s.st_uid != 0 && !(check == ParentCheck::Skip && s.st_uid == ::geteuid()))
            return untrusted(what, "is not owned by root; chown it to root");
        if (s.st_mode & (S_IWGRP | S_IWOTH))
            return untrusted(what, "is writable by others than root; chmod go-w it");
        return {};
    }

    Result<UniqueFd> step(int parent, std::string const& name, std::string const& path, ParentCheck check)
    {
        UniqueFd fd(::openat(parent, name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!fd)
            return errno_error("cannot open '" + path + "'");
        auto const s = STAITHE_TRY(status(fd.get(), path));
        if (S_ISLNK(s.st_mode))
            return untrusted(path, "is a symbolic link; drivers are loaded from real directories only");
        if (!S_ISDIR(s.st_mode))
            return untrusted(path, "is not a directory");
        if (check == ParentCheck::Strict)
            STAITHE_TRY(check_owner(s, path, check));
        return fd;
    }

    /// The path with its links resolved: a developer's build tree may lie behind some.
    Result<std::string> resolve(std::string const& path)
    {
        char resolved[PATH_MAX];
        if (!::realpath(path.c_str(), resolved))
            return errno_error("cannot open '" + path + "'");
        return std::string(resolved);
    }

} // namespace

FileIdentity identity_of(struct stat const& s)
{
    return { s.st_dev, s.st_ino, s.st_size, s.st_mtim.tv_sec * 1'000'000'000LL + s.st_mtim.tv_nsec };
}

Result<UniqueFd> open_trusted_directory(std::string const& path, ParentCheck check)
{
    if (!path.starts_with('/') || path.find('\0') != std::string::npos)
        return Error { STAITHE_INVALID, 0, "driver directory '" + path + "' is not an absolute path" };
    std::string const real = check == ParentCheck::Skip ? STAITHE_TRY(resolve(path)) : path;
    auto at = STAITHE_TRY(step(AT_FDCWD, "/", "/", check));
    for (size_t begin = 1; begin < real.size();) {
        size_t const end = std::min(real.find('/', begin), real.size());
        std::string const name = real.substr(begin, end - begin);
        if (name == "..")
            return Error { STAITHE_INVALID, 0, "driver directory '" + path + "' contains '..'" };
        if (!name.empty() && name != ".")
            at = STAITHE_TRY(step(at.get(), name, real.substr(0, end), check));
        begin = end + 1;
    }
    return at;
}

Result<UniqueFd> open_trusted_file(int directory, std::string const& name, ParentCheck check)
{
    UniqueFd fd(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd && errno == ELOOP)
        return untrusted(name, "is a symbolic link");
    if (!fd)
        return errno_error("cannot open '" + name + "'");
    auto const s = STAITHE_TRY(status(fd.get(), name));
    if (!S_ISREG(s.st_mode))
        return untrusted(name, "is not a regular file");
    STAITHE_TRY(check_owner(s, name, check));
    return fd;
}

} // namespace staithe::drivers
