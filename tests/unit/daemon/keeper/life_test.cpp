// From start to exit: codes, records, failures, and daemons that come and go.
#include <signal.h>

#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "fixture.hpp"

using namespace staithe;
using namespace staithe::test;

BOOST_FIXTURE_TEST_SUITE(keeper_life, Fixture)

BOOST_AUTO_TEST_CASE(ROOT_streams_stay_apart_and_exit_code_is_told)
{
    auto const got = unframe(output_of(shell("echo out; echo err >&2; exit 7"), live()));
    BOOST_TEST(got.out == "out\n");
    BOOST_TEST(got.err == "err\n");
    auto const record = wait_for_exit();
    BOOST_TEST(record.status == 7);
    BOOST_TEST(record.run == 1u);
    BOOST_TEST(record.exited_ns >= record.started_ns);
    auto const stored = drivers::read_exit_record(state_dir().get());
    BOOST_REQUIRE(stored);
    BOOST_TEST(stored.value().status == 7);
}

BOOST_AUTO_TEST_CASE(ROOT_death_by_signal_is_128_plus_n_and_the_driver_tells_of_memory)
{
    auto const keeper = start(shell("exec sleep 100"));
    BOOST_REQUIRE(keeper->signal(call(), SIGKILL));
    auto const record = wait_for_exit();
    BOOST_TEST(record.status == 137);
    BOOST_TEST(record.out_of_memory);
}

BOOST_AUTO_TEST_CASE(ROOT_calls_after_the_end_are_errors)
{
    auto const keeper = start(shell("exit 0"));
    wait_for_exit();
    BOOST_TEST(!keeper->signal(call(), SIGTERM));
    BOOST_TEST(!keeper->stats(call()));
}

BOOST_AUTO_TEST_CASE(ROOT_failed_start_gives_the_clients_back_and_names_the_cause)
{
    Connection connection;
    std::vector<drivers::Client> clients;
    clients.push_back({ live(), std::move(connection.theirs) });
    auto what = shell("true");
    what.options = { { "test", "fail" } };
    auto const keeper = start(what, clients);
    BOOST_REQUIRE(!keeper);
    BOOST_TEST((keeper.error().code == STAITHE_CONFLICT));
    BOOST_TEST(keeper.error().message == "execution driver 'fake' failed in start(): told to fail");
    BOOST_REQUIRE(clients.size() == 1u);
    BOOST_TEST(static_cast<bool>(clients[0].socket));
    BOOST_TEST(!std::filesystem::exists(root + "/s/" + container));
    BOOST_TEST(exits_told() == 0);
}

BOOST_AUTO_TEST_CASE(ROOT_driver_that_dies_in_start_is_named_and_cleaned_after)
{
    std::vector<drivers::Client> none;
    auto what = shell("true");
    what.options = { { "test", "crash" } };
    auto const keeper = start(what, none);
    BOOST_REQUIRE(!keeper);
    BOOST_TEST(keeper.error().message == "execution driver 'fake' died in start()");
    BOOST_TEST(std::filesystem::exists(root + "/run/destroyed"));
}

BOOST_AUTO_TEST_CASE(ROOT_unknown_user_is_refused)
{
    std::vector<drivers::Client> none;
    auto what = shell("true");
    what.user = "nobody-here";
    auto const keeper = start(what, none);
    BOOST_REQUIRE(!keeper);
    BOOST_TEST(keeper.error().message == "the container's /etc/passwd has no user 'nobody-here'");
}

BOOST_AUTO_TEST_CASE(ROOT_another_daemon_adopts_and_misses_nothing)
{
    auto const script = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo $i; [ $((i % 50)) = 0 ] && sleep 0.05; done; "
                        "read x; exit 3";
    auto what = shell(script);
    what.open_stdin = true;
    int const pid = start(what)->pid();
    make_daemon();
    auto const keeper = keepers->adopt(call(), container);
    BOOST_REQUIRE_MESSAGE(keeper, (keeper ? "" : keeper.error().message));
    BOOST_TEST(keeper.value()->pid() == pid);
    BOOST_TEST(keeper.value()->run() == 1u);
    Connection connection;
    auto how = live(true);
    how.logs = true;
    how.framed = false;
    BOOST_REQUIRE(keeper.value()->attach(call(), { how, std::move(connection.theirs) }));
    std::string expected;
    for (int i = 1; i <= 300; ++i)
        expected += std::to_string(i) + "\n";
    BOOST_TEST(connection.read_until("\n300\n") == expected);
    connection.write("go\n");
    BOOST_TEST(wait_for_exit().status == 3);
    BOOST_TEST(connection.read_all().empty());
    make_daemon();
    auto const gone = keepers->adopt(call(), container);
    BOOST_REQUIRE(!gone);
    BOOST_TEST((gone.error().code == STAITHE_NOT_FOUND));
    BOOST_TEST(exits_told() == 1);
}

BOOST_AUTO_TEST_CASE(ROOT_open_streams_go_on_while_no_daemon_lives)
{
    auto what = shell("read x; echo got $x; exit 4");
    what.open_stdin = true;
    auto const keeper = start(what);
    Connection connection;
    BOOST_REQUIRE(keeper->attach(call(), { live(true), std::move(connection.theirs) }));
    keepers.reset();
    connection.write("it\n");
    BOOST_TEST(unframe(connection.read_all()).out == "got it\n");
}

BOOST_AUTO_TEST_CASE(ROOT_killed_keeper_takes_the_container_along_and_is_noticed)
{
    auto const keeper = start(shell("exec sleep 1000"));
    std::string stat = "/proc/" + std::to_string(keeper->pid()) + "/stat";
    FILE* const file = std::fopen(stat.c_str(), "re");
    BOOST_REQUIRE(file);
    int parent = 0;
    BOOST_REQUIRE(std::fscanf(file, "%*d %*s %*c %d", &parent) == 1);
    std::fclose(file);
    ::kill(parent, SIGTERM); // does nothing
    ::kill(parent, SIGKILL);
    BOOST_TEST(wait_for_exit().status == 255);
    BOOST_TEST(exits_told() == 1);
}

BOOST_AUTO_TEST_CASE(ROOT_host_mount_table_never_changes)
{
    auto const mounts = [] {
        FILE* const file = std::fopen("/proc/self/mountinfo", "re");
        std::string all(1 << 20, '\0');
        all.resize(std::fread(all.data(), 1, all.size(), file));
        std::fclose(file);
        return all;
    };
    auto const before = mounts();
    auto const keeper = start(shell("exec sleep 1000"));
    BOOST_TEST(mounts() == before);
    BOOST_REQUIRE(keeper->signal(call(), SIGKILL));
    wait_for_exit();
    BOOST_TEST(mounts() == before);
}

BOOST_AUTO_TEST_CASE(ROOT_log_survives_runs)
{
    output_of(shell("echo one"), live());
    wait_for_exit();
    auto second = shell("echo two");
    second.run = 2;
    auto how = live();
    how.logs = true;
    BOOST_TEST(unframe(output_of(second, how)).out == "one\ntwo\n");
    BOOST_TEST(unframe(replayed(live())).out == "one\ntwo\n");
}

BOOST_AUTO_TEST_CASE(ROOT_background_children_do_not_delay_the_end)
{
    auto const got = unframe(output_of(shell("sleep 1000 & echo done"), live()));
    BOOST_TEST(got.out == "done\n");
    BOOST_TEST(wait_for_exit().status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
