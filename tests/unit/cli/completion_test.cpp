// The completion for bash: what it offers, and what it must not do with names from elsewhere.
#include <cstdio>
#include <filesystem>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/fake_daemon.hpp"

using namespace staithe::test;

namespace {

/// The words that bash would offer at the end of the line, one per line.
std::string offered(FakeDaemon& daemon, std::string const& line)
{
    auto const programs = std::filesystem::path(STAITHE_PROGRAM).parent_path().string();
    auto const script = "PATH='" + programs + "':/usr/bin:/bin STAITHE_HOST='" + daemon.host()
        + "'; export PATH STAITHE_HOST; cd '" + daemon.directory() + "'; source '" STAITHE_COMPLETION "'; COMP_LINE='"
        + line + "' COMP_POINT=" + std::to_string(line.size())
        + " COMP_WORDBREAKS=$' \\t\\n:='; _staithe; printf '%s\\n' \"${COMPREPLY[@]}\"";
    ::setenv("SCRIPT", script.c_str(), 1);
    auto* const pipe = ::popen("bash -c \"$SCRIPT\" 2>&1", "r");
    BOOST_REQUIRE(pipe);
    std::string text;
    for (int c; (c = std::fgetc(pipe)) != EOF;)
        text += static_cast<char>(c);
    BOOST_TEST(::pclose(pipe) == 0);
    return text;
}

std::string image(std::string const& repository, std::string const& tag)
{
    return "{\"Repository\":\"" + repository + "\",\"Tag\":\"" + tag + "\",\"Id\":\"abc\",\"Created\":0}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(completion)

BOOST_AUTO_TEST_CASE(commands_and_flags)
{
    FakeDaemon daemon;
    BOOST_TEST(offered(daemon, "staithe comm") == "commit\n");
    BOOST_TEST(offered(daemon, "staithe -H tcp://box:4243 tre") == "tree\n");
    BOOST_TEST(offered(daemon, "staithe help ver") == "verify\nversion\n");
    BOOST_TEST(offered(daemon, "staithe tree --s") == "--svg\n");
    BOOST_TEST(offered(daemon, "staithe nonsense x") == "\n");
}

BOOST_AUTO_TEST_CASE(names_with_ports_and_tags)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/images/json", 200,
        "[" + image("app", "1") + "," + image("app", "latest") + "," + image("localhost:5000/team/app", "2") + ","
            + R"({"Id":"def","Created":0}])");
    BOOST_TEST(offered(daemon, "staithe rmi ") == "app:1\napp:latest\nlocalhost:5000/team/app:2\n");
    BOOST_TEST(offered(daemon, "staithe history app:l") == "latest\n");
    BOOST_TEST(offered(daemon, "staithe tag -f localhost:50") == "5000/team/app:2\n");
    BOOST_TEST(offered(daemon, "staithe verify app:1 localhost:5000/team/app:") == "2\n");
}

BOOST_AUTO_TEST_CASE(names_are_not_executed)
{
    FakeDaemon daemon;
    auto const trap = daemon.directory() + "/trap";
    daemon.answer("GET /v1.6/images/json", 200,
        "[" + image("$(touch${IFS}" + trap + ")", "1") + "," + image("`touch " + trap + "`", "1") + ","
            + image("*", "1") + "," + image("app", "1") + "]");
    BOOST_TEST(offered(daemon, "staithe rmi ") == "app:1\n");
    BOOST_TEST(!std::filesystem::exists(trap));
}

BOOST_AUTO_TEST_CASE(containers_and_files)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/containers/json", 200, R"([{"Id":"abc","Names":["/web"],"Ports":null}])");
    BOOST_TEST(offered(daemon, "staithe commit w") == "web\n");
    BOOST_TEST(daemon.lines().back() == "GET /v1.6/containers/json?all=1");
    BOOST_TEST(offered(daemon, "staithe tree --svg so") == "sock\n");
    BOOST_TEST(offered(daemon, "staithe cp w") == "web:\n");
}

BOOST_AUTO_TEST_SUITE_END()
