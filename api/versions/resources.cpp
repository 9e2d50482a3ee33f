#include "api/versions/resources.hpp"

#include "api/wire/config.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/event.hpp"
#include "api/wire/progress.hpp"
#include "api/wire/replies.hpp"
#include "api/wire/system.hpp"

namespace staithe::versions {

namespace {

    constexpr FieldRow config_table[] = {
        { "Entrypoint", "", { 1, 3 } },
        { "WorkingDir", "", { 1, 4 } },
        { "NetworkDisabled", "", { 1, 4 } },
        { "Privileged", "", { 1, 4 }, { 1, 5 } },
        { "Domainname", "", { 1, 5 } },
        { "ExposedPorts", "", { 1, 6 } },
    };

    constexpr FieldRow container_summary_table[] = {
        { "SizeRw", "", { 1, 2 } },
        { "SizeRootFs", "", { 1, 2 } },
        { "Ports", "text", oldest, { 1, 2 } },
        { "Ports", "text with /udp", { 1, 3 }, { 1, 4 } },
        { "Ports", "list", { 1, 5 }, { 1, 5 } },
        { "Ports", "list with addresses", { 1, 6 } },
        { "Names", "", { 1, 6 } },
    };

    constexpr FieldRow container_details_table[] = {
        { "ID", "", { 1, 2 } },
        { "VolumesRW", "", { 1, 3 } },
        { "HostnamePath", "", { 1, 5 } },
        { "HostsPath", "", { 1, 5 } },
        { "Name", "", { 1, 6 } },
    };

    constexpr FieldRow container_state_table[] = {
        { "FinishedAt", "", { 1, 6 } },
    };

    constexpr FieldRow network_settings_table[] = {
        { "IpAddress", "", oldest, { 1, 1 } },
        { "IPAddress", "", { 1, 2 } },
        { "IpPrefixLen", "", oldest, { 1, 1 } },
        { "IPPrefixLen", "", { 1, 2 } },
        { "PortMapping", "flat", oldest, { 1, 2 } },
        { "PortMapping", "by protocol", { 1, 3 }, { 1, 5 } },
        { "PortMapping", "null", { 1, 6 } },
        { "Ports", "", { 1, 6 } },
    };

    constexpr FieldRow created_table[] = {
        { "Warnings", "null", oldest, { 1, 0 } },
        { "Warnings", "left out", { 1, 1 } },
    };

    constexpr FieldRow event_table[] = {
        { "from", "", { 1, 4 } },
    };

    constexpr FieldRow image_summary_table[] = {
        { "Size", "", { 1, 2 } },
        { "VirtualSize", "", { 1, 2 } },
    };

    constexpr FieldRow image_details_table[] = {
        { "architecture", "", { 1, 1 } },
        { "Size", "", { 1, 2 } },
    };

    constexpr FieldRow image_step_table[] = {
        { "Id", "short", oldest, { 1, 5 } },
        { "Id", "whole", { 1, 6 } },
        { "Tags", "", { 1, 2 } },
        { "CreatedBy", "always", oldest, { 1, 0 } },
        { "CreatedBy", "left out", { 1, 1 } },
        { "Size", "", { 1, 6 } },
    };

    constexpr FieldRow info_table[] = {
        { "Debug", "first", { 1, 1 } },
        { "Version", "", oldest, { 1, 0 } },
        { "Debug", "fourth", oldest, { 1, 0 } },
        { "GoVersion", "", oldest, { 1, 0 } },
        { "NFd", "when debugging", oldest, { 1, 0 } },
        { "NFd", "always", { 1, 1 } },
        { "NGoroutines", "when debugging", oldest, { 1, 0 } },
        { "NGoroutines", "always", { 1, 1 } },
        { "MemoryLimit", "", { 1, 1 } },
        { "SwapLimit", "", { 1, 1 } },
        { "IPv4Forwarding", "", { 1, 4 } },
        { "NEventsListener", "", { 1, 4 } },
        { "KernelVersion", "", { 1, 4 } },
        { "IndexServerAddress", "", { 1, 4 } },
    };

    constexpr FieldRow progress_table[] = {
        { "status", "not with progress", { 1, 1 }, { 1, 1 } },
        { "status", "", { 1, 2 } },
        { "id", "", { 1, 4 } },
        { "errorDetail", "", { 1, 4 } },
    };

} // namespace

FieldRows config_rows()
{
    return config_table;
}
FieldRows container_summary_rows()
{
    return container_summary_table;
}
FieldRows container_details_rows()
{
    return container_details_table;
}
FieldRows container_state_rows()
{
    return container_state_table;
}
FieldRows network_settings_rows()
{
    return network_settings_table;
}
FieldRows created_rows()
{
    return created_table;
}
FieldRows event_rows()
{
    return event_table;
}
FieldRows image_summary_rows()
{
    return image_summary_table;
}
FieldRows image_details_rows()
{
    return image_details_table;
}
FieldRows image_step_rows()
{
    return image_step_table;
}
FieldRows info_rows()
{
    return info_table;
}
FieldRows progress_rows()
{
    return progress_table;
}

std::span<ApiVersion const> accepted()
{
    static constexpr ApiVersion list[] = { { 1, 0 }, { 1, 1 }, { 1, 2 }, { 1, 3 }, { 1, 4 }, { 1, 5 }, { 1, 6 } };
    return list;
}

wire::FieldSet container_summary(ApiVersion version)
{
    return select(wire::container_summary_fields(), container_summary_table, version);
}

wire::DetailsFields container_details(ApiVersion version)
{
    return { .container = select(wire::container_details_fields(), container_details_table, version),
        .config = select(wire::config_fields(), config_table, version),
        .state = select(wire::container_state_fields(), container_state_table, version),
        .network = select(wire::network_settings_fields(), network_settings_table, version) };
}

wire::FieldSet created(ApiVersion version)
{
    return select(wire::created_fields(), created_table, version);
}

wire::FieldSet event(ApiVersion version)
{
    return select(wire::event_fields(), event_table, version);
}

wire::FieldSet image_summary(ApiVersion version)
{
    return select(wire::image_summary_fields(), image_summary_table, version);
}

wire::ImageFields image_details(ApiVersion version)
{
    return { .image = select(wire::image_details_fields(), image_details_table, version),
        .config = select(wire::config_fields(), config_table, version) };
}

wire::FieldSet image_step(ApiVersion version)
{
    return select(wire::image_step_fields(), image_step_table, version);
}

wire::FieldSet info(ApiVersion version)
{
    return select(wire::info_fields(), info_table, version);
}

wire::FieldSet progress(ApiVersion version)
{
    return select(wire::progress_fields(), progress_table, version);
}

wire::FieldSet version(ApiVersion version)
{
    return select(wire::version_fields(), {}, version);
}

} // namespace staithe::versions
