// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/final_step/program.hpp"

#include <boost/test/unit_test.hpp>

#include <staithe/cpp/text.hpp>

using namespace staithe;

namespace {

std::vector<std::string> candidates(std::string_view name, std::string_view path)
{
    staithe_text const argument = text(name), variable = text(path);
    staithe_process process {};
    process.argv = &argument;
    process.argc = 1;
    process.env = &variable;
    process.envc = path.empty() ? 0 : 1;
    return final_step::Program(process).candidates();
}

using List = std::vector<std::string>;

} // namespace

BOOST_AUTO_TEST_SUITE(program_search)

BOOST_AUTO_TEST_CASE(a_name_is_searched_in_path)
{
    BOOST_TEST((candidates("x", "PATH=/a:/b") == List { "/a/x", "/b/x" }));
    BOOST_TEST((candidates("x", "PATH=:/b:") == List { "x", "/b/x", "x" })); // an empty part is the working directory
    BOOST_TEST((candidates("x", "PATH=") == List { "x" }));
    BOOST_TEST(candidates("x", "").size() == 6u);
    BOOST_TEST(candidates("x", "XPATH=/a").size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_path_is_taken_as_it_is)
{
    BOOST_TEST((candidates("./x", "PATH=/a") == List { "./x" }));
    BOOST_TEST((candidates("/bin/x", "PATH=/a") == List { "/bin/x" }));
    BOOST_TEST(candidates("", "PATH=/a").empty());
}

BOOST_AUTO_TEST_SUITE_END()
