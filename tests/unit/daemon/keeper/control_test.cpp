// The control socket: versions, unknown messages, garbage.
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/test/unit_test.hpp>

#include "fixture.hpp"

using namespace staithe;
using namespace staithe::test;
using rpc::keeper::Type;

namespace {

struct Control : Fixture {
    Control()
        : keeper(start(shell("exec sleep 1000")))
    {
    }
    ~Control() { (void)keeper->signal(call(), 9); }

    rpc::Channel connect() const
    {
        UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        auto const path = root + "/s/" + container.substr(0, 32);
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        BOOST_REQUIRE(::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
        return rpc::Channel(std::move(socket));
    }

    rpc::Message ask(rpc::Channel& channel, rpc::Message const& question) const
    {
        BOOST_REQUIRE(channel.send(question, call().deadline));
        auto answer = channel.receive(call().deadline);
        BOOST_REQUIRE(answer);
        return std::move(answer).value();
    }

    std::shared_ptr<drivers::Keeper> keeper;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(keeper_control, Control)

BOOST_AUTO_TEST_CASE(ROOT_hello_is_welcomed)
{
    auto channel = connect();
    auto const answer = ask(channel, message(Type::Hello, rpc::keeper::Hello { 77 }, 5));
    BOOST_TEST(answer.call == 5u);
    BOOST_TEST(answer.type == static_cast<uint16_t>(Type::Welcome));
    auto const welcome = rpc::keeper::decode_welcome(answer.payload);
    BOOST_REQUIRE(welcome);
    BOOST_TEST((welcome.value().state == rpc::keeper::State::Running));
    BOOST_TEST(welcome.value().container == container);
    BOOST_TEST(welcome.value().pid == keeper->pid());
}

BOOST_AUTO_TEST_CASE(ROOT_unknown_message_is_answered)
{
    auto channel = connect();
    auto const answer = ask(channel, { 60, 9, "whatever", {} });
    BOOST_TEST(answer.type == static_cast<uint16_t>(Type::Failed));
    rpc::Reader in(answer.payload);
    BOOST_TEST((rpc::decode_error(in).code == STAITHE_UNSUPPORTED));
}

BOOST_AUTO_TEST_CASE(ROOT_second_start_and_broken_bodies_are_refused)
{
    auto channel = connect();
    for (auto const type : { Type::Start, Type::Signal, Type::Resize, Type::Attach })
        BOOST_TEST(
            ask(channel, { static_cast<uint16_t>(type), 1, "x", {} }).type == static_cast<uint16_t>(Type::Failed));
    auto what = start_of({ "x" });
    BOOST_TEST(ask(channel, message(Type::Start, what, 2)).type == static_cast<uint16_t>(Type::Failed));
    BOOST_TEST(ask(channel, message(Type::Attach, live(), 3)).type == static_cast<uint16_t>(Type::Failed));
}

BOOST_AUTO_TEST_CASE(ROOT_garbage_ends_that_connection_only)
{
    auto bad = connect();
    auto good = connect();
    BOOST_REQUIRE(::send(bad.fd(), "garbage", 7, MSG_NOSIGNAL) == 7);
    BOOST_TEST(!bad.receive(call().deadline));
    BOOST_TEST(ask(good, message(Type::Hello, rpc::keeper::Hello {}, 1)).type == static_cast<uint16_t>(Type::Welcome));
    BOOST_TEST(static_cast<bool>(keeper->stats(call())));
}

BOOST_AUTO_TEST_CASE(ROOT_stats_are_the_drivers)
{
    auto const stats = keeper->stats(call());
    BOOST_REQUIRE(stats);
    BOOST_TEST(stats.value() == "{\"oom_kills\":1}");
}

BOOST_AUTO_TEST_CASE(ROOT_every_connection_is_told_of_the_exit)
{
    auto first = connect();
    auto second = connect();
    for (auto* channel : { &first, &second })
        ask(*channel, message(Type::Hello, rpc::keeper::Hello {}, 1));
    BOOST_REQUIRE(keeper->signal(call(), 9));
    for (auto* channel : { &first, &second }) {
        auto const told = channel->receive(call().deadline);
        BOOST_REQUIRE(told);
        BOOST_TEST(told.value().type == static_cast<uint16_t>(Type::Exited));
        BOOST_TEST(rpc::keeper::decode_exit_record(told.value().payload).value().status == 137);
    }
}

BOOST_AUTO_TEST_SUITE_END()
