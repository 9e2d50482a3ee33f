#include "daemon/build/json_array.hpp"

#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    class Reader {
    public:
        explicit Reader(std::string_view text)
            : m_rest(text)
        {
        }

        std::optional<std::vector<std::string>> array()
        {
            std::vector<std::string> strings;
            if (!take('['))
                return std::nullopt;
            if (!take(']')) {
                do {
                    auto text = string();
                    if (!text)
                        return std::nullopt;
                    strings.push_back(std::move(*text));
                } while (take(','));
                if (!take(']'))
                    return std::nullopt;
            }
            skip_blanks();
            return m_rest.empty() ? std::optional(std::move(strings)) : std::nullopt;
        }

    private:
        void skip_blanks() { m_rest = left_trimmed(m_rest); }

        bool take(char c)
        {
            skip_blanks();
            if (!m_rest.starts_with(c))
                return false;
            m_rest.remove_prefix(1);
            return true;
        }

        std::optional<std::string> string()
        {
            if (!take('"'))
                return std::nullopt;
            std::string text;
            while (!m_rest.empty()) {
                char const c = m_rest.front();
                m_rest.remove_prefix(1);
                if (c == '"')
                    return text;
                if (static_cast<unsigned char>(c) < 0x20)
                    return std::nullopt;
                if (c != '\\')
                    text += c;
                else if (!escape(text))
                    return std::nullopt;
            }
            return std::nullopt;
        }

        bool escape(std::string& text)
        {
            if (m_rest.empty())
                return false;
            char const c = m_rest.front();
            m_rest.remove_prefix(1);
            switch (c) {
            case '"':
            case '\\':
            case '/': text += c; return true;
            case 'b': text += '\b'; return true;
            case 'f': text += '\f'; return true;
            case 'n': text += '\n'; return true;
            case 'r': text += '\r'; return true;
            case 't': text += '\t'; return true;
            case 'u': return code_point(text);
            default: return false;
            }
        }

        bool code_point(std::string& text)
        {
            auto const first = hexadecimal();
            if (!first)
                return false;
            char32_t value = *first;
            if (value >= 0xD800 && value < 0xDC00 && m_rest.starts_with("\\u")) {
                auto const here = m_rest;
                m_rest.remove_prefix(2);
                auto const second = hexadecimal();
                if (second && *second >= 0xDC00 && *second < 0xE000)
                    value = 0x10000 + ((value - 0xD800) << 10) + (*second - 0xDC00);
                else
                    m_rest = here;
            }
            append_utf8(text, value);
            return true;
        }

        std::optional<char32_t> hexadecimal()
        {
            if (m_rest.size() < 4)
                return std::nullopt;
            char32_t value = 0;
            for (char const c : lower(m_rest.substr(0, 4))) {
                bool const letter = c >= 'a' && c <= 'f';
                if (!letter && (c < '0' || c > '9'))
                    return std::nullopt;
                value = value * 16 + static_cast<char32_t>(letter ? c - 'a' + 10 : c - '0');
            }
            m_rest.remove_prefix(4);
            return value;
        }

        std::string_view m_rest;
    };

} // namespace

std::optional<std::vector<std::string>> json_strings(std::string_view text)
{
    return Reader(text).array();
}

} // namespace staithe::build
