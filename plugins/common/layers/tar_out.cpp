// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/tar_out.hpp"

#include "plugins/common/layers/member_writer.hpp"

namespace staithe::layers {

namespace {

    Result<void> add(MemberWriter& out, Difference const& d)
    {
        if (d.kind == STAITHE_DELETED)
            return out.add_whiteout(d.path);
        auto const& s = d.status;
        if (S_ISSOCK(s.st_mode)) // nothing that an archive could hold
            return {};
        if (S_ISDIR(s.st_mode))
            return out.add_directory(d.path, s, *d.xattrs);
        if (STAITHE_TRY(out.add_link(d.path, s)))
            return {};
        if (S_ISREG(s.st_mode))
            return out.add_file(d.path, s, STAITHE_TRY(open_file(d.directory, d.name, s)).get());
        auto target = S_ISLNK(s.st_mode) ? STAITHE_TRY(link_target(d.directory, d.name)) : std::string();
        return out.add_special(d.path, s, std::move(target), STAITHE_TRY(xattrs_of(d.directory, d.name, s)));
    }

} // namespace

Result<void> write_tar(staithe_call const& call, Comparison const& comparison, Sink& sink)
{
    MemberWriter out(sink);
    STAITHE_TRY(compare(call, comparison, [&](Difference const& d) { return add(out, d); }));
    return out.finish();
}

} // namespace staithe::layers
