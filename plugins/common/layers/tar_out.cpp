// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/tar_out.hpp"

#include <sys/sysmacros.h>

#include <map>

#include "plugins/common/archive/names.hpp"
#include "plugins/common/archive/tar_writer.hpp"

namespace staithe::layers {

using archive::Entry;
using archive::Type;

namespace {

    class Output {
    public:
        explicit Output(Sink& sink)
            : m_writer(sink)
        {
        }

        Result<void> add(Difference const& d)
        {
            if (d.kind == STAITHE_DELETED)
                return add_whiteout(d.path);
            auto const& s = d.status;
            if (S_ISSOCK(s.st_mode)) // nothing that an archive could hold
                return {};
            Entry entry;
            entry.name = d.path;
            entry.mode = s.st_mode & 07777;
            entry.uid = s.st_uid;
            entry.gid = s.st_gid;
            entry.mtime = s.st_mtim;
            if (S_ISDIR(s.st_mode))
                return add_directory(d, entry);
            if (is_link_to_known(d, entry))
                return m_writer.add(entry);
            return S_ISREG(s.st_mode) ? add_file(d, entry) : add_special(d, entry);
        }

        Result<void> finish() { return m_writer.finish(); }

    private:
        Result<void> add_whiteout(std::string_view path)
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

        Result<void> add_directory(Difference const& d, Entry& entry)
        {
            entry.type = Type::Directory;
            entry.name = d.path.empty() ? "./" : d.path + '/';
            entry.xattrs = *d.xattrs;
            return m_writer.add(entry);
        }

        /// The second and further names of a file are links to the first.
        bool is_link_to_known(Difference const& d, Entry& entry)
        {
            if (d.status.st_nlink < 2)
                return false;
            auto const [first, is_new] = m_linked.try_emplace({ d.status.st_dev, d.status.st_ino }, d.path);
            if (is_new)
                return false;
            entry.type = Type::HardLink;
            entry.link = first->second;
            return true;
        }

        Result<void> add_file(Difference const& d, Entry& entry)
        {
            entry.size = static_cast<uint64_t>(d.status.st_size);
            auto const fd = STAITHE_TRY(open_file(d.directory, d.name, d.status));
            entry.xattrs = STAITHE_TRY(xattrs_of(fd.get())); // far cheaper than by name
            entry.sparse = STAITHE_TRY(sparse_map(fd.get(), d.status));
            STAITHE_TRY(m_writer.add(entry));
            return m_writer.append_file(entry, fd.get());
        }

        Result<void> add_special(Difference const& d, Entry& entry)
        {
            auto const& s = d.status;
            entry.xattrs = STAITHE_TRY(xattrs_of(d.directory, d.name, s));
            entry.type = S_ISLNK(s.st_mode) ? Type::Symlink
                : S_ISCHR(s.st_mode)        ? Type::CharDevice
                : S_ISBLK(s.st_mode)        ? Type::BlockDevice
                                            : Type::Fifo;
            if (S_ISLNK(s.st_mode))
                entry.link = STAITHE_TRY(link_target(d.directory, d.name));
            entry.major = major(s.st_rdev);
            entry.minor = minor(s.st_rdev);
            return m_writer.add(entry);
        }

        archive::TarWriter m_writer;
        std::map<std::pair<dev_t, ino_t>, std::string> m_linked;
    };

} // namespace

Result<void> write_tar(staithe_call const& call, Comparison const& comparison, Sink& sink)
{
    Output output(sink);
    STAITHE_TRY(compare(call, comparison, [&](Difference const& d) { return output.add(d); }));
    return output.finish();
}

} // namespace staithe::layers
