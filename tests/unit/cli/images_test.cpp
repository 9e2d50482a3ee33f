// commit, history, tag, rmi, tree and verify against a fake daemon.
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "tests/unit/cli/fake_daemon.hpp"
#include "tests/unit/cli/program.hpp"

using namespace staithe::test;

namespace {

using Lines = std::vector<std::string>;

std::string const base = "aaaa56789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0";
std::string const child = "bbbb56789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0";

std::string const graph = "digraph docker {\n base -> \"aaaa56789abc\" [style=invis]\n"
                          " \"aaaa56789abc\" -> \"bbbb56789abc\"\n \"aaaa56789abc\" -> \"cccc\"\n"
                          " \"bbbb56789abc\" [label=\"bbbb56789abc\\napp:1\",shape=box,fillcolor=\"paleturquoise\","
                          "style=\"filled,rounded\"];\n base [style=invisible]\n}\n";
std::string const all_images = R"([{"Repository":"app","Tag":"1","Id":")" + child
    + R"(","Created":5,"Size":12345,"VirtualSize":24662345},{"Repository":"app","Tag":"latest","Id":")" + child
    + R"(","Created":5,"Size":12345,"VirtualSize":24662345},{"Id":"cccc","Created":7,"Size":0,"VirtualSize":24650000},)"
    + R"({"Repository":"odd\u001b[2J","Tag":"1","Id":")" + base
    + R"(","Created":0,"Size":24650000,"VirtualSize":24650000}])";

Outcome call(FakeDaemon& daemon, Lines words)
{
    return run_staithe(daemon.host(), std::move(words));
}

/// A variable of the environment, as it was afterwards.
class Variable {
public:
    Variable(char const* name, std::string const& value)
        : m_name(name)
        , m_before(::getenv(name) ? ::getenv(name) : "")
    {
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() { ::setenv(m_name, m_before.c_str(), 1); }

private:
    char const* m_name;
    std::string const m_before;
};

std::string content(std::string const& path)
{
    std::ifstream file(path);
    return { std::istreambuf_iterator<char>(file), {} };
}

/// A directory with a program `dot` that does what the lines say.
std::string with_dot(FakeDaemon& daemon, std::string const& lines)
{
    auto const path = daemon.directory() + "/dot";
    std::ofstream(path) << "#!/bin/sh\n" << lines << "\n";
    ::chmod(path.c_str(), 0755);
    return daemon.directory() + ":/usr/bin:/bin";
}

} // namespace

BOOST_AUTO_TEST_SUITE(images)

BOOST_AUTO_TEST_CASE(commit)
{
    FakeDaemon daemon;
    daemon.answer("POST /v1.6/commit", 201, R"({"Id":"0123456789ab"})");
    BOOST_TEST(call(daemon, { "commit", "web" }).out == "0123456789ab\n");
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/commit?container=web");
    BOOST_TEST(daemon.body_of("POST /v1.6/commit") == "");
    auto const config = R"({"Cmd":["httpd","-f"]})";
    auto const outcome = call(daemon,
        { "commit", "-m", "with pages", "--author=Ann <ann@example.com>", "-run", config, "web",
            "localhost:5000/team/app:1.2" });
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(daemon.lines().back()
        == "POST /v1.6/commit?container=web&repo=localhost%3A5000%2Fteam%2Fapp&tag=1.2"
           "&author=Ann%20%3Cann%40example.com%3E&comment=with%20pages");
    BOOST_TEST(daemon.body_of("POST /v1.6/commit?container=web&repo") == config);
    call(daemon, { "commit", "db", "app", "--config", "{}" });
    BOOST_TEST(daemon.lines().back() == "POST /v1.6/commit?container=db&repo=app");
    BOOST_TEST(daemon.body_of("POST /v1.6/commit?container=db") == "{}");
}

