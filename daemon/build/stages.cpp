#include "daemon/build/stages.hpp"

#include <charconv>

#include "daemon/build/text.hpp"

namespace staithe::build {

std::optional<size_t> Stages::find(std::string_view name, size_t before) const
{
    auto const wanted = lower(name);
    for (size_t i = before; i-- > 0;)
        if (!wanted.empty() && m_names[i] == wanted)
            return i;
    return std::nullopt;
}

Origin Stages::begin(From const& from)
{
    auto const stage = find(from.base, m_names.size());
    m_names.push_back(from.stage);
    if (stage)
        return { Origin::Kind::Stage, {}, *stage };
    if (from.base == "scratch")
        return {};
    return { Origin::Kind::Image, from.base, 0 };
}

Result<Origin> Stages::source(std::string_view from) const
{
    size_t const current = m_names.empty() ? 0 : m_names.size() - 1;
    if (auto const stage = find(from, current))
        return Origin { Origin::Kind::Stage, {}, *stage };
    if (!m_names.empty() && !m_names[current].empty() && lower(from) == m_names[current])
        return Error { STAITHE_INVALID, 0, "COPY cannot take files from its own stage '" + m_names[current] + "'" };
    size_t number = 0;
    auto const [end, error] = std::from_chars(from.data(), from.data() + from.size(), number);
    if (end != from.data() + from.size() || from.empty())
        return Origin { Origin::Kind::Image, std::string(from), 0 };
    if (error != std::errc() || number >= current)
        return Error { STAITHE_INVALID, 0,
            "invalid from flag value " + std::string(from) + ": no earlier stage has this number" };
    return Origin { Origin::Kind::Stage, {}, number };
}

} // namespace staithe::build
