// Files and directories: opening, making, reading whole, writing durably, removing. Every descriptor is close-on-exec.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/mode.hpp>
#include <staithe/cpp/unique_fd.hpp>

namespace staithe::os {

/// A directory to work in (O_RDONLY); never through a symbolic link at its last component.
Result<UniqueFd> open_directory(std::string const& path);
Result<UniqueFd> open_directory_at(int directory, std::string const& name);

/// Makes the directory, and with make_directories its parents, with exactly this mode whatever the umask. One that is
/// there already is left as it is.
Result<void> make_directory(std::string const& path, Mode mode = Mode::private_directory());
Result<void> make_directory_at(int directory, std::string const& name, Mode mode = Mode::private_directory());
Result<void> make_directories(std::string const& path, Mode mode = Mode::private_directory());

/// Opens what a path leads to in a tree that a stranger made: symbolic links, absolute ones too, and ".." stay below
/// root, whatever they say. flags: O_PATH, O_DIRECTORY …
Result<UniqueFd> open_in_root(int root, std::string const& path, int flags);

/// A file without a name on the directory's file system, to be written and read again; gone when it is closed.
Result<UniqueFd> open_unnamed_file(std::string const& directory);

/// The whole file; STAITHE_RANGE when it is longer than limit.
Result<std::string> read_file(std::string const& path, size_t limit = 1u << 20);

/// Replaces the file: written beside it, renamed over it, and durable on return.
Result<void> write_file(std::string const& path, std::string_view content, Mode mode = Mode::private_file());

/// The same in place and not durable: for what can be written again.
Result<void> write_file_lazily(int directory, std::string const& name, std::string_view content, Mode);

/// What was done in the directory itself (names made, renamed, removed) becomes durable.
Result<void> sync_directory(int directory);

bool exists(std::string const& path);

/// The names in a directory, without "." and "..", in no order.
Result<std::vector<std::string>> list_directory(std::string const& path);

/// Removes a file or a directory with everything below it, never following symbolic links and never recursing on the
/// stack; what is not there is fine. STAITHE_CANCELLED: cancelled() said so in between; the rest is still there.
Result<void> remove_tree(int directory, std::string const& name, std::function<bool()> const& cancelled = {});

} // namespace staithe::os
