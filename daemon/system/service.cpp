#include "daemon/system/service.hpp"

#include "daemon/os/kernel.hpp"

namespace staithe::system {

namespace {

    char const* word(staithe_kind kind)
    {
        switch (kind) {
        case STAITHE_EXECUTION: return "execution";
        case STAITHE_STORAGE: return "storage";
        case STAITHE_REGISTRY: return "registry";
        }
        return "unknown";
    }

    char const* word(drivers::DriverState state)
    {
        switch (state) {
        case drivers::DriverState::Ready: return "ready";
        case drivers::DriverState::Unusable: return "unusable";
        case drivers::DriverState::Untrusted: return "untrusted";
        case drivers::DriverState::Broken: return "broken";
        }
        return "unknown";
    }

} // namespace

Result<api::SystemInfo> Service::info()
{
    auto const limits = os::memory_limits();
    api::SystemInfo info;
    info.debug = m_facts.debug();
    info.containers = static_cast<int64_t>(m_facts.containers());
    info.images = static_cast<int64_t>(m_facts.images());
    info.event_listeners = static_cast<int>(m_facts.event_listeners());
    info.open_files = os::open_descriptors();
    info.threads = os::thread_count();
    info.memory_limit = limits.memory;
    info.swap_limit = limits.swap;
    info.ipv4_forwarding = os::forwards_ipv4();
    info.kernel_version = os::kernel_release();
    info.execution_driver = m_facts.execution_driver;
    info.storage_driver = m_facts.storage_driver;
    info.root_dir = m_facts.root_dir;
    return info;
}

Result<std::vector<api::DriverInfo>> Service::drivers(std::string_view request_id)
{
    std::vector<api::DriverInfo> infos;
    for (auto const& report : m_catalog.report({ std::string(request_id) })) {
        bool const is_default = (report.kind == STAITHE_EXECUTION && report.name == m_facts.execution_driver)
            || (report.kind == STAITHE_STORAGE && report.name == m_facts.storage_driver);
        infos.push_back({ word(report.kind), report.name, report.summary, report.version, report.package, report.file,
            word(report.state), report.reason, is_default });
    }
    return infos;
}

} // namespace staithe::system
