// Flags of the command line: GNU spelling (--name x, --name=x, -it), and Go's (-name=x, -rm) that Docker users type.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

struct Option {
    enum class Kind { Flag, Value, List };
    char letter; ///< 0: none
    std::string_view name;
    Kind kind;
    std::string_view value_name; ///< for help: "NAME"
    std::string_view help;
};

class Arguments {
public:
    std::vector<std::string> operands;

    bool has(std::string_view name) const { return m_values.contains(name); }
    /// A flag that was given and not taken back with =false.
    bool is_set(std::string_view name) const { return value(name) == "true"; }
    /// The last value given, or an empty text.
    std::string value(std::string_view name) const;
    std::vector<std::string> values(std::string_view name) const;
    void add(std::string_view name, std::string value);

private:
    std::map<std::string, std::vector<std::string>, std::less<>> m_values;
};

enum class OperandOrder {
    Anywhere, ///< flags may follow operands: rm web -f
    First ///< the first operand ends the flags: run IMAGE ls -l
};

/// "--" ends the flags in either order. A word that is a known long name is that flag even with a single dash (-rm);
/// otherwise it is a row of letters (-it), whose last may take a value (-m64m, -m 64m, -m=64m).
Result<Arguments> parse_flags(std::span<std::string const> words, std::span<Option const>, OperandOrder);

/// The candidate with the fewest typing mistakes, or nothing when none is near.
std::string nearest(std::string_view word, std::span<std::string_view const> candidates);

} // namespace staithe::cli
