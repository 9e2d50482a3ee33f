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

    // What a container is, and what the host gives it: for run and create.
    constexpr Option attach_streams { 'a', "attach", Kind::List, "STREAM", "connect to stdin, stdout or stderr only" };
    constexpr Option cidfile { 0, "cidfile", Kind::Value, "FILE", "write the container's id to a new file" };
    constexpr Option cpu_shares { 'c', "cpu-shares", Kind::Value, "NUMBER", "weight of its CPU time (1024 is usual)" };
    constexpr Option dns { 0, "dns", Kind::List, "ADDRESS", "ask this name server" };
    constexpr Option domainname { 0, "domainname", Kind::Value, "NAME", "the domain inside" };
    constexpr Option entrypoint { 0, "entrypoint", Kind::Value, "PROGRAM",
        "run this instead of the image's entrypoint" };
    constexpr Option env { 'e', "env", Kind::List, "K=V", "set a variable; K alone takes it from this environment" };
    constexpr Option expose { 0, "expose", Kind::List, "PORT", "a port for links and -P, such as 80 or 53/udp" };
    constexpr Option hostname { 'h', "hostname", Kind::Value, "NAME", "the host name inside" };
    constexpr Option interactive { 'i', "interactive", Kind::Flag, "", "send standard input to the container" };
    constexpr Option memory { 'm', "memory", Kind::Value, "SIZE", "limit of memory, such as 64m" };
    constexpr Option name_option { 0, "name", Kind::Value, "NAME", "name the container" };
    constexpr Option networking { 'n', "networking", Kind::Flag, "", "=false: nothing but loopback" };
    constexpr Option tty { 't', "tty", Kind::Flag, "", "give the container a terminal" };
    constexpr Option user { 'u', "user", Kind::Value, "USER", "run as this user" };
    constexpr Option volumes_from { 0, "volumes-from", Kind::List, "CONTAINER", "have the volumes of that one" };
    constexpr Option workdir { 'w', "workdir", Kind::Value, "PATH", "start in this directory" };
    // The latter for start, too.
    constexpr Option link { 0, "link", Kind::List, "NAME:ALIAS", "know container NAME as ALIAS" };
    constexpr Option lxc_conf { 0, "lxc-conf", Kind::List, "KEY=VALUE", "an option for the execution driver" };
    constexpr Option privileged { 0, "privileged", Kind::Flag, "", "all capabilities and devices" };
    constexpr Option publish { 'p', "publish", Kind::List, "PORTS", "[[ADDRESS:][HOSTPORT]:]PORT[/PROTOCOL]" };
    constexpr Option publish_all { 'P', "publish-all", Kind::Flag, "", "publish every exposed port" };
    constexpr Option bind { 'v', "volume", Kind::List, "VOLUME", "/HOST:/PATH[:ro|rw]" };
    constexpr Option volume { 'v', "volume", Kind::List, "VOLUME",
        "/HOST:/PATH[:ro|rw], or /PATH: a volume of its own" };

    constexpr Option run_options[] = {
        attach_streams,
        cidfile,
        cpu_shares,
        { 'd', "detach", Kind::Flag, "", "print the container's id and return at once" },
        dns,
        domainname,
        env,
        entrypoint,
        expose,
        hostname,
        interactive,
        link,
        lxc_conf,
        memory,
        name_option,
        networking,
        privileged,
        publish,
        publish_all,
        { 0, "rm", Kind::Flag, "", "remove the container and its volumes when it ends" },
        tty,
        user,
        volume,
        volumes_from,
        workdir,
    };
    constexpr Option create_options[] = { attach_streams, cidfile, cpu_shares, dns, domainname, env, entrypoint, expose,
        hostname, interactive, link, lxc_conf, memory, name_option, networking, privileged, publish, publish_all, tty,
        user, volume, volumes_from, workdir };
    constexpr Option start_options[] = {
        { 'a', "attach", Kind::Flag, "", "show the output and end with the container's exit code" },
        { 'i', "interactive", Kind::Flag, "", "the same, and send standard input" },
        link,
        lxc_conf,
        privileged,
        publish,
        publish_all,
        bind,
    };
    constexpr Option ps_options[] = {
        { 'a', "all", Kind::Flag, "", "show containers that do not run, too" },
        { 0, "before", Kind::Value, "CONTAINER", "show older ones only, running or not" },
        format_option,
        { 'n', "last", Kind::Value, "NUMBER", "show that many of the newest, running or not" },
        { 'l', "latest", Kind::Flag, "", "show only the newest container" },
        no_trunc_option,
        quiet_option,
        { 0, "since", Kind::Value, "CONTAINER", "show newer ones only, running or not" },
        { 's', "size", Kind::Flag, "", "show how much they have written" },
    };
    constexpr Option images_options[] = { { 'a', "all", Kind::Flag, "", "show intermediate images, too" },
        format_option, no_trunc_option, quiet_option };
    constexpr Option history_options[] = { format_option, no_trunc_option, quiet_option };
    constexpr Option tree_options[] = {
        { 0, "dot", Kind::Flag, "", "print the graph in graphviz's language" },
        format_option,
        no_trunc_option,
        { 0, "svg", Kind::Value, "FILE", "draw a picture with graphviz; '-' for standard output" },
    };
    constexpr Option commit_options[] = {
        { 'a', "author", Kind::Value, "NAME", "who made the image" },
        { 0, "config", Kind::Value, "JSON", "what its containers run: {\"Cmd\":[\"/bin/sh\"]}" },
        { 'm', "message", Kind::Value, "TEXT", "what was done" },
        { 0, "run", Kind::Value, "JSON", "the same as --config" },
    };
    constexpr Option tag_options[] = {
        { 'f', "force", Kind::Flag, "", "for Docker's scripts: a tag is always replaced" },
    };
    constexpr Option logs_options[] = {
        { 'f', "follow", Kind::Flag, "", "go on with new output until the container ends" },
        { 0, "format", Kind::Value, "FORMAT", "json: one object per line, with stream and time" },
    };
    constexpr Option attach_options[] = { { 0, "no-stdin", Kind::Flag, "", "do not send standard input" } };
    constexpr Option stop_options[] = { time_option };
    constexpr Option kill_options[] = { { 's', "signal", Kind::Value, "SIGNAL", "send this instead of SIGKILL" } };
    constexpr Option rm_options[] = {
        { 'f', "force", Kind::Flag, "", "kill the container if it runs" },
        { 0, "link", Kind::Flag, "", "remove the link PARENT/ALIAS, and no container" },
        { 'v', "volumes", Kind::Flag, "", "remove its volumes, too, unless others use them" },
    };
    constexpr Option events_options[] = { format_option,
        { 0, "since", Kind::Value, "TIME", "begin with what was then: 10m, 2026-01-31T12:00:00Z, seconds" } };
    constexpr Option format_options[] = { format_option };
    constexpr Option export_options[] = { { 'o', "output", Kind::Value, "FILE",
        "write there instead of standard output" } };

    constexpr std::string_view run_details =
        "Standard output and standard error stay apart. The exit code is the container's; 125\n"
        "means that staithe or the daemon failed, 126 that the program could not be run, 127 that\n"
        "it was not found, 128+N that signal N ended it. Signals are passed on to the container:\n"
        "the third in a row kills it. With -t, Ctrl-P Ctrl-Q leaves the container running.\n"
        "With -a stdin alone the id is printed, and nobody waits for the end.\n";
    constexpr std::string_view create_details = "Prints the container's id; staithe start starts it.\n";
    constexpr std::string_view start_details =
        "Flags that say what the host gives (-p, -P, -v, --link, --lxc-conf, --privileged) replace all\n"
        "those of create and of earlier starts; without any of them, those hold.\n";
    constexpr std::string_view cp_details =
        "TARGET is a directory that exists (the copy keeps its name), a new name or a file to replace,\n"
        "or '-' for a tar archive on standard output. Copies are the caller's; devices and FIFOs are left\n"
        "out, and nothing is written outside TARGET whatever the container has prepared.\n";
    constexpr std::string_view top_details =
        "The arguments choose the columns as those of ps do: aux, -ef, -o pid,user,args.\n";
    constexpr std::string_view diff_details = "A: added, C: changed, D: deleted.\n";
    constexpr std::string_view port_details = "Without a PORT, every published port.\n";
    constexpr std::string_view events_details = "One line per event, as it happens, until Ctrl-C.\n";
    constexpr std::string_view import_details =
        "SOURCE is a tar archive (plain or compressed with gzip, bzip2, xz or zstd), '-' for standard\n"
        "input, or a URL that the daemon fetches.\n";
    constexpr std::string_view tree_details =
        "An image lies on the one above it, or, behind a mark, on the one above its branch. SIZE is that of\n"
        "its own layer, TOTAL includes all below. Boxes are drawn where the locale is UTF-8.\n";
    constexpr std::string_view verify_details =
        "Reads every layer of the images again, or of all images, and compares it with what was recorded\n"
        "when it was made. One line per image; the exit code is 1 when one is bad.\n";
    constexpr std::string_view commit_details =
        "The image has the container's files, volumes left out, and the configuration that --config gives,\n"
        "none of the container's. The container may run; it is not paused.\n";
    constexpr std::string_view tag_details =
        "Without TAG it is 'latest'. A tag that exists leads to this image from now on.\n";
    constexpr std::string_view rmi_details =
        "Takes the tag away; without any tag left, the image goes, and what lies below it, unless other\n"
        "images, tags or containers need it.\n";
    constexpr std::string_view attach_details =
        "Shows what the container prints from now on, and sends it standard input if it wants any.\n"
        "The exit code is the container's.\n";

    constexpr std::string_view containers = "CONTAINER [CONTAINER…]";
    constexpr auto anywhere = OperandOrder::Anywhere;

    constexpr Command table[] = {
        { "run", "IMAGE [PROGRAM [ARGUMENT…]]", "Run a program in a new container", run_details, run_options,
            OperandOrder::First, 1, many, commands::run },
        { "create", "IMAGE [PROGRAM [ARGUMENT…]]", "Make a container without starting it", create_details,
            create_options, OperandOrder::First, 1, many, commands::create },
        { "ps", "", "List containers", "", ps_options, anywhere, 0, 0, commands::ps },
        { "images", "[REPOSITORY]", "List images", "", images_options, anywhere, 0, 1, commands::images },
        { "tree", "", "Draw which image lies on which", tree_details, tree_options, anywhere, 0, 0, commands::tree },
        { "history", "IMAGE", "Show the layers of an image and how they came about", "", history_options, anywhere, 1,
            1, commands::history },
        { "import", "SOURCE [REPOSITORY[:TAG]]", "Make an image from an archive", import_details, {}, anywhere, 1, 2,
            commands::import },
        { "commit", "CONTAINER [REPOSITORY[:TAG]]", "Make an image of a container's changes", commit_details,
            commit_options, anywhere, 1, 2, commands::commit },
        { "tag", "IMAGE REPOSITORY[:TAG]", "Give an image a name", tag_details, tag_options, anywhere, 2, 2,
            commands::tag },
        { "verify", "[IMAGE…]", "Check images against what was recorded", verify_details, format_options, anywhere, 0,
            many, commands::verify },
        { "inspect", "NAME [NAME…]", "Show everything about containers or images", "", {}, anywhere, 1, many,
            commands::inspect },
        { "logs", "CONTAINER", "Show what a container has printed", "", logs_options, anywhere, 1, 1, commands::logs },
        { "attach", "CONTAINER", "Connect to a running container", attach_details, attach_options, anywhere, 1, 1,
            commands::attach },
        { "port", "CONTAINER [PORT[/PROTOCOL]]", "Show where a container's ports are published", port_details,
            format_options, anywhere, 1, 2, commands::port },
        { "top", "CONTAINER [ARGUMENT…]", "List the processes of a container", top_details, format_options,
            OperandOrder::First, 1, many, commands::top },
        { "diff", "CONTAINER", "List what a container has changed in its files", diff_details, format_options, anywhere,
            1, 1, commands::diff },
        { "cp", "CONTAINER:PATH TARGET", "Copy files out of a container", cp_details, {}, anywhere, 2, 2,
            commands::copy },
        { "start", containers, "Start containers", start_details, start_options, anywhere, 1, many, commands::start },
        { "stop", containers, "Stop containers: SIGTERM, then SIGKILL", "", stop_options, anywhere, 1, many,
            commands::stop },
        { "kill", containers, "Send a signal to containers", "", kill_options, anywhere, 1, many, commands::kill },
        { "restart", containers, "Stop containers and start them again", "", stop_options, anywhere, 1, many,
            commands::restart },
        { "wait", containers, "Wait until containers end and print their exit codes", "", {}, anywhere, 1, many,
            commands::wait },
        { "rm", containers, "Remove containers", "", rm_options, anywhere, 1, many, commands::remove },
        { "rmi", "IMAGE [IMAGE…]", "Remove tags and images", rmi_details, {}, anywhere, 1, many,
            commands::remove_image },
        { "export", "CONTAINER", "Write a container's files as a tar archive", "", export_options, anywhere, 1, 1,
            commands::export_tree },
        { "events", "", "Show what happens to containers and images", events_details, events_options, anywhere, 0, 0,
            commands::events },
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
