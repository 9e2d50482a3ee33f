// What instructions do to a configuration, and what a history has of it.
#include "daemon/build/apply.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/build/interpret.hpp"
#include "daemon/build/limits.hpp"
#include "daemon/build/parser.hpp"
#include "shown.hpp"

using namespace staithe;
using namespace staithe::build;

namespace {

/// Goes through the statements of a text as a build does; what FROM finds is an image with this configuration.
struct Build {
    State state;
    std::optional<api::ContainerConfig> base;
    Extras base_extras;
    std::string commands; ///< of the steps: a line each
    std::string problem;

    explicit Build(
        std::string_view text, std::optional<api::ContainerConfig> image = {}, Extras extras = {}, Variables given = {})
        : base(std::move(image))
        , base_extras(std::move(extras))
    {
        state.arguments.given = std::move(given);
        auto const file = parse(text);
        BOOST_REQUIRE(file);
        for (auto const& statement : file.value().statements)
            if (!step(statement, file.value().escape))
                break;
    }

    bool step(Statement const& statement, char escape)
    {
        bool const from = statement.name == "FROM";
        auto const instruction = prepare(statement, scope_of(state, statement, escape));
        if (!instruction)
            return fail(instruction.error());
        if (from) {
            commands += shown(instruction.value()) + "\n";
            state = begin_stage(state, base, base_extras);
            return true;
        }
        auto result = apply_to(state, instruction.value());
        if (!result)
            return fail(result.error());
        state = result.value().after;
        if (!result.value().command.empty())
            commands += shown(result.value().command) + "\n";
        return true;
    }

    bool fail(Error const& error)
    {
        problem = error.message;
        return false;
    }
};

/// What a step's container of 2013 has for a command.
std::string nop(std::string_view instruction)
{
    Build const build("FROM x\n" + std::string(instruction));
    BOOST_TEST(build.problem == "");
    auto const begin = build.commands.find('\n') + 1;
    constexpr std::string_view head = "|/bin/sh| |-c| |#(nop) ";
    auto const command = build.commands.substr(begin);
    return command.starts_with(head) ? command.substr(head.size(), command.size() - head.size() - 2) : command;
}

api::ContainerConfig config(std::string_view text)
{
    Build const build("FROM x\n" + std::string(text));
    BOOST_TEST(build.problem == "");
    return build.state.config;
}

std::string problem(std::string_view text)
{
    return Build(text).problem;
}

} // namespace

BOOST_AUTO_TEST_SUITE(application)

BOOST_AUTO_TEST_CASE(a_history_tells_what_was_done)
{
    BOOST_TEST(nop("MAINTAINER A <b@c>") == "MAINTAINER A <b@c>");
    BOOST_TEST(nop("ENV K v w") == "ENV K=v w");
    BOOST_TEST(nop("ENV P $HOME:$NONE") == "ENV P=/:$NONE");
    BOOST_TEST(nop("ENV K=v L=\"w x\"") == "ENV K=v L=w x");
    BOOST_TEST(nop("CMD [\"a\", \"b\"]") == "CMD [a b]");
    BOOST_TEST(nop("CMD a b") == "CMD [/bin/sh -c a b]");
    BOOST_TEST(nop("CMD []") == "CMD []");
    BOOST_TEST(nop("ENTRYPOINT [\"a\",  \"b\"]") == "ENTRYPOINT [\"a\",  \"b\"]");
    BOOST_TEST(nop("EXPOSE 80  443") == "EXPOSE [80 443]");
    BOOST_TEST(nop("USER x") == "USER x");
    BOOST_TEST(nop("WORKDIR x") == "WORKDIR x");
    BOOST_TEST(nop("VOLUME [\"/a\"]") == "VOLUME [\"/a\"]");
    BOOST_TEST(nop("ADD a /b c") == "ADD a in /b c");
    BOOST_TEST(nop("COPY a b c/") == "COPY a b in c/");
    BOOST_TEST(nop("LABEL a=b \"c\"=d") == "LABEL a=b c=d");
    BOOST_TEST(nop("ONBUILD run a") == "ONBUILD run a");
    BOOST_TEST(nop("ARG a=$HOME b") == "ARG a=/ b");
    BOOST_TEST(nop("SHELL [\"a\", \"-c\"]") == "SHELL [a -c]");
    BOOST_TEST(nop("STOPSIGNAL 9") == "STOPSIGNAL 9");
    BOOST_TEST(nop("HEALTHCHECK --retries=1 CMD a") == "HEALTHCHECK --retries=1 CMD a");
    BOOST_TEST(nop("RUN a  b") == "|/bin/sh| |-c| |a  b|\n");
    BOOST_TEST(nop("RUN [\"a\", \"b\"]") == "|a| |b|\n");
    BOOST_TEST(nop("FOO a") == "");
}

