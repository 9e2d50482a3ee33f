// SPDX-License-Identifier: Apache-2.0
//
// Small kernel files: cgroup and proc ones, which are read and written in one piece.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

namespace staithe::namespaces {

Result<std::string> read_file(int directory, std::string const& path);
/// One write(2) of the whole value to an existing file.
Result<void> write_file(int directory, std::string const& path, std::string_view value);
bool file_exists(int directory, std::string const& path);
Result<UniqueFd> open_directory(int directory, std::string const& path);

/// The number at the beginning of a text; `otherwise` where there is none ("max").
uint64_t number(std::string_view text, uint64_t otherwise = 0);
/// The number after `key ` at a line's beginning, as in memory.events and cpu.stat; 0 where it is missing.
uint64_t number_of_key(std::string_view text, std::string_view key);
/// What stands between spaces and line feeds.
std::vector<std::string> words(std::string_view text);

} // namespace staithe::namespaces
