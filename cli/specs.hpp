// The small languages of flags: ports, volumes, links, points in time. What cannot be right is refused here, with the
// form that would be; what only the daemon can know is left to it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

/// "80" or "53/udp" → "80/tcp", "53/udp": how the API names a container's port.
Result<std::string> parse_port(std::string_view);

/// A port and where the host publishes it.
struct Publication {
    std::string port; ///< "80/tcp"
    std::string host_ip; ///< dotted decimal; empty: the daemon's default
    std::string host_port; ///< empty: the daemon chooses
};
/// [IP:[HOSTPORT]:|HOSTPORT:]PORT[/PROTO]
Result<Publication> parse_publication(std::string_view);

/// A path of the container that is a volume, or a directory of the host that appears there.
struct VolumeSpec {
    std::string host; ///< empty: the daemon makes and keeps the volume
    std::string container;
    std::string mode; ///< "ro", "rw" or empty

    bool is_bind() const { return !host.empty(); }
    std::string bind() const { return host + ":" + container + (mode.empty() ? "" : ":" + mode); }
};
/// /HOST:/CONTAINER[:ro|rw] or /CONTAINER
Result<VolumeSpec> parse_volume(std::string_view);

/// NAME:ALIAS, given back as it is.
Result<std::string> parse_link(std::string_view);

struct KeyValue {
    std::string key, value;
};
/// KEY=VALUE, with blanks around both taken away.
Result<KeyValue> parse_key_value(std::string_view);

/// Unix seconds ("1384000000"), a time in UTC ("2013-11-09T12:00:00Z", the Z may be missing), or how long ago ("90s",
/// "10m", "2h", "3d"), as Unix seconds.
Result<int64_t> parse_since(std::string_view, int64_t now);
/// The way back: "2013-11-09T12:00:00Z".
std::string utc_text(int64_t seconds);

/// CONTAINER:PATH, where PATH is one in the container.
struct ContainerPath {
    std::string container, path;
};
Result<ContainerPath> parse_container_path(std::string_view);

/// Where a tag is, or is to be.
struct ImageName {
    std::string repository; ///< "localhost:5000/team/app"
    std::string tag; ///< empty: the daemon's default, latest
};
/// REPOSITORY[:TAG]; the colon of a port is none of a tag.
Result<ImageName> parse_image_name(std::string_view);

} // namespace staithe::cli
