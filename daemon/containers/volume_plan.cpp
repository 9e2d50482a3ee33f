#include "daemon/containers/volume_plan.hpp"

#include "daemon/containers/bind.hpp"

namespace staithe::containers {

Result<VolumePlan> plan_volumes(
    store::ContainerRecord const& record, std::function<std::optional<Volumes>(std::string_view)> const& volumes_of)
{
    VolumePlan plan;
    if (record.volumes)
        plan.mounts = *record.volumes;
    for (std::string_view rest = record.config.volumes_from; !rest.empty();) {
        size_t const comma = rest.find(',');
        auto others = volumes_of(rest.substr(0, comma));
        if (!others)
            return Error { STAITHE_NOT_FOUND, 0,
                "Container " + record.id + " not found. Impossible to mount its volumes" };
        plan.mounts.merge(*others); // what is there already stays
        rest.remove_prefix(comma == rest.npos ? rest.size() : comma + 1);
    }
    Volumes binds;
    for (auto const& text : record.host_config.binds) {
        auto bind = STAITHE_TRY(parse_bind(text));
        binds[bind.target] = { clean_path(bind.source), bind.writable };
    }
    plan.mounts.merge(binds);
    for (auto const& volume : record.config.volumes)
        if (auto path = STAITHE_TRY(mount_target(volume)); !plan.mounts.contains(path))
            plan.fresh.push_back(std::move(path));
    return plan;
}

} // namespace staithe::containers
