// The daemon's start is its recovery: rows say what ran, keepers and exit records say what became of it.
//
//     row            keeper   exit record of that run   then
//     running        yes      –                         it runs
//     running        no       yes                       it ended as recorded
//     running        no       only an unfinished one    left-overs destroyed; it ended as recorded
//     running        no       no                        exit code -127; left-overs destroyed; perhaps started again
//     not running    –        of a younger run          it ended as recorded (the power failed before the row was safe)
//     not running    –        –                         as the row says
#include "daemon/containers/service.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <thread>
#include <utility>

#include "daemon/containers/remains.hpp"
#include "daemon/os/file.hpp"
#include "daemon/store/ownership.hpp"

namespace staithe::containers {

namespace {

    constexpr size_t adopters = 8;

    enum class Found { Alive, Ended, Lost, Nothing };

    Result<rpc::keeper::ExitRecord> exit_record(Context const& context, std::string const& id)
    {
        auto const directory = STAITHE_TRY(os::open_directory(context.directory_of(id)));
        return drivers::read_exit_record(directory.get());
    }

    using CleanUp = std::function<void(ContainerPtr const&)>;

    Found find_again(Context& context, ContainerPtr const& pointer, CleanUp const& clean_up)
    {
        auto& container = *pointer;
        auto const row = container.record();
        bool const same_boot = row.boot == context.options.boot_id;
        if (row.state.running && same_boot) {
            container.begin_adoption();
            drivers::Call const call { "recovery", os::Deadline::after(std::chrono::seconds(10)) };
            auto keeper = context.keepers->adopt(call, row.id);
            if (keeper) {
                container.adopted(std::move(keeper).value());
                return Found::Alive;
            }
            if (keeper.error().code != STAITHE_NOT_FOUND)
                context.log.warning("container '" + row.name + "': " + keeper.error().message);
        }
        if (!row.state.running && same_boot)
            return Found::Nothing;
        auto const end = exit_record(context, row.id);
        bool const fits = end && (row.state.running ? end.value().run == row.run : end.value().run > row.run);
        if (fits) {
            container.found_ended(end.value());
            return Found::Ended;
        }
        if (!row.state.running)
            return Found::Nothing;
        auto const known = unfinished_record(context, row.id, row.run);
        clean_up(pointer); // first, so that nobody can start it in between
        if (known) {
            container.found_ended(*known);
            return Found::Ended;
        }
        container.found_lost();
        return Found::Lost;
    }

