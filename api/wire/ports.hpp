// A container's ports in the forms that seven API versions have for them.
#pragma once

#include <string_view>
#include <vector>

#include "api/services/container.hpp"
#include "api/wire/json_writer.hpp"

namespace staithe::wire {

enum class ShowProtocol { No, Yes };
enum class ShowAddress { No, Yes };

/// "49153->80, 49154->53/udp": what is published, sorted as texts.
void put_ports_text(JsonWriter&, std::vector<api::Port> const&, ShowProtocol);

/// [{"PrivatePort":80,"PublicPort":49153,"Type":"tcp"}]. With addresses come "IP" and the ports that are exposed only;
/// their number is where daemons of the time put it, in PublicPort.
void put_ports_list(JsonWriter&, std::vector<api::Port> const&, ShowAddress);

/// {"80":"49153"}; of two bindings of a number the first counts, which is tcp's where there is one.
void put_flat_mapping(JsonWriter&, std::vector<api::Port> const&);

/// {"Tcp":{"80":"49153"},"Udp":{}}
void put_mapping_by_protocol(JsonWriter&, std::vector<api::Port> const&);

/// {"53/udp":null,"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"49153"}]}
void put_port_map(JsonWriter&, std::vector<api::Port> const&);

} // namespace staithe::wire
