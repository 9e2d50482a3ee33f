#include "daemon/keeper/exit_record.hpp"

#include <sys/wait.h>

#include <cstdio>

namespace staithe::keeper {

Result<UniqueFd> write_unfinished_record(int state_dir, rpc::keeper::ExitRecord const& record)
{
    rpc::Writer out;
    encode(out, record);
    auto const content = out.take();
    // Not truncated: all records have one size, and what is overwritten needs no free space.
    UniqueFd file(::openat(state_dir, "exit.new", O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file || ::pwrite(file.get(), content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
        return errno_error("cannot write exit record");
    return file;
}

Result<UniqueFd> write_exit_record(int state_dir, rpc::keeper::ExitRecord const& record)
{
    auto file = STAITHE_TRY(write_unfinished_record(state_dir, record));
    if (::renameat(state_dir, "exit.new", state_dir, "exit") != 0)
        return errno_error("cannot write exit record");
    return file;
}

// The directory is not synced: most file systems bring a file's new name along, and under its old one, as that of a
// keeper which did not finish, the record is found as well.
Result<void> sync_exit_record(int file)
{
    if (::fsync(file) != 0)
        return errno_error("cannot make the exit record durable");
    return {};
}

void remove_exit_record(int state_dir)
{
    ::unlinkat(state_dir, "exit", 0);
}

int32_t status_of(int wait_status)
{
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

} // namespace staithe::keeper
