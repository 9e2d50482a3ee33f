// Our nftables tables: their rules, which never change, and the elements of their sets, which come and go.
//
// Everything that should be there is remembered, so that the tables can be made anew, in one transaction, whenever
// somebody else removed them.
#pragma once

#include <nftables/libnftables.h>

#include <map>
#include <memory>
#include <string>

#include <staithe/cpp/mutex.hpp>

#include "daemon/network/elements.hpp"

namespace staithe::network {

/// Thread-safe. Elements are counted: one that was added twice is there until it is removed twice.
class Table {
public:
    /// definition: commands that remove what there may be and make the tables. Nothing is done before rebuild().
    static Result<std::unique_ptr<Table>> create(std::string definition);

    /// In one transaction; the tables are rebuilt if that fails. On failure nothing is added. Before the first
    /// rebuild() elements are only remembered.
    Result<void> add(Elements const&) EXCLUDES(m_mutex);
    /// What cannot be removed is gone at the next rebuild() at the latest.
    Result<void> remove(Elements const&) EXCLUDES(m_mutex);
    /// Makes the tables anew with everything they should hold; no packet sees a moment without.
    Result<void> rebuild() EXCLUDES(m_mutex);
    /// The same, but nothing before the first rebuild().
    Result<void> restore() EXCLUDES(m_mutex);

private:
    struct Free {
        void operator()(nft_ctx* context) const { nft_ctx_free(context); }
    };
    using Context = std::unique_ptr<nft_ctx, Free>;
    Table(Context, std::string definition);
    Result<void> run(std::string const& commands) REQUIRES(m_mutex);
    Result<void> rebuild_locked() REQUIRES(m_mutex);
    Elements uncount(Elements const&) REQUIRES(m_mutex);

    std::string const m_definition;
    Mutex m_mutex;
    Context m_context GUARDED_BY(m_mutex);
    std::map<Element, int> m_elements GUARDED_BY(m_mutex); // how often each was added
    bool m_live GUARDED_BY(m_mutex) = false;
};

/// Runs commands once, where failure is of no interest.
void run_and_forget(std::string const& commands);

} // namespace staithe::network
