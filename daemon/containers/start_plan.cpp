#include "daemon/containers/start_plan.hpp"

#include <utility>

#include "daemon/containers/environment.hpp"
#include "daemon/containers/generated_files.hpp"
#include "daemon/containers/ports.hpp"
#include "daemon/containers/registry.hpp"
#include "daemon/os/mount.hpp"

namespace staithe::containers {

StartPlan::~StartPlan()
{
    if (m_connected)
        m_context.network.disconnect(m_record.id);
}

Result<void> StartPlan::check(VolumePlan volumes)
{
    STAITHE_TRY(find_children());
    m_ports = STAITHE_TRY(port_requests(m_record));
    m_fresh_volumes = std::move(volumes.fresh);
    m_record.volumes = std::move(volumes.mounts);
    return {};
}

Result<void> StartPlan::find_children()
{
    for (auto const& [path, child] : m_context.registry->children_of(m_record.id)) {
        LinkedChild linked { path, {}, {}, {} };
        bool const running = child->read([&](store::ContainerRecord const& record) {
            linked.ip = record.network.ip_address;
            linked.exposed = exposed_ports(record.config);
            linked.env = record.config.env.value_or(std::vector<std::string>());
            return record.state.running;
        });
        if (!running)
            return Error { STAITHE_CONFLICT, 0,
                "Cannot link to a non running container: " + child->name + " AS " + path };
        m_children.push_back(std::move(linked));
    }
    return {};
}

Result<void> StartPlan::fulfil(rpc::keeper::Start& message, drivers::StartFiles& files)
{
    STAITHE_TRY(connect(files));
    STAITHE_TRY(make_volumes());
    STAITHE_TRY(mount_files(message, files));
    STAITHE_TRY(mount_volumes(message, files));
    std::vector<std::string> links;
    for (auto const& child : m_children)
        for (auto& entry : link_environment(child))
            links.push_back(std::move(entry));
    message.env = environment_of(m_record.config, links);
    return {};
}

Result<void> StartPlan::connect(drivers::StartFiles& files)
{
    m_record.network = {};
    if (m_record.config.network_disabled || !m_context.network.enabled())
        return {};
    auto endpoint = STAITHE_TRY(m_context.network.connect(m_record.id, m_ports));
    m_connected = true;
    files.network = std::move(endpoint.name_space);
    m_record.network = std::move(endpoint.state);
    remember_ports(m_record.host_config, m_record.network.ports);
    for (auto const& child : m_children)
        if (!child.ip.empty())
            STAITHE_TRY(m_context.network.link(m_record.id, child.from(m_record.network.ip_address)));
    return {};
}

Result<void> StartPlan::make_volumes()
{
    if (m_fresh_volumes.empty())
        return {};
    auto const ids = STAITHE_TRY(m_context.volumes.make(m_fresh_volumes.size()));
    for (size_t i = 0; i < ids.size(); ++i)
        m_record.volumes->emplace(m_fresh_volumes[i], api::VolumeMount { m_context.volumes.path_of(ids[i]), true });
    return {};
}

/// First, so that a volume at /etc covers them, as one always did.
Result<void> StartPlan::mount_files(rpc::keeper::Start& message, drivers::StartFiles& files)
{
    auto const& config = m_record.config;
    auto const servers = name_servers(config, m_context.options.name_servers, host_resolv_conf());
    auto const paths = STAITHE_TRY(write_generated_files(m_context.directory_of(m_record.id), config, servers));
    auto const add = [&](char const* target, std::string const& path) -> Result<void> {
        auto clone = STAITHE_TRY(os::clone_mount(path, os::Submounts::Leave));
        message.mounts.push_back({ target, true, true, false });
        files.mounts.push_back(std::move(clone.mount));
        return {};
    };
    STAITHE_TRY(add("/etc/resolv.conf", paths.resolv_conf));
    STAITHE_TRY(add("/etc/hostname", paths.hostname));
    return add("/etc/hosts", paths.hosts);
}

Result<void> StartPlan::mount_volumes(rpc::keeper::Start& message, drivers::StartFiles& files) const
{
    for (auto const& [target, volume] : *m_record.volumes) { // a path comes before what is below it
        auto const id = m_context.volumes.id_of(volume.host_path);
        rpc::keeper::Mount mount { target, !volume.writable, false, !id.empty() };
        if (mount.volume) {
            files.mounts.push_back(STAITHE_TRY(m_context.volumes.open(id)));
        } else {
            auto clone = STAITHE_TRY(os::clone_mount(volume.host_path, os::Submounts::Take));
            mount.file = !clone.directory;
            files.mounts.push_back(std::move(clone.mount));
        }
        message.mounts.push_back(std::move(mount));
    }
    return {};
}

rpc::keeper::Start start_message(
    store::ContainerRecord const& run, drivers::ExecutionImage const& execution, rpc::keeper::LogBounds const& log)
{
    auto const& config = run.config;
    rpc::keeper::Start message;
    message.container = run.id;
    message.run = run.run;
    message.driver = execution.name;
    message.driver_state_dir = execution.state_dir;
    message.driver_run_dir = execution.run_dir;
    message.driver_options = execution.options;
    message.argv.push_back(run.path);
    message.argv.insert(message.argv.end(), run.args.begin(), run.args.end());
    message.env = environment_of(config);
    message.cwd = config.working_dir.empty() ? "/" : config.working_dir;
    message.user = config.user;
    message.hostname = config.hostname;
    message.domainname = config.domainname;
    message.cgroup = "staithe/" + run.id;
    message.tty = config.tty;
    message.open_stdin = config.open_stdin;
    message.stdin_once = config.stdin_once;
    message.privileged = config.privileged || run.host_config.privileged;
    message.limits.memory = config.memory;
    message.limits.memory_swap = config.memory_swap < 0 ? -1 : 0; // a positive value is not used: semantics.md §5.6
    message.limits.cpu_shares = config.cpu_shares;
    message.log = log;
    message.options = run.host_config.lxc_conf;
    return message;
}

} // namespace staithe::containers
