#include "api/wire/progress.hpp"

#include <algorithm>

namespace staithe::wire {

namespace {

    using Message = ProgressMessage;

    void put_status_alone(JsonWriter& out, std::string_view key, Message const& message)
    {
        if (message.progress.empty())
            member_if_set<&Message::status>(out, key, message);
    }

    void put_error_detail(JsonWriter& out, std::string_view key, Message const& message)
    {
        if (message.error.empty())
            return;
        out.key(key);
        out.begin_object();
        put_pair(out, "message", message.error);
        out.end_object();
    }

    constexpr Field<Message> fields[] = {
        { "status", "not with progress", "text", put_status_alone },
        { "status", "", "text", member_if_set<&Message::status> },
        { "progress", "", "text", member_if_set<&Message::progress> },
        { "error", "", "text", member_if_set<&Message::error> },
        { "id", "", "text, 12 digits", member_if_set<&Message::id> },
        { "errorDetail", "", "{\"message\": text}", put_error_detail },
    };

    std::string one_line(std::string text)
    {
        std::replace_if(
            text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
        return text;
    }

} // namespace

Fields<Message> progress_fields()
{
    return fields;
}

std::string encode_progress(Message const& message, FieldSet set)
{
    std::string text;
    JsonWriter out(text);
    put_object<Message>(out, fields, message, set);
    return text;
}

std::string raw_progress(Message const& message)
{
    if (!message.error.empty())
        return "Error: " + one_line(message.error) + "\r\n";
    if (!message.progress.empty())
        return one_line(message.status) + " " + message.progress + "\r";
    return one_line(message.status) + "\r\n";
}

} // namespace staithe::wire
