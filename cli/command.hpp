// A command of `staithe`: one entry of one table, from which parsing, help and suggestions come.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

#include "cli/client.hpp"
#include "cli/flags.hpp"

namespace staithe::cli {

struct Context {
    Client client;
    Arguments arguments;
};

struct Command {
    std::string_view name;
    std::string_view operands; ///< for help: "CONTAINER [CONTAINER…]"
    std::string_view summary;
    std::string_view details; ///< further lines of help, or empty
    std::span<Option const> options;
    OperandOrder order;
    size_t least, most; ///< operands
    /// The exit code, or an error that is printed with its next step.
    Result<int> (*run)(Context&);
};

/// Every command, in the order of the help.
std::span<Command const> all_commands();
Command const* find_command(std::string_view name);

/// What `staithe --help` and `staithe run --help` print.
std::string general_help();
std::string command_help(Command const&);

/// The whole program but for the process: words without the program's name. Returns the exit code.
int run_program(std::vector<std::string> const& words);

/// "staithe: " + message on stderr; control characters are made harmless.
void print_error(std::string_view message);
/// Writes to stdout; a failure (a full disk, a closed pipe) becomes an Error.
Result<void> print(std::string_view);
/// "--format json" was given; an Error for any other format.
Result<bool> wants_json(Arguments const&);

} // namespace staithe::cli
