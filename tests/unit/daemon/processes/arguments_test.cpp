#include "daemon/processes/arguments.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::processes;

namespace {

/// The titles with one blank between them, or the error.
std::string titles(std::string_view ps_args)
{
    auto const columns = parse_arguments(ps_args);
    if (!columns)
        return columns.error().message;
    std::string text;
    for (auto const& column : columns.value())
        text += (text.empty() ? "" : " ") + column.title;
    return text;
}

std::string refused(std::string_view what)
{
    return "ps argument '" + std::string(what) + "' is not understood";
}

} // namespace

BOOST_AUTO_TEST_CASE(the_usual_formats)
{
    std::pair<char const*, char const*> const rows[] = {
        { "", "PID TTY TIME CMD" },
        { " \t ", "PID TTY TIME CMD" },
        { "-e", "PID TTY TIME CMD" },
        { "-A -w", "PID TTY TIME CMD" },
        { "aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND" },
        { "-aux", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND" },
        { "auxww --no-headers", "USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND" },
        { "-ef", "UID PID PPID C STIME TTY TIME CMD" },
        { "-e -f", "UID PID PPID C STIME TTY TIME CMD" },
        { "-F", "UID PID PPID C SZ RSS PSR STIME TTY TIME CMD" },
        { "ax", "PID TTY STAT TIME COMMAND" },
        { "-l", "F S UID PID PPID C PRI NI ADDR SZ WCHAN TTY TIME CMD" },
        { "-ly", "S UID PID PPID C PRI NI RSS SZ WCHAN TTY TIME CMD" },
        { "-elf", "F S UID PID PPID C PRI NI ADDR SZ WCHAN STIME TTY TIME CMD" },
        { "l", "F UID PID PPID PRI NI VSZ RSS WCHAN STAT TTY TIME COMMAND" },
        { "j", "PPID PID PGID SID TTY TPGID STAT UID TIME COMMAND" },
        { "-j", "PID PGID SID TTY TIME CMD" },
        { "-fj", "UID PID PPID PGID SID C STIME TTY TIME CMD" },
        { "-lj", "F S UID PID PPID PGID SID C PRI NI ADDR SZ WCHAN TTY TIME CMD" },
        { "-eZ", "LABEL PID TTY TIME CMD" },
        { "axh", "PID TTY STAT TIME COMMAND" },
    };
    for (auto const& [ps_args, expected] : rows)
        BOOST_TEST(titles(ps_args) == expected, "'" << ps_args << "' gives " << titles(ps_args));
}

BOOST_AUTO_TEST_CASE(lists_of_columns)
{
    BOOST_TEST(titles("-o pid,args") == "PID COMMAND");
    BOOST_TEST(titles("-opid,args") == "PID COMMAND");
    BOOST_TEST(titles("-eo pid,ppid,user,cmd") == "PID PPID USER CMD");
    BOOST_TEST(titles("-eopid") == "PID");
    BOOST_TEST(titles("axo pid,comm") == "PID COMMAND");
    BOOST_TEST(titles("-o pid -o comm") == "PID COMMAND");
    BOOST_TEST(titles("-eo pid cmd -w") == "PID CMD"); // what a client sends is one argument of ps
    BOOST_TEST(titles("--format=pid,stat") == "PID STAT");
    BOOST_TEST(titles("--format pid,stat") == "PID STAT");
    BOOST_TEST(titles("-o pid=ID,comm=") == "ID ");
    BOOST_TEST(titles("-o pid=\x1b[1m") == "?[1m");
    BOOST_TEST(titles("-o pid -f") == "PID");
}

BOOST_AUTO_TEST_CASE(what_is_not_understood_is_named)
{
    for (auto const* word : { "-p", "-C", "-", "--sort=pid", "--forest", "axe", "root", "1", "-Q", "--", "é" })
        BOOST_TEST(titles(word) == (std::string_view(word) == "é" ? refused("é") : refused(word)));
    BOOST_TEST(titles("-u root") == refused("root"));
    BOOST_TEST(titles("-o pid,nonsense=X") == refused("nonsense=X"));
    BOOST_TEST(titles("-o pid,,comm") == refused(","));
    BOOST_TEST(titles("-o \x01\xff") == refused("??"));
    BOOST_TEST(titles("-o").find("must follow") != std::string::npos);
    BOOST_TEST(titles("axo -w").find("must follow") != std::string::npos);
    for (auto const* words : { "u l", "ul", "u -f", "j -o pid" })
        BOOST_TEST(titles(words) == "conflicting format options in ps arguments");
    BOOST_TEST(!parse_arguments(std::string(5000, 'x')));
    std::string many = "-o pid";
    for (int i = 0; i < 300; ++i)
        many += ",pid";
    BOOST_TEST(!parse_arguments(many));
    BOOST_TEST(parse_arguments("-Q").error().code == STAITHE_INVALID);
}
