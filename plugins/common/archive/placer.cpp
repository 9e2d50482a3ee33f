// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/placer.hpp"

#include <sys/sysmacros.h>
#include <sys/xattr.h>

#include "plugins/common/archive/names.hpp"
#include "trees/copy_file.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::archive {

namespace {

    Error cannot(Entry const& entry, char const* deed)
    {
        int const value = errno;
        return errno_error(std::string("cannot ") + deed + ' ' + quoted(entry.name), value);
    }

    /// Attributes that the file system here does not have are left out, but for capabilities, without which programs
    /// fail.
    bool is_fatal(Xattr const& xattr, int value)
    {
        return (value != EOPNOTSUPP && value != EPERM) || xattr.name == "security.capability";
    }

    // No archive can bring such a name.
    constexpr char replacement_name[] = ".wh..wh.new";

    /// Smaller files are not worth a system call of their own.
    constexpr uint64_t early_writeback_size = uint64_t { 64 } << 10;

    bool is_whiteout_device(Entry const& entry)
    {
        return entry.type == Type::CharDevice && entry.major == 0 && entry.minor == 0;
    }

    Result<void> write_at(int fd, uint64_t offset, std::span<char const> data)
    {
        while (!data.empty()) {
            ssize_t const n = ::pwrite(fd, data.data(), data.size(), static_cast<off_t>(offset));
            if (n < 0 && errno != EINTR)
                return errno_error("cannot write");
            if (n < 0)
                continue;
            offset += static_cast<uint64_t>(n);
            data = data.subspan(static_cast<size_t>(n));
        }
        return {};
    }

} // namespace

bool Placer::is_ours(std::string_view name) const
{
    return m_below == Below::Nothing || m_made.contains(std::hash<std::string_view> {}(name));
}

Result<void> Placer::place(Entry const& entry, TarReader& reader)
{
    auto const name = STAITHE_TRY(clean_name(entry.name));
    if (name.empty())
        return place_root(entry);
    auto const marker = STAITHE_TRY(marker_of(name));
    bool const plain = entry.type == Type::Regular || entry.type == Type::HardLink;
    if (marker == Marker::Bookkeeping || (marker == Marker::Pseudolink && !plain) || is_whiteout_device(entry))
        return {};
    if ((marker == Marker::Deletes || marker == Marker::Opaque) && !plain)
        return Error { STAITHE_CORRUPT, 0, "cannot accept whiteout " + quoted(name) + ": it is not a plain file" };
    if (marker == Marker::Deletes)
        return white_out(name, entry.mtime);
    if (marker == Marker::Opaque)
        return make_opaque(split_name(name).parent, entry.mtime);
    m_pseudolinks |= marker == Marker::Pseudolink;
    return place_member(entry, name, reader);
}

Result<void> Placer::place_member(Entry const& entry, std::string_view name, TarReader& reader)
{
    auto const [outer, leaf] = split_name(name);
    Target const target { STAITHE_TRY(m_parents.enter(outer, entry.mtime)), std::string(leaf) };
    switch (entry.type) {
    case Type::Regular: STAITHE_TRY(place_file(entry, target, reader)); break;
    case Type::Directory: STAITHE_TRY(place_directory(entry, target, name)); break;
    case Type::HardLink: STAITHE_TRY(place_hard_link(entry, target)); break;
    case Type::Symlink: STAITHE_TRY(place_symlink(entry, target)); break;
    case Type::CharDevice:
    case Type::BlockDevice:
    case Type::Fifo: STAITHE_TRY(place_node(entry, target)); break;
    }
    if (m_below == Below::Layers)
        m_made.insert(std::hash<std::string_view> {}(name));
    return {};
}

Result<void> Placer::place_root(Entry const& entry)
{
    if (entry.type != Type::Directory)
        return Error { STAITHE_CORRUPT, 0, "cannot accept a root that is not a directory" };
    m_parents.leave();
    return dress_descriptor(entry, m_root);
}

