#include "api/wire/container_details.hpp"

#include "api/wire/config.hpp"
#include "api/wire/text_forms.hpp"

namespace staithe::wire {

namespace {

    using Details = api::ContainerDetails;
    using State = api::ContainerState;

    template <auto Member> void time_member(JsonWriter& out, std::string_view key, State const& state)
    {
        put_pair(out, key, time_text(state.*Member));
    }

    constexpr Field<State> state_fields[] = {
        { "Running", "", "boolean", member<&State::running> },
        { "Pid", "", "number", member<&State::pid> },
        { "ExitCode", "", "number", member<&State::exit_code> },
        { "StartedAt", "", "time", time_member<&State::started_ns> },
        { "FinishedAt", "", "time", time_member<&State::finished_ns> },
        { "Ghost", "", "boolean", member<&State::ghost> },
    };

    void empty_text(JsonWriter& out, std::string_view key, NetworkSettings const&)
    {
        put_pair(out, key, std::string());
    }
    void zero(JsonWriter& out, std::string_view key, NetworkSettings const&)
    {
        put_pair(out, key, 0);
    }

    constexpr Field<NetworkSettings> network_fields[] = {
        { "IpAddress", "", "text", empty_text },
        { "IPAddress", "", "text", empty_text },
        { "IpPrefixLen", "", "number", zero },
        { "IPPrefixLen", "", "number", zero },
        { "Gateway", "", "text", empty_text },
        { "Bridge", "", "text", empty_text },
        { "PortMapping", "", "map or null", always_null },
        { "Ports", "", "map \"80/tcp\" → list or null", always_null },
    };

    template <auto Member> void of_container(JsonWriter& out, std::string_view key, DetailsView const& view)
    {
        put_pair(out, key, view.details->*Member);
    }

    void put_created(JsonWriter& out, std::string_view key, DetailsView const& view)
    {
        put_pair(out, key, time_text(view.details->created_ns));
    }

    void put_config(JsonWriter& out, std::string_view key, DetailsView const& view)
    {
        out.key(key);
        put_object(out, config_fields(), view.details->config, view.fields->config);
    }

    void put_state(JsonWriter& out, std::string_view key, DetailsView const& view)
    {
        out.key(key);
        put_object<State>(out, state_fields, view.details->state, view.fields->state);
    }

    void put_network(JsonWriter& out, std::string_view key, DetailsView const& view)
    {
        out.key(key);
        put_object<NetworkSettings>(out, network_fields, {}, view.fields->network);
    }

    void put_sysinit(JsonWriter& out, std::string_view key, DetailsView const&)
    {
        put_pair(out, key, std::string());
    }

    constexpr Field<DetailsView> details_fields[] = {
        { "ID", "", "text, 64 digits", of_container<&Details::id> },
        { "Id", "", "text, 64 digits", of_container<&Details::id> },
        { "Created", "", "time", put_created },
        { "Path", "", "text", of_container<&Details::path> },
        { "Args", "", "list of text", of_container<&Details::args> },
        { "Config", "", "Config", put_config },
        { "State", "", "State", put_state },
        { "Image", "", "text, 64 digits", of_container<&Details::image_id> },
        { "NetworkSettings", "", "NetworkSettings", put_network },
        { "SysInitPath", "", "text, always empty", put_sysinit },
        { "ResolvConfPath", "", "text", of_container<&Details::resolv_conf_path> },
        { "HostnamePath", "", "text", of_container<&Details::hostname_path> },
        { "HostsPath", "", "text", of_container<&Details::hosts_path> },
        { "Name", "", "text", of_container<&Details::name> },
        { "Volumes", "", "map path → path or null", always_null },
        { "VolumesRW", "", "map path → boolean or null", always_null },
    };

} // namespace

Fields<DetailsView> container_details_fields()
{
    return details_fields;
}

Fields<State> container_state_fields()
{
    return state_fields;
}

Fields<NetworkSettings> network_settings_fields()
{
    return network_fields;
}

std::string encode_container(Details const& details, DetailsFields const& fields)
{
    std::string text;
    text.reserve(2048);
    JsonWriter out(text);
    put_object<DetailsView>(out, details_fields, { &details, &fields }, fields.container);
    return text;
}

} // namespace staithe::wire
