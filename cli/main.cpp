// The program: everything is in run_program(), so that it can be tested.
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <exception>

#include "cli/command.hpp"
#include "cli/session.hpp"

int main(int argc, char** argv)
{
    ::signal(SIGPIPE, SIG_IGN); // a write tells
    // A caller may have closed 0, 1 or 2; a connection must not get such a number.
    for (int fd = 0; fd < 3; ++fd) {
        if (::fcntl(fd, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != fd)
            return staithe::cli::exit_failure;
    }
    try {
        return staithe::cli::run_program({ argv + 1, argv + argc });
    } catch (std::exception const& e) {
        staithe::cli::print_error(e.what());
        return staithe::cli::exit_failure;
    }
}