BOOST_AUTO_TEST_CASE(a_stage_begins_with_its_base)
{
    auto const fresh = config("");
    BOOST_TEST(shown(*fresh.env) == "|HOME=/| |PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|");
    api::ContainerConfig base;
    base.env = { "A=b" };
    base.user = "u";
    base.command = { "c" };
    Build const build("MAINTAINER m", base);
    BOOST_TEST(build.problem == "Please provide a source image with `from` prior to commit");
    Build const based("FROM a\nMAINTAINER m\nUSER v\nARG X=1\nFROM b", base);
    BOOST_TEST(shown(*based.state.config.env) == "|A=b|");
    BOOST_TEST(based.state.config.user == "u");
    BOOST_TEST(based.state.author == "m"); // of this and of later images
    BOOST_TEST(based.state.arguments.stage.empty());
}

BOOST_AUTO_TEST_CASE(nothing_but_arg_may_be_before_from)
{
    BOOST_TEST(problem("RUN a") == "Please provide a source image with `from` prior to run");
    for (auto const* text : { "CMD a", "ENV a b", "ADD a b", "COPY a b", "LABEL a=b", "HEALTHCHECK NONE" })
        BOOST_TEST(problem(text) == "Please provide a source image with `from` prior to commit");
    BOOST_TEST(problem("ARG A=1\nFOO x\nFROM a:$A") == "");
}

BOOST_AUTO_TEST_CASE(env)
{
    BOOST_TEST(shown(*config("ENV HOME /x\nENV A b\nENV HOME $HOME/y").env)
        == "|HOME=/x/y| |PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin| |A=b|");
    BOOST_TEST(shown(*config("ENV PATH=/a A=1 B=$A\nENV C=$A").env) == "|HOME=/| |PATH=/a| |A=1| |B=| |C=1|");
    BOOST_TEST(shown(*config("ENV HOM x").env).find("|HOME=/|") == 0U);
}

