#include "daemon/containers/merge.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/containers/environment.hpp"

using namespace staithe;
using namespace staithe::containers;
using Texts = std::vector<std::string>;
using api::ContainerConfig;

namespace {

ContainerConfig merged(ContainerConfig const& user, ContainerConfig const& image)
{
    return merge(user, image).value();
}

std::string exposed(std::string const& spec)
{
    ContainerConfig config;
    config.port_specs = { spec };
    auto const result = merge(config, {});
    return result ? *result.value().exposed_ports.begin() : result.error().message;
}

} // namespace

BOOST_AUTO_TEST_CASE(scalars_are_the_users_or_the_images)
{
    ContainerConfig user, image;
    image.user = "i", image.working_dir = "/i", image.volumes_from = "vi";
    image.memory = 1, image.memory_swap = 2, image.cpu_shares = 3;
    auto m = merged(user, image);
    BOOST_TEST((m.user == "i" && m.working_dir == "/i" && m.volumes_from == "vi"));
    BOOST_TEST((m.memory == 1 && m.memory_swap == 2 && m.cpu_shares == 3));
    user.user = "u", user.working_dir = "/u", user.memory = 10;
    m = merged(user, image);
    BOOST_TEST((m.user == "u" && m.working_dir == "/u" && m.memory == 10 && m.memory_swap == 2));
}

BOOST_AUTO_TEST_CASE(flags_are_joined_and_the_rest_is_the_users)
{
    ContainerConfig user, image;
    image.tty = image.open_stdin = image.stdin_once = true;
    image.hostname = "i", image.domainname = "i", image.attach_stdout = true, image.network_disabled = true;
    image.privileged = true, image.image = "i";
    auto const m = merged(user, image);
    BOOST_TEST((m.tty && m.open_stdin && m.stdin_once));
    BOOST_TEST((m.hostname.empty() && m.domainname.empty() && !m.attach_stdout && !m.network_disabled));
    BOOST_TEST((!m.privileged && m.image.empty()));
}

BOOST_AUTO_TEST_CASE(command_and_entrypoint_are_independent)
{
    ContainerConfig user, image;
    image.command = Texts { "ic" };
    image.entrypoint = Texts { "ie" };
    BOOST_TEST(*merged(user, image).command == Texts { "ic" });
    user.entrypoint = Texts { "ue" };
    auto m = merged(user, image);
    BOOST_TEST(*m.entrypoint == Texts { "ue" });
    BOOST_TEST(*m.command == Texts { "ic" });
    user.command = Texts {}; // an empty list is none
    BOOST_TEST(*merged(user, image).command == Texts { "ic" });
    user.command = Texts { "uc", "x" };
    auto const program = program_of(merged(user, image)).value();
    BOOST_TEST(program.path == "ue");
    BOOST_TEST(program.args == (Texts { "uc", "x" }));
    BOOST_TEST(program_of({}).error().message == "No command specified");
    ContainerConfig alone;
    alone.entrypoint = Texts { "e" };
    BOOST_TEST(merge(alone, {}).value().command.has_value()); // becomes []
    BOOST_TEST(program_of(alone).value().args.empty());
}

BOOST_AUTO_TEST_CASE(lists)
{
    ContainerConfig user, image;
    image.env = Texts { "A=i", "B=i", "C" };
    user.env = Texts { "B=u", "D=u" };
    image.dns = Texts { "1" }, user.dns = Texts { "2" };
    image.volumes = { "/i" }, user.volumes = { "/u" };
    image.exposed_ports = { "80/tcp" };
    auto m = merged(user, image);
    BOOST_TEST(*m.env == (Texts { "B=u", "D=u", "A=i", "C" }));
    BOOST_TEST(*m.dns == (Texts { "2", "1" }));
    BOOST_TEST(m.volumes == (std::set<std::string> { "/i", "/u" }));
    BOOST_TEST(m.exposed_ports == std::set<std::string> { "80/tcp" });
    user.exposed_ports = { "81/tcp" };
    image.port_specs = { "8080:82" };
    user.port_specs = { "53/udp" };
    m = merged(user, image);
    BOOST_TEST(m.exposed_ports == (std::set<std::string> { "53/udp", "81/tcp", "82/tcp" }));
    BOOST_TEST(!merge({}, {}).value().env);
    BOOST_TEST(*merged({}, image).env == *image.env);
}

BOOST_AUTO_TEST_CASE(port_specifications)
{
    BOOST_TEST(exposed("80") == "80/tcp");
    BOOST_TEST(exposed(":80") == "80/tcp");
    BOOST_TEST(exposed("8080:80") == "80/tcp");
    BOOST_TEST(exposed("1.2.3.4:8080:80/udp") == "80/udp");
    BOOST_TEST(exposed("1.2.3.4::80") == "80/tcp");
    BOOST_TEST(exposed("x") == "Invalid containerPort: x");
    BOOST_TEST(exposed("70000") == "Invalid containerPort: 70000");
    BOOST_TEST(exposed("x:80") == "Invalid hostPort: x");
    BOOST_TEST(exposed("").find("No port specified") == 0u);
    BOOST_TEST(exposed("a:b:c:d").find("Invalid format to parse.  a:b:c:d should match") == 0u);
}

BOOST_AUTO_TEST_CASE(memory_rules)
{
    auto const fit = [](int64_t memory, HostAbilities host) {
        ContainerConfig config;
        config.memory = memory;
        auto const warnings = fit_to_host(config, host);
        if (!warnings)
            return warnings.error().message;
        return std::to_string(config.memory) + " " + std::to_string(config.memory_swap) + " "
            + std::to_string(warnings.value().size());
    };
    std::string const refused = "Memory limit must be given in bytes (minimum 524288 bytes)";
    BOOST_TEST(fit(0, {}) == "0 0 0");
    BOOST_TEST(fit(1, {}) == refused);
    BOOST_TEST(fit(-1, {}) == refused);
    BOOST_TEST(fit(524287, {}) == refused);
    BOOST_TEST(fit(524288, {}) == "524288 0 0");
    BOOST_TEST(fit(524288, { true, false }) == "524288 -1 1");
    BOOST_TEST(fit(524288, { false, false }) == "0 0 0");
    BOOST_TEST(fit(0, { true, false }) == "0 0 0");
}

BOOST_AUTO_TEST_CASE(environment_order)
{
    ContainerConfig config;
    config.hostname = "h";
    std::string const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    BOOST_TEST(environment_of(config) == (Texts { "HOME=/", path, "container=lxc", "HOSTNAME=h" }));
    config.tty = true;
    config.env = Texts { "X=1", "HOME=/root", "EMPTY", "X=2", "E=a=b" };
    BOOST_TEST(environment_of(config)
        == (Texts { "HOME=/root", path, "container=lxc", "HOSTNAME=h", "TERM=xterm", "X=2", "EMPTY=", "E=a=b" }));
}
