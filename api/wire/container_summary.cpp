#include "api/wire/container_summary.hpp"

#include "api/wire/ports.hpp"
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

    template <ShowProtocol Protocol> void ports_text(JsonWriter& out, std::string_view key, SummaryView const& view)
    {
        out.key(key);
        put_ports_text(out, view.container->ports, Protocol);
    }

    template <ShowAddress Address> void ports_list(JsonWriter& out, std::string_view key, SummaryView const& view)
    {
        out.key(key);
        put_ports_list(out, view.container->ports, Address);
    }

    using Container = api::ContainerSummary;

    constexpr Field<SummaryView> fields[] = {
        { "Id", "", "text, 64 digits", of_container<&Container::id> },
        { "Image", "", "text", of_container<&Container::image> },
        { "Command", "", "text", of_container<&Container::command> },
        { "Created", "", "seconds since 1970", put_created },
        { "Status", "", "text", put_status },
        { "Ports", "text", "text: `49153->80, 49154->443`", ports_text<ShowProtocol::No> },
        { "Ports", "text with /udp", "text: `49153->80, 49154->53/udp`", ports_text<ShowProtocol::Yes> },
        { "Ports", "list", "list of {PrivatePort, PublicPort, Type}: what is published", ports_list<ShowAddress::No> },
        { "Ports", "list with addresses",
            "list of {PrivatePort, PublicPort, Type, IP}; exposed only: PrivatePort 0, the port in PublicPort, IP "
            "empty",
            ports_list<ShowAddress::Yes> },
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
