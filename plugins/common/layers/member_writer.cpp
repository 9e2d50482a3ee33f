// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/member_writer.hpp"

#include <sys/sysmacros.h>

#include "plugins/common/archive/names.hpp"

namespace staithe::layers {

using archive::Entry;
using archive::Type;

namespace {

    Entry entry_of(std::string const& name, struct stat const& status)
    {
        Entry entry;
        entry.name = name;
        entry.mode = status.st_mode & 07777;
        entry.uid = status.st_uid;
        entry.gid = status.st_gid;
        entry.mtime = status.st_mtim;
        return entry;
    }

    Type type_of(struct stat const& status)
    {
        return S_ISLNK(status.st_mode) ? Type::Symlink
            : S_ISCHR(status.st_mode)  ? Type::CharDevice
            : S_ISBLK(status.st_mode)  ? Type::BlockDevice
                                       : Type::Fifo;
    }

} // namespace

Result<void> MemberWriter::add_directory(std::string const& name, struct stat const& status, std::vector<Xattr> xattrs)
{
    auto entry = entry_of(name.empty() ? "./" : name + '/', status);
    entry.type = Type::Directory;
    entry.xattrs = std::move(xattrs);
    return m_writer.add(entry);
}

Result<bool> MemberWriter::add_link(std::string const& name, struct stat const& status)
{
    if (status.st_nlink < 2)
        return false;
    auto const first = m_linked.find({ status.st_dev, status.st_ino });
    if (first == m_linked.end())
        return false;
    auto entry = entry_of(name, status);
    entry.type = Type::HardLink;
    entry.link = first->second;
    STAITHE_TRY(m_writer.add(entry));
    return true;
}

Result<void> MemberWriter::add_file(std::string const& name, struct stat const& status, int fd)
{
    auto entry = entry_of(name, status);
    entry.size = static_cast<uint64_t>(status.st_size);
    entry.xattrs = STAITHE_TRY(xattrs_of(fd)); // far cheaper than by name
    entry.sparse = STAITHE_TRY(sparse_map(fd, status));
    remember(name, status);
    STAITHE_TRY(m_writer.add(entry));
    return m_writer.append_file(entry, fd);
}

Result<void> MemberWriter::add_special(
    std::string const& name, struct stat const& status, std::string link_target, std::vector<Xattr> xattrs)
{
    auto entry = entry_of(name, status);
    entry.type = type_of(status);
    entry.link = std::move(link_target);
    entry.xattrs = std::move(xattrs);
    entry.major = major(status.st_rdev);
    entry.minor = minor(status.st_rdev);
    remember(name, status);
    return m_writer.add(entry);
}

Result<void> MemberWriter::add_whiteout(std::string_view path)
{
    auto const [parent, leaf] = archive::split_name(path);
    Entry entry;
    entry.name = parent;
    if (!parent.empty())
        entry.name += '/';
    entry.name.append(archive::whiteout_prefix).append(leaf);
    entry.mode = 0600;
    return m_writer.add(entry);
}

void MemberWriter::remember(std::string const& name, struct stat const& status)
{
    if (status.st_nlink > 1)
        m_linked.try_emplace({ status.st_dev, status.st_ino }, name);
}

} // namespace staithe::layers
