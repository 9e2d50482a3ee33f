#include "daemon/containers/names.hpp"

#include <algorithm>
#include <array>

#include "daemon/os/random.hpp"

namespace staithe::containers {

namespace {

    constexpr std::array colors { "amber", "azure", "beige", "black", "blue", "bronze", "brown", "coral", "crimson",
        "cyan", "gold", "gray", "green", "indigo", "ivory", "jade", "lime", "magenta", "maroon", "navy", "ochre",
        "olive", "orange", "pink", "purple", "red", "silver", "teal", "violet", "white", "yellow" };
    constexpr std::array animals { "badger", "beaver", "bison", "bittern", "cormorant", "crane", "curlew", "dolphin",
        "eel", "falcon", "ferret", "gannet", "goose", "gull", "heron", "herring", "kestrel", "lobster", "mackerel",
        "marten", "osprey", "otter", "owl", "petrel", "pike", "plover", "puffin", "salmon", "seal", "sturgeon", "tern",
        "walrus" };

    template <class List> char const* any_of(List const& list)
    {
        return list[os::random_below(static_cast<unsigned>(list.size()))];
    }

    Error bad(std::string const& why)
    {
        return { STAITHE_INVALID, 0, "Bad parameter: the container's name " + why };
    }

} // namespace

std::string generate_name(std::string const& id, std::function<bool(std::string const&)> const& taken)
{
    std::string const stem = std::string("/") + any_of(colors) + "_" + any_of(animals);
    if (!taken(stem))
        return stem;
    for (int attempt = 0; attempt < 5; ++attempt) {
        auto const name = stem + std::to_string(os::random_below(10));
        if (!taken(name))
            return name;
    }
    return "/" + id.substr(0, 12);
}

Result<std::string> normalize_name(std::string_view name)
{
    std::string path(name);
    if (!path.starts_with('/'))
        path.insert(0, 1, '/');
    if (path.size() > 256)
        return bad("is longer than 255 bytes");
    if (path.back() == '/' || path.find("//") != std::string::npos)
        return bad("has an empty part");
    if (std::any_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }))
        return bad("has a control character");
    return path;
}

} // namespace staithe::containers
