// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/archive/names.hpp"

#include <cstdio>

namespace staithe::archive {

namespace {

    constexpr size_t longest_name = size_t { 64 } << 10;
    constexpr std::string_view aufs_prefix = ".wh..wh.";
    constexpr std::string_view opaque_name = ".wh..wh..opq";

    Error bad_name(std::string_view name, std::string_view why)
    {
        return { STAITHE_CORRUPT, 0, "cannot accept the name " + quoted(name) + ": " + std::string(why) };
    }

} // namespace

Result<std::string> clean_name(std::string_view raw)
{
    if (raw.empty())
        return bad_name(raw, "it is empty");
    if (raw.size() > longest_name)
        return bad_name(raw, "it is too long");
    if (raw.find('\0') != raw.npos)
        return bad_name(raw, "it has a NUL byte");
    std::string clean;
    clean.reserve(raw.size());
    for (size_t at = 0; at < raw.size();) {
        size_t const end = std::min(raw.find('/', at), raw.size());
        auto const part = raw.substr(at, end - at);
        at = end + 1;
        if (part.empty() || part == ".")
            continue;
        if (part == "..")
            return bad_name(raw, "it has a '..' in it");
        if (!clean.empty())
            clean += '/';
        clean += part;
    }
    return clean;
}

SplitName split_name(std::string_view clean)
{
    size_t const slash = clean.rfind('/');
    if (slash == clean.npos)
        return { {}, clean };
    return { clean.substr(0, slash), clean.substr(slash + 1) };
}

Result<Marker> marker_of(std::string_view clean)
{
    if (clean.find(whiteout_prefix) == clean.npos)
        return Marker::None;
    auto const first = clean.substr(0, clean.find('/'));
    if (first == pseudolink_directory)
        return first.size() == clean.size() ? Marker::Bookkeeping : Marker::Pseudolink;
    if (first.starts_with(aufs_prefix) && first != opaque_name)
        return Marker::Bookkeeping;
    auto const [parent, leaf] = split_name(clean);
    if (parent.starts_with(whiteout_prefix) || parent.find("/.wh.") != parent.npos)
        return bad_name(clean, "a whiteout is no directory");
    if (!leaf.starts_with(whiteout_prefix))
        return Marker::None;
    if (leaf == opaque_name)
        return Marker::Opaque;
    auto const victim = leaf.substr(whiteout_prefix.size());
    if (victim.empty() || victim == "." || victim == "..")
        return bad_name(clean, "such a whiteout would delete a directory around it");
    return victim.starts_with(whiteout_prefix) ? Marker::Bookkeeping : Marker::Deletes;
}

} // namespace staithe::archive
