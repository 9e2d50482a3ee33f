// Instructions with their variables put in, and the words of what is wrong with them.
#include "daemon/build/interpret.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/build/parser.hpp"
#include "shown.hpp"

using namespace staithe;
using namespace staithe::build;

namespace {

/// The last statement of a text, prepared in a stage with some variables.
std::string prepared(std::string_view text)
{
    auto const file = parse(text);
    if (!file)
        return file.error().message;
    Scope const scope({ "A=one", "DIR=/d", "EMPTY=", "PORTS=80 81" }, { { "ARG", "arg" } }, file.value().escape);
    auto const instruction = prepare(file.value().statements.back(), scope);
    return instruction ? shown(instruction.value()) : instruction.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(instructions)

BOOST_AUTO_TEST_CASE(that_take_variables)
{
    BOOST_TEST(prepared("FROM $A:${ARG} AS x") == "base |one:arg| stage |x|");
    BOOST_TEST(prepared("ENV X $A $NONE") == "2013 |X|=|one $NONE|");
    BOOST_TEST(prepared("ENV X=$A Y=\"$NONE-$A\" $A=z") == "|X|=|one| |Y|=|-one| |one|=|z|");
    BOOST_TEST(prepared("LABEL $A=\"$A b\" c='$A'") == "|one|=|one b| |c|=|$A|");
    BOOST_TEST(prepared("LABEL a b $A") == "|a|=|b one|");
    BOOST_TEST(prepared("ARG X=$A Y") == "|X|=|one| |Y|");
    BOOST_TEST(prepared("EXPOSE $PORTS 9$NONE") == "|80| |81| |9|");
    BOOST_TEST(prepared("USER \"$A\"") == "|one|");
    BOOST_TEST(prepared("WORKDIR $DIR/${ARG}") == "|/d/arg|");
    BOOST_TEST(prepared("VOLUME $DIR /$A") == "|/d| |/one|");
    BOOST_TEST(prepared("VOLUME [\"$DIR\"]") == "|/d|");
    BOOST_TEST(prepared("STOPSIGNAL ${NONE:-SIGINT}") == "|SIGINT|");
    BOOST_TEST(prepared("ADD $A $DIR") == "2013 |one| to |/d|");
    BOOST_TEST(prepared("ADD $NONE/x \\$DIR") == "2013 |$NONE/x| to |\\$DIR|");
    BOOST_TEST(prepared("COPY --from=$A --chown=$A:$ARG --chmod=0${NONE:-7}55 $A$NONE $DIR/")
        == "|one| to |/d/| from |one| owner |one:arg| mode |0755|");
    BOOST_TEST(prepared("COPY <<a <<'b' /x/\n$A \"$A\"\na\n$A\nb")
        == "file |a| = |one \"one\"\\n| raw file |b| = |$A\\n| to |/x/|");
}

BOOST_AUTO_TEST_CASE(that_take_none)
{
    BOOST_TEST(prepared("RUN echo $A ${A}") == "shell |echo $A ${A}|");
    BOOST_TEST(prepared("RUN [\"echo\", \"$A\"]") == "exec |echo| |$A|");
    BOOST_TEST(prepared("CMD $A") == "shell |$A|");
    BOOST_TEST(prepared("ENTRYPOINT $A") == "shell |$A|");
    BOOST_TEST(prepared("MAINTAINER $A") == "name |$A|");
    BOOST_TEST(prepared("SHELL [\"$A\"]") == "|$A|");
    BOOST_TEST(prepared("HEALTHCHECK CMD $A") == "|CMD-SHELL| |$A|");
    BOOST_TEST(prepared("ONBUILD ENV X=$A") == "|ENV X=$A|");
}

BOOST_AUTO_TEST_CASE(whose_escape_is_another_one)
{
    BOOST_TEST(prepared("# escape=`\nWORKDIR c:\\$A`$A") == "|c:\\one$A|");
    BOOST_TEST(prepared("# escape=`\nENV X=a` b") == "|X|=|a b|");
}

BOOST_AUTO_TEST_CASE(whose_values_are_wrong_name_the_line)
{
    BOOST_TEST(prepared("\nFROM $NONE") == "Dockerfile line 2: FROM names no image");
    BOOST_TEST(prepared("USER $NONE") == "Dockerfile line 1: USER names no user");
    BOOST_TEST(prepared("WORKDIR \"\"") == "Dockerfile line 1: WORKDIR names no directory");
    BOOST_TEST(prepared("EXPOSE $NONE") == "Dockerfile line 1: EXPOSE names no port");
    BOOST_TEST(prepared("VOLUME [\"/a\\u0000b\"]") == "Dockerfile line 1: a NUL in a path");
    BOOST_TEST(prepared("VOLUME /a $NONE") == "Dockerfile line 1: VOLUME specified can not be an empty string");
    BOOST_TEST(prepared("COPY $NONE /x") == "Dockerfile line 1: a source is empty");
    BOOST_TEST(prepared("COPY x $NONE") == "Dockerfile line 1: the destination is empty");
    BOOST_TEST(prepared("ENV $NONE=x") == "Dockerfile line 1: '' is no name of a variable");
    BOOST_TEST(prepared("ENV 'a=b'=x") == "Dockerfile line 1: a single quote is never closed");
    BOOST_TEST(prepared("LABEL $NONE=x") == "Dockerfile line 1: LABEL names can not be blank");
    BOOST_TEST(prepared("ARG $NONE") == "Dockerfile line 1: ARG names can not be blank");
    BOOST_TEST(prepared("STOPSIGNAL $A") == "Dockerfile line 1: invalid signal: one");
    BOOST_TEST(prepared("USER ${") == "Dockerfile line 1: bad substitution");
    for (std::string const mode : { "8", "77777", "u+x", "-1", "000755" })
        BOOST_TEST(prepared("COPY --chmod=" + mode + " a b") == "Dockerfile line 1: '" + mode + "' is no octal mode");
    BOOST_TEST(prepared("COPY --chmod=07555 a b") == "|a| to |b| mode |07555|");
}

BOOST_AUTO_TEST_CASE(whose_words_are_known_since_2013)
{
    BOOST_TEST(prepared("RUN") == "Invalid Dockerfile format");
    BOOST_TEST(prepared("ENV A") == "Invalid ENV format");
    BOOST_TEST(prepared("ADD a") == "Invalid ADD format");
    BOOST_TEST(prepared("insert a b") == "INSERT has been deprecated. Please use ADD instead");
    BOOST_TEST(prepared("FOO bar") == "# Skipping unknown instruction FOO");
}

BOOST_AUTO_TEST_CASE(that_docker_has_and_we_have_not_are_told_apart)
{
    auto const file = parse("RUN --mount=type=secret,id=x a");
    auto const run = interpret(file.value().statements.front(), '\\');
    BOOST_REQUIRE(!run);
    BOOST_TEST(run.error().code == STAITHE_UNSUPPORTED);
    BOOST_TEST(run.error().message == "Dockerfile line 1: RUN --mount=type=secret,id=x is not supported");
}

BOOST_AUTO_TEST_CASE(whose_values_add_up_are_limited)
{
    // Every value may be 128 KiB long, but not a thousand of them in one instruction.
    Scope const scope({ "BIG=" + std::string(100'000, 'x') }, {}, '\\');
    std::string text = "LABEL";
    for (int i = 0; i < 1000; ++i)
        text += " a" + std::to_string(i) + "=$BIG";
    auto const file = parse(text);
    auto const label = prepare(file.value().statements.front(), scope);
    BOOST_REQUIRE(!label);
    BOOST_TEST(label.error().code == STAITHE_RANGE);
    BOOST_TEST(label.error().message == "Dockerfile line 1: its values are longer than 1048576 bytes");
}

BOOST_AUTO_TEST_SUITE_END()
