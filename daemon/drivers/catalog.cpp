#include "catalog.hpp"

#include <thread>

#include <staithe/cpp/mutex.hpp>

#include "daemon/drivers/storage_face.hpp"

namespace staithe::drivers {

using namespace std::chrono_literals;

namespace {

    constexpr auto probe_time = 5s;
    constexpr std::string_view fetch_driver = "fetch";

    /// What a probe found out about one file.
    struct Verdict {
        FileIdentity identity;
        DriverState state = DriverState::Ready;
        std::string version, reason;
    };

    DriverState state_of(Error const& error)
    {
        return error.code == STAITHE_DENIED ? DriverState::Untrusted : DriverState::Broken;
    }

    /// As opposed to a sound driver that this machine cannot serve.
    bool says_broken(Error const& error)
    {
        return error.code == STAITHE_INTERNAL || error.code == STAITHE_INVALID || error.code == STAITHE_UNAVAILABLE
            || error.code == STAITHE_CORRUPT;
    }

    class InstalledCatalog final : public Catalog {
    public:
        InstalledCatalog(DriverDirectory directory, HostSettings settings)
            : m_directory(std::move(directory))
            , m_settings(std::move(settings))
            , m_fetch(m_directory, m_settings, { STAITHE_REGISTRY, std::string(fetch_driver) })
        {
        }

        std::vector<DriverReport> report(Call const&) override;
        Result<std::shared_ptr<StorageDriver>> storage(std::string_view name) override;
        Result<ExecutionImage> execution(std::string_view name) override;
        Result<void> fetch(Call const&, std::string_view url, Sink& into) override;

    private:
        DriverReport describe(DriverId const&, Call const&);
        Verdict judge(DriverId const&, DriverFile, Call const&);
        std::optional<Verdict> remembered(DriverId const&, FileIdentity const&);

        DriverDirectory const m_directory;
        HostSettings const m_settings;
        Generations m_fetch;
        Mutex m_mutex;
        std::map<std::string, std::shared_ptr<StorageDriver>, std::less<>> m_storage GUARDED_BY(m_mutex);
        std::map<DriverId, Verdict> m_verdicts GUARDED_BY(m_mutex);
    };

    std::optional<Verdict> InstalledCatalog::remembered(DriverId const& id, FileIdentity const& identity)
    {
        MutexLock lock(m_mutex);
        auto const found = m_verdicts.find(id);
        if (found == m_verdicts.end() || !(found->second.identity == identity))
            return {};
        return found->second;
    }

    Verdict InstalledCatalog::judge(DriverId const& id, DriverFile file, Call const& call)
    {
        auto const identity = file.identity;
        if (auto known = remembered(id, identity))
            return std::move(*known);
        Call probe = call;
        probe.deadline = os::Deadline::after(probe_time);
        Verdict verdict { identity, DriverState::Ready, {}, {} };
        auto options = m_settings.prepare(id, rpc::driver::Purpose::Probe, 0);
        auto const host = options ? HostProcess::start(std::move(options).value(), std::move(file.image), probe)
                                  : Result<std::unique_ptr<HostProcess>>(std::move(options.error()));
        if (host) {
            verdict.version = host.value()->loaded().version;
        } else {
            verdict.state = says_broken(host.error()) ? DriverState::Broken : DriverState::Unusable;
            verdict.reason = host.error().message;
        }
        if (call.cancel && *call.cancel)
            return verdict; // says nothing about the driver
        MutexLock lock(m_mutex);
        m_verdicts[id] = verdict;
        return verdict;
    }

    DriverReport InstalledCatalog::describe(DriverId const& id, Call const& call)
    {
        DriverReport report { id.kind, id.name, {}, {}, {}, m_directory.image_path(id), DriverState::Ready, {} };
        if (auto side = m_directory.side_file(id)) {
            report.summary = std::move(side.value().summary);
            report.package = std::move(side.value().package);
        }
        auto file = m_directory.open(id);
        if (!file) {
            report.state = state_of(file.error());
            report.reason = std::move(file.error().message);
            return report;
        }
        auto verdict = judge(id, std::move(file).value(), call);
        report.state = verdict.state;
        report.version = std::move(verdict.version);
        report.reason = std::move(verdict.reason);
        return report;
    }

    std::vector<DriverReport> InstalledCatalog::report(Call const& call)
    {
        auto const ids = m_directory.list();
        std::vector<DriverReport> reports(ids.size());
        std::vector<std::thread> threads;
        for (size_t i = 0; i < ids.size(); ++i) {
            auto const one = [&, i] { reports[i] = describe(ids[i], call); };
            try {
                threads.emplace_back(one);
            } catch (std::system_error const&) {
                one();
            }
        }
        for (auto& thread : threads)
            thread.join();
        return reports;
    }

    Result<std::shared_ptr<StorageDriver>> InstalledCatalog::storage(std::string_view name)
    {
        MutexLock lock(m_mutex);
        if (auto const known = m_storage.find(name); known != m_storage.end())
            return known->second;
        DriverId const id { STAITHE_STORAGE, std::string(name) };
        auto const file = m_directory.open(id);
        if (!file)
            return Error(file.error()).with_context("cannot use " + id.describe());
        auto face = make_storage_face(m_directory, m_settings, id.name);
        m_storage.emplace(id.name, face);
        return face;
    }

    Result<ExecutionImage> InstalledCatalog::execution(std::string_view name)
    {
        DriverId const id { STAITHE_EXECUTION, std::string(name) };
        auto file = STAITHE_TRY_CONTEXT(m_directory.open(id), "cannot use " + id.describe());
        auto const host = STAITHE_TRY(m_settings.prepare(id, rpc::driver::Purpose::Serve, 1));
        return ExecutionImage { id.name, host.load.state_dir, host.load.run_dir, host.load.options,
            std::move(file.image) };
    }

    Result<void> InstalledCatalog::fetch(Call const& call, std::string_view url, Sink& into)
    {
        rpc::driver::Call order;
        order.function = rpc::driver::Function::FetchUrl;
        order.id = url;
        auto const transfer = transfer_into(into);
        STAITHE_TRY(m_fetch.ask(call, std::move(order), *transfer));
        return {};
    }

} // namespace

Result<std::unique_ptr<Catalog>> Catalog::create(CatalogOptions options)
{
    for (auto const* path : { &options.directory, &options.host_program, &options.state_dir, &options.run_dir })
        if (!path->starts_with('/') || path->find('\0') != std::string::npos)
            return Error { STAITHE_INVALID, 0, "'" + *path + "' is not an absolute path" };
    DriverDirectory directory(
        std::move(options.directory), options.allow_untrusted ? ParentCheck::Skip : ParentCheck::Strict);
    HostSettings settings { std::move(options.host_program), std::move(options.state_dir), std::move(options.run_dir),
        std::move(options.options), std::move(options.log) };
    return std::unique_ptr<Catalog>(std::make_unique<InstalledCatalog>(std::move(directory), std::move(settings)));
}

} // namespace staithe::drivers
