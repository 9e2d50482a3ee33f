// What a Dockerfile was understood to be, as text to compare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "daemon/build/instruction.hpp"

/// A line per statement as its step is announced, with the lines it was in, and below it what it means.
std::string shown_file(std::string_view dockerfile);

/// "shell |echo hi|"
std::string shown(staithe::build::Instruction const&);
std::string shown(std::vector<std::string> const&);
