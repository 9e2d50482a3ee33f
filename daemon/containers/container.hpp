// One container: its record, its keeper while it runs, and everybody who waits for it.
//
//     Idle → Starting → Running → Idle …          Idle → Removing
//
// All transitions happen under the container's own lock; slow work (mounts, keepers) happens outside of it, in Starting
// or Removing, which belong to the thread that entered them. Every function is thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/mutex.hpp>

#include "daemon/containers/context.hpp"
#include "daemon/containers/parking.hpp"
#include "daemon/containers/start_plan.hpp"

namespace staithe::containers {

/// Is a start told to those who follow events?
enum class Announce : bool { No, Yes };

class Container : public std::enable_shared_from_this<Container> {
public:
    Container(Context&, store::ContainerRecord);

    std::string const id;
    std::string const name;
    std::string const image; ///< id
    int64_t const created_ns;

    /// A copy of everything.
    store::ContainerRecord record() const EXCLUDES(m_mutex);
    /// Looks at the record without copying it; f must be quick and must not call back.
    template <class F> auto read(F&& f) const EXCLUDES(m_mutex)
    {
        MutexLock lock(m_mutex);
        return f(static_cast<store::ContainerRecord const&>(m_record));
    }

    /// host_config null: the one of the last start. CONFLICT with EALREADY: "The container ID is already running.", and
    /// nothing is changed.
    Result<void> start(std::string_view request_id, api::HostConfig const* host_config, Announce) EXCLUDES(m_mutex);
    /// Recovery starts it as it was. Nothing is done when a client has started, stopped or removed it since.
    Result<void> start_again() EXCLUDES(m_mutex);
    /// SIGTERM, that many seconds, SIGKILL. A container that does not run is stopped already.
    Result<void> stop(std::string_view request_id, int seconds) EXCLUDES(m_mutex);
    /// 0: SIGKILL, and wait for the end; else the signal is only sent.
    Result<void> kill(std::string_view request_id, int signal) EXCLUDES(m_mutex);
    Result<void> resize(std::string_view request_id, uint32_t height, uint32_t width) EXCLUDES(m_mutex);

    /// Called with a detached mount of the root file system, of the live one while it runs, and its storage driver.
    using RootReader = std::function<Result<void>(drivers::StorageDriver&, int root)>;
    Result<void> read_root(drivers::Call const&, RootReader const&) EXCLUDES(m_mutex);

    /// A container that is not removed: what is in its layer is being read.
    class Hold {
    public:
        explicit Hold(std::shared_ptr<Container> container)
            : m_container(std::move(container))
        {
        }
        Hold(Hold&&) = default;
        Hold& operator=(Hold&&) = delete;
        ~Hold()
        {
            if (m_container)
                m_container->release();
        }

    private:
        std::shared_ptr<Container> m_container; ///< shared: whoever found it holds it too
    };
    /// Once no start is under way. NOT_FOUND: somebody removes it already.
    Result<Hold> hold() EXCLUDES(m_mutex);
    /// Makes its layer, as it was before the first start, where a power cut has taken it away. EXISTS: it has not.
    Result<void> make_layer_again(drivers::Call const&) EXCLUDES(m_mutex);

    /// See api::ContainerService::wait.
    std::function<void()> wait(std::function<void(int)> done) EXCLUDES(m_mutex);

    /// A client that was let in and is not served yet: no start begins before it is, so that who sees the reply's head
    /// and then starts the container misses nothing of its output.
    class Arrival {
    public:
        explicit Arrival(std::shared_ptr<Container> container)
            : m_container(std::move(container))
        {
        }
        Arrival(Arrival&&) = default;
        Arrival& operator=(Arrival&&) = delete;
        ~Arrival()
        {
            if (m_container)
                m_container->arrived();
        }

    private:
        std::shared_ptr<Container> m_container; ///< shared: it may be removed meanwhile
    };
    /// Would a client be served? Asked before its connection leaves HTTP.
    Result<Arrival> admit() EXCLUDES(m_mutex);
    /// Serves or parks a client, or closes its connection; never blocks for its sake.
    void attach(std::string_view request_id, drivers::Client) EXCLUDES(m_mutex);

    /// Enters Removing. CONFLICT while it runs or somebody holds it; NOT_FOUND when somebody else removes it already.
    Result<void> begin_removal() EXCLUDES(m_mutex);
    /// Back to Idle.
    void abandon_removal() EXCLUDES(m_mutex);
    /// It is gone: parked clients are closed.
    void finish_removal() EXCLUDES(m_mutex);

    /// The daemon ends: whoever waits or is parked is let go unanswered. The container is not touched.
    void forget_clients() EXCLUDES(m_mutex);

    /// The keeper tells how a run ended. From the watching thread.
    void ended(rpc::keeper::ExitRecord const&) EXCLUDES(m_mutex);