Result<void> Placer::place_file(Entry const& entry, Target const& target, TarReader& reader)
{
    // Most files are root's: then the mode given at creation is already the final one.
    bool const plain = entry.uid == 0 && entry.gid == 0 && !m_parents.inherits();
    int const flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    mode_t const mode = plain ? entry.mode : 0600;
    char const* name = target.leaf.c_str();
    UniqueFd fd(::openat(target.parent, name, flags, mode));
    if (!fd && errno == EEXIST) {
        if (STAITHE_TRY(make_way(target)) == Way::Replace)
            name = replacement_name;
        fd.reset(::openat(target.parent, name, flags, mode));
    }
    if (!fd)
        return cannot(entry, "create");
    STAITHE_TRY(fill(entry, fd.get(), reader));
    m_bytes += entry.size;
    if (!plain || !entry.xattrs.empty())
        STAITHE_TRY(dress_descriptor(entry, fd.get()));
    timespec const times[2] = { entry.mtime, entry.mtime };
    if (::futimens(fd.get(), times) != 0)
        return cannot(entry, "set the time of");
    if (name == replacement_name
        && ::renameat(target.parent, replacement_name, target.parent, target.leaf.c_str()) != 0)
        return cannot(entry, "replace");
    return {};
}

Result<void> Placer::fill(Entry const& entry, int fd, TarReader& reader)
{
    if (entry.sparse && ::ftruncate(fd, static_cast<off_t>(entry.size)) != 0)
        return cannot(entry, "make sparse file");
    auto written =
        reader.data(entry, [&](uint64_t offset, std::span<char const> data) { return write_at(fd, offset, data); });
    if (!written)
        return std::move(written.error()).with_context("file " + quoted(entry.name));
    // The layer is synced as a whole later; what is on its way to the disk by then need not be waited for.
    if (entry.size >= early_writeback_size)
        ::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    return {};
}