BOOST_AUTO_TEST_CASE(commit_that_fails)
{
    FakeDaemon daemon;
    for (auto const* config : { "Cmd", "[]", "{", "null", "1", R"("x")" }) {
        auto const outcome = call(daemon, { "commit", "--config", config, "web" });
        BOOST_TEST(outcome.code == 125);
        BOOST_TEST(outcome.err.starts_with(
            "staithe: cannot use configuration '" + std::string(config) + "': it is no JSON object\n  write such as "));
    }
    BOOST_TEST(call(daemon, { "commit", "--config={}", "--run={}", "web" }).err
        == "staithe: --run is another name of --config; use one of them\n");
    BOOST_TEST(call(daemon, { "commit", "web", ":1" }).err
        == "staithe: cannot use image name ':1': it has no repository\n"
           "  write REPOSITORY[:TAG], such as app:1.2 or localhost:5000/team/app\n");
    BOOST_TEST(daemon.lines().empty());
    daemon.answer("POST /v1.6/commit", 404, "No such container: web\n");
    BOOST_TEST(call(daemon, { "commit", "web" }).err == "staithe: No such container: web\n  see: staithe ps -a\n");
    daemon.answer("POST /v1.6/commit", 201, "{}");
    BOOST_TEST(call(daemon, { "commit", "web" }).err == "staithe: the daemon made an image but did not say which\n");
}

BOOST_AUTO_TEST_CASE(tag)
{
    FakeDaemon daemon;
    daemon.answer("POST /v1.6/images/localhost:5000/team/app:1/tag", 201, "");
    auto const outcome = call(daemon, { "tag", "localhost:5000/team/app:1", "localhost:5000/team/app" });
    BOOST_TEST(outcome.code == 0);
    BOOST_TEST(outcome.out == "");
    BOOST_TEST(outcome.err == "");
    call(daemon, { "tag", "-f", "localhost:5000/team/app:1", "app:stable" });
    BOOST_TEST(daemon.lines()
            == (Lines { "POST /v1.6/images/localhost:5000/team/app:1/tag?repo=localhost%3A5000%2Fteam%2Fapp",
                "POST /v1.6/images/localhost:5000/team/app:1/tag?repo=app&tag=stable&force=1" }),
        boost::test_tools::per_element());
    daemon.answer("POST /v1.6/images/none/tag", 404, "No such image: none\n");
    auto const unknown = call(daemon, { "tag", "none", "x" });
    BOOST_TEST(unknown.code == 125);
    BOOST_TEST(unknown.err == "staithe: No such image: none\n  see: staithe images -a\n");
    BOOST_TEST(call(daemon, { "tag", "a" }).err.starts_with("staithe: 'tag' needs more: IMAGE REPOSITORY[:TAG]\n"));
    BOOST_TEST(call(daemon, { "tag", "a", "b:" }).err.find("its tag is empty") != std::string::npos);
    BOOST_TEST(daemon.lines().size() == 3u);
}

BOOST_AUTO_TEST_CASE(rmi)
{
    FakeDaemon daemon;
    daemon.answer("DELETE /v1.6/images/team/app:1", 200, R"([{"Untagged":"abc"},{"Deleted":"abc"},{"Deleted":"def"}])");
    daemon.answer("DELETE /v1.6/images/used", 409, "Conflict, used wasn't deleted: container 'web' uses it\n");
    daemon.answer("DELETE /v1.6/images/container", 409, "Conflict, container wasn't deleted\n");
    daemon.answer("DELETE /v1.6/images/busy", 409, "Conflict, busy wasn't deleted: something is being made of it\n");
    daemon.answer("DELETE /v1.6/images/none", 404, "No such image: none\n");
    daemon.answer("DELETE /v1.6/images/old", 204, "");
    BOOST_TEST(call(daemon, { "rmi", "team/app:1" }).out == "Untagged: abc\nDeleted: abc\nDeleted: def\n");
    auto const some = call(daemon, { "rmi", "none", "used", "container", "busy", "", "team/app:1" });
    BOOST_TEST(some.code == 125);
    BOOST_TEST(some.out == "Untagged: abc\nDeleted: abc\nDeleted: def\n");
    BOOST_TEST(some.err
        == "staithe: No such image: none\n  see: staithe images -a\n"
           "staithe: Conflict, used wasn't deleted: container 'web' uses it\n"
           "  remove the container first: staithe ps -a, staithe rm\n"
           "staithe: Conflict, container wasn't deleted\n"
           "  it has names in several repositories, or other images need it; see: staithe tree\n"
           "staithe: Conflict, busy wasn't deleted: something is being made of it\n"
           "staithe: an empty name was given\n");
    BOOST_TEST(call(daemon, { "rmi", "old", "team/app:1" }).code == 0); // a daemon of old says nothing
}

