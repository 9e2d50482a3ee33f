// The Network that there is unless the daemon runs without a bridge.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include <staithe/cpp/mutex.hpp>

#include "daemon/network/address_pool.hpp"
#include "daemon/network/bridge.hpp"
#include "daemon/network/conntrack.hpp"
#include "daemon/network/name_spaces.hpp"
#include "daemon/network/network.hpp"
#include "daemon/network/port_pool.hpp"
#include "daemon/network/table.hpp"
#include "daemon/network/table_watch.hpp"

namespace staithe::network {

class Bridged : public Network {
public:
    /// claim: held as long as this is there.
    static Result<std::unique_ptr<Network>> create(UniqueFd claim, Options, Bridge, os::Log&);

    bool enabled() const override { return true; }
    std::string bridge() const override { return m_bridge.name; }
    Result<Endpoint> connect(std::string const& container, std::vector<PortRequest> const&) override EXCLUDES(m_mutex);
    void disconnect(std::string const& container) override EXCLUDES(m_mutex);
    void adopt(std::string const& container, api::NetworkState const&) override EXCLUDES(m_mutex);
    void adopted_all() override EXCLUDES(m_mutex);
    Result<void> link(std::string const& parent, Link const&) override EXCLUDES(m_mutex);
    void unlink(std::string const& parent, Link const&) override EXCLUDES(m_mutex);

private:
    /// A port of the host that leads into a container.
    struct Published {
        api::Port port;
        UniqueFd reservation; // empty: another program has the port
    };
    struct Allowed {
        Address parent, child;
        Elements elements;
    };
    struct Member {
        Address address;
        std::vector<Published> published;
        std::vector<Allowed> allowed; // by its links
    };

    Bridged(UniqueFd claim, Options, Bridge, os::Log&, std::unique_ptr<NameSpaces>, std::unique_ptr<Table>);
    Result<void> claim(std::string const& container) EXCLUDES(m_mutex);
    void give_back(Member&) EXCLUDES(m_mutex);
    Result<void> publish(Member&, PortRequest const&) EXCLUDES(m_mutex);
    Result<Published> reserve_random(api::Port) EXCLUDES(m_mutex);
    Result<UniqueFd> plug_in(std::string const& container, Address);
    PortPool& pool(api::Protocol) REQUIRES(m_mutex);
    Elements elements_of(Member const&) const;
    Elements take_links(Address) REQUIRES(m_mutex);
    Result<void> keep_link(std::string const& parent, Allowed const&) EXCLUDES(m_mutex);
    Result<void> check_ends(std::string const& parent, Address child) const REQUIRES(m_mutex);
    void restore_table();
    void sweep_pairs() EXCLUDES(m_mutex);
    void remove_from_table(Elements const&);

    UniqueFd const m_claim;
    Options const m_options;
    Bridge const m_bridge;
    os::Log& m_log;
    std::unique_ptr<NameSpaces> const m_name_spaces;
    std::unique_ptr<Table> const m_table; // null: no rules
    FlowCleaner m_flows;

    Mutex m_mutex;
    std::map<std::string, Member> m_members GUARDED_BY(m_mutex);
    AddressPool m_addresses GUARDED_BY(m_mutex);
    PortPool m_tcp GUARDED_BY(m_mutex), m_udp GUARDED_BY(m_mutex);

    std::unique_ptr<TableWatch> m_watch; // last: its thread uses the others
};

} // namespace staithe::network
