// How the container ended, where the next daemon finds it: the file `exit` in the container's state directory.
#pragma once

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::keeper {

/// The file `exit.new`, which is there as long as the driver holds something for the container: how it ended, while
/// that is not freed yet or could not be. A record of run 0 reserves the space while it runs, so that a disk that is
/// full at the end does not lose the end.
Result<UniqueFd> write_unfinished_record(int state_dir, rpc::keeper::ExitRecord const&);

/// Replaces the record; whoever reads sees the old one, none, or all of the new one. Gives the file, which is not
/// durable before sync_exit_record().
Result<UniqueFd> write_exit_record(int state_dir, rpc::keeper::ExitRecord const&);
Result<void> sync_exit_record(int file);

/// Of an earlier run; what is not there is fine.
void remove_exit_record(int state_dir);

/// 0–255 from what waitpid(2) gave: the exit code, or 128 + n for death by signal n.
int32_t status_of(int wait_status);

} // namespace staithe::keeper
