#include "cli/flags.hpp"

#include <algorithm>
#include <optional>

namespace staithe::cli {

namespace {

    /// Insertions, deletions, replacements and swaps of neighbours.
    size_t edit_distance(std::string_view a, std::string_view b)
    {
        std::vector<std::vector<size_t>> d(a.size() + 1, std::vector<size_t>(b.size() + 1));
        for (size_t i = 0; i <= a.size(); ++i) {
            for (size_t j = 0; j <= b.size(); ++j) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                d[i][j] =
                    std::min({ d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1) });
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
        return d[a.size()][b.size()];
    }

    Error usage_error(std::string message)
    {
        return { STAITHE_INVALID, 0, std::move(message) };
    }

    std::optional<bool> parse_boolean(std::string_view text)
    {
        for (std::string_view const yes : { "true", "1", "t", "yes", "True", "TRUE", "T" }) {
            if (text == yes)
                return true;
        }
        for (std::string_view const no : { "false", "0", "f", "no", "False", "FALSE", "F" }) {
            if (text == no)
                return false;
        }
        return std::nullopt;
    }

    class Parser {
    public:
        Parser(std::span<std::string const> words, std::span<Option const> options, OperandOrder order)
            : m_words(words)
            , m_options(options)
            , m_order(order)
        {
        }
        Result<Arguments> run();

    private:
        Option const* by_name(std::string_view name) const;
        Option const* by_letter(char letter) const;
        Result<void> word(std::string const&);
        Result<void> letters(std::string const& word);
        Result<void> give(Option const&, std::string const& spelling, std::optional<std::string> value);
        Error unknown(std::string const& spelling) const;

        std::span<std::string const> m_words;
        std::span<Option const> m_options;
        OperandOrder m_order;
        size_t m_next = 0;
        Arguments m_result;
    };

    Option const* Parser::by_name(std::string_view name) const
    {
        auto const found = std::find_if(m_options.begin(), m_options.end(), [&](auto& o) { return o.name == name; });
        return found == m_options.end() ? nullptr : &*found;
    }

    Option const* Parser::by_letter(char letter) const
    {
        auto const found =
            std::find_if(m_options.begin(), m_options.end(), [&](auto& o) { return letter && o.letter == letter; });
        return found == m_options.end() ? nullptr : &*found;
    }

    Error Parser::unknown(std::string const& spelling) const
    {
        std::vector<std::string_view> names;
        for (auto const& option : m_options)
            names.push_back(option.name);
        auto const bare = spelling.substr(std::min(spelling.find_first_not_of('-'), spelling.size()));
        auto const near = bare.size() > 1 ? nearest(bare, names) : std::string();
        return usage_error(
            "unknown flag '" + spelling + "'" + (near.empty() ? "" : "; did you mean '--" + near + "'?"));
    }

    Result<void> Parser::give(Option const& option, std::string const& spelling, std::optional<std::string> value)
    {
        if (option.kind == Option::Kind::Flag) {
            auto const on = parse_boolean(value.value_or("true"));
            if (!on)
                return usage_error("flag '" + spelling + "' is either true or false, not '" + *value + "'");
            m_result.add(option.name, *on ? "true" : "false");
            return {};
        }
        if (!value) {
            if (m_next == m_words.size())
                return usage_error("flag '" + spelling + "' needs a value: " + std::string(option.value_name));
            value = m_words[m_next++];
        }
        m_result.add(option.name, std::move(*value));
        return {};
    }

    Result<void> Parser::letters(std::string const& word)
    {
        for (size_t i = 1; i < word.size(); ++i) {
            auto const* option = by_letter(word[i]);
            std::string const spelling { '-', word[i] };
            if (!option)
                return unknown(word.size() == 2 ? spelling : word.substr(0, word.find('=')));
            bool const assigned = i + 1 < word.size() && word[i + 1] == '=';
            bool const takes_rest = assigned || (option->kind != Option::Kind::Flag && i + 1 < word.size());
            if (takes_rest)
                return give(*option, spelling, word.substr(i + (assigned ? 2 : 1)));
            STAITHE_TRY(give(*option, spelling, std::nullopt));
        }
        return {};
    }

    Result<void> Parser::word(std::string const& word)
    {
        auto const equals = word.find('=');
        auto const spelling = word.substr(0, equals);
        auto const* option = by_name(spelling.substr(spelling.starts_with("--") ? 2 : 1));
        if (option && option->name.size() > 1) {
            auto value = equals == word.npos ? std::nullopt : std::optional(word.substr(equals + 1));
            return give(*option, spelling, std::move(value));
        }
        if (word.starts_with("--"))
            return unknown(spelling);
        return letters(word);
    }

    Result<Arguments> Parser::run()
    {
        while (m_next < m_words.size()) {
            std::string const& current = m_words[m_next++];
            bool const is_operand = current.size() < 2 || current.front() != '-';
            if (!is_operand && current != "--") {
                STAITHE_TRY(word(current));
                continue;
            }
            if (is_operand)
                m_result.operands.push_back(current);
            if (!is_operand || m_order == OperandOrder::First) {
                auto const rest = m_words.subspan(m_next);
                m_result.operands.insert(m_result.operands.end(), rest.begin(), rest.end());
                break;
            }
        }
        return m_result;
    }

} // namespace

std::string Arguments::value(std::string_view name) const
{
    auto const found = m_values.find(name);
    return found == m_values.end() ? std::string() : found->second.back();
}

std::vector<std::string> Arguments::values(std::string_view name) const
{
    auto const found = m_values.find(name);
    return found == m_values.end() ? std::vector<std::string>() : found->second;
}

void Arguments::add(std::string_view name, std::string value)
{
    m_values[std::string(name)].push_back(std::move(value));
}

Result<Arguments> parse_flags(std::span<std::string const> words, std::span<Option const> options, OperandOrder order)
{
    return Parser(words, options, order).run();
}

std::string nearest(std::string_view word, std::span<std::string_view const> candidates)
{
    std::string_view best;
    if (word.size() > 32)
        return {};
    size_t best_distance = std::max<size_t>(1, word.size() / 3) + 1;
    for (auto const candidate : candidates) {
        size_t const distance = edit_distance(word, candidate);
        bool const begins = word.size() >= 3 && candidate.starts_with(word);
        if (begins || distance < best_distance) {
            best = candidate;
            best_distance = begins ? 0 : distance;
        }
    }
    return std::string(best);
}

} // namespace staithe::cli