BOOST_AUTO_TEST_CASE(an_environment_does_not_grow_without_end)
{
    std::string text = "FROM a\nENV A 0123456789abcdef\n";
    for (int i = 0; i < 30; ++i)
        text += "ENV A $A$A\n";
    BOOST_TEST(problem(text) == "Dockerfile line 15: a value is longer than 131071 bytes");
    text = "FROM a\nENV A " + std::string(100'000, 'x') + "\n";
    for (int i = 0; i < 30; ++i)
        text += "ENV B" + std::to_string(i) + " $A\n";
    BOOST_TEST(problem(text) == "the variables are longer than 1048576 bytes");
    BOOST_TEST(problem("FROM a\nENV A " + std::string(65'536, 'x') + "\nENV " + std::string(70'000, 'K') + " $A")
        == "'" + std::string(70'000, 'K') + "' is longer than a variable can be");
}

BOOST_AUTO_TEST_CASE(cmd_and_entrypoint)
{
    api::ContainerConfig base;
    base.command = { "base" };
    BOOST_TEST(shown(*Build("FROM a\nRUN b", base).state.config.command) == "|base|");
    auto const own = Build("FROM a\nCMD c\nENTRYPOINT [\"e\"]", base).state.config;
    BOOST_TEST(shown(*own.command) == "|/bin/sh| |-c| |c|");
    BOOST_TEST(shown(*own.entrypoint) == "|e|");
    // The base's CMD goes with the base's ENTRYPOINT.
    BOOST_TEST(!Build("FROM a\nENTRYPOINT e", base).state.config.command);
    BOOST_TEST(shown(*Build("FROM a\nSHELL [\"/bin/ash\", \"-ec\"]\nCMD c", base).state.config.command)
        == "|/bin/ash| |-ec| |c|");
    BOOST_TEST(config("CMD []").command->empty());
}

BOOST_AUTO_TEST_CASE(expose)
{
    BOOST_TEST(shown(config("EXPOSE 80 443\nEXPOSE 22/udp").port_specs) == "|22/udp| |80| |443|");
    BOOST_TEST(shown(config("EXPOSE 8000-8002/tcp 127.0.0.1::9 :1 2:3").port_specs)
        == "|8000/tcp| |8001/tcp| |8002/tcp| |127.0.0.1::9| |:1| |2:3|");
    BOOST_TEST(problem("FROM a\nEXPOSE x") == "Invalid containerPort: x");
    BOOST_TEST(problem("FROM a\nEXPOSE 65536") == "Invalid containerPort: 65536");
    BOOST_TEST(problem("FROM a\nEXPOSE 0") == "Invalid containerPort: 0");
    BOOST_TEST(problem("FROM a\nEXPOSE 9-8") == "Invalid containerPort: 9-8");
    BOOST_TEST(problem("FROM a\nEXPOSE 1-") == "Invalid containerPort: 1-");
    BOOST_TEST(problem("FROM a\nEXPOSE 80:") == "No port specified: 80:");
    BOOST_TEST(problem("FROM a\nEXPOSE /tcp") == "No port specified: /tcp");
    BOOST_TEST(problem("FROM a\nEXPOSE x:80") == "Invalid hostPort: x");
    BOOST_TEST(problem("FROM a\nEXPOSE 1:2:3:4")
        == "Invalid format to parse.  1:2:3:4 should match template ip:hostPort:containerPort");
    BOOST_TEST(problem("FROM a\nEXPOSE 1-65535 1-65535") == "more than 65536 ports");
}

BOOST_AUTO_TEST_CASE(user_workdir_volume)
{
    BOOST_TEST(config("USER a\nUSER b:c").user == "b:c");
    BOOST_TEST(config("WORKDIR /a/../b/").working_dir == "/a/../b/");
    BOOST_TEST(config("WORKDIR a").working_dir == "/a");
    BOOST_TEST(config("WORKDIR /a\nWORKDIR b\nWORKDIR c").working_dir == "/a/b/c");
    BOOST_TEST(config("WORKDIR /a/\nWORKDIR b").working_dir == "/a/b");
    BOOST_TEST(
        problem("FROM a\nWORKDIR /" + std::string(4095, 'x')) == "the working directory has more than 4095 bytes");
    BOOST_TEST((config("VOLUME /a /b\nVOLUME [\"/c d\"]").volumes == std::set<std::string> { "/a", "/b", "/c d" }));
}

BOOST_AUTO_TEST_CASE(what_a_configuration_has_no_place_for)
{
    Build const build(
        "FROM a\nLABEL a=b c=d\nLABEL a=e\nSTOPSIGNAL SIGINT\nSHELL [\"x\"]\nHEALTHCHECK --retries=2 CMD [\"h\"]\n"
        "ONBUILD RUN a\nONBUILD ADD . /");
    auto const& extras = build.state.extras;
    BOOST_TEST((extras.labels == Variables { { "a", "e" }, { "c", "d" } }));
    BOOST_TEST(extras.stop_signal == "SIGINT");
    BOOST_TEST(shown(extras.shell) == "|x|");
    BOOST_TEST(shown(extras.health->test) == "|CMD| |h|");
    BOOST_TEST(extras.health->retries == 2);
    BOOST_TEST(shown(extras.on_build) == "|RUN a| |ADD . /|");
}

BOOST_AUTO_TEST_CASE(triggers_run_once)
{
    Build build("FROM a", {}, { {}, {}, {}, {}, { "RUN x" } });
    BOOST_TEST(shown(take_triggers(build.state)) == "|RUN x|");
    BOOST_TEST(take_triggers(build.state).empty());
    BOOST_TEST(build.state.extras.on_build.empty());
}

BOOST_AUTO_TEST_CASE(build_arguments)
{
    Build const build("ARG V=1\nARG W=2\nFROM a:$V-$W-$X\nENV A=$V-\nARG V\nARG W=3 X=4\nARG Y\nENV B=$V-$W-$X-$Y\nENV "
                      "X=env\nENV C=$X",
        {}, {}, { { "W", "given" }, { "Y", "why" }, { "Z", "never named" } });
    BOOST_TEST(build.commands.starts_with("base |a:1-given-|\n"));
    auto const text = shown(*build.state.config.env);
    BOOST_TEST(text.ends_with("|A=-| |B=1-given-4-why| |X=env| |C=env|"));
    // A RUN sees them too, unless the image has a variable of that name.
    BOOST_TEST(shown(run_environment(build.state)) == text + " |V=1| |W=given| |Y=why|");
    // The next stage does not, unless it names them.
    Build const next("FROM a\nARG V=1\nFROM b\nENV A=$V-");
    BOOST_TEST(next.state.config.env->back() == "A=-");
}

BOOST_AUTO_TEST_CASE(scripts_have_no_shell)
{
    Build const build("FROM a\nRUN <<EOF\n#!/x\ny\nEOF");
    BOOST_TEST(build.commands == "base |a|\n|#!/x\\ny\\n|\n");
}

BOOST_AUTO_TEST_SUITE_END()
