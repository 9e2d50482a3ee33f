#include "api/routes/reply.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace staithe;

BOOST_AUTO_TEST_SUITE(reply)

struct Row {
    staithe_code code;
    char const* text;
    int status;
    friend std::ostream& operator<<(std::ostream& out, Row const& row) { return out << row.text; }
};

static Row const rows[] = {
    { STAITHE_NOT_FOUND, "No such container: x", 404 },
    { STAITHE_INTERNAL, "No such image: x (tag: latest)", 404 },
    { STAITHE_INTERNAL, "No such link: x", 404 },
    { STAITHE_INVALID, "Bad parameter", 400 },
    { STAITHE_EXISTS, "Conflict, /web already exists.", 409 },
    { STAITHE_INTERNAL, "Conflict between containers and images", 409 },
    { STAITHE_CONFLICT, "Impossible to remove a running container, please stop it first", 406 },
    { STAITHE_UNAUTHORIZED, "Wrong login/password, please try again", 401 },
    { STAITHE_INTERNAL, "your account hasn't been activated", 403 },
    { STAITHE_NOT_FOUND, "Cannot start container x: No such image: y", 500 },
    { STAITHE_INVALID, "No command specified", 500 },
    { STAITHE_INVALID, "Memory limit must be given in bytes (minimum 524288 bytes)", 500 },
    { STAITHE_INVALID, "Tarball too short", 500 },
    { STAITHE_INVALID, "strconv.ParseInt: parsing \"x\": invalid syntax", 500 },
    { STAITHE_INVALID, "ptyMaster does not have Fd() method", 500 },
    { STAITHE_INVALID, "EOF", 500 },
    { STAITHE_INVALID, "invalid JSON: end", 400 },
    { STAITHE_NOT_FOUND, "no such file or directory", 500 },
    { STAITHE_NOT_FOUND, "stat /etc/nothing: no such file or directory", 500 },
    { STAITHE_INVALID, "Content-Type not supported: text/plain", 500 },
    { STAITHE_INVALID, "Resource cannot be empty", 500 },
    { STAITHE_INVALID, "Invalid bind mount '/x:/y' : source doesn't exist", 500 },
    { STAITHE_INVALID, "Invalid format to parse.  x should match template name:alias", 500 },
    { STAITHE_NOT_FOUND, "Could not find entity for db", 500 },
    { STAITHE_CONFLICT, "Port already in use: 80", 500 },
    { STAITHE_INVALID, "lxc-ps: exit status 1 (no such option)", 500 },
    { STAITHE_NOT_FOUND, "Cannot find child for /a", 500 },
    { STAITHE_CONFLICT, "Conflict, cannot remove the default name of the container", 409 },
    { STAITHE_CONFLICT, "container is paused", 409 },
    { STAITHE_IO, "cannot read '/x'", 500 },
    { STAITHE_INTERNAL, "", 500 },
};

BOOST_DATA_TEST_CASE(statuses_follow_text_then_code, boost::unit_test::data::make(rows), row)
{
    auto const answer = routes::error_reply({ row.code, 0, row.text });
    BOOST_TEST(answer.status == row.status);
    BOOST_TEST(answer.body == row.text + std::string("\n"));
    BOOST_TEST(answer.content_type == "text/plain; charset=utf-8");
}

BOOST_AUTO_TEST_SUITE_END()
