#include "api/wire/event.hpp"

namespace staithe::wire {

namespace {

    using api::Event;

    void put_seconds(JsonWriter& out, std::string_view key, Event const& event)
    {
        put_pair(out, key, event.time_ns / 1'000'000'000);
    }

    constexpr Field<Event> fields[] = {
        { "status", "", "text", member<&Event::status> },
        { "id", "", "text, 12 digits", member<&Event::id> },
        { "from", "", "text, left out when there is none", member_if_set<&Event::from> },
        { "time", "", "seconds since 1970", put_seconds },
    };

} // namespace

Fields<Event> event_fields()
{
    return fields;
}

std::string encode_event(Event const& event, FieldSet set)
{
    std::string text;
    JsonWriter out(text);
    put_object<Event>(out, fields, event, set);
    return text;
}

} // namespace staithe::wire
