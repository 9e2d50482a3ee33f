// SPDX-License-Identifier: Apache-2.0
//
// Would overlayfs work on the state directory? Mounts one there and lets it write a whiteout.
#include <sys/stat.h>

#include "plugins/common/layers/reports.hpp"
#include "plugins/storage/overlay/driver.hpp"
#include "trees/dir_stack.hpp"

namespace staithe::overlay {

namespace {

    Result<UniqueFd> make(int parent, char const* name)
    {
        if (::mkdirat(parent, name, 0700) != 0)
            return errno_error(std::string("cannot make directory '") + name + "'");
        return trees::open_directory(parent, name);
    }

    Error advise(Error error, int directory)
    {
        auto const name = layers::file_system_name(directory);
        if (error.sys_errno == ENODEV)
            error.message += "; the kernel has no overlayfs: run 'modprobe overlay'";
        else if (error.sys_errno == EPERM || error.sys_errno == EACCES)
            error.message += "; run as root with CAP_SYS_ADMIN";
        else
            error.message += "; the file system '" + name
                + "' cannot carry an overlay: put the state directory on ext4, xfs or btrfs";
        error.code = STAITHE_UNSUPPORTED;
        return error;
    }

    /// The deletion of a file below must leave a character device 0/0 in the upper directory.
    Result<void> check_whiteout(int root, int upper)
    {
        struct stat found { };
        if (::unlinkat(root, "probe", 0) != 0)
            return errno_error("cannot delete through an overlay");
        if (::fstatat(upper, "probe", &found, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISCHR(found.st_mode))
            return Error { STAITHE_UNSUPPORTED, 0, "overlayfs writes no whiteout" };
        return {};
    }

    Result<void> try_overlay(int scratch)
    {
        auto const lower = STAITHE_TRY(make(scratch, "lower"));
        auto const upper = STAITHE_TRY(make(scratch, "upper"));
        auto const work = STAITHE_TRY(make(scratch, "work"));
        if (::mknodat(lower.get(), "probe", S_IFREG | 0600, 0) != 0)
            return errno_error("cannot make a file");
        auto const mounter = STAITHE_TRY(Mounter::create({}));
        auto const root = STAITHE_TRY(mounter->mount({ { lower.get() }, upper.get(), work.get() }));
        return check_whiteout(root.get(), upper.get());
    }

} // namespace

Result<void> OverlayDriver::probe(staithe_open const& where)
{
    auto path = std::string(view(where.state_dir)) + "/probe.XXXXXX";
    if (!::mkdtemp(path.data()))
        return errno_error("cannot write to '" + std::string(view(where.state_dir)) + "'");
    UniqueFd const state(::open(std::string(view(where.state_dir)).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    auto const name = path.substr(path.rfind('/') + 1);
    Result<void> outcome;
    {
        auto const scratch = trees::open_directory(state.get(), name.c_str());
        outcome = scratch ? try_overlay(scratch.value().get()) : Result<void>(scratch.error());
    }
    if (!outcome)
        outcome = advise(std::move(outcome.error()), state.get());
    auto const removed = trees::remove_tree(state.get(), name.c_str());
    return outcome && !removed ? Result<void>(removed.error()) : std::move(outcome);
}

} // namespace staithe::overlay
