#include "api/wire/container_summary.hpp"

#include "api/wire/text_forms.hpp"

namespace staithe::wire {

namespace {

    template <auto Member> void of_container(JsonWriter& out, std::string_view key, SummaryView const& view)
    {
        put_pair(out, key, view.container->*Member);
    }

    void put_created(JsonWriter& out, std::string_view key, SummaryView const& view)
    {
        put_pair(out, key, view.container->created_ns / 1'000'000'000);
    }

    void put_status(JsonWriter& out, std::string_view key, SummaryView const& view)
    {
        put_pair(out, key, status_text(view.container->state, view.now_ns));
    }

    void put_ports_text(JsonWriter& out, std::string_view key, SummaryView const&)
    {
        put_pair(out, key, std::string());
    }

    void put_ports_list(JsonWriter& out, std::string_view key, SummaryView const&)
    {
        put_pair(out, key, std::vector<std::string>());
    }

    using Container = api::ContainerSummary;

    constexpr Field<SummaryView> fields[] = {
        { "Id", "", "text, 64 digits", of_container<&Container::id> },
        { "Image", "", "text", of_container<&Container::image> },
        { "Command", "", "text", of_container<&Container::command> },
        { "Created", "", "seconds since 1970", put_created },
        { "Status", "", "text", put_status },
        { "Ports", "text", "text", put_ports_text },
        { "Ports", "list", "list", put_ports_list },
        { "SizeRw", "", "bytes", of_container<&Container::size_rw> },
        { "SizeRootFs", "", "bytes", of_container<&Container::size_root> },
        { "Names", "", "list of text", of_container<&Container::names> },
    };

} // namespace

Fields<SummaryView> container_summary_fields()
{
    return fields;
}

std::string encode_container_list(std::vector<api::ContainerSummary> const& containers, FieldSet set, int64_t now_ns)
{
    std::string text;
    text.reserve(containers.size() * 320 + 2);
    JsonWriter out(text);
    out.begin_array();
    for (auto const& container : containers)
        put_object<SummaryView>(out, fields, { &container, now_ns }, set);
    out.end_array();
    return text;
}

std::string status_text(api::ContainerState const& state, int64_t now_ns)
{
    if (!state.running)
        return "Exit " + std::to_string(state.exit_code);
    return state.ghost ? "Ghost" : "Up " + span_text(now_ns - state.started_ns);
}

} // namespace staithe::wire