BOOST_AUTO_TEST_CASE(history)
{
    FakeDaemon daemon;
    std::string const steps = R"([{"Id":")" + child
        + R"(","Tags":["app:1","app:latest"],"Created":0,"CreatedBy":"/bin/sh -c apt-get install -y a-very-long-list of)"
          R"( packages\n","Size":12345},{"Id":")"
        + base + R"(","Created":0,"Size":24650000}])";
    daemon.answer("GET /v1.6/images/team/app:1/history", 200, steps);
    auto const table = call(daemon, { "history", "team/app:1" });
    BOOST_TEST(table.code == 0);
    BOOST_TEST(table.out.starts_with("IMAGE          CREATED        CREATED BY"));
    BOOST_TEST(
        table.out.find(" years ago   /bin/sh -c apt-get install -y a-very-long-li…   12.35 kB   app:1, app:latest\n")
        != std::string::npos);
    BOOST_TEST(table.out.find("aaaa56789abc") != std::string::npos);
    BOOST_TEST(table.out.ends_with("   24.65 MB\n"));
    auto const full = call(daemon, { "history", "--no-trunc", "team/app:1" }).out;
    BOOST_TEST(full.find(child + "   ") != std::string::npos);
    BOOST_TEST(full.find("a-very-long-list of packages?   ") != std::string::npos);
    BOOST_TEST(call(daemon, { "history", "-q", "team/app:1" }).out == "bbbb56789abc\naaaa56789abc\n");
    BOOST_TEST(call(daemon, { "history", "-q", "--no-trunc", "team/app:1" }).out == child + "\n" + base + "\n");
    BOOST_TEST(call(daemon, { "history", "--format", "json", "team/app:1" }).out == steps + "\n");
    daemon.answer("GET /v1.6/images/none/history", 404, "No such image: none\n");
    auto const unknown = call(daemon, { "history", "none" });
    BOOST_TEST(unknown.code == 125);
    BOOST_TEST(unknown.err == "staithe: No such image: none\n  see: staithe images -a\n");
}

BOOST_AUTO_TEST_CASE(tree)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/images/viz", 200, graph);
    daemon.answer("GET /v1.6/images/json", 200, all_images);
    Variable const terminal("TERM", "xterm");
    std::string const head = "     SIZE       TOTAL   IMAGE\n";
    std::string const ascii = head
        + " 24.65 MB    24.65 MB   `- aaaa56789abc   odd?[2J:1\n"
          " 12.35 kB    24.66 MB      |- bbbb56789abc   app:1, app:latest\n"
          "      0 B    24.65 MB      `- cccc\n";
    std::string const boxes = head
        + " 24.65 MB    24.65 MB   └─ aaaa56789abc   odd?[2J:1\n"
          " 12.35 kB    24.66 MB      ├─ bbbb56789abc   app:1, app:latest\n"
          "      0 B    24.65 MB      └─ cccc\n";
    {
        Variable const locale("LC_ALL", "C");
        BOOST_TEST(call(daemon, { "tree" }).out == ascii);
        BOOST_TEST(call(daemon, { "tree", "--no-trunc" }).out.find("|- " + child + "   app:1") != std::string::npos);
    }
    {
        Variable const locale("LC_ALL", "C.UTF-8");
        BOOST_TEST(call(daemon, { "tree" }).out == boxes);
    }
    {
        Variable const locale("LC_ALL", "xx_XX.nonsense");
        BOOST_TEST(call(daemon, { "tree" }).out == ascii);
    }
    BOOST_TEST(daemon.lines().at(0) == "GET /v1.6/images/viz");
    BOOST_TEST(daemon.lines().at(1) == "GET /v1.6/images/json?all=1");
    daemon.answer("GET /v1.6/images/viz", 200, "<html>\n");
    BOOST_TEST(call(daemon, { "tree" }).err
        == "staithe: cannot understand the daemon's graph of images: unexpected line '<html>'\n");
}

