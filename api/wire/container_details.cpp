#include "api/wire/container_details.hpp"

#include "api/wire/config.hpp"
#include "api/wire/ports.hpp"
#include "api/wire/text_forms.hpp"

namespace staithe::wire {

namespace {

    using Details = api::ContainerDetails;
    using Network = api::NetworkState;
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

    /// What a container without an address has is null, what it has none of is empty.
    template <auto Put> void of_ports(JsonWriter& out, std::string_view key, Network const& network)
    {
        out.key(key);
        network.ip_address.empty() ? out.null() : Put(out, network.ports);
    }

    constexpr Field<Network> network_fields[] = {
        { "IpAddress", "", "text", member<&Network::ip_address> },
        { "IPAddress", "", "text", member<&Network::ip_address> },
        { "IpPrefixLen", "", "number", member<&Network::prefix_length> },
        { "IPPrefixLen", "", "number", member<&Network::prefix_length> },
        { "Gateway", "", "text", member<&Network::gateway> },
        { "Bridge", "", "text", member<&Network::bridge> },
        { "PortMapping", "flat", "map private → public port; null while it has no address",
            of_ports<put_flat_mapping> },
        { "PortMapping", "by protocol", "{Tcp, Udp}, each a map private → public port; null while it has no address",
            of_ports<put_mapping_by_protocol> },
        { "PortMapping", "null", "null", always_null },
        { "Ports", "", "map `80/tcp` → list of {HostIp, HostPort} or null; null while it has no address",
            of_ports<put_port_map> },
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
        put_object<Network>(out, network_fields, view.details->network, view.fields->network);
    }

    void put_sysinit(JsonWriter& out, std::string_view key, DetailsView const&)
    {
        put_pair(out, key, std::string());
    }

    /// A map path → what Of says of its volume; null before the first start.
    template <auto Of> void of_volumes(JsonWriter& out, std::string_view key, DetailsView const& view)
    {
        out.key(key);
        if (!view.details->volumes)
            return out.null();
        out.begin_object();
        for (auto const& [path, volume] : *view.details->volumes)
            put_pair(out, path, volume.*Of);
        out.end_object();
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
        { "Volumes", "", "map path → path on the host; null before the first start",
            of_volumes<&api::VolumeMount::host_path> },
        { "VolumesRW", "", "map path → boolean; null before the first start", of_volumes<&api::VolumeMount::writable> },
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

Fields<Network> network_settings_fields()
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
