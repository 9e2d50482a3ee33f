// Path patterns, as .dockerignore and --exclude have them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::build {

/// "*" and "?" stop at "/", "[a-z]" and "[^a-z]" are one character, "\" quotes one, and "**" stands for any number of
/// directories, none included. Bytes are compared, so "?" is one byte of UTF-8.
class Pattern {
public:
    /// The pattern must be clean: no "." or "..", no "/" at its ends. INVALID: a "[" without its "]", an empty range;
    /// RANGE: limits.hpp.
    static Result<Pattern> create(std::string_view);

    /// Does it match the path, or a directory that the path is in? Takes time in proportion to both sizes.
    bool covers(std::string_view path) const;
    /// Does it match the path itself?
    bool matches(std::string_view path) const;

private:
    enum class Kind : uint8_t {
        Byte,
        Any, ///< one byte but "/"
        Set, ///< one of m_sets
        Star, ///< any number of bytes but "/"
        Directories, ///< nothing, or anything that ends with "/"
        Everything, ///< any number of bytes
    };
    struct Token {
        Kind kind;
        char byte = '\0';
        size_t set = 0;
    };
    struct Set {
        bool negated = false;
        std::vector<std::pair<unsigned char, unsigned char>> ranges;

        bool has(char) const;
    };
    enum class Parents { Count, Ignore };

    Result<void> read(std::string_view text);
    Result<void> read_set(std::string_view& text);
    void read_stars(std::string_view& text, bool first);
    bool run(std::string_view path, Parents) const;
    bool takes(Token const&, char) const;
    void follow(std::vector<char>& states) const;

    std::vector<Token> m_tokens;
    std::vector<Set> m_sets;
    std::string m_literal; // the bytes before the first token that is none
};

} // namespace staithe::build
