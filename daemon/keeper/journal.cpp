#include "daemon/keeper/journal.hpp"

#include <sys/stat.h>

#include <string>

#include <staithe/cpp/unique_fd.hpp>

#include "daemon/os/clock.hpp"

namespace staithe::keeper {

namespace {
    constexpr off_t max_bytes = 64 << 10;
    int s_directory = -1;
} // namespace

void set_journal_directory(int directory)
{
    s_directory = directory;
}

void journal(std::string_view line)
{
    if (s_directory < 0)
        return;
    UniqueFd const file(
        ::openat(s_directory, "keeper.log", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    struct stat status { };
    if (!file || ::fstat(file.get(), &status) != 0 || status.st_size > max_bytes)
        return;
    std::string text = std::to_string(os::real_time_ns() / 1'000'000'000) + " ";
    text.append(line.substr(0, 4096)).append("\n");
    (void)!::write(file.get(), text.data(), text.size());
}

} // namespace staithe::keeper
