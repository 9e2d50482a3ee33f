// "--chown=1:1 --link": what stands before the arguments of some instructions.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/build/statement.hpp"

namespace staithe::build {

/// A flag that an instruction has, and where its value goes: exactly one of the three.
struct FlagRule {
    std::string_view name;
    std::string* text = nullptr; ///< as written, quotes included
    bool* on = nullptr; ///< "--link", "--link=true", "--link=false"
    std::vector<std::string>* list = nullptr; ///< may be given again and again
};

/// Takes the flags off a statement; what is left of its arguments. INVALID, with the words that Docker uses: unknown
/// flags, those without a value, those given twice.
Result<std::string_view> read_flags(Statement const&, char escape, std::initializer_list<FlagRule>);

} // namespace staithe::build
