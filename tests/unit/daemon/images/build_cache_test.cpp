#include "daemon/images/build_cache.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/daemon/images/room.hpp"

using namespace staithe;
using namespace staithe::images;

namespace {

using Config = api::ContainerConfig;

Config step()
{
    Config config;
    config.command = std::vector<std::string> { "/bin/sh", "-c", "make" };
    config.env = std::vector<std::string> { "A=1", "B=2" };
    config.user = "u", config.memory = 7;
    config.volumes = { "/v" };
    return config;
}

template <class F> bool same_after(F&& change)
{
    auto other = step();
    change(other);
    BOOST_TEST(same_step(step(), other) == same_step(other, step()));
    return same_step(step(), other);
}

} // namespace

BOOST_AUTO_TEST_CASE(what_changes_the_result_makes_another_step)
{
    BOOST_TEST(same_step(step(), step()));
    BOOST_TEST(!same_after([](Config& c) { c.command->push_back("x"); }));
    BOOST_TEST(!same_after([](Config& c) { c.entrypoint = std::vector<std::string> { "e" }; }));
    BOOST_TEST(!same_after([](Config& c) { std::swap(c.env->at(0), c.env->at(1)); })); // in order
    BOOST_TEST(!same_after([](Config& c) { c.dns = std::vector<std::string> { "1.1.1.1" }; }));
    BOOST_TEST(!same_after([](Config& c) { c.user = "v"; }));
    BOOST_TEST(!same_after([](Config& c) { c.memory = 8; }));
    BOOST_TEST(!same_after([](Config& c) { c.memory_swap = 8; }));
    BOOST_TEST(!same_after([](Config& c) { c.cpu_shares = 8; }));
    BOOST_TEST(!same_after([](Config& c) { c.tty = true; }));
    BOOST_TEST(!same_after([](Config& c) { c.attach_stdout = true; }));
    BOOST_TEST(!same_after([](Config& c) { c.attach_stderr = true; }));
    BOOST_TEST(!same_after([](Config& c) { c.volumes.insert("/w"); }));
    BOOST_TEST(!same_after([](Config& c) { c.volumes_from = "db"; }));
    BOOST_TEST(!same_after([](Config& c) { c.port_specs = { "80" }; }));
    BOOST_TEST(!same_after([](Config& c) { c.exposed_ports = { "80/tcp" }; }));
}

BOOST_AUTO_TEST_CASE(what_does_not_change_it_does_not)
{
    BOOST_TEST(same_after([](Config& c) { c.hostname = "h", c.domainname = "d"; }));
    BOOST_TEST(same_after([](Config& c) { c.image = "box", c.working_dir = "/w"; }));
    BOOST_TEST(same_after([](Config& c) { c.network_disabled = c.stdin_once = c.attach_stdin = true; }));
    BOOST_TEST(same_after([](Config& c) { c.entrypoint = std::vector<std::string>(); })); // absent or empty
    BOOST_TEST(same_after([](Config& c) { c.dns = std::vector<std::string>(); }));
}

BOOST_AUTO_TEST_CASE(a_step_that_reads_its_input_is_like_no_other)
{
    auto reading = step();
    reading.open_stdin = true;
    BOOST_TEST(!same_step(reading, reading));
    BOOST_TEST(!same_after([](Config& c) { c.open_stdin = true; }));
}

BOOST_AUTO_TEST_CASE(port_specs_may_have_become_exposed_ports)
{
    Config asked, exposed;
    asked.port_specs = { "80", "127.0.0.1:8053:53/udp" };
    exposed.exposed_ports = { "80/tcp", "53/udp" };
    BOOST_TEST(same_step(asked, exposed));
    BOOST_TEST(same_step(exposed, asked));
    exposed.exposed_ports.insert("81/tcp");
    BOOST_TEST(!same_step(asked, exposed));
    Config other;
    other.port_specs = { "127.0.0.1:8053:53/udp", "80" }; // two lists that both still ask are compared as they are
    BOOST_TEST(!same_step(asked, other));
}

BOOST_FIXTURE_TEST_CASE(the_youngest_child_of_the_same_step_is_found, Room)
{
    auto const parent = imported(), unrelated = imported("another one");
    auto const child = [&](Config const& config) {
        return library->commit("r", {}, { parent, parent, config }).value(); // any layer has changes, for the double
    };
    auto const first = child(step());
    BOOST_TEST(library->cached_child(parent, step()).value() == first);
    auto const second = child(step());
    BOOST_TEST(library->cached_child(parent, step()).value() == second);
    BOOST_TEST(library->cached_child(parent.substr(0, 12), step()).value() == second);
    auto other = step();
    other.user = "nobody";
    BOOST_TEST(library->cached_child(parent, other).value() == "");
    BOOST_TEST(library->cached_child(unrelated, step()).value() == "");
    BOOST_TEST(library->cached_child("nope", step()).error().message == "No such image: nope");
    open();
    BOOST_TEST(library->cached_child(parent, step()).value() == second);
}
