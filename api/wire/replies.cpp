#include "api/wire/replies.hpp"

#include "api/wire/text_forms.hpp"

namespace staithe::wire {

namespace {

    using Created = api::CreatedContainer;

    void put_short_id(JsonWriter& out, std::string_view key, Created const& created)
    {
        out.key(key);
        out.text(short_id(created.id));
    }

    constexpr Field<Created> fields[] = {
        { "Id", "", "text, 12 digits", put_short_id },
        { "Warnings", "null", "list of text, null when there are none", member_or_null<&Created::warnings> },
        { "Warnings", "left out", "list of text, left out when there are none", member_if_set<&Created::warnings> },
    };

} // namespace

Fields<Created> created_fields()
{
    return fields;
}

std::string encode_created(Created const& created, FieldSet set)
{
    std::string text;
    JsonWriter out(text);
    put_object<Created>(out, fields, created, set);
    return text;
}

std::string encode_id(std::string_view id)
{
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    out.key("Id");
    out.text(id);
    out.end_object();
    return text;
}

std::string encode_exit(int code)
{
    std::string text;
    JsonWriter out(text);
    out.begin_object();
    put_pair(out, "StatusCode", code);
    out.end_object();
    return text;
}

} // namespace staithe::wire
