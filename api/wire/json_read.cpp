#include "api/wire/json_read.hpp"

namespace staithe::wire {

namespace {

    using Kind = JsonValue::Kind;

    std::string_view name_of(Kind kind)
    {
        JsonValue v;
        v.kind = kind;
        return v.kind_name();
    }

    Result<std::vector<std::string>> texts_of(JsonValue const& list, std::string_view key)
    {
        std::vector<std::string> texts;
        texts.reserve(list.items.size());
        for (auto const& item : list.items) {
            if (item.kind != Kind::Text)
                return wrong_kind(item, "text", key);
            texts.push_back(item.text);
        }
        return texts;
    }

} // namespace

Error wrong_kind(JsonValue const& found, std::string_view wanted, std::string_view key)
{
    std::string message = "cannot use ";
    message.append(found.kind_name()).append(" as ").append(wanted).append(" for '").append(key).append("'");
    return { STAITHE_INVALID, 0, std::move(message) };
}

Result<JsonValue const*> find_kind(JsonValue const& object, std::string_view key, Kind kind)
{
    auto const* value = object.find(key);
    if (!value || value->kind == Kind::Null)
        return static_cast<JsonValue const*>(nullptr);
    if (value->kind != kind)
        return wrong_kind(*value, name_of(kind), key);
    return value;
}

Result<void> read(JsonValue const& object, std::string_view key, std::string& into)
{
    if (auto const* value = STAITHE_TRY(find_kind(object, key, Kind::Text)))
        into = value->text;
    return {};
}

Result<void> read(JsonValue const& object, std::string_view key, int64_t& into)
{
    auto const* value = object.find(key);
    if (value && value->kind == Kind::Fraction)
        return Error { STAITHE_INVALID, 0,
            "cannot use this number for '" + std::string(key) + "': not a whole number" };
    if (STAITHE_TRY(find_kind(object, key, Kind::Integer)))
        into = value->integer;
    return {};
}

Result<void> read(JsonValue const& object, std::string_view key, bool& into)
{
    if (auto const* value = STAITHE_TRY(find_kind(object, key, Kind::Boolean)))
        into = value->boolean;
    return {};
}

Result<void> read(JsonValue const& object, std::string_view key, std::vector<std::string>& into)
{
    if (auto const* value = STAITHE_TRY(find_kind(object, key, Kind::Array)))
        into = STAITHE_TRY(texts_of(*value, key));
    return {};
}

Result<void> read(JsonValue const& object, std::string_view key, std::optional<std::vector<std::string>>& into)
{
    if (auto const* value = STAITHE_TRY(find_kind(object, key, Kind::Array)))
        into = STAITHE_TRY(texts_of(*value, key));
    return {};
}

Result<void> read(JsonValue const& object, std::string_view key, std::set<std::string>& into)
{
    if (auto const* value = STAITHE_TRY(find_kind(object, key, Kind::Object)))
        for (auto const& member : value->members)
            into.insert(member.key);
    return {};
}

} // namespace staithe::wire
