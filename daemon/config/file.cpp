#include "daemon/config/file.hpp"

#include "daemon/config/settings.hpp"

namespace staithe::config {

namespace {

    std::string_view trimmed(std::string_view text)
    {
        constexpr auto blank = " \t\r";
        size_t const first = text.find_first_not_of(blank);
        return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(blank) - first + 1);
    }

    Error complaint(std::string const& what)
    {
        return { STAITHE_INVALID, 0, what };
    }

    class FileReader {
    public:
        explicit FileReader(Config& config)
            : m_config(config)
        {
        }

        Result<void> line(std::string_view text)
        {
            if (text.empty() || text.front() == '#' || text.front() == ';')
                return {};
            if (text.front() == '[')
                return section(text);
            size_t const equals = text.find('=');
            if (equals == text.npos)
                return complaint("'" + std::string(text) + "' is neither a section nor 'key = value'");
            return setting(trimmed(text.substr(0, equals)), trimmed(text.substr(equals + 1)));
        }

    private:
        Result<void> section(std::string_view text)
        {
            if (text.back() != ']')
                return complaint("a section ends with ']'");
            m_section = text.substr(1, text.size() - 2);
            bool const driver = (m_section.starts_with("storage.") && m_section.size() > 8)
                || (m_section.starts_with("execution.") && m_section.size() > 10);
            if (m_section != "daemon" && !driver)
                return complaint("unknown section '" + m_section + "'; known are daemon, storage.NAME, execution.NAME");
            return {};
        }

        Result<void> setting(std::string_view key, std::string_view value)
        {
            if (m_section.empty())
                return complaint("'" + std::string(key) + "' stands before any section");
            if (key.empty())
                return complaint("a key is missing");
            if (m_section != "daemon") {
                m_config.driver_options[m_section].emplace_back(key, value);
                return {};
            }
            auto const* const known = find_setting(key);
            if (!known || key != known->name || known->where != Where::FlagAndFile)
                return complaint("unknown setting '" + std::string(key) + "'");
            if (value.empty())
                return complaint("'" + std::string(key) + "' has no value");
            STAITHE_TRY_CONTEXT(known->set(m_config, value), "'" + std::string(key) + "'");
            return {};
        }

        Config& m_config;
        std::string m_section;
    };

} // namespace

Result<void> apply_file(Config& config, std::string_view text, std::string const& name)
{
    FileReader reader(config);
    for (size_t number = 1; !text.empty(); ++number) {
        size_t const end = text.find('\n');
        auto const line = trimmed(text.substr(0, end));
        text.remove_prefix(end == text.npos ? text.size() : end + 1);
        STAITHE_TRY_CONTEXT(reader.line(line), "'" + name + "' line " + std::to_string(number));
    }
    return {};
}

} // namespace staithe::config
