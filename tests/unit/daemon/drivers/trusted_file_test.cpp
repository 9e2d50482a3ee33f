#include "daemon/drivers/trusted_file.hpp"

#include "installation.hpp"

using namespace staithe;
using namespace staithe::drivers;

namespace {

bool is_root(boost::unit_test::test_unit_id)
{
    return ::geteuid() == 0;
}

struct Tree : test::Installation {
    Tree()
    {
        directory = root + "/a/b";
        std::filesystem::create_directories(directory);
        std::ofstream(directory + "/file") << "x";
        ::chmod((directory + "/file").c_str(), 0644);
    }
    Result<UniqueFd> open(ParentCheck check = ParentCheck::Skip)
    {
        auto const at = STAITHE_TRY(open_trusted_directory(directory, check));
        return open_trusted_file(at.get(), "file", check);
    }
    std::string directory;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(trusted_file, Tree)

BOOST_AUTO_TEST_CASE(opens_a_file_of_ours)
{
    BOOST_CHECK(open());
}

BOOST_AUTO_TEST_CASE(ROOT_refuses_parents_that_others_can_write, *boost::unit_test::precondition(is_root))
{
    // /tmp itself is writable by everybody, so the strict check must already stop there.
    auto const strict = open(ParentCheck::Strict);
    BOOST_REQUIRE(!strict);
    BOOST_CHECK_EQUAL(strict.error().code, STAITHE_DENIED);
    CHECK_CONTAINS(strict.error().message, "writable by others");
    BOOST_CHECK(open_trusted_directory("/usr/lib", ParentCheck::Strict));
}

BOOST_AUTO_TEST_CASE(refuses_a_file_that_others_can_write)
{
    for (mode_t const mode : { 0664u, 0646u, 0777u }) {
        ::chmod((directory + "/file").c_str(), mode);
        auto const opened = open();
        BOOST_REQUIRE(!opened);
        BOOST_CHECK_EQUAL(opened.error().code, STAITHE_DENIED);
    }
}

BOOST_AUTO_TEST_CASE(ROOT_refuses_a_file_of_somebody_else, *boost::unit_test::precondition(is_root))
{
    BOOST_REQUIRE_EQUAL(::chown((directory + "/file").c_str(), 1000, 1000), 0);
    auto const opened = open();
    BOOST_REQUIRE(!opened);
    CHECK_CONTAINS(opened.error().message, "not owned by root");
}

BOOST_AUTO_TEST_CASE(refuses_links_fifos_and_directories_without_blocking)
{
    std::string const file = directory + "/file";
    std::filesystem::rename(file, directory + "/real");
    std::filesystem::create_symlink("real", file);
    auto opened = open();
    BOOST_REQUIRE(!opened);
    CHECK_CONTAINS(opened.error().message, "symbolic link");
    std::filesystem::remove(file);
    BOOST_REQUIRE_EQUAL(::mkfifo(file.c_str(), 0600), 0);
    BOOST_CHECK(!open());
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    BOOST_CHECK(!open());
    std::filesystem::remove(file);
    BOOST_CHECK(!open());
}

BOOST_AUTO_TEST_CASE(ROOT_refuses_a_link_on_the_way, *boost::unit_test::precondition(is_root))
{
    // /bin is a link on a merged system, a plain directory elsewhere; /proc/self is a link everywhere.
    auto const opened = open_trusted_directory("/proc/self/fd", ParentCheck::Strict);
    BOOST_REQUIRE(!opened);
    CHECK_CONTAINS(opened.error().message, "symbolic link");
}

BOOST_AUTO_TEST_CASE(refuses_paths_that_are_none)
{
    for (std::string const& path : { std::string("relative"), std::string(), std::string("/usr/../etc"),
             std::string("/usr\0/lib", 9), std::string("/nowhere/at/all") })
        BOOST_CHECK(!open_trusted_directory(path, ParentCheck::Strict));
}

BOOST_AUTO_TEST_SUITE_END()
