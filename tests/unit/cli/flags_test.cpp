#include "cli/flags.hpp"

#include <fstream>
#include <iterator>

#include <boost/test/unit_test.hpp>

#include "cli/command.hpp"

using namespace staithe::cli;

namespace {

std::vector<Option> run_options()
{
    auto const own = find_command("run")->options;
    return { own.begin(), own.end() };
}

/// What was understood, as one line: "name=value … | operands", or "error: …".
std::string understood(std::vector<std::string> const& words, OperandOrder order)
{
    auto const options = run_options();
    auto const parsed = parse_flags(words, options, order);
    if (!parsed)
        return "error: " + parsed.error().message;
    std::string out;
    for (auto const& option : options) {
        for (auto const& value : parsed.value().values(option.name))
            out += std::string(option.name) + "=" + value + " ";
    }
    out += "|";
    for (auto const& operand : parsed.value().operands)
        out += " " + operand;
    return out;
}

struct Row {
    std::vector<std::string> words;
    char const* expected;
};

Row const rows[] = {
    // letters
    { {}, "|" },
    { { "-i" }, "interactive=true |" },
    { { "-it" }, "interactive=true tty=true |" },
    { { "-ti" }, "interactive=true tty=true |" },
    { { "-itd" }, "detach=true interactive=true tty=true |" },
    { { "-i", "-t" }, "interactive=true tty=true |" },
    { { "-i", "-i" }, "interactive=true interactive=true |" },
    { { "-m", "64m" }, "memory=64m |" },
    { { "-m64m" }, "memory=64m |" },
    { { "-m=64m" }, "memory=64m |" },
    { { "-im", "64m" }, "interactive=true memory=64m |" },
    { { "-im64m" }, "interactive=true memory=64m |" },
    { { "-im=64m" }, "interactive=true memory=64m |" },
    { { "-t=false" }, "tty=false |" },
    { { "-t=true" }, "tty=true |" },
    { { "-it=false" }, "interactive=true tty=false |" },
    { { "-e", "A=1" }, "env=A=1 |" },
    { { "-eA=1" }, "env=A=1 |" },
    { { "-e=A=1" }, "env=A=1 |" },
    { { "-e", "A=1", "-e", "B=2" }, "env=A=1 env=B=2 |" },
    { { "-e", "" }, "env= |" },
    { { "-e", "-x" }, "env=-x |" },
    { { "-w", "--" }, "workdir=-- |" },
    { { "-u0" }, "user=0 |" },
    { { "-h", "box" }, "hostname=box |" },
    { { "-p", "80:80", "-p=81:81", "-P" }, "publish=80:80 publish=81:81 publish-all=true |" },
    { { "-v/a:/b" }, "volume=/a:/b |" },
    { { "-n=false" }, "networking=false |" },
    { { "-a", "stdout", "-c", "2" }, "attach=stdout cpu-shares=2 |" },
    // long names, two dashes
    { { "--rm" }, "rm=true |" },
    { { "--rm=true" }, "rm=true |" },
    { { "--rm=false" }, "rm=false |" },
    { { "--rm=0" }, "rm=false |" },
    { { "--name", "web" }, "name=web |" },
    { { "--name=web" }, "name=web |" },
    { { "--name=" }, "name= |" },
    { { "--name=a=b" }, "name=a=b |" },
    { { "--name", "a", "--name", "b" }, "name=a name=b |" },
    { { "--env", "A=1" }, "env=A=1 |" },
    { { "--env=A=1" }, "env=A=1 |" },
    { { "--privileged" }, "privileged=true |" },
    { { "--interactive", "--tty" }, "interactive=true tty=true |" },
    // long names, one dash, as Go takes them
    { { "-rm" }, "rm=true |" },
    { { "-rm=true" }, "rm=true |" },
    { { "-name", "web" }, "name=web |" },
    { { "-name=web" }, "name=web |" },
    { { "-entrypoint=/bin/sh" }, "entrypoint=/bin/sh |" },
    { { "-privileged" }, "privileged=true |" },
    { { "-hostname", "x" }, "hostname=x |" },
    { { "-volumes-from", "a", "-link=b:c", "-lxc-conf=k=v" }, "link=b:c lxc-conf=k=v volumes-from=a |" },
    // operands
    { { "busybox" }, "| busybox" },
    { { "busybox", "ls", "-l" }, "| busybox ls -l" },
    { { "-i", "busybox", "sh", "-c", "exit 7" }, "interactive=true | busybox sh -c exit 7" },
    { { "busybox", "--help" }, "| busybox --help" },
    { { "busybox", "--", "x" }, "| busybox -- x" },
    { { "--", "-i" }, "| -i" },
    { { "--", "busybox", "-i" }, "| busybox -i" },
    { { "-i", "--", "busybox" }, "interactive=true | busybox" },
    { { "-" }, "| -" },
    { { "" }, "| " },
    // mistakes
    { { "-x" }, "error: unknown flag '-x'" },
    { { "-ix" }, "error: unknown flag '-ix'" },
    { { "--nmae", "x" }, "error: unknown flag '--nmae'; did you mean '--name'?" },
    { { "-xname=x" }, "error: unknown flag '-xname'; did you mean '--name'?" },
    { { "--privilege" }, "error: unknown flag '--privilege'; did you mean '--privileged'?" },
    { { "--frobnicate=1" }, "error: unknown flag '--frobnicate'" },
    { { "--name" }, "error: flag '--name' needs a value: NAME" },
    { { "-m" }, "error: flag '-m' needs a value: SIZE" },
    { { "-im" }, "error: flag '-m' needs a value: SIZE" },
    { { "--rm=maybe" }, "error: flag '--rm' is either true or false, not 'maybe'" },
    { { "-t=" }, "error: flag '-t' is either true or false, not ''" },
    { { "--i" }, "error: unknown flag '--i'" },
    { { "---rm" }, "error: unknown flag '---rm'; did you mean '--rm'?" },
};

} // namespace

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(table)
{
    static_assert(std::size(rows) >= 60);
    for (auto const& row : rows) {
        std::string shown;
        for (auto const& word : row.words)
            shown += "[" + word + "] ";
        BOOST_TEST_CONTEXT(shown)
        {
            BOOST_TEST(understood(row.words, OperandOrder::First) == row.expected);
        }
    }
}

