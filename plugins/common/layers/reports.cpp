// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/reports.hpp"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <set>

namespace staithe::layers {

namespace {

    /// The order of a walk: what is in a directory comes right behind it.
    bool is_walked_before(std::string const& a, std::string const& b)
    {
        auto const rank = [](char c) { return c == '/' ? 0 : static_cast<unsigned char>(c); };
        return std::lexicographical_compare(
            a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return rank(x) < rank(y); });
    }

} // namespace

Result<void> report_changes(
    staithe_call const& call, Comparison const& comparison, std::function<bool(staithe_change const&)> const& visitor)
{
    std::vector<std::pair<std::string, uint32_t>> found;
    STAITHE_TRY(compare(call, comparison, [&](Difference const& d) -> Result<void> {
        if (!d.path.empty() && !d.is_way_only)
            found.emplace_back('/' + d.path, d.kind);
        return {};
    }));
    std::sort(
        found.begin(), found.end(), [](auto const& a, auto const& b) { return is_walked_before(a.first, b.first); });
    for (auto const& [path, kind] : found)
        if (!visitor({ { path.data(), path.size() }, kind }))
            break;
    return {};
}

Result<uint64_t> sum_of_sizes(staithe_call const& call, Comparison const& comparison)
{
    uint64_t sum = 0;
    std::set<std::pair<dev_t, ino_t>> seen;
    STAITHE_TRY(compare(call, comparison, [&](Difference const& d) -> Result<void> {
        if (d.kind == STAITHE_DELETED || !S_ISREG(d.status.st_mode))
            return {};
        if (d.status.st_nlink < 2 || seen.emplace(d.status.st_dev, d.status.st_ino).second)
            sum += static_cast<uint64_t>(d.status.st_size);
        return {};
    }));
    return sum;
}

std::string file_system_name(int directory)
{
    struct statfs found { };
    if (::fstatfs(directory, &found) != 0)
        return "unknown";
    switch (static_cast<unsigned long>(found.f_type)) {
    case EXT4_SUPER_MAGIC: return "ext4";
    case XFS_SUPER_MAGIC: return "xfs";
    case BTRFS_SUPER_MAGIC: return "btrfs";
    case TMPFS_MAGIC: return "tmpfs";
    case OVERLAYFS_SUPER_MAGIC: return "overlay";
    case NFS_SUPER_MAGIC: return "nfs";
    default: return std::to_string(static_cast<unsigned long>(found.f_type));
    }
}

Result<std::string> describe_store(int state_directory, size_t layers)
{
    return R"({"Backing Filesystem":")" + file_system_name(state_directory) + R"(","Layers":")" + std::to_string(layers)
        + R"("})";
}

} // namespace staithe::layers
