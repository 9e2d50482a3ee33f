#include "daemon/volumes/volumes.hpp"

#include <utility>

#include "daemon/os/clock.hpp"
#include "daemon/os/file.hpp"
#include "daemon/os/random.hpp"
#include "daemon/store/ownership.hpp"

namespace staithe::volumes {

namespace {

    constexpr char data[] = "data";
    constexpr size_t id_bytes = 32;

    bool is_id(std::string_view text)
    {
        return text.size() == 2 * id_bytes && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    }

    /// The bytes of a volume: durable, but for its name in `parent`.
    Result<void> make_at(int parent, std::string const& id)
    {
        STAITHE_TRY(os::make_directory_at(parent, id));
        auto const volume = STAITHE_TRY(os::open_directory_at(parent, id));
        STAITHE_TRY(os::make_directory_at(volume.get(), data, Mode::directory()));
        return os::sync_directory(volume.get());
    }

} // namespace

Volumes::Volumes(std::string directory, UniqueFd fd, store::Store& store, os::Log& log)
    : m_directory(std::move(directory))
    , m_store(store)
    , m_log(log)
    , m_trash(std::move(fd), log)
{
}

Result<std::unique_ptr<Volumes>> Volumes::create(
    std::string directory, store::Store& store, std::vector<store::VolumeRecord> const& records, os::Log& log)
{
    STAITHE_TRY(os::make_directories(directory));
    auto fd = STAITHE_TRY(os::open_directory(directory));
    std::unique_ptr<Volumes> volumes(new Volumes(std::move(directory), std::move(fd), store, log));
    MutexLock lock(volumes->m_mutex);
    for (auto const& record : records)
        volumes->m_known.insert(record.id);
    STAITHE_TRY(volumes->sweep());
    return volumes;
}

Result<void> Volumes::sweep()
{
    auto const names = STAITHE_TRY(os::list_directory(m_directory));
    bool const ours = STAITHE_TRY(store::owns(m_directory + ".owner", m_store.identity(), names.empty()));
    auto missing = m_known;
    for (auto const& name : names) {
        if (missing.erase(name) > 0)
            continue;
        if (ours && (is_id(name) || Trash::holds(name)))
            m_trash.take(name);
        else
            m_log.warning("'" + m_directory + "/" + name + "' is no volume of ours and is left alone");
    }
    for (auto const& id : missing)
        m_log.error("volume '" + id + "' is missing in '" + m_directory + "'");
    return {};
}

Result<std::vector<std::string>> Volumes::make(size_t count)
{
    std::vector<std::string> ids;
    auto const made = make_all(count, ids);
    MutexLock lock(m_mutex);
    if (!made) {
        for (auto const& id : ids)
            m_trash.take(id);
        return Error(made.error()).with_context("cannot make a volume");
    }
    m_known.insert(ids.begin(), ids.end());
    return ids;
}

/// Bytes before rows: one that is cut short leaves directories without rows, which the next start sweeps.
Result<void> Volumes::make_all(size_t count, std::vector<std::string>& ids)
{
    if (count == 0)
        return {};
    auto const parent = STAITHE_TRY(os::open_directory(m_directory));
    std::vector<store::VolumeRecord> records;
    while (ids.size() < count) {
        ids.push_back(os::random_hex(id_bytes));
        records.push_back({ ids.back(), os::real_time_ns() });
        STAITHE_TRY(make_at(parent.get(), ids.back()));
    }
    STAITHE_TRY(os::sync_directory(parent.get()));
    return m_store.add_volumes(records);
}

/// Rows before bytes, for the same reason.
Result<void> Volumes::remove(std::vector<std::string> const& ids)
{
    std::vector<std::string> known;
    {
        MutexLock lock(m_mutex);
        for (auto const& id : ids)
            if (m_known.erase(id) > 0)
                known.push_back(id);
    }
    if (known.empty())
        return {};
    if (auto removed = m_store.remove_volumes(known); !removed) {
        MutexLock lock(m_mutex);
        m_known.insert(known.begin(), known.end());
        return std::move(removed.error()).with_context("cannot remove volumes");
    }
    for (auto const& id : known)
        m_trash.take(id);
    return {};
}

Result<UniqueFd> Volumes::open(std::string const& id) const
{
    MutexLock lock(m_mutex);
    if (!m_known.contains(id))
        return Error { STAITHE_NOT_FOUND, 0, "No such volume: " + id };
    return os::open_directory(m_directory + "/" + id);
}

std::string Volumes::path_of(std::string const& id) const
{
    return m_directory + "/" + id + "/" + data;
}

std::string Volumes::id_of(std::string_view path) const
{
    if (path.size() != m_directory.size() + 2 * id_bytes + sizeof "//data" - 1)
        return {};
    std::string id(path.substr(m_directory.size() + 1, 2 * id_bytes));
    MutexLock lock(m_mutex);
    return m_known.contains(id) && path == path_of(id) ? id : std::string();
}

} // namespace staithe::volumes
