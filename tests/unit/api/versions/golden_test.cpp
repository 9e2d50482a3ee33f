// The bytes of every resource at every version, against golden/<version>.txt: "name: bytes" per line. A change of the
// wire shows as a change of those files; STAITHE_UPDATE_GOLDEN=1 writes them anew.
#include <cstdlib>
#include <fstream>
#include <map>

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include "api/versions/resources.hpp"
#include "api/wire/container_summary.hpp"
#include "api/wire/event.hpp"
#include "api/wire/progress.hpp"
#include "api/wire/replies.hpp"
#include "api/wire/system.hpp"

using namespace staithe;
using versions::ApiVersion;

BOOST_AUTO_TEST_SUITE(golden)

namespace {

constexpr int64_t second = 1'000'000'000, now = 1'384'000'100 * second;
std::string const container_id(64, 'c'), image_id(64, 'f');

api::ContainerConfig config()
{
    api::ContainerConfig config;
    config.hostname = "cccccccccccc";
    config.domainname = "example.org";
    config.memory = 1 << 20;
    config.attach_stdout = config.attach_stderr = config.privileged = true;
    config.port_specs = { "8080:80" };
    config.exposed_ports = { "80/tcp" };
    config.env = { "A=1 < 2 & 3" };
    config.command = { "sh", "-c", "echo \"hi\"" };
    config.image = "busybox";
    config.volumes = { "/data" };
    config.working_dir = "/w";
    return config;
}

api::ContainerState running()
{
    return { .running = true, .pid = 42, .started_ns = now - 65 * second, .finished_ns = 1'383'000'000 * second + 5 };
}

std::vector<api::Port> ports()
{
    using api::Protocol;
    return { { Protocol::Tcp, 53, "", 0 }, { Protocol::Udp, 53, "0.0.0.0", 49153 },
        { Protocol::Tcp, 80, "127.0.0.1", 8080 }, { Protocol::Tcp, 80, "0.0.0.0", 8081 },
        { Protocol::Tcp, 443, "0.0.0.0", 49154 } };
}

std::string container_list(ApiVersion version)
{
    api::ContainerSummary const up { .id = container_id,
        .image = "busybox:latest",
        .command = "sh -c true",
        .created_ns = 1'384'000'000 * second,
        .state = running(),
        .names = { "/web", "/db/alias" },
        .ports = ports(),
        .size_rw = 12,
        .size_root = 34 };
    api::ContainerSummary down = up;
    down.command = "date ";
    down.state = { .exit_code = 7 };
    down.ports = {};
    return wire::encode_container_list({ up, down }, versions::container_summary(version), now);
}

std::string container(ApiVersion version, bool started)
{
    api::ContainerDetails details { .id = container_id,
        .created_ns = 1'384'000'000 * second + 120'000'000,
        .path = "sh",
        .args = { "-c", "echo \"hi\"" },
        .config = config(),
        .host_config = {},
        .state = running(),
        .image_id = image_id,
        .name = "/web",
        .exec_driver = "namespaces",
        .storage_driver = "overlay",
        .resolv_conf_path = "/etc/resolv.conf",
        .hostname_path = "/s/hostname",
        .hosts_path = "/s/hosts",
        .network = {},
        .volumes = {} };
    if (started) {
        details.network = { "172.17.0.2", "172.17.42.1", "staithe0", 16, ports() };
        details.volumes.emplace();
        details.volumes->emplace("/data", api::VolumeMount { "/s/volumes/dd/data", true });
        details.volumes->emplace("/ro", api::VolumeMount { "/srv", false });
    }
    return wire::encode_container(details, versions::container_details(version));
}

std::string image_list(ApiVersion version)
{
    api::ImageSummary const tagged { "busybox", "latest", image_id, 1'384'000'000 * second, 5, 6 };
    api::ImageSummary const untagged { "", "", image_id, 1'384'000'000 * second, 0, 0 };
    return wire::encode_image_list({ tagged, untagged }, versions::image_summary(version));
}

std::string image(ApiVersion version)
{
    api::ImageDetails const details { .id = image_id,
        .parent = std::string(64, 'e'),
        .comment = "Imported from -",
        .container = container_id,
        .docker_version = "0.1.0",
        .author = "",
        .architecture = "x86_64",
        .created_ns = 1'384'000'000 * second,
        .container_config = config(),
        .config = api::ContainerConfig(),
        .size = 1234567,
        .storage_driver = "overlay" };
    return wire::encode_image(details, versions::image_details(version));
}

std::string history(ApiVersion version)
{
    std::vector<api::ImageStep> const steps { { image_id, 1'384'000'000 * second + 5, "/bin/sh -c echo \"a\" > b",
                                                  { "a:1", "localhost:5000/b:latest" }, 7 },
        { container_id, 1'383'000'000 * second, "", {}, 1234567 } };
    return wire::encode_history(steps, versions::image_step(version));
}

std::string info(ApiVersion version, bool debug)
{
    api::SystemInfo const facts { .debug = debug,
        .containers = 3,
        .images = 2,
        .open_files = 20,
        .threads = 9,
        .event_listeners = 0,
        .memory_limit = true,
        .swap_limit = false,
        .ipv4_forwarding = true,
        .kernel_version = "6.1.0",
        .execution_driver = "namespaces",
        .storage_driver = "overlay",
        .root_dir = "/var/lib/staithe" };
    api::SystemVersion const program { "0.1.0", "abcdef", "g++ 12.2" };
    std::vector<api::DriverInfo> const drivers { { .kind = "storage",
        .name = "vfs",
        .summary = "plain directories",
        .version = "0.1.0",
        .package = "staithe",
        .file = "/d/storage-vfs.so",
        .state = "ready",
        .reason = "",
        .is_default = false } };
    return wire::encode_info({ &facts, &program, &drivers }, versions::info(version));
}

std::string progress(ApiVersion version, wire::ProgressMessage const& message)
{
    return wire::encode_progress(message, versions::progress(version));
}

std::string event(ApiVersion version, std::string const& from)
{
    return wire::encode_event({ 7, now + 5, "start", "cccccccccccc", from }, versions::event(version));
}

std::map<std::string, std::string> resources(ApiVersion v)
{
    api::CreatedContainer const quiet { container_id, {} }, warned { container_id, { "IPv4 forwarding is disabled." } };
    return { { "container", container(v, true) }, { "container, never started", container(v, false) },
        { "event", event(v, "busybox:latest") }, { "event, of an image", event(v, "") },
        { "container list", container_list(v) }, { "created", wire::encode_created(quiet, versions::created(v)) },
        { "created, warned", wire::encode_created(warned, versions::created(v)) }, { "history", history(v) },
        { "image", image(v) }, { "image list", image_list(v) }, { "info", info(v, false) },
        { "info, debugging", info(v, true) },
        { "progress", progress(v, { .status = "Importing", .progress = "1/2 (50%)" }) },
        { "progress of a layer", progress(v, { .status = "Downloading", .progress = "1/2", .id = "eeeeeeeeeeee" }) },
        { "progress, end", progress(v, {}) }, { "progress, error", progress(v, { .error = "it broke" }) },
        { "progress, status", progress(v, { .status = "ffffffffffff" }) },
        { "version", wire::encode_version({ "0.1.0", "abcdef", "g++ 12.2" }, versions::version(v)) } };
}

std::string path_of(ApiVersion version)
{
    return std::string(GOLDEN_DIRECTORY) + "/" + version.to_string() + ".txt";
}

std::map<std::string, std::string> golden_of(ApiVersion version)
{
    std::map<std::string, std::string> golden;
    std::ifstream file(path_of(version));
    for (std::string line; std::getline(file, line);)
        golden[line.substr(0, line.find(": "))] = line.substr(line.find(": ") + 2);
    return golden;
}

} // namespace

BOOST_DATA_TEST_CASE(bytes_are_as_recorded, boost::unit_test::data::xrange(7), minor)
{
    ApiVersion const version { 1, minor };
    auto const current = resources(version);
    if (std::getenv("STAITHE_UPDATE_GOLDEN")) {
        std::ofstream file(path_of(version));
        for (auto const& [name, bytes] : current)
            file << name << ": " << bytes << '\n';
    }
    auto const golden = golden_of(version);
    BOOST_TEST(golden.size() == current.size());
    for (auto const& [name, bytes] : current) {
        auto const recorded = golden.find(name);
        BOOST_REQUIRE_MESSAGE(recorded != golden.end(), name);
        BOOST_TEST(bytes == recorded->second, name << ": " << bytes);
    }
}

BOOST_AUTO_TEST_SUITE_END()
