// staithe-keeper: the process beside one container. Made by the daemon, not by people.
//
//   staithe-keeper SOCKET      descriptor 3 is the channel on which Start comes; SOCKET is for who reads ps(1)
//   staithe-keeper --destroy   the same; Start with the driver's file only: frees what a dead keeper left
//   staithe-keeper --replay H  descriptor 3 is a state directory, 4 a client's socket; H is an Attach, as hex digits
#include <sys/socket.h>

#include <cstdio>

#include "daemon/keeper/keeper.hpp"
#include "daemon/keeper/process.hpp"
#include "daemon/keeper/replay.hpp"

namespace {

using namespace staithe;

constexpr int channel_fd = 3, client_fd = 4;

int refuse(std::string_view why)
{
    ::dprintf(2, "staithe-keeper: %.*s\n", static_cast<int>(why.size()), why.data());
    return 1;
}

bool is_socket(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;
    return ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0;
}

Result<void> keep(UniqueFd children)
{
    auto keeper = STAITHE_TRY(keeper::Keeper::create(rpc::Channel(UniqueFd(channel_fd)), std::move(children)));
    keeper->run();
    return {};
}

Result<void> destroy_as_told(rpc::Message const& message)
{
    auto const start = STAITHE_TRY(rpc::keeper::decode_start(message.payload));
    if (message.fds.size() != 1)
        return Error { STAITHE_INVALID, 0, "destroy needs the driver's file" };
    auto driver = STAITHE_TRY(keeper::ExecutionDriver::load(message.fds[0].get(), keeper::where_of(start)));
    return driver.destroy(start.container);
}

Result<void> destroy()
{
    rpc::Channel channel { UniqueFd(channel_fd) };
    auto const message = STAITHE_TRY(channel.receive(os::Deadline::after(std::chrono::seconds(10))));
    auto const done = destroy_as_told(message);
    auto poller = STAITHE_TRY(keeper::Poller::create());
    keeper::Connection connection(std::move(channel), poller);
    if (done)
        connection.answer(message, rpc::keeper::Type::Done);
    else
        connection.fail(message, done.error());
    return {};
}

Result<void> replay(std::string_view hex)
{
    std::string bytes;
    for (size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    auto const how = STAITHE_TRY(rpc::keeper::decode_attach(bytes));
    UniqueFd const state_dir(channel_fd), client(client_fd);
    return keeper::replay(state_dir.get(), client.get(), how);
}

} // namespace

int main(int argc, char** argv)
{
    std::string_view const mode = argc > 1 ? argv[1] : "";
    bool const replays = mode == "--replay" && argc == 3;
    if (mode.starts_with("--") && !replays && mode != "--destroy")
        return refuse("unknown arguments; this program is started by staithed");
    if (!is_socket(replays ? client_fd : channel_fd))
        return refuse("no channel on descriptor 3; this program is started by staithed");
    int const first_unused = replays ? client_fd + 1 : channel_fd + 1;
    keeper::close_descriptors_from(first_unused);
    for (int fd = channel_fd; fd < first_unused; ++fd) // what a container inherited would outlive us
        (void)::fcntl(fd, F_SETFD, FD_CLOEXEC);
    try {
        auto children = keeper::prepare_process();
        if (!children)
            return refuse(children.error().message);
        auto const result = replays ? replay(argv[2])
            : mode == "--destroy"   ? destroy()
                                    : keep(std::move(children).value());
        return result ? 0 : refuse(result.error().message);
    } catch (std::exception const& e) {
        return refuse(e.what());
    }
}
