#include "api/http/request.hpp"

#include <algorithm>

#include "api/http/head.hpp"

namespace staithe::http {

namespace {

    Request::Fields::const_iterator find(Request::Fields const& fields, std::string_view name)
    {
        return std::find_if(fields.begin(), fields.end(), [&](auto const& field) { return field.first == name; });
    }

} // namespace

std::string_view Request::parameter(std::string_view key) const
{
    auto const found = find(query, key);
    return found == query.end() ? std::string_view() : std::string_view(found->second);
}

bool Request::has_parameter(std::string_view key) const
{
    return find(query, key) != query.end();
}

std::string_view Request::header(std::string_view field) const
{
    auto const found = find(headers, field);
    return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string Request::media_type() const
{
    std::string_view const value = header("content-type");
    std::string_view type = value.substr(0, value.find(';'));
    type.remove_suffix(type.size() - (type.find_last_not_of(" \t") + 1));
    return lower(type);
}

Result<std::string> Request::read_body(size_t limit) const
{
    std::string out;
    for (;;) {
        size_t const size = out.size();
        out.resize(size + std::min<size_t>(65536, limit - size + 1));
        size_t const count = STAITHE_TRY(body->read(out.data() + size, out.size() - size));
        out.resize(size + count);
        if (count == 0)
            return out;
        if (out.size() > limit)
            return Error { STAITHE_RANGE, 0, "request body is longer than " + std::to_string(limit) + " bytes" };
    }
}

} // namespace staithe::http
