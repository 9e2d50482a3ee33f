// The bytes of the generated files, and whom a container asks for names.
#include "daemon/containers/generated_files.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>

#include "daemon/os/file.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
using namespace staithe::containers;
using Texts = std::vector<std::string>;

BOOST_AUTO_TEST_CASE(hosts_are_exact)
{
    std::string const rest = "\n127.0.0.1\tlocalhost\n::1\t\tlocalhost ip6-localhost ip6-loopback\n"
                             "fe00::0\t\tip6-localnet\nff00::0\t\tip6-mcastprefix\nff02::1\t\tip6-allnodes\n"
                             "ff02::2\t\tip6-allrouters\n";
    BOOST_TEST(hosts_text("web", "") == "127.0.0.1\tweb\n::1\t\tweb\n" + rest);
    BOOST_TEST(
        hosts_text("web", "example.org") == "127.0.0.1\tweb.example.org web\n::1\t\tweb.example.org web\n" + rest);
}

BOOST_AUTO_TEST_CASE(resolvers_of_no_use_to_a_container)
{
    BOOST_TEST(is_local_resolver(""));
    BOOST_TEST(is_local_resolver("search x\n"));
    BOOST_TEST(is_local_resolver("#nameserver 1.2.3.4\n"));
    BOOST_TEST(is_local_resolver("nameserver\n"));
    BOOST_TEST(is_local_resolver("nameserver 127.0.0.1"));
    BOOST_TEST(is_local_resolver("nameserver 1.2.3.4\nnameserver 127.0.1.1\n"));
    BOOST_TEST(is_local_resolver("nameserver 127.0.0.53\noptions edns0\n")); // systemd-resolved
    BOOST_TEST(is_local_resolver("nameserver\t::1\n"));
    BOOST_TEST(!is_local_resolver("nameserver 1.2.3.4\nnameserver 2001:db8::1\n"));
    BOOST_TEST(!is_local_resolver("nameserver 1.2.3.4\n"));
    BOOST_TEST(!is_local_resolver("# nameserver 127.0.0.1\nnameserver\t1.2.3.4 # 127.0.1.1"));
}

BOOST_AUTO_TEST_CASE(own_servers_then_the_daemons_then_the_hosts)
{
    api::ContainerConfig config;
    BOOST_TEST(name_servers(config, {}, "nameserver 1.2.3.4").empty()); // the host's file
    BOOST_TEST(name_servers(config, {}, "nameserver 127.0.0.1") == (Texts { "8.8.8.8", "8.8.4.4" }));
    BOOST_TEST(name_servers(config, { "9.9.9.9" }, "nameserver 1.2.3.4") == Texts { "9.9.9.9" });
    config.dns = Texts {};
    BOOST_TEST(name_servers(config, { "9.9.9.9" }, "") == Texts { "9.9.9.9" });
    config.dns = Texts { "5.5.5.5", "6.6.6.6" };
    BOOST_TEST(name_servers(config, { "9.9.9.9" }, "") == (Texts { "5.5.5.5", "6.6.6.6" }));
}

BOOST_AUTO_TEST_CASE(files_on_disk)
{
    doubles::TempDirectory directory;
    api::ContainerConfig config;
    config.hostname = "web";
    auto files = write_generated_files(directory.path, config, { "5.5.5.5", "6.6.6.6" }).value();
    BOOST_TEST(os::read_file(files.hostname).value() == "web\n");
    BOOST_TEST(os::read_file(files.hosts).value() == hosts_text("web", ""));
    BOOST_TEST(os::read_file(files.resolv_conf).value() == "nameserver 5.5.5.5\nnameserver 6.6.6.6\n");
    struct stat status;
    BOOST_REQUIRE(::stat(files.hosts.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777) == 0644u); // for everybody in the container
    BOOST_TEST(generated_files(directory.path).resolv_conf == directory.path + "/resolv.conf");
    files = write_generated_files(directory.path, config, {}).value();
    BOOST_TEST(files.resolv_conf == "/etc/resolv.conf");
    BOOST_TEST(generated_files(directory.path).resolv_conf == "/etc/resolv.conf");
    BOOST_TEST(!write_generated_files(directory.path + "/none", config, {}));
}
