#include "daemon/build/words.hpp"

#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    /// Where the quote ends that begins here; npos: nowhere.
    size_t closing(std::string_view text, size_t begin, char escape)
    {
        char const quote = text[begin];
        for (size_t i = begin + 1; i < text.size(); ++i) {
            if (text[i] == quote)
                return i;
            if (text[i] == escape && quote == '"')
                ++i;
        }
        return text.npos;
    }

} // namespace

FirstWord first_word(std::string_view text, char escape)
{
    text = left_trimmed(text);
    size_t end = 0;
    for (; end < text.size() && !is_blank(text[end]); ++end) {
        if (text[end] == escape)
            ++end;
        else if (text[end] == '"' || text[end] == '\'')
            end = closing(text, end, escape);
        if (end >= text.size())
            return { text, {} };
    }
    return { text.substr(0, end), left_trimmed(text.substr(end)) };
}

std::vector<std::string> split_words(std::string_view text, char escape)
{
    std::vector<std::string> words;
    for (auto next = first_word(text, escape); !next.word.empty(); next = first_word(next.rest, escape))
        words.emplace_back(next.word);
    return words;
}

void replace_tabs(std::string& text, char escape)
{
    if (text.find('\t') == text.npos)
        return;
    std::string open; // quotes that are known not to be closed any more
    for (size_t i = 0; i < text.size(); ++i) {
        char const c = text[i];
        if (c == '\t')
            text[i] = ' ';
        else if (c == escape && i + 1 < text.size() && text[i + 1] != '\t')
            ++i;
        else if ((c == '"' || c == '\'') && open.find(c) == open.npos) {
            size_t const end = closing(text, i, escape);
            if (end == text.npos)
                open += c;
            else
                i = end;
        }
    }
}

} // namespace staithe::build