BOOST_AUTO_TEST_CASE(tree_as_json)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/images/viz", 200, graph);
    daemon.answer("GET /v1.6/images/json", 200, all_images);
    auto const out = call(daemon, { "tree", "--format", "json" }).out;
    BOOST_TEST(out.starts_with("[{\"Id\":\"" + base
        + R"(","ParentId":"","Tags":["odd\u001b[2J:1"],"Created":0,"Size":24650000,"VirtualSize":24650000},)"));
    BOOST_TEST(out.find("{\"Id\":\"" + child + "\",\"ParentId\":\"" + base + R"(","Tags":["app:1","app:latest"],)")
        != std::string::npos);
    BOOST_TEST(out.ends_with("\"VirtualSize\":24650000}]\n"));
    BOOST_TEST(call(daemon, { "tree", "--format", "json", "--dot" }).code == 125);
}

BOOST_AUTO_TEST_CASE(tree_as_dot)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/images/viz", 200, graph);
    BOOST_TEST(call(daemon, { "tree", "--dot" }).out == graph);
    BOOST_TEST(daemon.lines().size() == 1u);
    std::string const label = R"( "a" [label="a)" + std::string("\x1b[2J")
        + R"(",shape=box,fillcolor="paleturquoise",style="filled,rounded"];)" + "\n";
    daemon.answer("GET /v1.6/images/viz", 200, label);
    BOOST_TEST(call(daemon, { "tree", "--dot" }).out.find("label=\"a?[2J\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(tree_as_a_picture)
{
    FakeDaemon daemon;
    daemon.answer("GET /v1.6/images/viz", 200, graph);
    auto const picture = daemon.directory() + "/images.svg";
    Variable const path("PATH", with_dot(daemon, "echo \"<svg> $*\"; cat"));
    auto const drawn = call(daemon, { "tree", "--svg", picture });
    BOOST_TEST(drawn.code == 0);
    BOOST_TEST(drawn.out == "");
    BOOST_TEST(drawn.err == "");
    BOOST_TEST(content(picture) == "<svg> -Tsvg\n" + graph);
    BOOST_TEST(call(daemon, { "tree", "--svg", "-" }).out == "<svg> -Tsvg\n" + graph);
    BOOST_TEST(call(daemon, { "tree", "--svg=" }).err.starts_with("staithe: --svg needs the name of a file\n"));
    BOOST_TEST(call(daemon, { "tree", "--svg=/nonexistent/x" }).err
        == "staithe: cannot write '/nonexistent/x': No such file or directory\n");
    // A picture that exists stays when no new one can be drawn.
    Variable const failing("PATH", with_dot(daemon, "echo half; echo 'dot: out of ink' >&2; exit 3"));
    auto const failed = call(daemon, { "tree", "--svg", picture });
    BOOST_TEST(failed.code == 125);
    BOOST_TEST(
        failed.err == "dot: out of ink\nstaithe: cannot draw the graph: 'dot' has failed\n  see: staithe tree --dot\n");
    BOOST_TEST(content(picture) == "<svg> -Tsvg\n" + graph);
    Variable const without("PATH", "/nonexistent");
    auto const missing = call(daemon, { "tree", "--svg", picture });
    BOOST_TEST(missing.code == 125);
    BOOST_TEST(missing.err
        == "staithe: cannot draw the graph: the program 'dot' is not installed\n"
           "  install the package graphviz (apt install graphviz); without it: staithe tree --dot\n");
}

BOOST_AUTO_TEST_CASE(verify)
{
    FakeDaemon daemon;
    std::string const good = "{\"Id\":\"" + child + R"(","Tags":["app:1","app:latest"],"Good":true,"Problem":""})";
    std::string const bad = "{\"Id\":\"" + base + R"(","Tags":[],"Good":false,"Problem":"layer 'x' differs\n"})";
    daemon.answer("GET /staithe/v1/images/verify", 200,
        R"-({"status":"Verifying","progress":"1 MB/2 MB (50%)"}{}{"status":"done"})-" + good);
    auto const one = call(daemon, { "verify", "team/app:1" });
    BOOST_TEST(one.code == 0);
    BOOST_TEST(one.out == "good   bbbb56789abc   app:1, app:latest\n");
    BOOST_TEST(one.err == "");
    BOOST_TEST(daemon.lines().back() == "GET /staithe/v1/images/verify?name=team%2Fapp%3A1");
    daemon.answer("GET /staithe/v1/images/verify", 200, good + bad);
    auto const all = call(daemon, { "verify" });
    BOOST_TEST(all.code == 1);
    BOOST_TEST(all.out == "good   bbbb56789abc   app:1, app:latest\nbad    aaaa56789abc   layer 'x' differs?\n");
    BOOST_TEST(daemon.lines().back() == "GET /staithe/v1/images/verify");
    auto const json = call(daemon, { "verify", "--format=json" });
    BOOST_TEST(json.code == 1);
    BOOST_TEST(json.out == "[" + good + "," + bad + "]\n");
    daemon.answer("GET /staithe/v1/images/verify", 200, "");
    BOOST_TEST(call(daemon, { "verify" }).code == 0);
    BOOST_TEST(call(daemon, { "verify", "--format", "json" }).out == "[]\n");
}

