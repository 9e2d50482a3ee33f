// Drivers and keepers in memory, for unit tests of the engine: they record what they were asked, and fail on demand.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include <fcntl.h>

#include "daemon/drivers/catalog.hpp"
#include "daemon/drivers/keepers.hpp"

namespace staithe::doubles {

class FakeStorage final : public drivers::StorageDriver {
public:
    explicit FakeStorage(std::string driver_name)
        : m_name(std::move(driver_name))
    {
    }
    std::string const& name() const override { return m_name; }
    Result<void> create(drivers::Call const&, std::string_view id, std::string_view parent, drivers::Writable) override
    {
        std::lock_guard lock(mutex);
        STAITHE_TRY(failure("create"));
        layers[std::string(id)] = parent;
        return {};
    }
    Result<void> remove(drivers::Call const&, std::string_view id) override
    {
        std::lock_guard lock(mutex);
        STAITHE_TRY(failure("remove"));
        if (std::any_of(layers.begin(), layers.end(), [&](auto const& layer) { return layer.second == id; }))
            return Error { STAITHE_CONFLICT, 0, "a layer is on top of it" };
        layers.erase(std::string(id));
        contents.erase(std::string(id));
        return {};
    }
    Result<UniqueFd> mount(drivers::Call const&, std::string_view id, drivers::Writable) override
    {
        std::lock_guard lock(mutex);
        STAITHE_TRY(find(id));
        STAITHE_TRY(failure("mount"));
        return UniqueFd(::open(root.c_str(), O_PATH | O_CLOEXEC));
    }
    Result<std::vector<std::string>> list(drivers::Call const&) override
    {
        std::lock_guard lock(mutex);
        ++lists;
        std::vector<std::string> ids;
        for (auto const& [id, parent] : layers)
            ids.push_back(id);
        return ids;
    }
    Result<uint64_t> apply(drivers::Call const&, std::string_view id, Source& tar) override
    {
        std::string bytes;
        char buffer[1000];
        while (size_t const n = STAITHE_TRY(tar.read(buffer, sizeof buffer)))
            bytes.append(buffer, n);
        std::lock_guard lock(mutex);
        STAITHE_TRY(find(id));
        STAITHE_TRY(failure("apply"));
        uint64_t const size = bytes.size();
        contents[std::string(id)] = std::move(bytes);
        return size;
    }
    /// The layer's content, whatever the parent; half of it where it fails.
    Result<void> diff(drivers::Call const&, std::string_view id, std::string_view, Sink& tar) override
    {
        std::string bytes;
        Result<void> failed;
        {
            std::lock_guard lock(mutex);
            STAITHE_TRY(find(id));
            bytes = contents[std::string(id)];
            failed = failure("diff");
        }
        STAITHE_TRY(tar.write(bytes.data(), failed ? bytes.size() : bytes.size() / 2));
        if (during_diff)
            during_diff();
        return failed;
    }
    /// "PATH as PREFIX", instead of a tar.
    Result<void> pack(drivers::Call const&, int, std::string_view path, std::string_view prefix, Sink& tar) override
    {
        auto const told = std::string(path) + " as " + std::string(prefix);
        return tar.write(told.data(), told.size());
    }
    Result<std::vector<drivers::Change>> changes(drivers::Call const&, std::string_view, std::string_view) override
    {
        return std::vector<drivers::Change>();
    }
    Result<uint64_t> usage(drivers::Call const&, std::string_view) override { return uint64_t { 42 }; }
    Result<std::string> tree_hash(drivers::Call const&, std::string_view id) override
    {
        std::lock_guard lock(mutex);
        STAITHE_TRY(find(id));
        STAITHE_TRY(failure("tree_hash"));
        ++hashes;
        return "sha256:" + std::to_string(std::hash<std::string>()(contents[std::string(id)]));
    }

