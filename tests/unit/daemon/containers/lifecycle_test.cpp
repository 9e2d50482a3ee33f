#include <boost/test/unit_test.hpp>

#include <atomic>
#include <csignal>
#include <functional>
#include <thread>

#include "tests/unit/daemon/containers/engine.hpp"

using namespace staithe;
using doubles::Engine;

namespace {

api::ContainerFilter all()
{
    api::ContainerFilter filter;
    filter.all = true;
    return filter;
}

} // namespace

BOOST_FIXTURE_TEST_CASE(a_whole_life, Engine)
{
    auto const id = create();
    BOOST_TEST(id.size() == 64u);
    BOOST_TEST(catalog.storage_driver->layers.at(id) == "image-layer");
    BOOST_TEST(os::exists(directory_of(id)));
    BOOST_TEST(!state("web").running);
    int code = -1;
    BOOST_REQUIRE(service->wait("web", [&](int c) { code = c; }));
    BOOST_TEST(code == 0); // never started: at once

    start("web");
    BOOST_TEST(state("web").running);
    BOOST_TEST(state("web").pid == 4711);
    BOOST_TEST(state("web").started_ns == 1000);
    code = -1;
    BOOST_REQUIRE(service->wait("web", [&](int c) {
        code = c;
        BOOST_TEST(!state("web").running); // consistent before anybody hears of it
        BOOST_TEST(static_cast<bool>(service->remove("r", "web", false)));
    }));
    BOOST_TEST(code == -1);
    end(id, 7);
    BOOST_TEST(code == 7);
    BOOST_TEST(!service->inspect("web"));
    BOOST_TEST(catalog.storage_driver->layers.empty());
    BOOST_TEST(directory_goes(id));
}

BOOST_FIXTURE_TEST_CASE(a_layer_that_a_power_cut_took_is_made_again, Engine)
{
    auto const id = create();
    catalog.storage_driver->layers.clear();
    start("web");
    BOOST_TEST(state("web").running);
    BOOST_TEST(catalog.storage_driver->layers.at(id) == "image-layer");
    end(id, 0);
}

BOOST_FIXTURE_TEST_CASE(start_message_says_everything, Engine)
{
    api::ContainerConfig config;
    config.entrypoint = std::vector<std::string> { "sh" };
    config.command = std::vector<std::string> { "-c", "x" };
    config.user = "nobody", config.memory = 1 << 20, config.memory_swap = 7, config.cpu_shares = 5;
    config.tty = config.open_stdin = config.stdin_once = true;
    config.domainname = "example.org";
    auto const id = create("web", config);
    api::HostConfig host;
    host.privileged = true;
    host.lxc_conf = { { "a", "b" } };
    BOOST_REQUIRE(service->start("r", "web", &host));
    auto const& message = keepers.started.at(0);
    BOOST_TEST(message.container == id);
    BOOST_TEST(message.run == 1u);
    BOOST_TEST(message.argv == (std::vector<std::string> { "sh", "-c", "x" }));
    BOOST_TEST(message.cwd == "/");
    BOOST_TEST(message.user == "nobody");
    BOOST_TEST(message.hostname == id.substr(0, 12));
    BOOST_TEST(message.domainname == "example.org");
    BOOST_TEST(message.cgroup == "staithe/" + id);
    BOOST_TEST((message.tty && message.open_stdin && message.stdin_once && message.privileged));
    BOOST_TEST(message.limits.memory == 1 << 20);
    BOOST_TEST(message.limits.memory_swap == 0);
    BOOST_TEST(message.limits.cpu_shares == 5);
    BOOST_TEST(message.options.size() == 1u);
    end(id, 0);
    start("web"); // the host configuration is remembered
    BOOST_TEST(keepers.started.at(1).privileged);
    BOOST_TEST(keepers.started.at(1).run == 2u);
}

