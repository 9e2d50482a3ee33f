// Words as a shell sees them, with everything that quotes them still in place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace staithe::build {

/// Words between blanks; "…" and '…' hold blanks together, and so does the escape before one. Quotes and escapes stay
/// in the words. A quote that is never closed reaches to the end.
std::vector<std::string> split_words(std::string_view, char escape);

/// The first of these words; the rest is what follows its blanks.
struct FirstWord {
    std::string_view word, rest;
};
FirstWord first_word(std::string_view, char escape);

/// Every tab outside of "…" and '…' becomes a space. A quote that is never closed quotes nothing.
void replace_tabs(std::string&, char escape);

} // namespace staithe::build
