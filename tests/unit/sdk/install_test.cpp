// A stranger's way: install the SDK, build the examples against it, and load them.
#include "tests/unit/daemon/drivers/installation.hpp"

using namespace staithe;
using namespace staithe::drivers;
using namespace staithe::drivers::test;

namespace {

void run(std::string const& command)
{
    BOOST_REQUIRE_MESSAGE(std::system((command + " >&2").c_str()) == 0, command);
}

} // namespace

BOOST_FIXTURE_TEST_CASE(examples_build_against_an_installed_sdk_and_load, Installation)
{
    std::string const prefix = root + "/prefix", build = root + "/build";
    run(CMAKE_PROGRAM " --install " BUILD_DIR " --component staithe-sdk --prefix " + prefix);
    run(CMAKE_PROGRAM " -S " EXAMPLES " -B " + build + " -DCMAKE_PREFIX_PATH=" + prefix
        + " -DCMAKE_C_COMPILER=" C_COMPILER " -DCMAKE_CXX_COMPILER=" CXX_COMPILER);
    run(CMAKE_PROGRAM " --build " + build);
    options.directory = build;
    for (auto const* name : { "null", "null-c" }) {
        auto const report = report_of(name);
        BOOST_CHECK_MESSAGE(report.state == DriverState::Ready, name << ": " << report.reason);
        auto const listed = storage(name)->list(soon());
        BOOST_CHECK_MESSAGE(listed, name << ": " << (listed ? "" : listed.error().message));
    }
    CHECK_CONTAINS(log(), "null driver opened");
    auto const made = storage("null-c")->create(soon(), layer_a, "", Writable::No);
    BOOST_REQUIRE(!made);
    BOOST_CHECK_EQUAL(made.error().message, "storage driver 'null-c': the null driver stores nothing");
    BOOST_CHECK(storage("null")->create(soon(), layer_a, "", Writable::No));
}
