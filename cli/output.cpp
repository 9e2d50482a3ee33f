#include "cli/output.hpp"

#include <poll.h>
#include <unistd.h>

namespace staithe::cli {

Result<void> write_all(int fd, std::string_view bytes, std::string_view what)
{
    while (!bytes.empty()) {
        ssize_t const n = ::write(fd, bytes.data(), bytes.size());
        if (n >= 0) {
            bytes.remove_prefix(static_cast<size_t>(n));
        } else if (errno == EAGAIN) {
            pollfd wait { fd, POLLOUT, 0 };
            ::poll(&wait, 1, -1);
        } else if (errno != EINTR) {
            return errno_error("cannot write " + std::string(what));
        }
    }
    return {};
}

} // namespace staithe::cli