    std::mutex mutex;
    std::map<std::string, std::string> layers; ///< id → parent
    std::map<std::string, std::string> contents; ///< id → what was applied
    std::map<std::string, std::string> fails; ///< function → the message that it fails with
    std::string root = "/"; ///< what mount() gives
    std::function<void()> during_diff; ///< when its bytes are written
    int lists = 0, hashes = 0;

private:
    Result<void> find(std::string_view id) const
    {
        return layers.contains(std::string(id)) ? Result<void>() : Error { STAITHE_NOT_FOUND, 0, "no layer" };
    }
    Result<void> failure(std::string const& function) const
    {
        auto const found = fails.find(function);
        return found == fails.end() ? Result<void>() : Error { STAITHE_NO_SPACE, 0, found->second };
    }
    std::string m_name;
};

class FakeCatalog final : public drivers::Catalog {
public:
    std::vector<drivers::DriverReport> report(drivers::Call const&) override { return {}; }
    Result<std::shared_ptr<drivers::StorageDriver>> storage(std::string_view name) override
    {
        if (name != storage_driver->name())
            return Error { STAITHE_NOT_FOUND, 0, "there is no storage driver '" + std::string(name) + "'" };
        return std::static_pointer_cast<drivers::StorageDriver>(storage_driver);
    }
    Result<drivers::ExecutionImage> execution(std::string_view name) override
    {
        return drivers::ExecutionImage { std::string(name), "/s", "/r", {}, UniqueFd(::open("/dev/null", O_RDONLY)) };
    }
    Result<void> fetch(drivers::Call const&, std::string_view url, Sink& into) override
    {
        fetched = url;
        STAITHE_TRY(into.write(body.data(), body.size()));
        return fetch_error.empty() ? Result<void>() : Error { STAITHE_IO, 0, fetch_error };
    }

    std::shared_ptr<FakeStorage> storage_driver = std::make_shared<FakeStorage>("fake");
    std::string fetched, body, fetch_error;
};

class FakeKeeper final : public drivers::Keeper {
public:
    FakeKeeper(std::string container_id, uint32_t of_run)
        : container(std::move(container_id))
        , m_run(of_run)
    {
    }
    int pid() const override { return 4711; }
    int64_t started_ns() const override { return 1000; }
    uint32_t run() const override { return m_run; }
    Result<void> signal(drivers::Call const&, int number) override
    {
        signals.push_back(number);
        if (on_signal)
            on_signal(number);
        return {};
    }
    Result<void> resize(drivers::Call const&, uint32_t height, uint32_t width) override
    {
        size = { height, width };
        return {};
    }
    Result<void> attach(drivers::Call const&, drivers::Client client) override
    {
        if (!fail_attach.empty())
            return Error { STAITHE_UNAVAILABLE, 0, fail_attach };
        clients.push_back(std::move(client));
        return {};
    }
    Result<std::string> stats(drivers::Call const&) override { return std::string("{}"); }
    Result<UniqueFd> root(drivers::Call const&) override
    {
        if (!fail_root.empty())
            return Error { STAITHE_UNAVAILABLE, 0, fail_root };
        return UniqueFd(::open("/proc", O_PATH | O_CLOEXEC));
    }
    void await_release(drivers::Call const&) override { }

    std::string const container;
    std::vector<int> signals;
    std::function<void(int)> on_signal;
    std::pair<uint32_t, uint32_t> size;
    std::vector<drivers::Client> clients;
    std::string fail_attach, fail_root;

private:
    uint32_t m_run;
};

class FakeKeepers final : public drivers::Keepers {
public:
    Result<std::shared_ptr<drivers::Keeper>> start(drivers::Call const&, rpc::keeper::Start message,
        drivers::StartFiles files, std::vector<drivers::Client>& clients) override
    {
        if (files.prepare)
            STAITHE_TRY(files.prepare(message, files));
        started.push_back(message);
        if (during_start)
            during_start();
        if (!fail_start.empty())
            return Error { STAITHE_UNSUPPORTED, 0, fail_start };
        auto keeper = std::make_shared<FakeKeeper>(message.container, message.run);
        given_clients = clients.size();
        keeper->clients = std::exchange(clients, {});
        running[message.container] = keeper;
        return std::static_pointer_cast<drivers::Keeper>(keeper);
    }
    Result<std::shared_ptr<drivers::Keeper>> adopt(drivers::Call const&, std::string_view container) override
    {
        std::lock_guard lock(mutex);
        ++adoptions;
        auto const found = running.find(std::string(container));
        if (found == running.end())
            return Error { STAITHE_NOT_FOUND, 0, "no keeper" };
        return std::static_pointer_cast<drivers::Keeper>(found->second);
    }
    Result<void> destroy(drivers::Call const&, std::string_view container, rpc::keeper::Start const&, UniqueFd) override
    {
        std::lock_guard lock(mutex);
        destroyed.emplace(container);
        return {};
    }
    Result<void> replay(drivers::Client client, UniqueFd, std::function<void(drivers::Client)> done) override
    {
        replayed.push_back(client.how);
        done({});
        return {};
    }

    std::mutex mutex;
    std::vector<rpc::keeper::Start> started;
    std::map<std::string, std::shared_ptr<FakeKeeper>> running;
    std::set<std::string> destroyed;
    std::vector<rpc::keeper::Attach> replayed;
    std::function<void()> during_start;
    std::string fail_start;
    size_t given_clients = 0; ///< with the last start
    int adoptions = 0;
};

} // namespace staithe::doubles