BOOST_FIXTURE_TEST_CASE(refusals, Engine)
{
    auto const id = create();
    start("web");
    auto const again = service->start("r", "web", nullptr);
    BOOST_TEST(again.error().message == "Cannot start container web: The container " + id + " is already running.");
    BOOST_TEST(state("web").running);
    auto const removed = service->remove("r", "web", false);
    BOOST_TEST(removed.error().message == "Impossible to remove a running container, please stop it first");
    BOOST_TEST(removed.error().code == STAITHE_CONFLICT);
    BOOST_TEST(service->stop("r", "nope", 1).error().message == "No such container: nope");
    BOOST_TEST(service->resize("r", "web", 1, 2).error().message == "ptyMaster does not have Fd() method");
    BOOST_TEST(service->kill("r", "web", 999).error().message == "Cannot kill container web: invalid signal 999");
    api::ContainerConfig config;
    config.image = "other:1";
    BOOST_TEST(service->create("r", { "", false, {} }, config).error().message == "No such image: other:1 (tag: 1)");
    config.image = "box";
    BOOST_TEST(service->create("r", { "", false, {} }, config).error().message == "No command specified");
    config.command = std::vector<std::string> { "x" };
    BOOST_TEST(service->create("r", { "web", false, {} }, config).error().message == "Conflict, /web already exists.");
    BOOST_TEST(service->create("r", { id.substr(0, 12), false, {} }, config).error().code == STAITHE_CONFLICT);
    BOOST_TEST(service->create("r", { "a/b", false, {} }, config).error().message == "Cannot find child for /a");
    BOOST_TEST(static_cast<bool>(service->create("r", { "web/b", false, {} }, config)));
}

BOOST_FIXTURE_TEST_CASE(a_failed_create_leaves_nothing_and_frees_the_name, Engine)
{
    catalog.storage_driver->fails["create"] = "disk full";
    api::ContainerConfig config;
    config.image = "box", config.command = std::vector<std::string> { "x" };
    BOOST_TEST(service->create("r", { "web", false, {} }, config).error().code == STAITHE_NO_SPACE);
    BOOST_TEST(service->list(all()).value().empty());
    catalog.storage_driver->fails.clear();
    create("web");
}

BOOST_FIXTURE_TEST_CASE(a_failed_start_leaves_it_as_it_was, Engine)
{
    auto const id = create();
    keepers.fail_start = "no such kernel";
    BOOST_TEST(service->start("r", "web", nullptr).error().message == "Cannot start container web: no such kernel");
    BOOST_TEST(!state("web").running);
    BOOST_TEST(state("web").started_ns == 0);
    boot();
    BOOST_TEST(!state("web").running);
    BOOST_TEST(state("web").exit_code == 0);
    keepers.fail_start.clear();
    start("web");
    BOOST_TEST(keepers.started.back().run == 2u);
}

BOOST_FIXTURE_TEST_CASE(an_end_before_start_returns_is_not_lost, Engine)
{
    auto const id = create();
    keepers.during_start = [&] { service->on_exit(id, { 1, 3, 10, 20, false }); };
    start("web");
    BOOST_TEST(!state("web").running);
    BOOST_TEST(state("web").exit_code == 3);
    int code = -1;
    BOOST_REQUIRE(service->wait(id, [&](int c) { code = c; }));
    BOOST_TEST(code == 3);
}

BOOST_FIXTURE_TEST_CASE(the_end_of_another_run_is_ignored, Engine)
{
    auto const id = create();
    start("web");
    service->on_exit(id, { 9, 3, 10, 20, false });
    BOOST_TEST(state("web").running);
    service->on_exit("unknown", { 1, 3, 10, 20, false });
}

BOOST_FIXTURE_TEST_CASE(stop_asks_then_kills, Engine)
{
    auto const id = create();
    start("web");
    auto const polite = keeper(id);
    polite->on_signal = [&](int) { end(id, 143); };
    BOOST_REQUIRE(service->stop("r", "web", 10));
    BOOST_TEST(polite->signals == std::vector<int> { SIGTERM });
    BOOST_REQUIRE(service->stop("r", "web", 10)); // stopped already

    start("web");
    auto const stubborn = keeper(id);
    stubborn->on_signal = [&](int signal) {
        if (signal == SIGKILL)
            end(id, 137);
    };
    BOOST_REQUIRE(service->stop("r", "web", 0));
    BOOST_TEST(stubborn->signals == (std::vector<int> { SIGTERM, SIGKILL }));
    BOOST_TEST(state("web").exit_code == 137);
}

