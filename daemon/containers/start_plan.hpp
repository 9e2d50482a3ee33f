// What one start gives a container beside its root file system: other containers' addresses in its environment, a place
// in the network, volumes, generated files. Worked out in two steps, since the second overlaps with the loading of the
// keeper; whatever was made is given back unless the container runs.
#pragma once

#include <string>
#include <vector>

#include "daemon/containers/context.hpp"
#include "daemon/containers/link.hpp"
#include "daemon/containers/volume_plan.hpp"

namespace staithe::containers {

class StartPlan {
public:
    StartPlan(Context& context, store::ContainerRecord record)
        : m_context(context)
        , m_record(std::move(record))
    {
    }
    StartPlan(StartPlan const&) = delete;
    StartPlan& operator=(StartPlan const&) = delete;
    ~StartPlan();

    /// Refuses what cannot be, before anything is made: links to containers that do not run, ports and volumes that are
    /// none. volumes: see plan_volumes().
    Result<void> check(VolumePlan volumes);
    /// Makes it, and completes what the keeper is told.
    Result<void> fulfil(rpc::keeper::Start&, drivers::StartFiles&);
    /// The container runs: nothing is given back.
    void keep() { m_connected = false; }

    /// The container's as it is while it runs.
    store::ContainerRecord const& record() const { return m_record; }

private:
    Result<void> find_children();
    Result<void> connect(drivers::StartFiles&);
    Result<void> make_volumes();
    Result<void> mount_files(rpc::keeper::Start&, drivers::StartFiles&);
    Result<void> mount_volumes(rpc::keeper::Start&, drivers::StartFiles&) const;

    Context& m_context;
    store::ContainerRecord m_record;
    std::vector<LinkedChild> m_children;
    std::vector<network::PortRequest> m_ports;
    std::vector<std::string> m_fresh_volumes;
    bool m_connected = false;
};

/// What a keeper is told at start, without what is different from start to start.
rpc::keeper::Start start_message(
    store::ContainerRecord const&, drivers::ExecutionImage const&, rpc::keeper::LogBounds const&);

} // namespace staithe::containers
