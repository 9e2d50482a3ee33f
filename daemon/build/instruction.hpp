// What a statement says: one struct per instruction. Values are as written until expand() has put the variables in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace staithe::build {

/// Which rules a value is expanded by, as the form it is written in tells.
enum class Form {
    Era, ///< one that Docker had in 2013: "ENV KEY VALUE", "ADD SRC DEST"
    Today, ///< one that it did not
};

/// The two forms of RUN, CMD and ENTRYPOINT.
struct CommandLine {
    std::vector<std::string> words; ///< of the shell form: one, which the shell gets after its own words
    bool shell = false;
};

struct Assignment {
    std::string name, value;
};

struct From {
    std::string base; ///< an image, a stage, or "scratch"
    std::string stage; ///< lower case; empty: it has no name
    std::string platform; ///< "linux/amd64"; empty: not said
};
struct Maintainer {
    std::string name;
};
struct Run {
    CommandLine command;
    /// The one word is a program's text that begins with "#!": to be put into a file and executed, by no shell.
    bool is_script = false;
};
struct Cmd {
    CommandLine command;
};
struct Entrypoint {
    CommandLine command;
    std::string text; ///< as written
};
struct Env {
    std::vector<Assignment> values; ///< at least one
    Form form = Form::Today;
};
struct Label {
    std::vector<Assignment> values; ///< at least one
};
struct Expose {
    std::vector<std::string> ports; ///< at least one: "80", "53/udp", "8000-8010", "127.0.0.1:80:8080"
};
struct User {
    std::string name;
};
struct Workdir {
    std::string path;
};
struct Volume {
    std::vector<std::string> paths;
    std::string text; ///< as written
};

/// A file that the Dockerfile itself has.
struct InlineFile {
    std::string name, content;
    bool expand = true;
};

/// ADD and COPY.
struct Copy {
    enum class Kind { Add, Copy };
    Kind kind = Kind::Copy;
    Form form = Form::Today;
    std::vector<std::string> sources; ///< paths with wildcards, URLs for ADD; may be empty where there are files
    std::vector<InlineFile> files;
    /// Relative to the working directory; destination_of() resolves it. "/" at its end: a directory.
    std::string destination;
    std::string from; ///< COPY: a stage, its number, or an image; empty: the context
    std::string owner; ///< "user[:group]"; empty: not said
    std::string mode; ///< octal; empty: not said
    std::string checksum; ///< ADD of a URL: "sha256:…"
    std::vector<std::string> exclude; ///< patterns as in .dockerignore
};

struct OnBuild {
    std::string trigger; ///< parse_trigger() reads it
};

struct Argument {
    std::string name;
    std::optional<std::string> value;
};
struct Arg {
    std::vector<Argument> arguments; ///< at least one
};
struct Shell {
    std::vector<std::string> words; ///< at least one
};
struct StopSignal {
    std::string signal; ///< "SIGTERM", "9"
};
struct HealthCheck {
    /// "CMD" and words, "CMD-SHELL" and one text, or "NONE".
    std::vector<std::string> test;
    int64_t interval_ns = 0, timeout_ns = 0, start_period_ns = 0, start_interval_ns = 0; ///< 0: not said
    int retries = 0; ///< 0: not said
    std::string text; ///< as written
};

/// What no Docker ever knew: passed over with a note, and not counted as a step.
struct Unknown {
    std::string name; ///< upper case

    std::string note() const { return "# Skipping unknown instruction " + name; }
};

using Instruction = std::variant<From, Maintainer, Run, Cmd, Entrypoint, Env, Label, Expose, User, Workdir, Volume,
    Copy, OnBuild, Arg, Shell, StopSignal, HealthCheck, Unknown>;

} // namespace staithe::build