BOOST_FIXTURE_TEST_CASE(kill_with_a_signal_does_not_wait, Engine)
{
    auto const id = create();
    BOOST_REQUIRE(service->kill("r", "web", 0)); // not running: fine
    start("web");
    BOOST_REQUIRE(service->kill("r", "web", SIGUSR1));
    BOOST_TEST(keeper(id)->signals == std::vector<int> { SIGUSR1 });
    keeper(id)->on_signal = [&](int) { end(id, 137); };
    BOOST_REQUIRE(service->kill("r", "web", 0));
    BOOST_TEST(!state("web").running);
}

BOOST_FIXTURE_TEST_CASE(restart_is_stop_and_start, Engine)
{
    auto const id = create();
    BOOST_REQUIRE(service->restart("r", "web", 1)); // stopped: just started
    keeper(id)->on_signal = [&](int) { end(id, 0); };
    BOOST_REQUIRE(service->restart("r", "web", 1));
    BOOST_TEST(keeper(id)->run() == 2u);
}

BOOST_FIXTURE_TEST_CASE(waiters_are_many_and_may_withdraw, Engine)
{
    auto const id = create();
    start("web");
    int told = 0;
    BOOST_REQUIRE(service->wait("web", [&](int) { ++told; }));
    auto const withdraw = service->wait("web", [&](int) { told += 100; });
    BOOST_REQUIRE(service->wait(id.substr(0, 5), [&](int) { ++told; }));
    withdraw.value()();
    end(id, 0);
    BOOST_TEST(told == 2);
    withdraw.value()();
    BOOST_TEST(!service->wait("nope", [](int) {}));
}

BOOST_FIXTURE_TEST_CASE(a_keeper_that_dies_is_cleaned_up_after_first, Engine)
{
    auto const id = create();
    start("web");
    Mutex mutex;
    CondVar changed;
    bool ended = false, destroyed_before = false;
    BOOST_REQUIRE(service->wait("web", [&](int) {
        MutexLock lock(mutex);
        destroyed_before = keepers.destroyed.contains(id);
        ended = true;
        changed.notify_all();
    }));
    end(id, 255);
    MutexLock lock(mutex);
    while (!ended)
        changed.wait(mutex);
    BOOST_TEST(destroyed_before);
    BOOST_TEST(state("web").exit_code == 255);
}

BOOST_FIXTURE_TEST_CASE(list_filters, Engine)
{
    auto const a = create("a"), b = create("b"), c = create("c");
    start("b");
    auto const names = [&](std::function<void(api::ContainerFilter&)> const& ask) {
        api::ContainerFilter filter;
        ask(filter);
        auto const records = service->list(filter);
        std::string text;
        for (auto const& record : records.value())
            text += record.names.at(0).substr(1);
        return text;
    };
    BOOST_TEST(names([](auto&) {}) == "b");
    BOOST_TEST(names([](auto& f) { f.all = true; }) == "cba");
    BOOST_TEST(names([](auto& f) { f.limit = 2; }) == "cb");
    BOOST_TEST(names([](auto& f) { f.limit = 0; }) == "");
    BOOST_TEST(names([](auto& f) { f.limit = -5; }) == "cba");
    BOOST_TEST(names([&](auto& f) { f.since = a.substr(0, 12); }) == "cb");
    BOOST_TEST(names([](auto& f) { f.since = "a"; }) == "cb");
    BOOST_TEST(names([](auto& f) { f.since = "unknown"; }) == "cba");
    BOOST_TEST(names([&](auto& f) { f.before = c; }) == "ba");
    BOOST_TEST(names([](auto& f) { f.before = "unknown"; }) == "");
    auto sized = all();
    sized.size = true;
    auto const records = service->list(sized);
    auto const& record = records.value().at(1);
    BOOST_TEST(record.command == "true ");
    BOOST_TEST(record.image == "box:latest");
    BOOST_TEST(record.size_rw == 42);
    BOOST_TEST(record.size_root == 1042);
}

BOOST_FIXTURE_TEST_CASE(starts_race_and_one_wins, Engine)
{
    create();
    std::atomic<int> won = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] { won += service->start("r", "web", nullptr) ? 1 : 0; });
    for (auto& thread : threads)
        thread.join();
    BOOST_TEST(won == 1);
    BOOST_TEST(keepers.started.size() == 1u);
}
