#include "daemon/keeper/users.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <staithe/cpp/unique_fd.hpp>

using namespace staithe;
using namespace staithe::keeper;

namespace {

constexpr std::string_view passwd = "root:x:0:0:root:/root:/bin/sh\n"
                                    "broken line\n"
                                    "evil:x:4294967296:0::/:/bin/sh\n"
                                    "1000:x:0:0:a name of digits:/:/bin/sh\n"
                                    "web:x:33:34:web:/var/www:/bin/false\n"
                                    "web:x:0:0:second one loses:/:/bin/sh\n";
constexpr std::string_view group = "root:x:0:root\nwww:x:34:\nlogs:x:40:other,web\ndocs:x:41:web\nweb2:x:42:webx\n";

using Groups = std::vector<uint32_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(users)

BOOST_AUTO_TEST_CASE(nobody_named_is_root)
{
    auto const identity = resolve_user("", passwd, group);
    BOOST_REQUIRE(identity);
    BOOST_TEST(identity.value().uid == 0u);
    BOOST_TEST(identity.value().gid == 0u);
    BOOST_TEST(identity.value().groups == Groups { 0 }, boost::test_tools::per_element());
    BOOST_TEST(resolve_user("", "", "").value().uid == 0u);
}

BOOST_AUTO_TEST_CASE(name_has_primary_and_all_listed_groups)
{
    for (auto const* user : { "web", "33" }) {
        auto const identity = resolve_user(user, passwd, group);
        BOOST_REQUIRE(identity);
        BOOST_TEST(identity.value().uid == 33u);
        BOOST_TEST(identity.value().gid == 34u);
        BOOST_TEST(identity.value().groups == (Groups { 34, 40, 41 }), boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(digits_are_a_number_even_if_a_user_is_called_so)
{
    BOOST_TEST(resolve_user("1000", passwd, group).value().uid == 1000u);
    BOOST_TEST(resolve_user("2147483647", passwd, group).value().uid == 2147483647u);
}

BOOST_AUTO_TEST_CASE(named_group_is_the_only_one)
{
    auto const identity = resolve_user("web:docs", passwd, group);
    BOOST_REQUIRE(identity);
    BOOST_TEST(identity.value().gid == 41u);
    BOOST_TEST(identity.value().groups == Groups { 41 }, boost::test_tools::per_element());
    BOOST_TEST(resolve_user("5:77", passwd, group).value().gid == 77u);
}

BOOST_DATA_TEST_CASE(refused,
    boost::unit_test::data::make({ "0x1", "2147483648", "4294967295", "4294967296", "-1", "+1", " 0", "0 ", "1:", ":1",
        ":", "1000 ", "00", "01", "1a", "nobody", "evil", "web:nogroup", "web:-1", "web:0x0", "web:1:1", "we b", "\n",
        "root\n", "99999999999999999999" }),
    user)
{
    auto const identity = resolve_user(user, passwd, group);
    BOOST_REQUIRE(!identity);
    BOOST_TEST((identity.error().code == STAITHE_INVALID));
}

BOOST_AUTO_TEST_CASE(files_are_read_inside_the_root_and_only_if_regular)
{
    char path[] = "/tmp/users-XXXXXX";
    BOOST_REQUIRE(::mkdtemp(path));
    std::string const root = path;
    std::filesystem::create_directory(root + "/etc");
    UniqueFd const fd(::open(path, O_PATH | O_DIRECTORY | O_CLOEXEC));
    auto const passwd_file = root + "/etc/passwd";
    BOOST_TEST(resolve_user_in(fd.get(), "12").value().uid == 12u);

    std::ofstream(root + "/real") << "in:x:7:8::/:/bin/sh\n";
    std::filesystem::create_symlink("/real", passwd_file);
    BOOST_TEST(resolve_user_in(fd.get(), "in").value().uid == 7u);
    std::filesystem::remove(passwd_file);

    std::filesystem::create_symlink("/../../../etc/passwd", passwd_file);
    BOOST_TEST(!resolve_user_in(fd.get(), "root"));
    std::filesystem::remove(passwd_file);

    BOOST_REQUIRE(::mkfifo(passwd_file.c_str(), 0600) == 0);
    BOOST_TEST(!resolve_user_in(fd.get(), "0"));
    std::filesystem::remove(passwd_file);

    std::ofstream(passwd_file) << "x";
    std::filesystem::resize_file(passwd_file, (1u << 20) + 1);
    BOOST_TEST(!resolve_user_in(fd.get(), "0"));
    std::filesystem::remove_all(root);
}

BOOST_AUTO_TEST_SUITE_END()
