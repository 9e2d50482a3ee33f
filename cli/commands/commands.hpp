// The functions behind the table; their flags are declared beside it.
#pragma once

#include "cli/command.hpp"

namespace staithe::cli::commands {

Result<int> attach(Context&);
Result<int> commit(Context&);
Result<int> copy(Context&);
Result<int> create(Context&);
Result<int> diff(Context&);
Result<int> drivers(Context&);
Result<int> events(Context&);
Result<int> export_tree(Context&);
Result<int> history(Context&);
Result<int> images(Context&);
Result<int> import(Context&);
Result<int> info(Context&);
Result<int> inspect(Context&);
Result<int> kill(Context&);
Result<int> logs(Context&);
Result<int> port(Context&);
Result<int> ps(Context&);
Result<int> remove(Context&);
Result<int> remove_image(Context&);
Result<int> restart(Context&);
Result<int> run(Context&);
Result<int> start(Context&);
Result<int> stop(Context&);
Result<int> tag(Context&);
Result<int> top(Context&);
Result<int> tree(Context&);
Result<int> verify(Context&);
Result<int> version(Context&);
Result<int> wait(Context&);

// An unknown name, told with what to do about it.
Error explain_container(Error);
Error explain_image(Error);

/// Does `act` for every operand, goes on after errors, and prints what it returns (or nothing for an empty text).
/// exit_failure when one failed.
Result<int> for_each_operand(Context&, std::function<Result<std::string>(std::string const& name)> const& act);

} // namespace staithe::cli::commands
