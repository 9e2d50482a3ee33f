#include "api/wire/config.hpp"

#include "api/wire/json_read.hpp"

namespace staithe::wire {

using api::ContainerConfig;

namespace {

    constexpr Field<ContainerConfig> fields[] = {
        { "Hostname", "", "text", member<&ContainerConfig::hostname> },
        { "Domainname", "", "text", member<&ContainerConfig::domainname> },
        { "User", "", "text", member<&ContainerConfig::user> },
        { "Memory", "", "bytes", member<&ContainerConfig::memory> },
        { "MemorySwap", "", "bytes", member<&ContainerConfig::memory_swap> },
        { "CpuShares", "", "number", member<&ContainerConfig::cpu_shares> },
        { "AttachStdin", "", "boolean", member<&ContainerConfig::attach_stdin> },
        { "AttachStdout", "", "boolean", member<&ContainerConfig::attach_stdout> },
        { "AttachStderr", "", "boolean", member<&ContainerConfig::attach_stderr> },
        { "PortSpecs", "", "list of text or null", member_or_null<&ContainerConfig::port_specs> },
        { "ExposedPorts", "", "map \"80/tcp\" → {}", member<&ContainerConfig::exposed_ports> },
        { "Tty", "", "boolean", member<&ContainerConfig::tty> },
        { "OpenStdin", "", "boolean", member<&ContainerConfig::open_stdin> },
        { "StdinOnce", "", "boolean", member<&ContainerConfig::stdin_once> },
        { "Env", "", "list of text or null", member<&ContainerConfig::env> },
        { "Cmd", "", "list of text or null", member<&ContainerConfig::command> },
        { "Dns", "", "list of text or null", member<&ContainerConfig::dns> },
        { "Image", "", "text", member<&ContainerConfig::image> },
        { "Volumes", "", "map path → {}", member<&ContainerConfig::volumes> },
        { "VolumesFrom", "", "text", member<&ContainerConfig::volumes_from> },
        { "WorkingDir", "", "text", member<&ContainerConfig::working_dir> },
        { "Entrypoint", "", "list of text or null", member<&ContainerConfig::entrypoint> },
        { "NetworkDisabled", "", "boolean", member<&ContainerConfig::network_disabled> },
        { "Privileged", "", "boolean", member<&ContainerConfig::privileged> },
    };

    Result<void> read_identity(JsonValue const& json, ContainerConfig& config)
    {
        STAITHE_TRY(read(json, "Hostname", config.hostname));
        STAITHE_TRY(read(json, "Domainname", config.domainname));
        STAITHE_TRY(read(json, "User", config.user));
        STAITHE_TRY(read(json, "Image", config.image));
        STAITHE_TRY(read(json, "WorkingDir", config.working_dir));
        STAITHE_TRY(read(json, "NetworkDisabled", config.network_disabled));
        return {};
    }

    Result<void> read_limits(JsonValue const& json, ContainerConfig& config)
    {
        STAITHE_TRY(read(json, "Memory", config.memory));
        STAITHE_TRY(read(json, "MemorySwap", config.memory_swap));
        STAITHE_TRY(read(json, "CpuShares", config.cpu_shares));
        STAITHE_TRY(read(json, "Privileged", config.privileged));
        return {};
    }

    Result<void> read_moved(JsonValue const& host, ContainerConfig& config)
    {
        std::vector<std::string> sources;
        std::string mode;
        STAITHE_TRY(read_limits(host, config));
        STAITHE_TRY(read(host, "Dns", config.dns));
        STAITHE_TRY(read(host, "VolumesFrom", sources));
        STAITHE_TRY(read(host, "NetworkMode", mode));
        for (auto const& source : sources)
            config.volumes_from.append(config.volumes_from.empty() ? "" : ",").append(source);
        config.network_disabled = mode == "none";
        return {};
    }

    Result<void> read_streams(JsonValue const& json, ContainerConfig& config)
    {
        STAITHE_TRY(read(json, "AttachStdin", config.attach_stdin));
        STAITHE_TRY(read(json, "AttachStdout", config.attach_stdout));
        STAITHE_TRY(read(json, "AttachStderr", config.attach_stderr));
        STAITHE_TRY(read(json, "Tty", config.tty));
        STAITHE_TRY(read(json, "OpenStdin", config.open_stdin));
        STAITHE_TRY(read(json, "StdinOnce", config.stdin_once));
        return {};
    }

    Result<void> read_program(JsonValue const& json, ContainerConfig& config)
    {
        STAITHE_TRY(read(json, "Env", config.env));
        STAITHE_TRY(read(json, "Cmd", config.command));
        STAITHE_TRY(read(json, "Entrypoint", config.entrypoint));
        return {};
    }

    Result<void> read_surroundings(JsonValue const& json, ContainerConfig& config)
    {
        std::set<std::string> ports;
        STAITHE_TRY(read(json, "ExposedPorts", ports));
        for (auto const& port : ports)
            config.exposed_ports.insert(with_protocol(port));
        STAITHE_TRY(read(json, "PortSpecs", config.port_specs));
        STAITHE_TRY(read(json, "Dns", config.dns));
        STAITHE_TRY(read(json, "Volumes", config.volumes));
        STAITHE_TRY(read(json, "VolumesFrom", config.volumes_from));
        return {};
    }

} // namespace

Fields<ContainerConfig> config_fields()
{
    return fields;
}

std::string with_protocol(std::string port)
{
    return port.find('/') == port.npos ? port + "/tcp" : port;
}

Result<ContainerConfig> read_config(JsonValue const& json)
{
    if (json.kind != JsonValue::Kind::Object)
        return wrong_kind(json, "object", "Config");
    ContainerConfig config;
    if (auto const* host = STAITHE_TRY(find_kind(json, "HostConfig", JsonValue::Kind::Object)))
        STAITHE_TRY(read_moved(*host, config));
    STAITHE_TRY(read_identity(json, config));
    STAITHE_TRY(read_limits(json, config));
    STAITHE_TRY(read_streams(json, config));
    STAITHE_TRY(read_program(json, config));
    STAITHE_TRY(read_surroundings(json, config));
    return config;
}

} // namespace staithe::wire