    /// Asks all keepers, several at a time: one that hangs holds up one thread, not the start.
    std::vector<ContainerPtr> find_all_again(
        Context& context, std::vector<ContainerPtr> const& containers, CleanUp const& clean_up)
    {
        std::vector<Found> found(containers.size(), Found::Nothing);
        std::atomic<size_t> next = 0;
        auto const work = [&] {
            for (size_t i = next++; i < containers.size(); i = next++)
                found[i] = find_again(context, containers[i], clean_up);
        };
        std::vector<std::thread> threads;
        for (size_t n = 1; n < std::min(adopters, containers.size() / 4); ++n)
            threads.emplace_back(work);
        work();
        for (auto& thread : threads)
            thread.join();
        std::vector<ContainerPtr> lost;
        for (size_t i = 0; i < containers.size(); ++i)
            if (found[i] == Found::Lost)
                lost.push_back(containers[i]);
        auto const alive = std::count(found.begin(), found.end(), Found::Alive);
        if (!containers.empty())
            context.log.info("found " + std::to_string(containers.size()) + " containers, " + std::to_string(alive)
                + " of them running, " + std::to_string(lost.size()) + " lost");
        return lost;
    }

} // namespace

Result<void> Service::recover(drivers::Keepers& keepers, Known const& known)
{
    m_context.keepers = &keepers;
    STAITHE_TRY(os::make_directories(m_context.options.directory));
    sweep_directories(known.layers);
    sweep_volumes(known.volumes);
    auto lost = find_all_again(
        m_context, m_registry.all(), [this](ContainerPtr const& container) { clean_up_after(container); });
    allow_links_again();
    m_context.network.adopted_all();
    if (m_context.options.restart && !lost.empty())
        m_context.background.run([this, lost = std::move(lost)] { start_again(lost); });
    return {};
}

/// The oldest first, and parents again after each round that brought up what may be their children.
void Service::start_again(std::vector<ContainerPtr> waiting)
{
    std::reverse(waiting.begin(), waiting.end());
    std::map<ContainerPtr, std::string> failed;
    for (size_t before = waiting.size() + 1; waiting.size() < before;) {
        before = waiting.size();
        std::erase_if(waiting, [&](ContainerPtr const& container) {
            if (m_context.background.stopping()) // the next daemon goes on with it
                return true;
            auto const started = container->start_again();
            if (!started)
                failed[container] = started.error().message;
            else
                failed.erase(container);
            return started || m_registry.children_of(container->id).empty();
        });
    }
    for (auto const& [container, why] : failed)
        m_context.log.error("cannot start container '" + container->name + "' again: " + why);
}

/// Removes volumes that were made for a start that was cut short: no container has them, and nothing is in them.
void Service::sweep_volumes(std::vector<store::VolumeRecord> const& volumes)
{
    std::set<std::string> used;
    for (auto const& container : m_registry.all())
        container->read([&](store::ContainerRecord const& record) {
            for (auto const& [target, volume] : record.volumes.value_or(Volumes()))
                used.insert(volume.host_path);
        });
    std::vector<std::string> left;
    for (auto const& volume : volumes) {
        auto const path = m_context.volumes.path_of(volume.id);
        auto const names = used.contains(path) ? Result<std::vector<std::string>>(Error {}) : os::list_directory(path);
        if (names && names.value().empty())
            left.push_back(volume.id);
    }
    if (auto const removed = m_context.volumes.remove(left); !removed)
        m_context.log.warning(removed.error().message);
}

void Service::on_exit(std::string const& id, rpc::keeper::ExitRecord const& end)
{
    constexpr int made_up = 255;
    auto const container = m_registry.by_id(id);
    if (!container)
        return;
    auto const written = end.status == made_up ? exit_record(m_context, id) : Result<rpc::keeper::ExitRecord>(end);
    bool const known = written && written.value().run == end.run;
    if (known && !has_remains(m_context, id)) {
        container->ended(written.value());
        return;
    }
    m_context.background.run([this, container, end] { // the keeper or its driver died, and what it held may live on
        auto const noted = unfinished_record(m_context, container->id, end.run);
        clean_up_after(container);
        container->ended(noted.value_or(end));
    });
}

void Service::clean_up_after(ContainerPtr const& container)
{
    if (auto const freed = free_remains(m_context, container->record()); !freed)
        m_context.log.error("cannot clean up after container '" + container->name + "': " + freed.error().message);
}

/// Removes directories that have no container: of a create or remove that was cut short.
void Service::sweep_directories(std::set<std::string> const& layers)
{
    auto const& directory = m_context.options.directory;
    auto const names = os::list_directory(directory);
    auto const parent = os::open_directory(directory);
    if (!names || !parent) {
        m_context.log.warning(
            "cannot look for left-over containers: " + (names ? parent.error().message : names.error().message));
        return;
    }
    auto const ours = store::owns(directory + ".owner", m_context.store.identity(), names.value().empty());
    for (auto const& name : names.value()) {
        if (m_registry.by_id(name) || layers.contains(name))
            continue;
        if (!ours || !ours.value()) {
            m_context.log.warning("'" + directory + "/" + name + "' belongs to no container and is left alone");
            continue;
        }
        if (auto const removed = os::remove_tree(parent.value().get(), name); !removed)
            m_context.log.warning(removed.error().message);
    }
    for (auto const& container :
        m_registry.all()) // the power failed after the row was safe and before the directory was
        if (auto const made = os::make_directory_at(parent.value().get(), container->id); !made)
            m_context.log.warning(made.error().message);
}

} // namespace staithe::containers
