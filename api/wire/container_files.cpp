#include "api/wire/container_files.hpp"

#include "api/wire/field.hpp"
#include "api/wire/json_read.hpp"

namespace staithe::wire {

std::string encode_changes(std::vector<api::FileChange> const& changes)
{
    std::string text;
    JsonWriter out(text);
    if (changes.empty()) {
        out.null();
        return text;
    }
    out.begin_array();
    for (auto const& change : changes) {
        out.begin_object();
        put_pair(out, "Path", change.path);
        put_pair(out, "Kind", static_cast<int>(change.kind));
        out.end_object();
    }
    out.end_array();
    return text;
}

Result<std::string> decode_copy(std::string_view body)
{
    auto const json = STAITHE_TRY(parse_json(body));
    if (json.kind != JsonValue::Kind::Object)
        return wrong_kind(json, "object", "copy");
    std::string resource;
    STAITHE_TRY(read(json, "Resource", resource));
    return resource;
}

} // namespace staithe::wire
