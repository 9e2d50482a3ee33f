#include "daemon/build/heredoc.hpp"

#include <algorithm>
#include <optional>

#include "daemon/build/text.hpp"
#include "daemon/build/words.hpp"

namespace staithe::build {

namespace {

    struct Opening {
        bool strip_tabs = false;
        std::string_view name; ///< as it is written
    };

    /// "3<<-EOF" without digits, "<<" and "-".
    std::optional<Opening> opening(std::string_view word)
    {
        word.remove_prefix(std::min(word.find_first_not_of("0123456789"), word.size()));
        if (!word.starts_with("<<") || word.starts_with("<<<"))
            return std::nullopt;
        word.remove_prefix(2);
        bool const strip = word.starts_with('-');
        return Opening { strip, word.substr(strip ? 1 : 0) };
    }

    /// Names behind a blank are taken only where they look like one: "1 << 2" is a sum.
    bool may_follow_a_blank(std::string_view word)
    {
        char const c = word.empty() ? '\0' : word.front();
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '"' || c == '\'' || c == '\\';
    }

    /// The name without quotes and without what a shell does not count as part of it; nothing: it is none.
    std::optional<Heredoc> document(Opening const& opened)
    {
        Heredoc heredoc;
        heredoc.strip_tabs = opened.strip_tabs;
        char quote = '\0';
        for (size_t i = 0; i < opened.name.size(); ++i) {
            char const c = opened.name[i];
            if (quote ? c == quote : c == '"' || c == '\'') {
                quote = quote ? '\0' : c;
                heredoc.expand = false;
            } else if (c == '\\' && quote != '\'' && i + 1 < opened.name.size()) {
                heredoc.name += opened.name[++i];
            } else if (!quote && std::string_view(";&|<>()").find(c) != std::string_view::npos) {
                break;
            } else {
                heredoc.name += c;
            }
        }
        return quote || heredoc.name.empty() ? std::nullopt : std::optional(std::move(heredoc));
    }

    /// How many more "((" than "))" a word has.
    int arithmetic_depth(std::string_view word)
    {
        int depth = 0;
        for (size_t i = 0; i + 1 < word.size(); ++i)
            if (word[i] == word[i + 1] && (word[i] == '(' || word[i] == ')'))
                depth += word[i++] == '(' ? 1 : -1;
        return depth;
    }

} // namespace

HeredocMarks heredoc_marks(std::string_view arguments)
{
    HeredocMarks marks;
    auto const words = split_words(arguments, '\\');
    int depth = 0;
    for (size_t i = 0; i < words.size(); ++i) {
        auto opened = depth > 0 ? std::nullopt : opening(words[i]);
        bool const apart = opened && opened->name.empty() && i + 1 < words.size() && may_follow_a_blank(words[i + 1]);
        if (apart)
            opened->name = words[i + 1];
        auto found = opened ? document(*opened) : std::nullopt;
        marks.last_is_mark = found.has_value();
        if (found) {
            marks.documents.push_back(std::move(*found));
            i += apart ? 1 : 0;
        } else {
            depth = std::max(0, depth + arithmetic_depth(words[i]));
            marks.words.push_back(words[i]);
        }
    }
    return marks;
}

bool is_only_heredoc(HeredocMarks const& marks)
{
    return marks.words.empty() && marks.documents.size() == 1;
}

std::string with_heredocs(std::string_view command, std::vector<Heredoc> const& heredocs)
{
    std::string text(command);
    for (auto const& heredoc : heredocs)
        text.append("\n").append(heredoc.content).append(heredoc.name);
    return text;
}

} // namespace staithe::build