/// A file that is in the way is best replaced by a rename: overlayfs has much more to do for a removal.
Result<Placer::Way> Placer::make_way(Target const& target)
{
    struct stat found { };
    if (::fstatat(target.parent, target.leaf.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(found.st_mode))
        return Way::Replace;
    STAITHE_TRY(clear(target));
    return Way::Free;
}

/// Owner, attributes, mode, time: in this order, since each may undo the one after it.
Result<void> Placer::dress_descriptor(Entry const& entry, int fd)
{
    if (::fchown(fd, entry.uid, entry.gid) != 0)
        return cannot(entry, "set the owner of");
    if (m_parents.inherits()) {
        ::fremovexattr(fd, "system.posix_acl_access");
        ::fremovexattr(fd, "system.posix_acl_default");
    }
    if (::fchmod(fd, entry.mode) != 0)
        return cannot(entry, "set the mode of");
    for (auto const& x : entry.xattrs)
        if (trees::is_portable_xattr(x.name) && ::fsetxattr(fd, x.name.c_str(), x.value.data(), x.value.size(), 0) != 0
            && is_fatal(x, errno))
            return cannot(entry, "set an extended attribute of");
    timespec const times[2] = { entry.mtime, entry.mtime };
    return ::futimens(fd, times) == 0 ? Result<void> {} : cannot(entry, "set the time of");
}

/// The same for what cannot be opened: a link, a device, a FIFO.
Result<void> Placer::dress_name(Entry const& entry, Target const& target)
{
    char const* const name = target.leaf.c_str();
    if (::fchownat(target.parent, name, entry.uid, entry.gid, AT_SYMLINK_NOFOLLOW) != 0)
        return cannot(entry, "set the owner of");
    // It was made a moment ago by this process alone, so it is no link and fchmodat follows none.
    if (entry.type != Type::Symlink && ::fchmodat(target.parent, name, entry.mode, 0) != 0)
        return cannot(entry, "set the mode of");
    if (!entry.xattrs.empty() && ::fchdir(target.parent) != 0)
        return cannot(entry, "set an extended attribute of");
    for (auto const& x : entry.xattrs)
        if (trees::is_portable_xattr(x.name)
            && ::lsetxattr(name, x.name.c_str(), x.value.data(), x.value.size(), 0) != 0 && is_fatal(x, errno))
            return cannot(entry, "set an extended attribute of");
    timespec const times[2] = { entry.mtime, entry.mtime };
    if (::utimensat(target.parent, name, times, AT_SYMLINK_NOFOLLOW) != 0)
        return cannot(entry, "set the time of");
    return {};
}

/// A link to a directory that the same archive brought stays when the archive then names it as a directory, as tar
/// would have it. One of a layer below was replaced by a directory, which is how layers say so.
bool Placer::is_kept_link(Target const& target, std::string_view name) const
{
    struct stat found { };
    return ::fstatat(target.parent, target.leaf.c_str(), &found, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(found.st_mode)
        && is_ours(name) && m_parents.find(name);
}

Result<void> Placer::place_directory(Entry const& entry, Target const& target, std::string_view name)
{
    char const* const leaf = target.leaf.c_str();
    if (::mkdirat(target.parent, leaf, entry.mode) != 0) {
        if (errno != EEXIST)
            return cannot(entry, "make directory");
        if (is_kept_link(target, name))
            return {};
        struct stat found { };
        if (::fstatat(target.parent, leaf, &found, AT_SYMLINK_NOFOLLOW) != 0)
            return cannot(entry, "stat");
        if (!S_ISDIR(found.st_mode)) {
            STAITHE_TRY(clear(target));
            if (::mkdirat(target.parent, leaf, entry.mode) != 0)
                return cannot(entry, "make directory");
        }
    }
    auto const fd = STAITHE_TRY(trees::open_directory(target.parent, leaf));
    return dress_descriptor(entry, fd.get());
}

Result<void> Placer::place_hard_link(Entry const& entry, Target const& target)
{
    auto const name = STAITHE_TRY(clean_name(entry.link));
    auto const [outer, leaf] = split_name(name);
    if (leaf.empty())
        return Error { STAITHE_CORRUPT, 0, "cannot link " + quoted(entry.name) + " to the root" };
    auto const from = STAITHE_TRY_CONTEXT(m_parents.find(outer), "cannot link " + quoted(entry.name));
    std::string const existing(leaf);
    STAITHE_TRY(separate(from.get(), existing));
    auto link = [&] { return ::linkat(from.get(), existing.c_str(), target.parent, target.leaf.c_str(), 0) == 0; };
    if (link())
        return remember_link(target), Result<void> {};
    if (errno != EEXIST)
        return cannot(entry, "make hard link");
    struct stat old {
    }, now {};
    bool const same = ::fstatat(from.get(), existing.c_str(), &old, AT_SYMLINK_NOFOLLOW) == 0
        && ::fstatat(target.parent, target.leaf.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 && old.st_ino == now.st_ino
        && old.st_dev == now.st_dev;
    if (same)
        return {};
    if (S_ISDIR(old.st_mode))
        return Error { STAITHE_CORRUPT, 0, "cannot link " + quoted(entry.name) + " to a directory" };
    STAITHE_TRY(clear(target));
    if (!link())
        return cannot(entry, "make hard link");
    remember_link(target);
    return {};
}

void Placer::remember_link(Target const& target)
{
    struct stat now { };
    if (m_below == Below::Layers && ::fstatat(target.parent, target.leaf.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0)
        m_linked.emplace(now.st_dev, now.st_ino);
}

/// A file of the layers below that has several names there loses them to a link of this archive: what an archive
/// changes is what it names. Overlayfs breaks such links by itself; here it is done for every file system alike.
Result<void> Placer::separate(int directory, std::string const& name)
{
    struct stat old {
    }, around {};
    if (m_below == Below::Nothing || ::fstatat(directory, name.c_str(), &old, AT_SYMLINK_NOFOLLOW) != 0
        || !S_ISREG(old.st_mode) || old.st_nlink < 2 || m_linked.contains({ old.st_dev, old.st_ino }))
        return {};
    UniqueFd const from(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    UniqueFd const to(
        ::openat(directory, replacement_name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!from || !to || ::fstat(directory, &around) != 0)
        return errno_error("cannot separate " + quoted(name) + " from its other names");
    staithe_call call {}; // who cancels ends the process
    call.cancel_fd = -1;
    auto sharing = trees::Sharing::Impossible;
    STAITHE_TRY(trees::copy_data(call, from.get(), to.get(), old, sharing));
    auto const xattrs = STAITHE_TRY(trees::xattrs_of(from.get()));
    STAITHE_TRY(trees::dress(to.get(), old, xattrs));
    if (::renameat(directory, replacement_name, directory, name.c_str()) != 0)
        return errno_error("cannot separate " + quoted(name) + " from its other names");
    timespec const times[2] = { { 0, UTIME_OMIT }, around.st_mtim };
    ::futimens(directory, times);
    return {};
}

Result<void> Placer::place_symlink(Entry const& entry, Target const& target)
{
    auto make = [&] { return ::symlinkat(entry.link.c_str(), target.parent, target.leaf.c_str()) == 0; };
    if (entry.link.empty() || entry.link.find('\0') != entry.link.npos)
        return Error { STAITHE_CORRUPT, 0, "cannot make link " + quoted(entry.name) + ": bad target" };
    if (!make()) {
        if (errno != EEXIST)
            return cannot(entry, "make link");
        STAITHE_TRY(clear(target));
        if (!make())
            return cannot(entry, "make link");
    }
    return dress_name(entry, target);
}

Result<void> Placer::place_node(Entry const& entry, Target const& target)
{
    mode_t const kind = entry.type == Type::Fifo ? S_IFIFO : entry.type == Type::CharDevice ? S_IFCHR : S_IFBLK;
    auto make = [&] {
        return ::mknodat(target.parent, target.leaf.c_str(), kind | entry.mode, makedev(entry.major, entry.minor)) == 0;
    };
    if (!make()) {
        if (errno != EEXIST)
            return cannot(entry, "make device");
        STAITHE_TRY(clear(target));
        if (!make())
            return cannot(entry, "make device");
    }
    return dress_name(entry, target);
}

/// Makes room for something of another kind. The parent stays open.
Result<void> Placer::clear(Target const& target)
{
    m_parents.doubt();
    return trees::remove_tree(target.parent, target.leaf.c_str());
}

Result<void> Placer::white_out(std::string_view name, timespec const& time)
{
    if (m_below == Below::Nothing)
        return {};
    auto const [outer, leaf] = split_name(name);
    std::string const victim(leaf.substr(whiteout_prefix.size()));
    int const parent = STAITHE_TRY(m_parents.enter(outer, time));
    m_parents.doubt();
    return purge(parent, victim, outer.empty() ? victim : std::string(outer) + '/' + victim);
}

Result<void> Placer::make_opaque(std::string_view directory, timespec const& time)
{
    if (m_below == Below::Nothing)
        return {};
    int const parent = STAITHE_TRY(m_parents.enter(directory, time));
    m_parents.doubt();
    for (auto const& leaf : STAITHE_TRY(trees::names_in(parent)))
        STAITHE_TRY(purge(parent, leaf, directory.empty() ? leaf : std::string(directory) + '/' + leaf));
    return {};
}

/// Removes what came from the layers below and leaves what this archive brought, whatever the order of the two.
Result<void> Placer::purge(int parent, std::string const& leaf, std::string const& name)
{
    if (!is_ours(name))
        return trees::remove_tree(parent, leaf.c_str());
    struct stat found { };
    if (::fstatat(parent, leaf.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISDIR(found.st_mode))
        return {};
    auto const directory = STAITHE_TRY(trees::open_directory(parent, leaf.c_str()));
    for (auto const& inner : STAITHE_TRY(trees::names_in(directory.get())))
        STAITHE_TRY(purge(directory.get(), inner, name + '/' + inner));
    timespec const times[2] = { { 0, UTIME_OMIT }, found.st_mtim };
    ::futimens(directory.get(), times);
    return {};
}

Result<void> Placer::finish()
{
    if (m_pseudolinks) {
        STAITHE_TRY(m_parents.enter("", {}));
        STAITHE_TRY(trees::remove_tree(m_root, std::string(pseudolink_directory).c_str()));
    }
    m_parents.leave();
    return {};
}

} // namespace staithe::archive
