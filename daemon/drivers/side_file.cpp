#include "side_file.hpp"

#include <algorithm>
#include <charconv>
#include <map>

namespace staithe::drivers {

namespace {

    using Values = std::map<std::string, std::string, std::less<>>;

    Error bad(std::string message)
    {
        return { STAITHE_INVALID, 0, "side file " + std::move(message) };
    }

    bool is_printable(std::string_view text)
    {
        return std::none_of(
            text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
    }

    bool is_known(std::string_view key)
    {
        return key == "name" || key == "kind" || key == "abi" || key == "summary" || key == "package";
    }

    Result<Values> split(std::string_view content)
    {
        Values values;
        while (!content.empty()) {
            size_t const end = content.find('\n');
            if (end == std::string_view::npos)
                return bad("does not end with a line feed");
            std::string_view const line = content.substr(0, end);
            content.remove_prefix(end + 1);
            if (!is_printable(line))
                return bad("contains control characters");
            size_t const equals = line.find('=');
            if (equals == std::string_view::npos)
                return bad("has a line without '='");
            std::string const key(line.substr(0, equals));
            if (!is_known(key))
                return bad("has an unknown key '" + key + "'");
            if (!values.emplace(key, line.substr(equals + 1)).second)
                return bad("has '" + key + "' twice");
        }
        return values;
    }

    bool parse_number(std::string_view text, uint32_t& value)
    {
        auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
        return failed == std::errc() && end == text.data() + text.size();
    }

} // namespace

Result<SideFile> parse_side_file(std::string_view content)
{
    if (content.size() > max_side_file_bytes)
        return bad("is larger than " + std::to_string(max_side_file_bytes) + " bytes");
    auto values = STAITHE_TRY(split(content));
    auto const kind = kind_from(values["kind"]);
    if (!kind)
        return bad("names no kind of driver");
    if (!is_driver_name(values["name"]))
        return bad("names no driver: a name is [a-z0-9][a-z0-9_-]{0,63}");
    SideFile file { { *kind, values["name"] }, 0, 0, values["summary"], values["package"] };
    std::string_view const abi = values["abi"];
    size_t const dot = abi.find('.');
    if (dot == std::string_view::npos || !parse_number(abi.substr(0, dot), file.abi_major)
        || !parse_number(abi.substr(dot + 1), file.abi_minor))
        return bad("has no ABI version of the form '1.0'");
    return file;
}

} // namespace staithe::drivers
