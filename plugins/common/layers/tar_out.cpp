// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/tar_out.hpp"

#include <fcntl.h>

#include <utility>

#include "plugins/common/layers/member_writer.hpp"

namespace staithe::layers {

namespace {

    class Writing {
    public:
        Writing(Sink& sink, bool live)
            : m_out(sink)
            , m_live(live)
        {
        }

        Result<void> add(Difference const& d)
        {
            if (d.kind == STAITHE_DELETED)
                return m_out.add_whiteout(d.path);
            auto const& s = d.status;
            if (S_ISSOCK(s.st_mode)) // nothing that an archive could hold
                return {};
            if (S_ISDIR(s.st_mode))
                return m_out.add_directory(d.path, s, *d.xattrs);
            if (STAITHE_TRY(m_out.add_link(d.path, s)))
                return {};
            if (!S_ISREG(s.st_mode))
                return add_special(d);
            return m_live ? add_live_file(d) : add_file(d);
        }
        Result<void> finish() { return m_out.finish(); }

    private:
        Result<void> add_file(Difference const& d)
        {
            auto const file = STAITHE_TRY(open_file(d.directory, d.name, d.status));
            return m_out.add_file(d.path, d.status, file.get());
        }

        /// The file that is there by now: programs replace files by renaming others over them.
        Result<void> add_live_file(Difference const& d)
        {
            UniqueFd const place(::openat(d.directory, d.name, O_PATH | O_NOFOLLOW | O_CLOEXEC));
            struct stat now { };
            if (!place || ::fstat(place.get(), &now) != 0)
                return unless_lost(errno_error("cannot find a file of the layer"));
            if (!S_ISREG(now.st_mode) || STAITHE_TRY(m_out.add_link(d.path, now)))
                return {};
            auto const file = STAITHE_TRY(reopen_file(place.get()));
            return m_out.add_file(d.path, now, file.get());
        }

        Result<void> add_special(Difference const& d)
        {
            bool const is_link = S_ISLNK(d.status.st_mode);
            auto target = is_link ? link_target(d.directory, d.name) : Result<std::string>(std::string());
            if (!target)
                return unless_lost(std::move(target.error()));
            auto xattrs = xattrs_of(d.directory, d.name, d.status);
            if (!xattrs)
                return unless_lost(std::move(xattrs.error()));
            return m_out.add_special(d.path, d.status, std::move(target).value(), std::move(xattrs).value());
        }

        Result<void> unless_lost(Error error) const
        {
            return m_live && is_lost(error) ? Result<void>() : Result<void>(std::move(error));
        }

        MemberWriter m_out;
        bool m_live;
    };

} // namespace

Result<void> write_tar(staithe_call const& call, Comparison const& comparison, Sink& sink)
{
    Writing out(sink, comparison.live);
    STAITHE_TRY(compare(call, comparison, [&](Difference const& d) { return out.add(d); }));
    return out.finish();
}

} // namespace staithe::layers
