#include "api/wire/host_config.hpp"

#include "api/wire/config.hpp"
#include "api/wire/json_read.hpp"

namespace staithe::wire {

namespace {

    using Kind = JsonValue::Kind;

    Result<void> read_lxc_map(JsonValue const& map, api::HostConfig& host)
    {
        for (auto const& [key, value] : map.members) {
            if (value.kind != Kind::Text)
                return wrong_kind(value, "text", "LxcConf");
            host.lxc_conf.emplace_back(key, value.text);
        }
        return {};
    }

    Result<void> read_lxc_list(JsonValue const& list, api::HostConfig& host)
    {
        for (auto const& item : list.items) {
            if (item.kind != Kind::Object)
                return wrong_kind(item, "object", "LxcConf");
            auto& [key, value] = host.lxc_conf.emplace_back();
            STAITHE_TRY(read(item, "Key", key));
            STAITHE_TRY(read(item, "Value", value));
        }
        return {};
    }

    Result<void> read_lxc(JsonValue const& json, api::HostConfig& host)
    {
        auto const* value = json.find("LxcConf");
        if (!value || value->kind == Kind::Null)
            return {};
        if (value->kind == Kind::Object)
            return read_lxc_map(*value, host);
        if (value->kind == Kind::Array)
            return read_lxc_list(*value, host);
        return wrong_kind(*value, "list", "LxcConf");
    }

    Result<std::vector<api::PortBinding>> bindings_of(JsonValue const& list)
    {
        std::vector<api::PortBinding> bindings;
        if (list.kind == Kind::Null)
            return bindings;
        if (list.kind != Kind::Array)
            return wrong_kind(list, "list", "PortBindings");
        for (auto const& item : list.items) {
            if (item.kind != Kind::Object)
                return wrong_kind(item, "object", "PortBindings");
            auto& binding = bindings.emplace_back();
            STAITHE_TRY(read(item, "HostIp", binding.host_ip));
            STAITHE_TRY(read(item, "HostPort", binding.host_port));
        }
        return bindings;
    }

    Result<void> read_bindings(JsonValue const& json, api::HostConfig& host)
    {
        auto const* map = STAITHE_TRY(find_kind(json, "PortBindings", Kind::Object));
        if (!map)
            return {};
        for (auto const& [port, list] : map->members)
            host.port_bindings[with_protocol(port)] = STAITHE_TRY(bindings_of(list));
        return {};
    }

} // namespace

Result<api::HostConfig> read_host_config(JsonValue const& json)
{
    if (json.kind != Kind::Object)
        return wrong_kind(json, "object", "HostConfig");
    api::HostConfig host;
    STAITHE_TRY(read(json, "Binds", host.binds));
    STAITHE_TRY(read(json, "Links", host.links));
    STAITHE_TRY(read(json, "ContainerIDFile", host.container_id_file));
    STAITHE_TRY(read(json, "Privileged", host.privileged));
    STAITHE_TRY(read(json, "PublishAllPorts", host.publish_all_ports));
    STAITHE_TRY(read_lxc(json, host));
    STAITHE_TRY(read_bindings(json, host));
    return host;
}

Result<api::HostConfig> decode_host_config(std::string_view body)
{
    return read_host_config(STAITHE_TRY(parse_json(body)));
}

} // namespace staithe::wire
