// The one table of commands.
#include <cstdint>

#include "cli/commands/commands.hpp"

namespace staithe::cli {

namespace {

    using Kind = Option::Kind;
    constexpr size_t many = SIZE_MAX;

    constexpr Option format_option { 0, "format", Kind::Value, "FORMAT", "table (the default) or json" };
    constexpr Option quiet_option { 'q', "quiet", Kind::Flag, "", "print ids only" };
    constexpr Option no_trunc_option { 0, "no-trunc", Kind::Flag, "", "print ids and commands in full" };
    constexpr Option time_option { 't', "time", Kind::Value, "SECONDS",
        "time between SIGTERM and SIGKILL (default 10)" };

    constexpr Option run_options[] = {
        { 'd', "detach", Kind::Flag, "", "print the container's id and return at once" },
        { 'e', "env", Kind::List, "K=V", "set a variable; K alone takes it from this environment" },
        { 0, "entrypoint", Kind::Value, "PROGRAM", "run this instead of the image's entrypoint" },
        { 'h', "hostname", Kind::Value, "NAME", "the host name inside" },
        { 'i', "interactive", Kind::Flag, "", "send standard input to the container" },
        { 'm', "memory", Kind::Value, "SIZE", "limit of memory, such as 64m" },
        { 0, "name", Kind::Value, "NAME", "name the container" },
        { 0, "privileged", Kind::Flag, "", "all capabilities and devices" },
        { 0, "rm", Kind::Flag, "", "remove the container when it ends" },
        { 't', "tty", Kind::Flag, "", "give the container a terminal" },
        { 'u', "user", Kind::Value, "USER", "run as this user" },
        { 'w', "workdir", Kind::Value, "PATH", "start in this directory" },
    };
    constexpr Option ps_options[] = {
        { 'a', "all", Kind::Flag, "", "show containers that do not run, too" },
        format_option,
        { 'l', "latest", Kind::Flag, "", "show only the newest container" },
        no_trunc_option,
        quiet_option,
    };
    constexpr Option images_options[] = { { 'a', "all", Kind::Flag, "", "show intermediate images, too" },
        format_option, no_trunc_option, quiet_option };
    constexpr Option logs_options[] = {
        { 'f', "follow", Kind::Flag, "", "go on with new output until the container ends" },
        { 0, "format", Kind::Value, "FORMAT", "json: one object per line, with stream and time" },
    };
    constexpr Option attach_options[] = { { 0, "no-stdin", Kind::Flag, "", "do not send standard input" } };
    constexpr Option stop_options[] = { time_option };
    constexpr Option kill_options[] = { { 's', "signal", Kind::Value, "SIGNAL", "send this instead of SIGKILL" } };
    constexpr Option rm_options[] = { { 'f', "force", Kind::Flag, "", "kill the container if it runs" } };
    constexpr Option format_options[] = { format_option };
    constexpr Option export_options[] = { { 'o', "output", Kind::Value, "FILE",
        "write there instead of standard output" } };

    constexpr std::string_view run_details =
        "Standard output and standard error stay apart. The exit code is the container's; 125\n"
        "means that staithe or the daemon failed, 126 that the program could not be run, 127 that\n"
        "it was not found, 128+N that signal N ended it. Signals are passed on to the container:\n"
        "the third in a row kills it. With -t, Ctrl-P Ctrl-Q leaves the container running.\n";
    constexpr std::string_view import_details =
        "SOURCE is a tar archive (plain or compressed with gzip, bzip2, xz or zstd), '-' for standard\n"
        "input, or a URL that the daemon fetches.\n";
    constexpr std::string_view attach_details =
        "Shows what the container prints from now on, and sends it standard input if it wants any.\n"
        "The exit code is the container's.\n";

    constexpr std::string_view containers = "CONTAINER [CONTAINER…]";
    constexpr auto anywhere = OperandOrder::Anywhere;

    constexpr Command table[] = {
        { "run", "IMAGE [PROGRAM [ARGUMENT…]]", "Run a program in a new container", run_details, run_options,
            OperandOrder::First, 1, many, commands::run },
        { "ps", "", "List containers", "", ps_options, anywhere, 0, 0, commands::ps },
        { "images", "[REPOSITORY]", "List images", "", images_options, anywhere, 0, 1, commands::images },
        { "import", "SOURCE [REPOSITORY[:TAG]]", "Make an image from an archive", import_details, {}, anywhere, 1, 2,
            commands::import },
        { "inspect", "NAME [NAME…]", "Show everything about containers or images", "", {}, anywhere, 1, many,
            commands::inspect },
        { "logs", "CONTAINER", "Show what a container has printed", "", logs_options, anywhere, 1, 1, commands::logs },
        { "attach", "CONTAINER", "Connect to a running container", attach_details, attach_options, anywhere, 1, 1,
            commands::attach },
        { "start", containers, "Start containers", "", {}, anywhere, 1, many, commands::start },
        { "stop", containers, "Stop containers: SIGTERM, then SIGKILL", "", stop_options, anywhere, 1, many,
            commands::stop },
        { "kill", containers, "Send a signal to containers", "", kill_options, anywhere, 1, many, commands::kill },
        { "restart", containers, "Stop containers and start them again", "", stop_options, anywhere, 1, many,
            commands::restart },
        { "wait", containers, "Wait until containers end and print their exit codes", "", {}, anywhere, 1, many,
            commands::wait },
        { "rm", containers, "Remove containers", "", rm_options, anywhere, 1, many, commands::remove },
        { "rmi", "IMAGE [IMAGE…]", "Remove images", "", {}, anywhere, 1, many, commands::remove_image },
        { "export", "CONTAINER", "Write a container's files as a tar archive", "", export_options, anywhere, 1, 1,
            commands::export_tree },
        { "drivers", "", "List the daemon's drivers, and why one cannot work", "", format_options, anywhere, 0, 0,
            commands::drivers },
        { "info", "", "Show the daemon's state", "", format_options, anywhere, 0, 0, commands::info },
        { "version", "", "Show the versions of this program and of the daemon", "", format_options, anywhere, 0, 0,
            commands::version },
    };

} // namespace

std::span<Command const> all_commands()
{
    return table;
}

} // namespace staithe::cli
