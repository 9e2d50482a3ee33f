#include "daemon/network/ruleset.hpp"

namespace staithe::network {

namespace {

    /// Every "$name" of the text is replaced.
    std::string fill(std::string text, std::vector<std::pair<std::string, std::string>> const& values)
    {
        for (auto const& [name, value] : values) {
            for (size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
                text.replace(at, name.size(), value);
        }
        return text;
    }

    constexpr char main_table[] = R"(
table inet staithe {
    comment "$comment"
    map everywhere { type inet_proto . inet_service : ipv4_addr . inet_service; }
    map somewhere { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
    set links { type ipv4_addr . ipv4_addr . inet_proto . inet_service; }
    chain publish {
        dnat ip to ip daddr . meta l4proto . th dport map @somewhere
        dnat ip to meta l4proto . th dport map @everywhere
    }
    chain strangers {
        type filter hook prerouting priority -300; policy accept;
        iifname "$bridge" ip saddr 127.0.0.0/8 drop
        iifname "$bridge" ip daddr 127.0.0.0/8 drop
    }
    chain arriving {
        type nat hook prerouting priority -100; policy accept;
        meta nfproto ipv4 meta l4proto { tcp, udp } fib daddr type local jump publish
    }
    chain local {
        type nat hook output priority -100; policy accept;
        meta nfproto ipv4 meta l4proto { tcp, udp } fib daddr type local jump publish
    }
    chain leaving {
        type nat hook postrouting priority 100; policy accept;
        oifname != "$bridge" ip saddr $network masquerade
        oifname "$bridge" ip saddr 127.0.0.0/8 masquerade
        oifname "$bridge" ip saddr $network ct status dnat masquerade
    }
    chain passing {
        type filter hook forward priority 0; policy accept;
        oifname != "$bridge" return
        ct state established,related accept
        ct status dnat accept
        iifname "$bridge" $neighbours
        drop
    }
    chain host {
        type filter hook input priority 0; policy accept;
        $api
    }
}
)";

    // Containers are neighbours on one bridge: what they say to each other passes no other table, unless the kernel has
    // bridge netfilter. Nor can every kernel follow connections here, hence the rules for either direction.
    constexpr char bridge_table[] = R"(
table bridge staithe {
    set links { type ipv4_addr . ipv4_addr . inet_proto . inet_service; }
    set published { type ipv4_addr . inet_proto . inet_service; }
    chain passing {
        type filter hook forward priority -200; policy accept;
        iifname != "$prefix*" return
        oifname != "$prefix*" return
        ether type arp accept
        ip frag-off & 0x1fff != 0 accept
        ip saddr . ip daddr . meta l4proto . th dport @links accept
        ip daddr . meta l4proto . th dport @published accept
        tcp flags & (syn | ack) == syn drop
        ip daddr . ip saddr . meta l4proto . th sport @links accept
        ip saddr . meta l4proto . th sport @published accept
        drop
    }
}
)";

    std::string api_rule(Options const& options)
    {
        if (options.api_reachable || options.api_ports.empty())
            return "";
        std::string ports;
        for (uint16_t const port : options.api_ports)
            ports += (ports.empty() ? "" : ", ") + std::to_string(port);
        return "iifname \"$bridge\" tcp dport { " + ports + " } reject with tcp reset";
    }

} // namespace

std::string ruleset(Options const& options, Bridge const& bridge, std::string const& comment)
{
    char const* const neighbours =
        options.inter_container ? "accept" : "ip saddr . ip daddr . meta l4proto . th dport @links accept";
    Subnet const network { bridge.subnet.network(), bridge.subnet.prefix };
    return fill(std::string(main_table) + (options.inter_container ? "" : bridge_table),
        { { "$comment", comment }, { "$neighbours", neighbours }, { "$api", api_rule(options) },
            { "$bridge", bridge.name }, { "$network", network.text() }, { "$prefix", pair_prefix } });
}

std::string removal(std::string const& family)
{
    return "add table " + family + " staithe\ndelete table " + family + " staithe\n";
}

} // namespace staithe::network
