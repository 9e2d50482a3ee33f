#include "daemon/config/config.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>

#include "daemon/config/file.hpp"
#include "daemon/config/settings.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
using namespace staithe::config;
namespace data = boost::unit_test::data;

namespace {

Result<Config> parsed(std::vector<std::string> const& flags)
{
    static doubles::TempDirectory const directory;
    std::string const empty = "--config=" + directory.path + "/empty.conf";
    std::ofstream(directory.path + "/empty.conf").close();
    std::vector<char const*> argv { "staithed", empty.c_str() };
    for (auto const& flag : flags)
        argv.push_back(flag.c_str());
    return load(static_cast<int>(argv.size()), argv.data());
}

struct FlagRow {
    std::vector<std::string> flags;
    std::string setting, value; ///< value empty: refused, and `setting` is part of the message
};
std::ostream& operator<<(std::ostream& out, FlagRow const& row)
{
    for (auto const& flag : row.flags)
        out << flag << ' ';
    return out << "=> " << row.setting << "=" << row.value;
}

std::vector<FlagRow> const flag_rows {
    { {}, "host", "unix:///run/staithe/staithe.sock" },
    { {}, "state", "/var/lib/staithe" },
    { {}, "run", "/run/staithe" },
    { {}, "pidfile", "/run/staithe/staithed.pid" },
    { {}, "storage-driver", "overlay" },
    { {}, "exec-driver", "namespaces" },
    { {}, "restart", "true" },
    { {}, "debug", "false" },
    { {}, "log-segments", "5" },
    { {}, "log-max-bytes", "20971520" },
    { { "-H=unix:///a" }, "host", "unix:///a" },
    { { "-H", "unix:///a" }, "host", "unix:///a" },
    { { "--host=unix:///a" }, "host", "unix:///a" },
    { { "--host", "unix:///a" }, "host", "unix:///a" },
    { { "-H", "unix:///a", "-H=unix:///b" }, "host", "unix:///a,unix:///b" },
    { { "-host=unix:///a" }, "host", "unix:///a" },
    { { "-H", "tcp://:2375" }, "host", "tcp://127.0.0.1:2375" },
    { { "-H", "0.0.0.0" }, "host", "tcp://0.0.0.0:4243" },
    { { "-H", ":80" }, "host", "tcp://127.0.0.1:80" },
    { { "-H", "[::1]:80" }, "host", "tcp://[::1]:80" },
    { { "-H", "tcp://" }, "host", "tcp://127.0.0.1:4243" },
    { { "-D" }, "debug", "true" },
    { { "-D" }, "log-level", "debug" },
    { { "-D=false" }, "debug", "false" },
    { { "-D=1" }, "debug", "true" },
    { { "--debug" }, "debug", "true" },
    { { "-d" }, "debug", "false" },
    { { "-d", "-D" }, "debug", "true" },
    { { "-g", "/x" }, "state", "/x" },
    { { "-g=/x" }, "state", "/x" },
    { { "--state=/x" }, "state", "/x" },
    { { "--run=/y" }, "run", "/y" },
    { { "--run=/y" }, "host", "unix:///y/staithe.sock" },
    { { "--run=/y" }, "pidfile", "/y/staithed.pid" },
    { { "-p", "/z.pid" }, "pidfile", "/z.pid" },
    { { "-r=false" }, "restart", "false" },
    { { "-r" }, "restart", "true" },
    { { "-s", "vfs" }, "storage-driver", "vfs" },
    { { "-e=lxc" }, "exec-driver", "lxc" },
    { { "-api-enable-cors" }, "cors", "true" },
    { { "--api-enable-cors=true" }, "cors", "true" },
    { { "--cors" }, "cors", "true" },
    { { "-G", "wheel" }, "socket-group", "wheel" },
    { { "--log-level=warning" }, "log-level", "warning" },
    { { "--log-max-bytes=0" }, "log-max-bytes", "0" },
    { { "--log-segments=9" }, "log-segments", "9" },
    { { "--allow-plain-tcp" }, "allow-plain-tcp", "true" },
    { { "--driver-dir=/d" }, "driver-dir", "/d" },
    { { "--libexec-dir=/l" }, "libexec-dir", "/l" },
    { { "--trust-driver-dir" }, "trust-driver-dir", "true" },
    { { "--allowed-host=a", "--allowed-host=b" }, "allowed-host", "a,b" },
    { { "-icc=false" }, "icc", "false" },
    { { "-b", "none" }, "bridge", "none" },
    { { "--bridge=br7" }, "bridge", "br7" },
    { { "-dns", "1.1.1.1", "-dns=fe80::1" }, "dns", "1.1.1.1,fe80::1" },
    { { "-ip", "127.0.0.1" }, "ip", "127.0.0.1" },
    { { "-iptables=false" }, "iptables", "false" },
    { { "--api-from-containers" }, "api-from-containers", "true" },
    // refused
    { { "-b=a/b" }, "flag '--b': 'a/b' is not an interface's name, or none", "" },
    { { "-b=0123456789abcdef" }, "is not an interface's name", "" },
    { { "-ip=fe80::1" }, "flag '--ip': 'fe80::1' is not an IPv4 address", "" },
    { { "-dns=localhost" }, "flag '--dns': 'localhost' is not an IP address", "" },
    { { "--nonsense" }, "unknown flag '--nonsense'", "" },
    { { "x" }, "unexpected argument 'x'", "" },
    { { "-" }, "unexpected argument '-'", "" },
    { { "--" }, "unexpected argument '--'", "" },
    { { "-H" }, "flag '-H' needs a value", "" },
    { { "-H=" }, "has an empty value", "" },
    { { "-H", "http://x" }, "Invalid bind address protocol: http://x", "" },
    { { "-H", "a:b:c" }, "Invalid bind address format: a:b:c", "" },
    { { "-H", "a:0" }, "Invalid bind address format", "" },
    { { "-H", "a:65536" }, "Invalid bind address format", "" },
    { { "-H", "[::1" }, "Invalid bind address format", "" },
    { { "-H", "unix://relative" }, "names no absolute path", "" },
    { { "-H", "/a/b" }, "Invalid bind address format", "" },
    { { "-D=maybe" }, "'maybe' is not true or false", "" },
    { { "--log-level=loud" }, "'loud' is not one of", "" },
    { { "--log-segments=0" }, "'0' is not a number from 1", "" },
    { { "--log-segments=1x" }, "'1x' is not a number", "" },
    { { "--log-max-bytes=-1" }, "'-1' is not a number", "" },
    { { "-s", "../evil" }, "is not a driver's name", "" },
    { { "-e=Upper" }, "is not a driver's name", "" },
};

struct FileRow {
    std::string text, setting, value;
};
std::ostream& operator<<(std::ostream& out, FileRow const& row)
{
    return out << row.text << " => " << row.setting << "=" << row.value;
}

std::vector<FileRow> const file_rows {
    { "", "cors", "false" },
    { "# only a comment\n\n; another\n", "cors", "false" },
    { "[daemon]\ncors = true\n", "cors", "true" },
    { "[daemon]\ncors=true", "cors", "true" },
    { "  [daemon]\r\n\tcors =  true \r\n", "cors", "true" },
    { "[daemon]\nhost = unix:///a\nhost = unix:///b\n", "host", "unix:///a,unix:///b" },
    { "[daemon]\nstate = /a = b\n", "state", "/a = b" },
    { "cors = true\n", "line 1: 'cors' stands before any section", "" },
    { "[daemon]\ncolour = red\n", "line 2: unknown setting 'colour'", "" },
    { "[daemon]\n\nH = unix:///a\n", "line 3: unknown setting 'H'", "" },
    { "[daemon]\nhelp = true\n", "line 2: unknown setting 'help'", "" },
    { "[daemon]\ncors\n", "line 2: 'cors' is neither", "" },
    { "[daemon]\ncors =\n", "line 2: 'cors' has no value", "" },
    { "[daemon]\n= x\n", "line 2: a key is missing", "" },
    { "[daemon\n", "line 1: a section ends with ']'", "" },
    { "[network]\n", "line 1: unknown section 'network'", "" },
    { "[storage.]\n", "line 1: unknown section 'storage.'", "" },
    { "[daemon]\nlog-segments = many\n", "line 2: 'log-segments': 'many' is not a number", "" },
};

} // namespace

