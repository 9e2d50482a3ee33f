#include "daemon/keeper/exit_record.hpp"

#include <sys/wait.h>

#include <cstdio>

namespace staithe::keeper {

Result<UniqueFd> write_exit_record(int state_dir, rpc::keeper::ExitRecord const& record)
{
    rpc::Writer out;
    encode(out, record);
    auto const content = out.take();
    UniqueFd file(::openat(state_dir, "exit.new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file || ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size())
        || ::renameat(state_dir, "exit.new", state_dir, "exit") != 0)
        return errno_error("cannot write exit record");
    return file;
}

Result<void> sync_exit_record(int state_dir, int file)
{
    if (::fdatasync(file) != 0 || ::fsync(state_dir) != 0)
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