BOOST_AUTO_TEST_CASE(flags_after_operands_where_allowed)
{
    BOOST_TEST(understood({ "web", "-i", "db" }, OperandOrder::Anywhere) == "interactive=true | web db");
    BOOST_TEST(understood({ "web", "--", "-i" }, OperandOrder::Anywhere) == "| web -i");
    BOOST_TEST(understood({ "web", "--name", "x" }, OperandOrder::Anywhere) == "name=x | web");
}

BOOST_AUTO_TEST_CASE(the_last_value_counts)
{
    std::vector<std::string> const words { "--name", "a", "--name=b", "--rm", "--rm=false" };
    auto const parsed = parse_flags(words, run_options(), OperandOrder::First);
    BOOST_REQUIRE(parsed);
    BOOST_TEST(parsed.value().value("name") == "b");
    BOOST_TEST(!parsed.value().is_set("rm"));
    BOOST_TEST(parsed.value().has("rm"));
}

BOOST_AUTO_TEST_CASE(nearest_word)
{
    std::string_view const words[] = { "run", "ps", "images", "import", "inspect", "restart", "rmi" };
    std::pair<char const*, char const*> const table[] = { { "rnu", "run" }, { "image", "images" },
        { "insepct", "inspect" }, { "imprt", "import" }, { "restrat", "restart" }, { "xyzzy", "" }, { "", "" },
        { "rest", "restart" } };
    for (auto const& [typed, expected] : table)
        BOOST_TEST(nearest(typed, words) == expected);
}

BOOST_AUTO_TEST_CASE(every_command_explains_itself)
{
    for (auto const& command : all_commands()) {
        auto const help = command_help(command);
        BOOST_TEST_CONTEXT(command.name)
        {
            BOOST_TEST(help.starts_with("usage: staithe " + std::string(command.name)));
            BOOST_TEST(general_help().find("  " + std::string(command.name) + " ") != std::string::npos);
            for (auto const& option : command.options)
                BOOST_TEST(help.find("--" + std::string(option.name)) != std::string::npos);
            BOOST_TEST(help.find("--help") != std::string::npos);
        }
    }
}

BOOST_AUTO_TEST_CASE(the_manual_names_every_command_and_flag)
{
    std::ifstream file(STAITHE_MANUAL);
    std::string const manual { std::istreambuf_iterator<char>(file), {} };
    for (auto const& command : all_commands()) {
        auto const begin = manual.find(".It Cm " + std::string(command.name) + " ");
        BOOST_REQUIRE_MESSAGE(begin != manual.npos, command.name);
        auto const section = manual.substr(begin, manual.find(".It Cm ", begin + 1) - begin);
        for (auto const& option : command.options) {
            std::string name(option.name);
            if (auto const dash = name.find('-'); dash != name.npos)
                name.insert(dash, "\\");
            BOOST_TEST(section.find("Fl \\-" + name) != section.npos, command.name << " " << name);
        }
    }
}

BOOST_AUTO_TEST_CASE(no_command_uses_a_letter_or_name_twice)
{
    for (auto const& command : all_commands()) {
        for (size_t i = 0; i < command.options.size(); ++i) {
            for (size_t j = 0; j < i; ++j) {
                BOOST_TEST(command.options[i].name != command.options[j].name);
                BOOST_TEST((!command.options[i].letter || command.options[i].letter != command.options[j].letter));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
