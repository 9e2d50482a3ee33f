// SPDX-License-Identifier: Apache-2.0
//
// What the probe program finds inside a container, against the golden files: the same for every execution driver.
#include <filesystem>
#include <sstream>

#include <boost/test/unit_test.hpp>

#include "daemon/keeper/confinement/confinement.hpp"
#include "tests/drivers/execution/keeper.hpp"

using namespace staithe;
using tests::Container;
namespace fs = std::filesystem;

namespace {

std::vector<std::string> lines(std::string const& text)
{
    std::istringstream stream(text);
    std::vector<std::string> result;
    for (std::string line; std::getline(stream, line);)
        result.push_back(line);
    return result;
}

/// Line by line, so that a failure names the fact. "missing" (a file that this machine does not have) agrees with all.
void compare(std::string const& golden_file, std::string const& found)
{
    auto const expected = lines(tests::read_text(std::string(STAITHE_TEST_PROBE_GOLDEN) + "/" + golden_file));
    auto const facts = lines(found);
    BOOST_TEST(facts.size() == expected.size());
    size_t compared = 0;
    for (size_t i = 0; i < std::min(facts.size(), expected.size()); ++i)
        if (facts[i].find("\": \"missing\"") == std::string::npos) {
            BOOST_TEST(facts[i] == expected[i]);
            ++compared;
        }
    BOOST_TEST(compared >= 60u);
}

std::string probe(Container& c)
{
    fs::copy_file(STAITHE_TEST_PROBE, c.in_root("/bin/probe"));
    for (char const* name : { "mnt", "pid", "uts", "ipc", "net", "cgroup", "user" })
        c.env.push_back(
            std::string("HOST_") + name + "=" + fs::read_symlink(std::string("/proc/self/ns/") + name).string());
    c.argv = { "/bin/probe" };
    return c.run().out;
}

/// A privileged container has what the machine has: its capabilities' width is the kernel's.
std::string with_all_capabilities_named(std::string text)
{
    auto const own = tests::read_text("/proc/self/status");
    auto const at = own.find("CapPrm:\t") + 8;
    auto const all = own.substr(at, own.find('\n', at) - at);
    for (size_t found; (found = text.find("\"" + all + "\"")) != std::string::npos;)
        text.replace(found, all.size() + 2, "\"all\"");
    return text;
}

} // namespace

BOOST_AUTO_TEST_SUITE(ROOT_execution_probe)

BOOST_AUTO_TEST_CASE(a_default_container_is_as_agreed)
{
    Container c;
    auto const found = probe(c);
    compare("default.json", found);
    size_t refused = 0;
    for (auto const& line : lines(found.substr(found.find("\"calls\""))))
        refused += line.find("\"EPERM\"") != std::string::npos || line.find("\"ENOSYS\"") != std::string::npos;
    BOOST_TEST(refused == 67u);
}

BOOST_AUTO_TEST_CASE(a_privileged_container_is_as_agreed)
{
    Container c;
    c.confinement = keeper::privileged_confinement();
    auto const found = with_all_capabilities_named(probe(c));
    compare("privileged.json", found);
}

BOOST_AUTO_TEST_SUITE_END()
