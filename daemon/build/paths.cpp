#include "daemon/build/paths.hpp"

#include <algorithm>
#include <vector>

#include "daemon/build/text.hpp"

namespace staithe::build {

namespace {

    struct Names {
        std::vector<std::string_view> names; ///< neither "." nor ".."
        bool leads_out = false; ///< there was one ".." too many
        bool directory = false; ///< what it ends with says so
    };

    Names names_of(std::string_view path)
    {
        Names result;
        while (!path.empty()) {
            auto const name = path.substr(0, path.find('/'));
            path.remove_prefix(std::min(name.size() + 1, path.size()));
            result.directory = name.empty() || name == "." || name == "..";
            if (!result.directory)
                result.names.push_back(name);
            else if (name == ".." && result.names.empty())
                result.leads_out = true;
            else if (name == "..")
                result.names.pop_back();
        }
        return result;
    }

    std::string text_of(Names const& path)
    {
        std::string text;
        for (auto const name : path.names)
            text.append("/").append(name);
        return text;
    }

} // namespace

std::string next_directory(std::string_view before, std::string_view path)
{
    if (path.starts_with('/'))
        return std::string(path);
    std::string text(before);
    if (!text.ends_with('/'))
        text += '/';
    return text.append(path);
}

std::string destination_of(std::string_view working_directory, std::string_view destination)
{
    auto const whole = next_directory(working_directory, destination);
    auto const path = names_of(whole);
    auto text = text_of(path);
    if (path.directory || destination.ends_with('/') || text.empty())
        text += '/';
    return text;
}

Result<std::string> context_path(std::string_view source)
{
    auto const path = names_of(source);
    if (path.leads_out)
        return Error { STAITHE_INVALID, 0, "Forbidden path: " + std::string(source) };
    auto const text = text_of(path);
    return text.empty() ? std::string(".") : text.substr(1);
}

bool is_url(std::string_view source)
{
    return source.starts_with("http://") || source.starts_with("https://");
}

Result<std::string> url_file_name(std::string_view url)
{
    Error const nameless { STAITHE_INVALID, 0, "cannot determine filename from url: " + std::string(url) };
    auto rest = url.substr(0, url.find_first_of("?#"));
    rest.remove_prefix(std::min(rest.find("://") + 3, rest.size()));
    size_t const path = rest.find('/');
    if (path == rest.npos)
        return nameless;
    rest.remove_prefix(path + 1);
    if (rest.ends_with('/'))
        rest.remove_suffix(1);
    auto const name = rest.substr(rest.rfind('/') + 1);
    if (name.empty() || name == "." || name == "..")
        return nameless;
    return std::string(name);
}

} // namespace staithe::build
