#include "daemon/os/file.hpp"

#include <dirent.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <memory>

namespace staithe::os {

namespace {

    constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;

    Error named(char const* verb, std::string_view name)
    {
        int const value = errno;
        return errno_error(std::string("cannot ") + verb + " '" + std::string(name) + "'", value);
    }

    struct CloseDirectory {
        void operator()(DIR* directory) const { ::closedir(directory); }
    };
    using Cancelled = std::function<bool()>;
    using DirectoryStream = std::unique_ptr<DIR, CloseDirectory>;

    Result<DirectoryStream> stream_of(UniqueFd directory, std::string_view name)
    {
        DIR* const stream = ::fdopendir(directory.get());
        if (!stream)
            return named("read directory", name);
        (void)directory.release();
        return DirectoryStream(stream);
    }

    bool is_dot(char const* name)
    {
        return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
    }

    Result<void> write_all(int fd, std::string_view content, std::string_view name)
    {
        while (!content.empty()) {
            ssize_t const n = ::write(fd, content.data(), content.size());
            if (n < 0 && errno == EINTR)
                continue;
            if (n < 0)
                return named("write", name);
            content.remove_prefix(static_cast<size_t>(n));
        }
        return {};
    }

    /// Removes what is in `stream` at one level; a directory that is not empty is moved up beside `root` under a
    /// number, so that depth never needs stack or descriptors.
    Result<void> empty_directory(int root, DIR* stream, unsigned& counter, Cancelled const& cancelled)
    {
        int const fd = ::dirfd(stream);
        while (dirent const* entry = ::readdir(stream)) {
            if (is_dot(entry->d_name))
                continue;
            if (cancelled && cancelled())
                return Error { STAITHE_CANCELLED, 0, "cancelled" };
            if (::unlinkat(fd, entry->d_name, 0) == 0 || errno == ENOENT)
                continue;
            if (errno != EISDIR && errno != EPERM)
                return named("remove", entry->d_name);
            if (::unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0)
                continue;
            if (errno != ENOTEMPTY && errno != EEXIST)
                return named("remove", entry->d_name);
            if (fd == root)
                continue;
            std::string lifted;
            do
                lifted = ".lifted-" + std::to_string(counter++);
            while (::faccessat(root, lifted.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0);
            if (::renameat(fd, entry->d_name, root, lifted.c_str()) != 0)
                return named("remove", entry->d_name);
        }
        return {};
    }

    /// One round over the direct subdirectories of root; false: nothing was left to do.
    Result<bool> flatten_once(int root, std::string const& name, unsigned& counter, Cancelled const& cancelled)
    {
        auto again = open_directory_at(root, ".");
        if (!again)
            return std::move(again.error());
        auto const stream = STAITHE_TRY(stream_of(std::move(again).value(), name));
        bool found = false;
        while (dirent const* entry = ::readdir(stream.get())) {
            if (is_dot(entry->d_name))
                continue;
            if (cancelled && cancelled())
                return Error { STAITHE_CANCELLED, 0, "cancelled" };
            if (::unlinkat(root, entry->d_name, 0) == 0 || ::unlinkat(root, entry->d_name, AT_REMOVEDIR) == 0) {
                found = true;
                continue;
            }
            if (errno == ENOENT)
                continue;
            auto child = STAITHE_TRY(open_directory_at(root, entry->d_name));
            auto const children = STAITHE_TRY(stream_of(std::move(child), entry->d_name));
            STAITHE_TRY(empty_directory(root, children.get(), counter, cancelled));
            found = true;
            if (::unlinkat(root, entry->d_name, AT_REMOVEDIR) != 0 && errno != ENOTEMPTY && errno != EEXIST)
                return named("remove", entry->d_name);
        }
        return found;
    }

} // namespace

Result<UniqueFd> open_directory(std::string const& path)
{
    return open_directory_at(AT_FDCWD, path);
}

Result<UniqueFd> open_directory_at(int directory, std::string const& name)
{
    UniqueFd fd(::openat(directory, name.c_str(), directory_flags));
    if (!fd)
        return named("open directory", name);
    return fd;
}

Result<void> make_directory(std::string const& path, Mode mode)
{
    return make_directory_at(AT_FDCWD, path, mode);
}

Result<void> make_directory_at(int directory, std::string const& name, Mode mode)
{
    if (::mkdirat(directory, name.c_str(), mode.bits) != 0) {
        if (errno == EEXIST) {
            struct stat st { };
            if (::fstatat(directory, name.c_str(), &st, 0) == 0 && S_ISDIR(st.st_mode))
                return {};
            errno = ENOTDIR;
        }
        return named("make directory", name);
    }
    if (::fchmodat(directory, name.c_str(), mode.bits, 0) != 0)
        return named("make directory", name);
    return {};
}

Result<void> make_directories(std::string const& path, Mode mode)
{
    for (size_t end = path.find('/', 1); end != std::string::npos; end = path.find('/', end + 1))
        STAITHE_TRY(make_directory(path.substr(0, end), Mode::directory()));
    return make_directory(path, mode);
}

Result<UniqueFd> open_in_root(int root, std::string const& path, int flags)
{
    open_how how {};
    how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    for (int tries = 0; tries < 100; ++tries) { // EAGAIN: something was renamed meanwhile
        UniqueFd found(static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how)));
        if (found)
            return found;
        if (errno != EAGAIN && errno != EINTR)
            break;
    }
    return named("open", path);
}