BOOST_AUTO_TEST_CASE(verify_that_fails)
{
    std::string const bad = R"({"Id":"aa","Tags":null,"Good":false,"Problem":"gone"})";
    FakeDaemon daemon;
    daemon.script("GET /staithe/v1/images/verify", [&](int fd, auto const& request) {
        if (request.line.ends_with("name=none"))
            FakeDaemon::send(fd, FakeDaemon::reply(404, "No such image: none\n"));
        else if (request.line.ends_with("name=broken"))
            FakeDaemon::send(fd, FakeDaemon::reply(200, R"({"status":"x"}{"error":"cannot read","errorDetail":{}})"));
        else if (request.line.ends_with("name=silent"))
            FakeDaemon::send(fd, FakeDaemon::reply(200, ""));
        else
            FakeDaemon::send(fd, FakeDaemon::reply(200, bad));
    });
    auto const outcome = call(daemon, { "verify", "none", "bad", "broken", "silent", "" });
    BOOST_TEST(outcome.code == 125);
    BOOST_TEST(outcome.out == "bad    aa   gone\n");
    BOOST_TEST(outcome.err
        == "staithe: No such image: none\n  see: staithe images -a\n"
           "staithe: cannot read\n"
           "staithe: the daemon did not say whether image 'silent' is good\n"
           "staithe: an empty name was given\n");
    BOOST_TEST(call(daemon, { "verify", "none", "bad" }).code == 125); // a failure outweighs a finding
    BOOST_TEST(call(daemon, { "verify", "bad", "none" }).code == 125);
}

BOOST_AUTO_TEST_SUITE_END()
