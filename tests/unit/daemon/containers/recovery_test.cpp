// The table of recovery.cpp: each state of the row × what the keeper left.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

#include "tests/unit/daemon/containers/engine.hpp"

using namespace staithe;
using doubles::Engine;

namespace {

void leave_record(Engine& engine, std::string const& id, uint32_t run, int status)
{
    rpc::Writer out;
    encode(out, rpc::keeper::ExitRecord { run, status, 1000, 2000, false });
    BOOST_REQUIRE(os::write_file(engine.directory_of(id) + "/exit", out.take()));
}

/// Until let_go(), whoever starts a keeper waits.
class HeldStart {
public:
    explicit HeldStart(doubles::FakeKeepers& keepers)
    {
        keepers.during_start = [this] {
            m_begun = true;
            while (!m_let_go)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        };
    }
    ~HeldStart() { let_go(); }
    void await() const
    {
        while (!m_begun)
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    void let_go() { m_let_go = true; }

private:
    std::atomic<bool> m_begun = false, m_let_go = false;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(running_with_a_keeper_runs_on, Engine)
{
    auto const id = create();
    start("web");
    boot();
    BOOST_TEST(state("web").running);
    BOOST_TEST(!state("web").ghost);
    BOOST_TEST(state("web").pid == 4711);
    int code = -1;
    BOOST_REQUIRE(service->wait("web", [&](int c) { code = c; }));
    end(id, 5);
    BOOST_TEST(code == 5);
    boot();
    BOOST_TEST(state("web").exit_code == 5);
}

BOOST_FIXTURE_TEST_CASE(running_that_ended_meanwhile_ends_as_recorded, Engine)
{
    auto const id = create();
    start("web");
    keepers.running.clear();
    leave_record(*this, id, 1, 42);
    boot();
    BOOST_TEST(!state("web").running);
    BOOST_TEST(state("web").exit_code == 42);
    BOOST_TEST(state("web").finished_ns == 2000);
    BOOST_TEST(keepers.destroyed.empty());
    boot();
    BOOST_TEST(state("web").exit_code == 42);
}

BOOST_FIXTURE_TEST_CASE(running_that_vanished_is_lost_and_cleaned_up, Engine)
{
    auto const id = create();
    start("web");
    keepers.running.clear();
    boot();
    BOOST_TEST(!state("web").running);
    BOOST_TEST(state("web").exit_code == -127);
    BOOST_TEST(keepers.destroyed.contains(id));
    start("web");
}

BOOST_FIXTURE_TEST_CASE(the_record_of_an_earlier_run_does_not_count, Engine)
{
    auto const id = create();
    start("web");
    end(id, 1);
    leave_record(*this, id, 1, 1);
    start("web");
    keepers.running.clear();
    boot();
    BOOST_TEST(state("web").exit_code == -127);
}

BOOST_FIXTURE_TEST_CASE(a_kill_while_the_keeper_is_being_made, Engine)
{
    auto const id = create();
    keepers.during_start = [&] { throw 1; }; // the daemon dies here: row "running", no keeper
    BOOST_CHECK_THROW((void)service->start("r", "web", nullptr), int);
    keepers.during_start = {};
    boot();
    BOOST_TEST(!state("web").running);
    BOOST_TEST(state("web").exit_code == -127);
    BOOST_TEST(keepers.destroyed.contains(id));
}

BOOST_FIXTURE_TEST_CASE(after_a_reboot_no_keeper_is_asked, Engine)
{
    auto const id = create();
    start("web");
    boot("boot-2");
    BOOST_TEST(keepers.adoptions == 0);
    BOOST_TEST(state("web").exit_code == -127);
}

BOOST_FIXTURE_TEST_CASE(after_a_power_cut_the_exit_record_may_know_more_than_the_row, Engine)
{
    auto const id = create();
    leave_record(*this, id, 1, 9); // the lazily written row of this run was lost
    boot("boot-2");
    BOOST_TEST(state("web").exit_code == 9);
    start("web");
    BOOST_TEST(keepers.started.back().run == 2u);
}

BOOST_FIXTURE_TEST_CASE(stopped_stays_stopped, Engine)
{
    auto const id = create();
    start("web");
    end(id, 3);
    boot();
    boot("boot-2", true);
    BOOST_TEST(!state("web").running);
    BOOST_TEST(state("web").exit_code == 3);
    BOOST_TEST(keepers.started.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_a_reboot_ended_is_started_again_when_wanted, Engine)
{
    auto const id = create();
    start("web");
    keepers.running.clear();
    boot("boot-2", true);
    for (int i = 0; i < 500 && !state("web").running; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST(state("web").running);
    service->shut_down();
}

BOOST_FIXTURE_TEST_CASE(a_daemon_that_ends_while_it_starts_them_again_is_taken_over_from, Engine)
{
    create("a"), create("b");
    start("a"), start("b");
    keepers.running.clear();
    HeldStart held(keepers);
    boot("boot-2", true);
    BOOST_TEST(state("b").exit_code == -127);
    held.await();
    std::thread end([&] { service->shut_down(); });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    held.let_go();
    end.join();
    BOOST_TEST(keepers.running.size() == 1u);
    boot("boot-2", true);
    for (int i = 0; i < 500 && !(state("a").running && state("b").running); ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST(state("a").running);
    BOOST_TEST(state("b").running);
    service->shut_down();
}

BOOST_FIXTURE_TEST_CASE(what_a_client_stopped_meanwhile_is_not_started_again, Engine)
{
    create("a"), create("b"), create("c");
    start("a"), start("b"), start("c");
    keepers.running.clear();
    HeldStart held(keepers);
    boot("boot-2", true);
    held.await();
    BOOST_REQUIRE(service->stop("test", "b", 1));
    BOOST_REQUIRE(service->kill("test", "c", 0));
    held.let_go();
    for (int i = 0; i < 500 && !state("a").running; ++i)
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    BOOST_TEST(state("a").running);
    service->shut_down();
    BOOST_TEST(keepers.running.size() == 1u);
    boot("boot-2", true);
    service->shut_down();
    BOOST_TEST(keepers.running.size() == 1u, "the next daemon leaves them stopped, too");
}

BOOST_FIXTURE_TEST_CASE(many_are_adopted_at_once, Engine)
{
    for (int i = 0; i < 100; ++i) {
        create("c" + std::to_string(i));
        start("c" + std::to_string(i));
    }
    boot();
    BOOST_TEST(service->list({}).value().size() == 100u);
    BOOST_TEST(keepers.adoptions == 100);
}

BOOST_FIXTURE_TEST_CASE(left_over_directories_go_but_not_those_of_quarantined_containers, Engine)
{
    auto const id = create();
    std::string const orphan(64, 'a'), quarantined(64, 'b');
    BOOST_REQUIRE(os::make_directories(directory_of(orphan) + "/deep/er"));
    BOOST_REQUIRE(os::make_directory(directory_of(quarantined)));
    service->shut_down();
    BOOST_REQUIRE(service->recover(keepers, { { quarantined }, {} }));
    BOOST_TEST(!os::exists(directory_of(orphan)));
    BOOST_TEST(os::exists(directory_of(quarantined)));
    BOOST_TEST(os::exists(directory_of(id)));
}

BOOST_FIXTURE_TEST_CASE(a_killed_create_or_remove_leaves_all_or_nothing, Engine)
{
    auto const id = create();
    std::string const half(64, 'a');
    catalog.storage_driver->layers[half] = "image-layer"; // create killed after the layer: no row
    boot();
    BOOST_REQUIRE(layers->driver("fake"));
    BOOST_TEST(!catalog.storage_driver->layers.contains(half));
    BOOST_TEST(catalog.storage_driver->layers.contains(id));
    auto const row = service->registry().by_id(id)->record();
    BOOST_REQUIRE(store->remove_container(row)); // remove killed after the row: bytes are left
    boot();
    BOOST_REQUIRE(layers->driver("fake"));
    BOOST_TEST(catalog.storage_driver->layers.empty());
    BOOST_TEST(!os::exists(directory_of(id)));
    create("web"); // the name is free again
}
