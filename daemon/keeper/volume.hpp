// Managed volumes: filling a new one with what the image has in its place.
#pragma once

#include <functional>
#include <string_view>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::keeper {

/// The `data` of a volume's directory as a detached mount; to be called in the mount namespace that the directory is
/// of.
///
/// At its first use, if `data` is empty and the root file system has a directory with something in it at the target,
/// `data` becomes a copy of that, with its owner but not its mode. All or nothing: a copy that is cut short leaves a
/// sibling, which the next use removes. A child process does it, so that this one stays small. That takes as long as it
/// has to, within an hour; about once a second still_wanted is asked, and false ends it.
Result<UniqueFd> open_volume(
    int directory, int rootfs, std::string_view target, std::function<bool()> const& still_wanted);

} // namespace staithe::keeper
