#include "daemon/rpc/channel.hpp"

#include <sys/socket.h>

#include <cstring>
#include <random>
#include <thread>

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::rpc;

namespace {

os::Deadline soon()
{
    return os::Deadline::after(std::chrono::seconds(10));
}

struct Pair {
    Pair()
    {
        auto made = Channel::pair();
        BOOST_REQUIRE(made);
        near = std::move(made.value().first);
        far = std::move(made.value().second);
    }
    Channel near, far;
};

int open_descriptors()
{
    int count = 0;
    for (int fd = 0; fd < 256; ++fd)
        count += ::fcntl(fd, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(channel, Pair)

BOOST_AUTO_TEST_CASE(carries_messages_and_descriptors)
{
    Message sent { 7, 42, "payload", {} };
    sent.fds.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    BOOST_REQUIRE(near.send(sent, soon()));
    auto const got = far.receive(soon());
    BOOST_REQUIRE(got);
    BOOST_CHECK_EQUAL(got.value().type, 7);
    BOOST_CHECK_EQUAL(got.value().call, 42u);
    BOOST_CHECK_EQUAL(got.value().payload, "payload");
    BOOST_REQUIRE_EQUAL(got.value().fds.size(), 1u);
    BOOST_CHECK(::fcntl(got.value().fds[0].get(), F_GETFD) & FD_CLOEXEC);
}

BOOST_AUTO_TEST_CASE(carries_messages_longer_than_a_packet)
{
    std::string payload(max_message_bytes, 'x');
    for (size_t i = 0; i < payload.size(); i += 1001)
        payload[i] = static_cast<char>(i);
    std::thread sender([&] { BOOST_CHECK(near.send({ 1, 2, payload, {} }, soon())); });
    auto const got = far.receive(soon());
    sender.join();
    BOOST_REQUIRE(got);
    BOOST_CHECK(got.value().payload == payload);
    auto const refused = near.send({ 1, 2, payload + "x", {} }, soon());
    BOOST_REQUIRE(!refused);
    BOOST_CHECK_EQUAL(refused.error().code, STAITHE_RANGE);
}

BOOST_AUTO_TEST_CASE(tells_that_the_peer_is_gone_and_that_time_is_over)
{
    auto const late = far.receive(os::Deadline::after(std::chrono::milliseconds(1)));
    BOOST_REQUIRE(!late);
    BOOST_CHECK_EQUAL(late.error().code, STAITHE_CANCELLED);
    near.close();
    auto const gone = far.receive(soon());
    BOOST_REQUIRE(!gone);
    BOOST_CHECK_EQUAL(gone.error().code, STAITHE_UNAVAILABLE);
    BOOST_CHECK_EQUAL(far.send({ 1, 1, "x", {} }, soon()).error().code, STAITHE_UNAVAILABLE);
}

BOOST_AUTO_TEST_CASE(survives_any_packets_and_leaks_no_descriptor)
{
    int const before = open_descriptors();
    std::mt19937 random(2);
    std::string valid;
    {
        BOOST_REQUIRE(near.send({ 3, 4, "hello", {} }, soon()));
        valid.resize(1000);
        valid.resize(static_cast<size_t>(::recv(far.fd(), valid.data(), valid.size(), 0)));
    }
    for (int i = 0; i < 100'000; ++i) {
        std::string packet = valid;
        if (random() % 2)
            packet[random() % packet.size()] = static_cast<char>(random());
        else {
            packet.resize(1 + random() % 40);
            for (auto& byte : packet)
                byte = static_cast<char>(random());
        }
        BOOST_REQUIRE_EQUAL(::send(near.fd(), packet.data(), packet.size(), 0), static_cast<ssize_t>(packet.size()));
        (void)far.receive(os::Deadline::after(std::chrono::nanoseconds(0)));
    }
    BOOST_CHECK_EQUAL(open_descriptors(), before);
}

BOOST_AUTO_TEST_SUITE_END()
