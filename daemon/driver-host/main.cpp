// staithe-driver-host: loads one driver and serves its table to the daemon that started it. Descriptor 3 is the
// channel; the driver's file comes with the first message. See daemon/rpc/driver_protocol.hpp.

#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

#include "daemon/driver-host/confine.hpp"
#include "daemon/driver-host/server.hpp"

namespace staithe::driver_host {

namespace {

    constexpr int channel_fd = 3;

    struct Order {
        rpc::driver::Load load;
        UniqueFd file;
        uint64_t call = 0;
    };

    Result<Order> receive_order(rpc::Channel& channel)
    {
        auto message = STAITHE_TRY(channel.receive(os::Deadline::never()));
        if (message.type != static_cast<uint16_t>(rpc::driver::Type::Load) || message.fds.size() != 1)
            return Error { STAITHE_CORRUPT, 0, "the first message is not an order to load" };
        return Order { STAITHE_TRY(rpc::driver::decode_load(message.payload)), std::move(message.fds.front()),
            message.call };
    }

    Result<void> load(Image& image, Order& order, Outbox& out)
    {
        STAITHE_TRY(confine_process());
        STAITHE_TRY(confine_driver(order.load));
        STAITHE_TRY(image.load(std::move(order.file), order.load, out));
        if (order.load.purpose == rpc::driver::Purpose::Probe)
            return image.probe(order.load, out);
        return image.open(order.load, out);
    }

    /// What exit() would do in a build with the address sanitizer. A registry's host may not look at itself.
    void check_leaks([[maybe_unused]] rpc::driver::Load const& load)
    {
#ifdef __SANITIZE_ADDRESS__
        if (load.kind != STAITHE_REGISTRY)
            __lsan_do_leak_check();
#endif
    }

    int run()
    {
        rpc::Channel channel { UniqueFd(channel_fd) };
        auto order = receive_order(channel);
        if (!order)
            return 1;
        Outbox out(channel);
        Image image;
        if (auto loaded = load(image, order.value(), out); !loaded) {
            out.send(message(rpc::driver::Type::Failed,
                rpc::driver::Failed { image.stage(), false, std::move(loaded.error()) }, order.value().call));
            return 1;
        }
        out.send(message(rpc::driver::Type::Loaded, image.describe(), order.value().call));
        if (order.value().load.purpose == rpc::driver::Purpose::Probe)
            return 0;
        Server server(channel, out, image);
        server.run();
        image.close();
        check_leaks(order.value().load);
        ::_exit(0); // here, because idle workers still wait on what a destructor would take away
    }

} // namespace

} // namespace staithe::driver_host

int main()
{
    // Not exit: destructors of the driver's image would run beside threads it may have left behind.
    ::_exit(staithe::driver_host::run());
}