    /// What recovery found about a container of an earlier daemon: see recovery.hpp.
    void begin_adoption() EXCLUDES(m_mutex);
    void adopted(std::shared_ptr<drivers::Keeper>) EXCLUDES(m_mutex);
    void found_ended(rpc::keeper::ExitRecord const&) EXCLUDES(m_mutex);
    /// Where such are started again, its row goes on saying that it runs until that was tried, or a client wants it
    /// stopped: a daemon that is killed before finds it once more.
    void found_lost() EXCLUDES(m_mutex);

private:
    enum class Phase { Idle, Starting, Running, Removing };
    using Waiters = std::map<uint64_t, std::function<void(int)>>;
    struct Live {
        std::shared_ptr<drivers::Keeper> keeper; ///< null: it does not run
        uint32_t run = 0;
    };

    struct Beginning {
        std::vector<drivers::Client> clients;
        std::vector<std::string> links; ///< to register
    };
    enum class Wanted { ByClient, IfDue };
    Result<Beginning> begin_start(api::HostConfig const*, Wanted) EXCLUDES(m_mutex);
    Result<void> go_on(std::string_view request_id, Beginning, Announce) EXCLUDES(m_mutex);
    Result<std::shared_ptr<drivers::Keeper>> launch(drivers::Call const&, Beginning&) EXCLUDES(m_mutex);
    Result<void> register_links(std::vector<std::string> const&);
    Result<VolumePlan> take_volumes() EXCLUDES(m_mutex);
    Result<void> prepare(drivers::Call const&, StartPlan&, rpc::keeper::Start&, drivers::StartFiles&) EXCLUDES(m_mutex);
    void note_plan(store::ContainerRecord const& planned) EXCLUDES(m_mutex);
    Result<void> save_as_running() EXCLUDES(m_mutex);
    Result<UniqueFd> mount_writable(drivers::Call const&) EXCLUDES(m_mutex);
    void arrived() EXCLUDES(m_mutex);
    void release() EXCLUDES(m_mutex);
    void await_arrivals() REQUIRES(m_mutex);
    void await_release(drivers::Call const&) EXCLUDES(m_mutex);
    /// Waits for those who read what the last run had mounted, which keeps it mounted.
    Result<void> await_readers(drivers::Call const&) EXCLUDES(m_mutex);
    void start_failed() EXCLUDES(m_mutex);
    void started(drivers::Call const&, std::shared_ptr<drivers::Keeper>, Announce) EXCLUDES(m_mutex);
    void enter_running(std::shared_ptr<drivers::Keeper> const&) REQUIRES(m_mutex);

    /// Waits until no start is under way and gives the keeper, if it runs.
    Live settled() EXCLUDES(m_mutex);
    /// The same, and if it runs, its root stays mounted until end_reading().
    Live begin_reading() EXCLUDES(m_mutex);
    void end_reading() EXCLUDES(m_mutex);
    /// settled() of one that is to end: without a keeper it is not started again either.
    Live settled_or_let_lie() EXCLUDES(m_mutex);
    /// Signals, and logs what is wrong with the driver.
    Result<void> send(drivers::Call const&, drivers::Keeper&, int signal) const;
    /// True: the run has ended within the time.
    bool await_end(uint32_t run, std::chrono::nanoseconds) EXCLUDES(m_mutex);

    /// What events say about it. Not under the lock: the image room looks at containers under its own.
    std::string image_name() const;
    /// The run is over: network given back, record, event, waiters out. The caller calls notify() after unlocking.
    enum class Row { Save, Leave };
    Waiters finish_run(rpc::keeper::ExitRecord const&, std::string const& image_name, Row = Row::Save)
        REQUIRES(m_mutex);
    void notify(Waiters, int exit_code) EXCLUDES(m_mutex);
    void save() REQUIRES(m_mutex);

    void attach_idle(drivers::Client, bool was_running) EXCLUDES(m_mutex);
    void replay(drivers::Client) EXCLUDES(m_mutex);

    Context& m_context;
    mutable Mutex m_mutex;
    CondVar m_changed;
    store::ContainerRecord m_record GUARDED_BY(m_mutex);
    Phase m_phase GUARDED_BY(m_mutex) = Phase::Idle;
    bool m_due GUARDED_BY(m_mutex) = false; ///< it was lost, and recovery will start it again
    std::shared_ptr<drivers::Keeper> m_keeper GUARDED_BY(m_mutex); ///< shared: calls in flight hold it too
    std::weak_ptr<drivers::Keeper> m_last_keeper GUARDED_BY(m_mutex); ///< weak: it is gone soon
    std::optional<rpc::keeper::ExitRecord> m_early_end GUARDED_BY(m_mutex); ///< ended before start() returned
    int m_readers GUARDED_BY(m_mutex) = 0; ///< who read the live root, and so keep it mounted
    int m_holds GUARDED_BY(m_mutex) = 0;
    size_t m_arrivals GUARDED_BY(m_mutex) = 0;
    Parking m_parking GUARDED_BY(m_mutex);
    Waiters m_waiters GUARDED_BY(m_mutex);
    uint64_t m_next_waiter GUARDED_BY(m_mutex) = 0;
};

} // namespace staithe::containers
