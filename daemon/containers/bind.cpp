#include "daemon/containers/bind.hpp"

#include <algorithm>
#include <cctype>

#include "daemon/os/file.hpp"

namespace staithe::containers {

namespace {

    Error refused(std::string_view bind, char const* why)
    {
        return { STAITHE_INVALID, 0, "Invalid bind mount '" + std::string(bind) + "' : " + why };
    }

    bool is_rw(std::string_view mode)
    {
        auto const same = [](char left, char right) { return std::tolower(static_cast<unsigned char>(left)) == right; };
        constexpr std::string_view rw = "rw";
        return std::equal(mode.begin(), mode.end(), rw.begin(), rw.end(), same);
    }

    bool is_at_or_below(std::string_view path, std::string_view top)
    {
        return path.starts_with(top) && (path.size() == top.size() || path[top.size()] == '/');
    }

} // namespace

std::string clean_path(std::string_view path)
{
    std::string clean;
    while (!path.empty()) {
        size_t const slash = std::min(path.find('/'), path.size());
        auto const part = path.substr(0, slash);
        path.remove_prefix(std::min(slash + 1, path.size()));
        if (part == "..")
            clean.resize(clean.empty() ? 0 : clean.rfind('/'));
        else if (!part.empty() && part != ".")
            clean.append("/").append(part);
    }
    return clean.empty() ? "/" : clean;
}

Result<std::string> mount_target(std::string_view path)
{
    auto clean = clean_path(path);
    bool const nul = clean.find('\0') != clean.npos;
    if (nul || clean == "/" || is_at_or_below(clean, "/proc") || is_at_or_below(clean, "/sys"))
        return Error { STAITHE_INVALID, 0, "Illegal bind destination: " + std::string(path) };
    return clean;
}

Result<Bind> parse_bind(std::string_view text)
{
    auto const colons = std::count(text.begin(), text.end(), ':');
    if (colons < 1 || colons > 2 || text.front() == ':' || text.find('\0') != text.npos)
        return Error { STAITHE_INVALID, 0, "Invalid bind specification: " + std::string(text) };
    size_t const first = text.find(':');
    auto const rest = text.substr(first + 1);
    Bind bind;
    bind.source = text.substr(0, first);
    bind.target = STAITHE_TRY(mount_target(rest.substr(0, rest.find(':'))));
    bind.writable = colons == 1 || is_rw(rest.substr(rest.find(':') + 1));
    return bind;
}

Result<void> check_bind_sources(std::vector<std::string> const& binds)
{
    for (auto const& bind : binds) {
        std::string const source = bind.substr(0, bind.find(':'));
        if (source.starts_with('/') && clean_path(source) == "/")
            return refused(bind, "source can't be '/'");
        if (!source.starts_with('/') || !os::exists(source))
            return refused(bind, "source doesn't exist");
    }
    return {};
}

} // namespace staithe::containers