Result<UniqueFd> open_unnamed_file(std::string const& directory)
{
    UniqueFd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
    if (!file)
        return named("make a file in", directory);
    return file;
}

Result<std::string> read_file(std::string const& path, size_t limit)
{
    UniqueFd const fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return named("open", path);
    std::string content;
    char buffer[4096];
    for (;;) {
        ssize_t const n = ::read(fd.get(), buffer, sizeof buffer);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return named("read", path);
        if (n == 0)
            return content;
        content.append(buffer, static_cast<size_t>(n));
        if (content.size() > limit)
            return Error { STAITHE_RANGE, 0, "'" + path + "' is longer than " + std::to_string(limit) + " bytes" };
    }
}

Result<void> write_file(std::string const& path, std::string_view content, Mode mode)
{
    std::string const beside = path + ".new";
    (void)::unlink(beside.c_str());
    UniqueFd fd(::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode.bits));
    if (!fd)
        return named("create", beside);
    auto written = write_all(fd.get(), content, beside);
    if (written && (::fchmod(fd.get(), mode.bits) != 0 || ::fsync(fd.get()) != 0))
        written = named("write", beside);
    if (written && ::rename(beside.c_str(), path.c_str()) != 0)
        written = named("replace", path);
    if (!written) {
        (void)::unlink(beside.c_str());
        return written;
    }
    size_t const slash = path.rfind('/');
    std::string const parent = slash == std::string::npos ? "." : path.substr(0, slash == 0 ? 1 : slash);
    auto const directory = STAITHE_TRY(open_directory(parent));
    return sync_directory(directory.get());
}

Result<void> write_file_lazily(int directory, std::string const& name, std::string_view content, Mode mode)
{
    constexpr int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC;
    UniqueFd const file(::openat(directory, name.c_str(), flags, mode.bits));
    if (!file || ::fchmod(file.get(), mode.bits) != 0)
        return named("write", name);
    return write_all(file.get(), content, name);
}

Result<void> sync_directory(int directory)
{
    if (::fsync(directory) != 0 && errno != EINVAL)
        return errno_error("cannot sync directory");
    return {};
}

bool exists(std::string const& path)
{
    return ::faccessat(AT_FDCWD, path.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Result<std::vector<std::string>> list_directory(std::string const& path)
{
    auto directory = STAITHE_TRY(open_directory(path));
    auto const stream = STAITHE_TRY(stream_of(std::move(directory), path));
    std::vector<std::string> names;
    errno = 0;
    while (dirent const* entry = ::readdir(stream.get())) {
        if (!is_dot(entry->d_name))
            names.emplace_back(entry->d_name);
        errno = 0;
    }
    if (errno != 0)
        return named("read directory", path);
    return names;
}

Result<void> remove_tree(int directory, std::string const& name, Cancelled const& cancelled)
{
    if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT)
        return {};
    if (errno != EISDIR && errno != EPERM)
        return named("remove", name);
    auto const root = STAITHE_TRY(open_directory_at(directory, name));
    unsigned counter = 0;
    while (STAITHE_TRY(flatten_once(root.get(), name, counter, cancelled))) { }
    if (::unlinkat(directory, name.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT)
        return named("remove", name);
    return {};
}

} // namespace staithe::os
