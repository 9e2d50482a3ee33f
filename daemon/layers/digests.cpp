#include "daemon/layers/digests.hpp"

#include <utility>

#include "daemon/layers/digest_sink.hpp"

namespace staithe::layers {

namespace {

    std::string differs(char const* what, std::string const& recorded, std::string const& now)
    {
        return recorded == now ? "" : std::string("its ") + what + " is " + now + " and was " + recorded;
    }

} // namespace

Digests::Digests(Layers& layers, store::Store& store, os::Log& log, std::chrono::milliseconds delay)
    : m_layers(layers)
    , m_store(store)
    , m_log(log)
    , m_delay(delay)
    , m_stop(std::make_shared<std::atomic<bool>>(false))
    , m_worker([this] { work(); })
{
}

Digests::~Digests()
{
    {
        MutexLock lock(m_mutex);
        *m_stop = true;
        m_changed.notify_all();
    }
    m_worker.stop();
}

void Digests::know(store::LayerRecord layer)
{
    if (layer.tree_hash.empty())
        m_behind = true;
    MutexLock lock(m_mutex);
    auto id = layer.id;
    m_records.insert_or_assign(std::move(id), std::move(layer));
}

void Digests::add(store::LayerRecord layer)
{
    know(std::move(layer));
    catch_up();
}

void Digests::catch_up()
{
    if (m_behind && m_behind.exchange(false))
        (void)m_worker.wake(); // without a thread now they are recorded with the next layer
}

void Digests::forget(std::string const& id)
{
    MutexLock lock(m_mutex);
    m_records.erase(id);
}

bool Digests::knows(std::string const& id) const
{
    MutexLock lock(m_mutex);
    return m_records.contains(id);
}

std::vector<std::string> Digests::chain(std::string const& id) const
{
    std::vector<std::string> ids { id };
    MutexLock lock(m_mutex);
    for (auto layer = m_records.find(id); layer != m_records.end() && !layer->second.parent.empty()
         && ids.size() <= m_records.size(); // a damaged chain may be a ring
         layer = m_records.find(layer->second.parent))
        ids.push_back(layer->second.parent);
    return ids;
}

std::string Digests::problem(std::string_view request_id, std::string const& id)
{
    auto const layer = "layer '" + id + "': ";
    store::LayerRecord known;
    {
        MutexLock lock(m_mutex);
        auto const found = m_records.find(id);
        if (found == m_records.end())
            return layer + "the store does not know it";
        known = found->second;
    }
    auto now = compute(request_id, known);
    if (!now)
        return layer + (now.error().code == STAITHE_NOT_FOUND ? "it is missing: " : "it cannot be read: ")
            + now.error().message;
    if (known.tree_hash.empty()) {
        record(id, std::move(now).value());
        return {};
    }
    auto const& [tree_hash, diff_digest] = now.value();
    auto what = differs("tree hash", known.tree_hash, tree_hash);
    if (auto more = differs("difference's digest", known.diff_digest, diff_digest); !more.empty())
        what += (what.empty() ? "" : "; ") + more;
    return what.empty() ? what : layer + what;
}

Result<Digests::Sums> Digests::compute(std::string_view request_id, store::LayerRecord const& layer)
{
    auto const driver = STAITHE_TRY(m_layers.driver(layer.driver));
    auto call = drivers::stream_call(request_id, m_stop);
    DigestSink digest;
    STAITHE_TRY(driver->diff(call, layer.id, layer.parent, digest));
    call.stall = {}; // nothing moves while a tree is hashed
    auto tree_hash = STAITHE_TRY(driver->tree_hash(call, layer.id));
    return Sums { std::move(tree_hash), digest.digest() };
}

void Digests::record(std::string const& id, Sums sums)
{
    store::LayerRecord row;
    {
        MutexLock lock(m_mutex);
        auto const found = m_records.find(id);
        if (found == m_records.end() || !found->second.tree_hash.empty())
            return; // gone, or recorded by somebody else
        found->second.tree_hash = std::move(sums.tree_hash);
        found->second.diff_digest = std::move(sums.diff_digest);
        row = found->second;
    }
    if (auto const stored = m_store.set_digests(row); !stored)
        m_log.warning("cannot record the digests of layer '" + id + "': " + stored.error().message);
}

std::vector<store::LayerRecord> Digests::unrecorded() const
{
    std::vector<store::LayerRecord> layers;
    MutexLock lock(m_mutex);
    for (auto const& [id, layer] : m_records)
        if (layer.tree_hash.empty())
            layers.push_back(layer);
    return layers;
}

void Digests::work()
{
    {
        MutexLock lock(m_mutex);
        auto const until = os::Deadline::after(m_delay);
        while (!*m_stop && !until.passed())
            (void)m_changed.wait_for(m_mutex, m_delay);
    }
    for (auto const& layer : unrecorded()) {
        if (*m_stop)
            return;
        auto sums = compute("digests", layer);
        if (sums)
            record(layer.id, std::move(sums).value());
        else if (!*m_stop && knows(layer.id)) // else nobody wants them any more
            m_log.warning("cannot compute the digests of layer '" + layer.id + "': " + sums.error().message);
    }
}

} // namespace staithe::layers
