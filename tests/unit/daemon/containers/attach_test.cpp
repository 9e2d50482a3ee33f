#include <boost/test/unit_test.hpp>

#include <thread>

#include "tests/unit/daemon/containers/engine.hpp"

using namespace staithe;
using doubles::Connection;
using doubles::Engine;

namespace {

struct Attaching : Engine {
    Result<void> attach(Connection& connection, api::AttachOptions options, std::string early = "")
    {
        return service->attach("r", "web", options, [&]() -> Result<api::ClientStream> {
            return api::ClientStream { std::move(connection.theirs), early };
        });
    }
    static api::AttachOptions streaming()
    {
        api::AttachOptions options;
        options.stream = options.in = options.out = options.framed = true;
        return options;
    }
};

} // namespace

BOOST_FIXTURE_TEST_CASE(before_start_clients_are_parked_and_handed_over_with_what_they_sent, Attaching)
{
    auto const id = create();
    Connection one, two;
    BOOST_REQUIRE(attach(one, streaming(), "early"));
    BOOST_REQUIRE(attach(two, streaming()));
    BOOST_TEST(!one.closed());
    start("web");
    auto const& clients = keeper(id)->clients;
    BOOST_REQUIRE(clients.size() == 2u);
    BOOST_TEST(clients[0].how.early == "early");
    BOOST_TEST((clients[0].how.in && clients[0].how.framed && clients[0].how.stream));
    BOOST_TEST(!one.closed());
}

BOOST_FIXTURE_TEST_CASE(who_hung_up_is_pruned_but_a_half_close_is_not_a_hang_up, Attaching)
{
    auto const id = create();
    Connection gone, half;
    BOOST_REQUIRE(attach(gone, streaming()));
    BOOST_REQUIRE(attach(half, streaming()));
    gone.ours.reset();
    ::shutdown(half.ours.get(), SHUT_WR);
    start("web");
    BOOST_TEST(keeper(id)->clients.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(parking_is_bounded_and_room_comes_back, Attaching)
{
    create();
    std::vector<std::unique_ptr<Connection>> connections;
    for (size_t i = 0; i < containers::Parking::capacity; ++i)
        BOOST_REQUIRE(attach(*connections.emplace_back(std::make_unique<Connection>()), streaming()));
    Connection more;
    BOOST_TEST(attach(more, streaming()).error().code == STAITHE_BUSY);
    BOOST_TEST(static_cast<bool>(more.theirs)); // refused before it left HTTP
    connections.pop_back();
    BOOST_TEST(static_cast<bool>(attach(more, streaming())));
}

BOOST_FIXTURE_TEST_CASE(a_start_waits_for_who_has_seen_the_head_of_the_reply, Attaching)
{
    create();
    Connection connection;
    std::thread starter;
    auto const attached = service->attach("r", "web", streaming(), [&]() -> Result<api::ClientStream> {
        starter = std::thread([&] { start("web"); }); // the client, as soon as it has the head
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        return api::ClientStream { std::move(connection.theirs), "" };
    });
    starter.join();
    BOOST_TEST(static_cast<bool>(attached));
    BOOST_TEST(keepers.given_clients == 1u);
}

BOOST_FIXTURE_TEST_CASE(during_start_clients_are_handed_over_afterwards, Attaching)
{
    auto const id = create();
    Connection connection;
    keepers.during_start = [&] { BOOST_REQUIRE(attach(connection, streaming())); };
    start("web");
    BOOST_TEST(keeper(id)->clients.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(a_failed_start_and_a_removal_close_the_parked, Attaching)
{
    create();
    Connection one, two;
    BOOST_REQUIRE(attach(one, streaming()));
    keepers.fail_start = "no";
    BOOST_REQUIRE(!service->start("r", "web", nullptr));
    BOOST_TEST(one.closed());
    BOOST_REQUIRE(attach(two, streaming()));
    BOOST_REQUIRE(service->remove("r", "web", false));
    BOOST_TEST(two.closed());
}

BOOST_FIXTURE_TEST_CASE(running_goes_to_the_keeper, Attaching)
{
    auto const id = create();
    start("web");
    Connection connection;
    BOOST_REQUIRE(attach(connection, streaming()));
    BOOST_TEST(keeper(id)->clients.size() == 1u);
    Connection nothing;
    BOOST_REQUIRE(attach(nothing, {}));
    BOOST_TEST(nothing.closed()); // neither logs nor stream
}

BOOST_FIXTURE_TEST_CASE(a_tty_is_never_framed, Attaching)
{
    api::ContainerConfig config;
    config.tty = true;
    auto const id = create("web", config);
    start("web");
    Connection connection;
    BOOST_REQUIRE(attach(connection, streaming()));
    BOOST_TEST(!keeper(id)->clients.at(0).how.framed);
}

BOOST_FIXTURE_TEST_CASE(ended_with_logs_is_replayed_and_closed, Attaching)
{
    auto const id = create();
    start("web");
    end(id, 0);
    Connection both, logs, stream;
    auto options = streaming();
    options.logs = true;
    BOOST_REQUIRE(attach(both, options));
    BOOST_TEST(both.closed());
    options.stream = false;
    BOOST_REQUIRE(attach(logs, options));
    BOOST_REQUIRE(keepers.replayed.size() == 2u);
    BOOST_TEST(!keepers.replayed[0].stream);
    BOOST_REQUIRE(attach(stream, streaming())); // only the stream: waits for the next start
    BOOST_TEST(!stream.closed());
    start("web");
    BOOST_TEST(keeper(id)->clients.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(logs_of_a_container_that_never_ran_are_empty, Attaching)
{
    create();
    Connection logs;
    api::AttachOptions options;
    options.logs = options.out = true;
    BOOST_REQUIRE(attach(logs, options));
    BOOST_TEST(logs.closed());
    BOOST_TEST(keepers.replayed.empty());
}

BOOST_FIXTURE_TEST_CASE(a_keeper_that_ends_just_now_does_not_lose_the_client, Attaching)
{
    auto const id = create();
    start("web");
    auto const dying = keeper(id);
    dying->fail_attach = "gone";
    std::thread exit([&] { end(id, 0); });
    Connection both;
    auto options = streaming();
    options.logs = true;
    BOOST_REQUIRE(attach(both, options));
    exit.join();
    BOOST_TEST(keepers.replayed.size() == 1u);
    BOOST_TEST(both.closed());
}

BOOST_FIXTURE_TEST_CASE(errors_come_before_the_connection_leaves_http, Attaching)
{
    bool taken = false;
    auto const take = [&]() -> Result<api::ClientStream> {
        taken = true;
        return Error { STAITHE_UNAVAILABLE, 0, "client gone" };
    };
    BOOST_TEST(service->attach("r", "web", streaming(), take).error().message == "No such container: web");
    BOOST_TEST(!taken);
    create();
    BOOST_TEST(service->attach("r", "web", streaming(), take).error().message == "client gone");
    BOOST_TEST(taken);
}
