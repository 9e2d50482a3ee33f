#include "api/wire/ports.hpp"

#include <algorithm>
#include <map>
#include <string>

#include "api/wire/field.hpp"

namespace staithe::wire {

namespace {

    using api::Port;
    using api::Protocol;
    using Ports = std::vector<Port>;

    std::string name_of(Protocol protocol)
    {
        return protocol == Protocol::Udp ? "udp" : "tcp";
    }

    bool is_published(Port const& port)
    {
        return port.host_port != 0;
    }

    std::string text_of(Port const& port, ShowProtocol protocol)
    {
        auto text = std::to_string(port.host_port) + "->" + std::to_string(port.container_port);
        if (protocol == ShowProtocol::Yes && port.protocol == Protocol::Udp)
            text += "/udp";
        return text;
    }

    void put_port(JsonWriter& out, Port const& port, ShowAddress address)
    {
        out.begin_object();
        put_pair(out, "PrivatePort", is_published(port) ? port.container_port : 0);
        put_pair(out, "PublicPort", is_published(port) ? port.host_port : port.container_port);
        put_pair(out, "Type", name_of(port.protocol));
        if (address == ShowAddress::Yes)
            put_pair(out, "IP", port.host_ip);
        out.end_object();
    }

    /// Maps have their keys sorted as texts, not as numbers.
    template <class Takes> void put_mapping(JsonWriter& out, Ports const& ports, Takes takes)
    {
        std::map<std::string, uint16_t> mapping;
        for (auto const& port : ports)
            if (is_published(port) && takes(port.protocol))
                mapping.emplace(std::to_string(port.container_port), port.host_port);
        out.begin_object();
        for (auto const& [container_port, host_port] : mapping)
            put_pair(out, container_port, std::to_string(host_port));
        out.end_object();
    }

    void put_bindings(JsonWriter& out, Ports const& bindings)
    {
        if (bindings.empty())
            return out.null();
        out.begin_array();
        for (auto const& port : bindings) {
            out.begin_object();
            put_pair(out, "HostIp", port.host_ip);
            put_pair(out, "HostPort", std::to_string(port.host_port));
            out.end_object();
        }
        out.end_array();
    }

} // namespace

void put_ports_text(JsonWriter& out, Ports const& ports, ShowProtocol protocol)
{
    std::vector<std::string> texts;
    for (auto const& port : ports)
        if (is_published(port))
            texts.push_back(text_of(port, protocol));
    std::sort(texts.begin(), texts.end());
    std::string joined;
    for (auto const& text : texts)
        joined.append(joined.empty() ? "" : ", ").append(text);
    out.text(joined);
}

void put_ports_list(JsonWriter& out, Ports const& ports, ShowAddress address)
{
    out.begin_array();
    for (auto const& port : ports)
        if (is_published(port) || address == ShowAddress::Yes)
            put_port(out, port, address);
    out.end_array();
}

void put_flat_mapping(JsonWriter& out, Ports const& ports)
{
    put_mapping(out, ports, [](Protocol) { return true; });
}

void put_mapping_by_protocol(JsonWriter& out, Ports const& ports)
{
    out.begin_object();
    out.key("Tcp");
    put_mapping(out, ports, [](Protocol protocol) { return protocol == Protocol::Tcp; });
    out.key("Udp");
    put_mapping(out, ports, [](Protocol protocol) { return protocol == Protocol::Udp; });
    out.end_object();
}

void put_port_map(JsonWriter& out, Ports const& ports)
{
    std::map<std::string, Ports> map;
    for (auto const& port : ports) {
        auto& bindings = map[std::to_string(port.container_port) + "/" + name_of(port.protocol)];
        if (is_published(port))
            bindings.push_back(port);
    }
    out.begin_object();
    for (auto const& [port, bindings] : map) {
        out.key(port);
        put_bindings(out, bindings);
    }
    out.end_object();
}

} // namespace staithe::wire
