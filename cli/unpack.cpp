#include "cli/unpack.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "cli/format.hpp"

namespace staithe::cli {

namespace {

    constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

    /// For messages.
    std::string joined(std::vector<std::string> const& path, size_t depth = SIZE_MAX)
    {
        std::string text;
        for (size_t i = 0; i < std::min(depth, path.size()); ++i)
            text += (i ? "/" : "") + path[i];
        return printable(text);
    }

    /// The names between the slashes. An archive that wants to leave its place is refused as a whole.
    Result<std::vector<std::string>> names_of(std::string const& text)
    {
        Error const bad { STAITHE_DENIED, 0,
            "the archive has a name that leads out of it: '" + printable(text) + "'\n  nothing was written there" };
        if (text.starts_with('/') || text.find('\0') != text.npos)
            return bad;
        std::vector<std::string> names;
        for (size_t begin = 0; begin <= text.size();) {
            auto const end = std::min(text.find('/', begin), text.size());
            auto name = text.substr(begin, end - begin);
            begin = end + 1;
            if (name == "..")
                return bad;
            if (!name.empty() && name != ".")
                names.push_back(std::move(name));
        }
        return names;
    }

    Error in_the_way(std::string const& path, mode_t there)
    {
        auto const* const what = S_ISDIR(there) ? "a directory" : S_ISLNK(there) ? "a symbolic link" : "something else";
        return { STAITHE_EXISTS, 0, "'" + path + "': " + what + " of that name is in the way" };
    }

