// How the process of a registry driver is confined, told by a driver that looks.
#include "daemon/drivers/generations.hpp"

#include "installation.hpp"

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

namespace {

bool is_root(boost::unit_test::test_unit_id)
{
    return ::geteuid() == 0;
}

struct Registry : Installation {
    Registry()
        : driver(DriverDirectory(options.directory, ParentCheck::Skip),
            { options.host_program, options.state_dir, options.run_dir, {}, options.log },
            { STAITHE_REGISTRY, "double" })
    {
        install("registry-double");
    }
    std::string fetch(std::string const& url)
    {
        TextSink sink;
        rpc::driver::Call order;
        order.function = rpc::driver::Function::FetchUrl;
        order.id = url;
        auto const transfer = transfer_into(sink);
        auto const answer = driver.ask(soon(), std::move(order), *transfer);
        BOOST_REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().message));
        return sink.text;
    }
    Generations driver;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(registry, Registry)

BOOST_AUTO_TEST_CASE(ROOT_runs_as_nobody_without_capabilities, *boost::unit_test::precondition(is_root))
{
    auto const status = fetch("status");
    BOOST_CHECK(status.find("Uid:\t0") == std::string::npos);
    BOOST_CHECK(status.find("Gid:\t0") == std::string::npos);
    CHECK_CONTAINS(status, "Groups:\t \n");
    for (auto const* set : { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" })
        CHECK_CONTAINS(status, std::string(set) + ":\t0000000000000000");
    CHECK_CONTAINS(status, "NoNewPrivs:\t1");
    CHECK_CONTAINS(status, "Seccomp:\t2");
}

BOOST_AUTO_TEST_CASE(ROOT_may_connect_and_nothing_else, *boost::unit_test::precondition(is_root))
{
    auto const verdicts = fetch("verdicts");
    CHECK_CONTAINS(verdicts, "packet 0\n");
    CHECK_CONTAINS(verdicts, "alg 0\n");
    CHECK_CONTAINS(verdicts, "inet 1\n");
    CHECK_CONTAINS(verdicts, "exec 42\n");
    CHECK_CONTAINS(verdicts, "root -1\n");
}

BOOST_AUTO_TEST_SUITE_END()
