// What is inside a container, seen from outside: its files, and its processes.
#include "daemon/containers/service.hpp"

#include <unistd.h>

#include <utility>

#include "daemon/containers/bind.hpp"
#include "daemon/containers/changes.hpp"
#include "daemon/log/json_lines.hpp"
#include "daemon/os/file.hpp"
#include "daemon/processes/processes.hpp"

namespace staithe::containers {

Result<void> Service::export_tree(std::string_view request_id, std::string_view name, Sink& sink)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    auto const call = drivers::stream_call(request_id);
    STAITHE_TRY(container->read_root(
        call, [&](drivers::StorageDriver& storage, int root) { return storage.pack(call, root, "/", ".", sink); }));
    record_event("export", *container);
    return {};
}

Result<void> Service::copy(std::string_view request_id, std::string_view name, std::string const& path, Sink& sink)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    auto const call = drivers::stream_call(request_id);
    auto const source = clean_path(path);
    std::string const prefix = source == "/" ? "rootfs" : source.substr(source.rfind('/') + 1);
    auto copied = container->read_root(call,
        [&](drivers::StorageDriver& storage, int root) { return storage.pack(call, root, source, prefix, sink); });
    if (!copied && copied.error().code == STAITHE_NOT_FOUND) // never a 404: the container is there
        return Error { STAITHE_INTERNAL, 0, "stat " + source + ": no such file or directory" };
    return copied;
}

Result<std::vector<api::FileChange>> Service::changes(std::string_view request_id, std::string_view name)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    auto const driver = container->read([](store::ContainerRecord const& record) { return record.storage_driver; });
    auto const image = m_context.images.find(container->image);
    if (!image)
        return Error { STAITHE_INTERNAL, 0, "the image of container '" + container->name + "' is missing" };
    auto const storage = STAITHE_TRY(m_context.layers.driver(driver));
    return visible_changes(STAITHE_TRY(storage->changes({ std::string(request_id) }, container->id, image->layer)));
}

Result<std::string> Service::commit(std::string_view request_id, api::CommitRequest const& request)
{
    auto const container = STAITHE_TRY(m_registry.find(request.container));
    auto const hold = STAITHE_TRY(container->hold());
    auto const commit_it = [&] { return m_context.images.commit(request_id, request, container->record()); };
    auto made = commit_it();
    bool const missing = !made && made.error().code == STAITHE_NOT_FOUND;
    if (missing && container->make_layer_again({ std::string(request_id) }))
        made = commit_it();
    if (!made && made.error().code == STAITHE_NOT_FOUND) { // never a 404: the container is there
        made.error().code = STAITHE_INTERNAL;
        return std::move(made.error()).with_context("Cannot commit container '" + container->name + "'");
    }
    return made;
}

Result<api::ProcessTable> Service::top(std::string_view name, std::string_view ps_args)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    int const pid = container->read([](store::ContainerRecord const& record) { return record.state.pid; });
    if (pid > 0) {
        auto table = processes::list(pid, ps_args);
        if (table || table.error().code != STAITHE_NOT_FOUND)
            return table;
    }
    auto table = STAITHE_TRY(processes::list(::getpid(), ps_args)); // for the titles alone
    table.rows.clear();
    return table;
}

Result<void> Service::logs_json(std::string_view, std::string_view name, Sink& sink)
{
    auto const container = STAITHE_TRY(m_registry.find(name));
    auto const directory = STAITHE_TRY(os::open_directory(m_context.directory_of(container->id)));
    return log::write_json_lines(directory.get(), sink);
}

} // namespace staithe::containers