    Result<mode_t> mode_at(int parent, std::string const& name, std::string const& path)
    {
        struct stat status { };
        if (::fstatat(parent, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0)
            return errno_error("cannot look at '" + path + "'");
        return status.st_mode;
    }

    /// Modification as told, access now.
    void set_times(int fd, timespec const& mtime)
    {
        timespec const times[2] = { { 0, UTIME_NOW }, mtime };
        (void)::futimens(fd, times); // a file system without times is no reason to fail
    }

} // namespace

Result<Unpacker> Unpacker::create(std::string const& target)
{
    Unpacker made;
    made.m_target.reset(::open(target.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (made.m_target)
        return made;
    int const cause = errno;
    if ((cause != ENOENT && cause != ENOTDIR) || target.empty() || target.ends_with('/'))
        return errno_error("cannot use '" + target + "' as a target", cause);
    auto const slash = target.rfind('/');
    auto const parent = slash == target.npos ? "." : target.substr(0, slash + 1);
    made.m_leaf = target.substr(slash == target.npos ? 0 : slash + 1);
    made.m_target.reset(::open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!made.m_target)
        return errno_error("cannot use '" + target + "' as a target");
    struct stat status { };
    made.m_over_file = ::fstatat(made.m_target.get(), made.m_leaf.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
    if (made.m_over_file && !S_ISREG(status.st_mode))
        return Error { STAITHE_EXISTS, 0,
            "cannot use '" + target
                + "' as a target: it is neither a file nor a directory\n"
                  "  '-' writes the archive to standard output" };
    return made;
}

Unpacker::~Unpacker()
{
    if (m_file)
        ::unlinkat(m_file_parent, m_made.c_str(), 0);
}

Result<Unpacker::Path> Unpacker::place_of(std::string const& name)
{
    auto path = STAITHE_TRY(names_of(name));
    if (!m_base)
        m_base = path.empty() ? std::string() : path.front();
    if (!m_base->empty() && (path.empty() || path.front() != *m_base))
        return Error { STAITHE_DENIED, 0,
            "the archive has '" + printable(name) + "' beside '" + printable(*m_base)
                + "'\n  nothing was written there" };
    if (m_leaf.empty())
        return path;
    if (m_base->empty())
        path.insert(path.begin(), m_leaf);
    else
        path.front() = m_leaf;
    return path;
}

Result<Unpacker::Path> Unpacker::link_target(std::string const& name) const
{
    auto copy = STAITHE_TRY(names_of(name));
    if (copy.empty() || (!m_base->empty() && copy.front() != *m_base))
        return Error { STAITHE_DENIED, 0,
            "the archive has a hard link to '" + printable(name) + "', which is not in it\n  nothing was linked" };
    if (!m_leaf.empty() && m_base->empty())
        copy.insert(copy.begin(), m_leaf);
    else if (!m_leaf.empty())
        copy.front() = m_leaf;
    return copy;
}

Result<UniqueFd> Unpacker::open_directory(Path const& path, size_t depth, bool make) const
{
    auto current = STAITHE_TRY(m_target.duplicate());
    for (size_t i = 0; i < depth; ++i) {
        auto const* const name = path[i].c_str();
        int fd = ::openat(current.get(), name, directory_flags);
        if (fd < 0 && errno == ENOENT && make && ::mkdirat(current.get(), name, 0777) == 0)
            fd = ::openat(current.get(), name, directory_flags);
        if (fd < 0 && (errno == ENOTDIR || errno == ELOOP)) {
            auto const shown = joined(path, i + 1);
            return in_the_way(shown, STAITHE_TRY(mode_at(current.get(), path[i], shown)));
        }
        if (fd < 0)
            return errno_error("cannot open directory '" + joined(path, i + 1) + "'");
        current.reset(fd);
    }
    return current;
}

Result<int> Unpacker::parent_of(Path const& path)
{
    bool const known = m_parent_path && m_parent_path->size() + 1 == path.size()
        && std::equal(m_parent_path->begin(), m_parent_path->end(), path.begin());
    if (!known) {
        m_parent_path.reset();
        m_parent = STAITHE_TRY(open_directory(path, path.size() - 1, true));
        m_parent_path.emplace(path.begin(), path.end() - 1);
    }
    return m_parent.get();
}

template <class Make> Result<std::string> Unpacker::make_at(int parent, Path const& path, Make const& make)
{
    auto const& name = path.back();
    if (make(name.c_str()))
        return name;
    if (errno != EEXIST)
        return errno_error("cannot make '" + joined(path) + "'");
    auto const there = STAITHE_TRY(mode_at(parent, name, joined(path)));
    if (!S_ISREG(there) && !S_ISLNK(there))
        return in_the_way(joined(path), there);
    for (unsigned i = 0;; ++i) {
        auto beside = ".staithe-cp-" + std::to_string(::getpid()) + "-" + std::to_string(i);
        if (make(beside.c_str()))
            return beside;
        if (errno != EEXIST)
            return errno_error("cannot make '" + joined(path) + "'");
    }
}

Result<void> Unpacker::replace(int parent, std::string const& made, Path const& path)
{
    if (made == path.back())
        return {};
    int const failed = ::renameat(parent, made.c_str(), parent, path.back().c_str()) < 0 ? errno : 0;
    // Of two names of one file, a rename leaves both.
    ::unlinkat(parent, made.c_str(), 0);
    return failed ? Result<void>(errno_error("cannot replace '" + joined(path) + "'", failed)) : Result<void>();
}

Result<void> Unpacker::directory(Path const& path, TarMember const& member)
{
    if (path.empty())
        return {}; // the target itself
    int const parent = STAITHE_TRY(parent_of(path));
    // Ours alone until it is full; the umask applies as it does for files.
    if (::mkdirat(parent, path.back().c_str(), member.mode | 0700) == 0) {
        m_directories.push_back({ path, member.mode, member.mtime });
        return {};
    }
    if (errno != EEXIST)
        return errno_error("cannot make directory '" + joined(path) + "'");
    auto const there = STAITHE_TRY(mode_at(parent, path.back(), joined(path)));
    return S_ISDIR(there) ? Result<void>() : Result<void>(in_the_way(joined(path), there));
}

Result<void> Unpacker::file(Path const& path, TarMember const& member)
{
    int const parent = STAITHE_TRY(parent_of(path));
    m_made = STAITHE_TRY(make_at(parent, path, [&](char const* name) {
        m_file.reset(::openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, member.mode));
        return static_cast<bool>(m_file);
    }));
    m_file_parent = parent;
    m_path = path;
    return {};
}

Result<void> Unpacker::link(Path const& path, TarMember const& member)
{
    auto const source = STAITHE_TRY(link_target(member.link));
    auto const from = STAITHE_TRY(open_directory(source, source.size() - 1, false));
    int const parent = STAITHE_TRY(parent_of(path));
    auto const made = STAITHE_TRY(make_at(parent, path,
        [&](char const* name) { return ::linkat(from.get(), source.back().c_str(), parent, name, 0) == 0; }));
    return replace(parent, made, path);
}

Result<void> Unpacker::symlink(Path const& path, TarMember const& member)
{
    int const parent = STAITHE_TRY(parent_of(path));
    auto const made = STAITHE_TRY(
        make_at(parent, path, [&](char const* name) { return ::symlinkat(member.link.c_str(), parent, name) == 0; }));
    return replace(parent, made, path);
}

Result<void> Unpacker::begin(TarMember const& member)
{
    m_member = member;
    ++m_count;
    auto const path = STAITHE_TRY(place_of(member.name));
    bool const is_directory = member.type == TarMember::Type::Directory;
    if (is_directory && m_over_file)
        return Error { STAITHE_EXISTS, 0, "a directory cannot take the place of a file\n  name another target" };
    if (!is_directory && path.empty())
        return Error { STAITHE_CORRUPT, 0, "the archive has a file without a name" };
    switch (member.type) {
    case TarMember::Type::Directory: return directory(path, member);
    case TarMember::Type::File: return file(path, member);
    case TarMember::Type::Symlink: return symlink(path, member);
    case TarMember::Type::HardLink: return link(path, member);
    case TarMember::Type::Node: ++m_left_out; break;
    }
    return {};
}

Result<void> Unpacker::data(uint64_t offset, std::string_view bytes)
{
    while (!bytes.empty()) {
        ssize_t const n = ::pwrite(m_file.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno_error("cannot write '" + joined(m_path) + "'");
        offset += static_cast<uint64_t>(n);
        bytes.remove_prefix(static_cast<size_t>(n));
    }
    return {};
}

Result<void> Unpacker::end()
{
    if (!m_file)
        return {};
    if (::ftruncate(m_file.get(), static_cast<off_t>(m_member.size)) < 0)
        return errno_error("cannot write '" + joined(m_path) + "'");
    set_times(m_file.get(), m_member.mtime);
    STAITHE_TRY(replace(m_file_parent, m_made, m_path));
    m_file.reset();
    return {};
}

Result<void> Unpacker::finish()
{
    for (auto made = m_directories.rbegin(); made != m_directories.rend(); ++made) {
        auto const fd = STAITHE_TRY(open_directory(made->path, made->path.size(), false));
        struct stat status { };
        bool const narrower = (made->mode & 0700) != 0700 && ::fstat(fd.get(), &status) == 0;
        if (narrower && ::fchmod(fd.get(), status.st_mode & made->mode) < 0)
            return errno_error("cannot set the mode of '" + joined(made->path) + "'");
        set_times(fd.get(), made->mtime);
    }
    return {};
}

} // namespace staithe::cli