BOOST_DATA_TEST_CASE(flags, data::make(flag_rows), row)
{
    auto const config = parsed(row.flags);
    if (row.value.empty()) {
        BOOST_REQUIRE(!config);
        BOOST_TEST_INFO(config.error().message);
        BOOST_TEST(config.error().message.find(row.setting) != std::string::npos);
        return;
    }
    BOOST_TEST_INFO((config ? "" : config.error().message));
    BOOST_REQUIRE(config);
    BOOST_TEST(find_setting(row.setting)->get(config.value()) == row.value);
}

BOOST_DATA_TEST_CASE(file, data::make(file_rows), row)
{
    Config config;
    auto const applied = apply_file(config, row.text, "f");
    if (row.value.empty()) {
        BOOST_REQUIRE(!applied);
        BOOST_TEST_INFO(applied.error().message);
        BOOST_TEST(applied.error().message.find("'f' " + row.setting) == 0u);
        return;
    }
    BOOST_REQUIRE(applied);
    BOOST_TEST(find_setting(row.setting)->get(config) == row.value);
}

BOOST_AUTO_TEST_CASE(flags_win_over_the_file_and_replace_its_lists)
{
    doubles::TempDirectory const directory;
    std::string const path = directory.path + "/c.conf";
    std::ofstream(path) << "[daemon]\nhost = unix:///file\nstorage-driver = vfs\nlog-segments = 7\n"
                           "[storage.overlay]\nsize = 1\nsize = 2\n";
    std::string const flag = "--config=" + path;
    char const* argv[] = { "staithed", flag.c_str(), "-H=unix:///flag", "-s=aufs" };
    auto const config = load(4, argv);
    BOOST_REQUIRE(config);
    BOOST_TEST(config.value().hosts == std::vector<std::string> { "unix:///flag" });
    BOOST_TEST(config.value().storage_driver == "aufs");
    BOOST_TEST(config.value().log_segments == 7u);
    auto const& options = config.value().driver_options.at("storage.overlay");
    BOOST_TEST(options.size() == 2u);
    BOOST_TEST(options.back().second == "2");
}

