// SPDX-License-Identifier: Apache-2.0
#include "plugins/execution/namespaces/record.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::namespaces;

BOOST_AUTO_TEST_SUITE(container_records)

BOOST_AUTO_TEST_CASE(what_was_written_is_read_and_a_damaged_one_refused)
{
    char name[] = "/tmp/staithe-record-XXXXXX";
    std::string const directory = ::mkdtemp(name);
    Records const records(directory);
    BOOST_TEST(records.read("x").error().code == STAITHE_NOT_FOUND);
    BOOST_TEST(static_cast<bool>(records.write("x", "staithe/x")));
    BOOST_TEST(records.read("x").value() == "staithe/x");
    for (char const* bad : { "", "cgroup ", "cgroup ../../x\n", "cgroup staithe/x", "other\n" }) {
        std::ofstream(directory + "/y") << bad;
        BOOST_TEST(records.read("y").error().code == STAITHE_CORRUPT, bad);
    }
    records.remove("x");
    BOOST_TEST(records.read("x").error().code == STAITHE_NOT_FOUND);
    std::filesystem::remove_all(directory);
}

BOOST_AUTO_TEST_CASE(ids_are_64_hexadecimal_digits)
{
    BOOST_TEST(is_container_id(std::string(64, 'a')));
    for (auto const& bad : { std::string(), std::string(63, 'a'), std::string(65, 'a'), std::string(64, 'A'),
             std::string(64, 'g'), std::string(61, 'a') + "../" })
        BOOST_TEST(!is_container_id(bad));
}

BOOST_AUTO_TEST_SUITE_END()