BOOST_AUTO_TEST_CASE(a_file_that_was_asked_for_must_be_there)
{
    char const* argv[] = { "staithed", "--config=/nonexistent/x.conf" };
    auto const config = load(2, argv);
    BOOST_REQUIRE(!config);
    BOOST_TEST(config.error().code == STAITHE_NOT_FOUND);
}

BOOST_AUTO_TEST_CASE(help_names_every_setting)
{
    auto const help = help_text();
    for (auto const& setting : settings())
        if (*setting.name)
            BOOST_TEST(help.find(std::string("--") + setting.name) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(ports_of_addresses)
{
    BOOST_TEST(port_of("tcp://127.0.0.1:4243") == 4243);
    BOOST_TEST(port_of("tcp://[::1]:80") == 80);
    BOOST_TEST(port_of("unix:///run/x:80") == 0);
}

BOOST_AUTO_TEST_CASE(differences_are_found_by_name)
{
    Config a, b;
    b.cors = true;
    b.state_dir = "/else";
    auto const changed = differences(a, b);
    BOOST_REQUIRE(changed.size() == 2u);
    BOOST_TEST(changed[0]->name == "cors");
    BOOST_TEST((changed[0]->reload == Reload::Yes));
    BOOST_TEST(changed[1]->name == "state");
    BOOST_TEST((changed[1]->reload == Reload::No));
}
