#include "daemon/store/store.hpp"

#include <boost/test/unit_test.hpp>

#include <Poco/Data/Session.h>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "daemon/store/json.hpp"
#include "daemon/store/ownership.hpp"
#include "daemon/store/schema.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
using namespace staithe::store;
using namespace Poco::Data::Keywords;

namespace {

std::string id_of(char digit)
{
    return std::string(64, digit);
}

ContainerRecord container(char digit)
{
    ContainerRecord record;
    record.id = id_of(digit);
    record.name = std::string("/c") + digit;
    record.image = id_of('f');
    record.storage_driver = "fake", record.execution_driver = "run";
    record.created_ns = 17;
    record.path = "/bin/sh";
    record.args = { "-c", "echo \"ä\"\n" };
    auto& config = record.config;
    config.hostname = "h", config.domainname = "d", config.user = "u";
    config.memory = 1, config.memory_swap = -1, config.cpu_shares = 3;
    config.attach_stdin = config.tty = config.stdin_once = true;
    config.env = std::vector<std::string> { "A=1", "B" };
    config.command = std::vector<std::string>();
    config.exposed_ports = { "80/tcp" };
    config.volumes = { "/v" };
    config.working_dir = "/w";
    record.host_config.binds = { "/a:/b" };
    record.host_config.lxc_conf = { { "k", "v" }, { "k", "v2" } };
    record.host_config.port_bindings = { { "80/tcp", { { "0.0.0.0", "8080" } } } };
    return record;
}

LayerRecord layer(char digit)
{
    return { id_of(digit), "", "fake", 5 };
}

ImageRecord image(char digit)
{
    ImageRecord record;
    record.id = record.layer = id_of(digit);
    record.comment = "c", record.size = 9, record.storage_driver = "fake", record.created_ns = 4;
    record.config.emplace().command = std::vector<std::string> { "sh" };
    return record;
}

std::atomic<bool> sync_fails = false;

struct Fixture {
    doubles::TempDirectory directory;
    Contents contents;
    std::unique_ptr<Store> open()
    {
        contents = {};
        auto store = Store::open(directory.path, contents);
        BOOST_TEST_INFO((store ? "" : store.error().message));
        BOOST_REQUIRE(store);
        return std::move(store).value();
    }
    std::string file() const { return directory.path + "/state.db"; }
};

} // namespace

/// The one that SQLite calls in this program.
extern "C" __attribute__((visibility("default"))) int fdatasync(int fd)
{
    if (!sync_fails)
        return static_cast<int>(::syscall(SYS_fdatasync, fd));
    errno = EIO;
    return -1;
}

BOOST_FIXTURE_TEST_CASE(everything_comes_back, Fixture)
{
    auto store = open();
    auto const identity = store->identity();
    TagRecord const tag { "repo", "latest", id_of('a') };
    BOOST_REQUIRE(store->add_image(image('a'), layer('a'), &tag));
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
    store = open();
    BOOST_TEST(store->identity() == identity);
    BOOST_REQUIRE(contents.containers.size() == 1u);
    auto const& found = contents.containers[0];
    BOOST_TEST(to_json(found) == to_json(container('b')));
    BOOST_TEST(run_to_json(found) == run_to_json(container('b')));
    BOOST_TEST(found.name == "/cb");
    BOOST_TEST(found.created_ns == 17);
    BOOST_TEST((found.config.command && found.config.command->empty()));
    BOOST_TEST(!found.config.entrypoint);
    BOOST_REQUIRE(contents.images.size() == 1u);
    BOOST_TEST(to_json(contents.images[0]) == to_json(image('a')));
    BOOST_TEST(contents.tags.size() == 1u);
    BOOST_TEST(contents.layers.size() == 2u);
    BOOST_TEST(contents.damages.empty());
}

BOOST_FIXTURE_TEST_CASE(a_run_is_saved, Fixture)
{
    auto store = open();
    auto record = container('b');
    BOOST_REQUIRE(store->add_container(record, layer('b')));
    record.run = 3, record.boot = "boot", record.state.running = true, record.state.started_ns = 8;
    record.state.exit_code = -127, record.state.finished_ns = 9;
    record.host_config.privileged = true;
    record.network = { "10.0.0.2", "10.0.0.1", "staithe0", 16,
        { { api::Protocol::Tcp, 80, "0.0.0.0", 65535 }, { api::Protocol::Udp, 53, "", 0 } } };
    record.volumes = { { "/v", { "/state/volumes/1/data", true } }, { "/b", { "/host \"b\"", false } } };
    BOOST_REQUIRE(store->save_run(record));
    store = open();
    auto const& found = contents.containers.at(0);
    BOOST_TEST(found.run == 3u);
    BOOST_TEST(found.boot == "boot");
    BOOST_TEST(found.state.running);
    BOOST_TEST(found.state.exit_code == -127);
    BOOST_TEST(found.state.started_ns == 8);
    BOOST_TEST(found.state.finished_ns == 9);
    BOOST_TEST(found.host_config.privileged);
    BOOST_TEST(found.host_config.lxc_conf.size() == 2u);
    BOOST_TEST(found.network.ip_address == "10.0.0.2");
    BOOST_TEST(found.network.prefix_length == 16);
    BOOST_REQUIRE(found.network.ports.size() == 2u);
    BOOST_TEST(found.network.ports[0].host_port == 65535);
    BOOST_TEST((found.network.ports[1].protocol == api::Protocol::Udp));
    BOOST_TEST(found.network.ports[1].container_port == 53);
    BOOST_REQUIRE(found.volumes);
    BOOST_TEST(found.volumes->at("/v").writable);
    BOOST_TEST(found.volumes->at("/b").host_path == "/host \"b\"");
    BOOST_TEST(!found.volumes->at("/b").writable);
}

BOOST_FIXTURE_TEST_CASE(what_a_run_had_is_forgotten_with_it, Fixture)
{
    auto store = open();
    auto record = container('b');
    record.network.ip_address = "10.0.0.2", record.publish_port_specs = true;
    BOOST_REQUIRE(store->add_container(record, layer('b')));
    record.network = {}, record.volumes.emplace();
    BOOST_REQUIRE(store->save_run(record));
    store = open();
    auto const& found = contents.containers.at(0);
    BOOST_TEST(found.network.ip_address.empty());
    BOOST_TEST(found.publish_port_specs);
    BOOST_TEST((found.volumes && found.volumes->empty())); // told apart from "never started"
}

BOOST_FIXTURE_TEST_CASE(links_lead_elsewhere_and_go_with_either_end, Fixture)
{
    auto store = open();
    for (char const digit : std::string("abcd"))
        BOOST_REQUIRE(store->add_container(container(digit), layer(digit)));
    auto near = container('e');
    near.name = "/ca.b"; // sorts next to the links of "/ca"
    BOOST_REQUIRE(store->add_container(near, layer('e')));
    BOOST_REQUIRE(store->add_link({ "/ca/db", id_of('b') }));
    BOOST_REQUIRE(store->add_link({ "/ca/web", id_of('c') }));
    BOOST_REQUIRE(store->add_link({ "/cb/web", id_of('c') }));
    BOOST_REQUIRE(store->add_link({ "/cb/other", id_of('d') }));
    BOOST_REQUIRE(store->add_link({ "/ca/web", id_of('d') })); // leads elsewhere now
    BOOST_REQUIRE(store->add_link({ "/ca.b/web", id_of('d') }));
    BOOST_REQUIRE(store->remove_link("/cb/other"));
    store = open();
    BOOST_REQUIRE(contents.links.size() == 4u);
    BOOST_TEST(contents.containers[0].name == "/ca");
    BOOST_TEST(contents.links[3].path == "/cb/web");
    BOOST_TEST(contents.links[3].container == id_of('c'));
    BOOST_REQUIRE(store->remove_container(container('c'))); // a child
    BOOST_REQUIRE(store->remove_container(container('a'))); // a parent
    store = open();
    BOOST_REQUIRE(contents.links.size() == 1u);
    BOOST_TEST(contents.links[0].path == "/ca.b/web");
    BOOST_TEST(contents.links[0].container == id_of('d'));
    BOOST_TEST(contents.damages.empty());
}

BOOST_FIXTURE_TEST_CASE(volumes_and_settings_come_back, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_volumes({ { id_of('1'), 5 }, { id_of('2'), 6 }, { id_of('3'), 7 } }));
    BOOST_TEST(!store->add_volumes({ { id_of('4'), 5 }, { id_of('2'), 6 } })); // all or nothing
    BOOST_REQUIRE(store->remove_volumes({ id_of('1'), id_of('3'), id_of('9') }));
    BOOST_REQUIRE(store->set("network.subnet", "10.0.0.0/16"));
    BOOST_REQUIRE(store->set("network.subnet", "10.1.0.0/16"));
    store = open();
    BOOST_REQUIRE(contents.volumes.size() == 1u);
    BOOST_TEST(contents.volumes[0].id == id_of('2'));
    BOOST_TEST(contents.volumes[0].created_ns == 6);
    BOOST_REQUIRE(contents.settings.size() == 1u);
    BOOST_TEST(contents.settings["network.subnet"] == "10.1.0.0/16");
}

BOOST_FIXTURE_TEST_CASE(a_childs_own_name_is_no_link, Fixture)
{
    auto store = open();
    auto child = container('b');
    child.name = "/ca/b";
    BOOST_REQUIRE(store->add_container(container('a'), layer('a')));
    BOOST_REQUIRE(store->add_container(child, layer('b')));
    BOOST_REQUIRE(store->add_link({ "/ca/b/deep", id_of('a') }));
    BOOST_REQUIRE(store->add_link({ "/ca/b", id_of('a') })); // neither takes it away
    BOOST_REQUIRE(store->remove_link("/ca/b"));
    BOOST_REQUIRE(store->add_volumes({ { id_of('1'), 5 }, { id_of('2'), 6 } }));
    store = open();
    BOOST_TEST(contents.containers.at(1).name == "/ca/b");
    BOOST_REQUIRE(contents.links.size() == 1u);
    BOOST_TEST(contents.links[0].path == "/ca/b/deep");
    BOOST_REQUIRE(store->remove_container(contents.containers[0], { id_of('1') }));
    store = open();
    BOOST_TEST(contents.containers.at(0).name == "/ca/b"); // outlives its parent
    BOOST_TEST(contents.links.empty());
    BOOST_TEST(contents.volumes.size() == 1u);
    BOOST_TEST(contents.damages.empty());
}

BOOST_FIXTURE_TEST_CASE(removal_takes_all_rows, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
    BOOST_REQUIRE(store->add_image(image('a'), layer('a'), nullptr));
    BOOST_REQUIRE(store->set_tag({ "r", "t", id_of('a') }));
    BOOST_REQUIRE(store->remove_container(container('b')));
    BOOST_REQUIRE(store->remove_images({ { "r", "t", id_of('a') } }, { image('a') }));
    store = open();
    BOOST_TEST(contents.containers.empty());
    BOOST_TEST(contents.layers.empty());
    BOOST_TEST(contents.images.empty());
    BOOST_TEST(contents.tags.empty());
}

BOOST_FIXTURE_TEST_CASE(digests_of_layers_come_later_and_stay, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_image(image('a'), layer('a'), nullptr));
    auto digested = layer('a');
    digested.tree_hash = "sha256:1", digested.diff_digest = "sha256:2";
    BOOST_REQUIRE(store->set_digests(digested));
    auto gone = digested;
    gone.id = id_of('9');
    BOOST_REQUIRE(store->set_digests(gone)); // its row went meanwhile, and does not come back
    store = open();
    BOOST_REQUIRE(contents.layers.size() == 1u);
    BOOST_TEST(contents.layers[0].tree_hash == "sha256:1");
    BOOST_TEST(contents.layers[0].diff_digest == "sha256:2");
    BOOST_TEST(contents.layers[0].size == 5);
}

BOOST_FIXTURE_TEST_CASE(a_failed_transaction_leaves_nothing, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
    auto other = container('c');
    other.name = "/cb"; // the name is taken, which fails after the layer and the container were inserted
    auto const added = store->add_container(other, layer('c'));
    BOOST_REQUIRE(!added);
    store = open();
    BOOST_TEST(contents.containers.size() == 1u);
    BOOST_TEST(contents.layers.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_was_acknowledged_survives_a_kill, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
    doubles::TempDirectory const copy; // what a kill leaves: the files as they are, nobody having closed them
    for (auto const& entry : std::filesystem::directory_iterator(directory.path))
        std::filesystem::copy(entry.path(), copy.path + "/" + entry.path().filename().string());
    Contents after;
    BOOST_REQUIRE(Store::open(copy.path, after));
    BOOST_TEST(after.containers.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(what_failed_for_want_of_a_sync_is_not_there_after_a_kill, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
    sync_fails = true;
    auto const added = store->add_image(image('a'), layer('a'), nullptr);
    auto const removed = store->remove_container(container('b'));
    sync_fails = false;
    BOOST_REQUIRE(!added);
    BOOST_REQUIRE(!removed);
    doubles::TempDirectory const copy;
    for (auto const& entry : std::filesystem::directory_iterator(directory.path))
        std::filesystem::copy(entry.path(), copy.path + "/" + entry.path().filename().string());
    Contents after;
    BOOST_REQUIRE(Store::open(copy.path, after));
    BOOST_TEST(after.images.empty());
    BOOST_TEST(after.layers.size() == 1u);
    BOOST_TEST(after.containers.size() == 1u);
    BOOST_REQUIRE(store->add_image(image('a'), layer('a'), nullptr)); // and the store is usable
    store = open();
    BOOST_TEST(contents.images.size() == 1u);
}

BOOST_FIXTURE_TEST_CASE(an_unreadable_row_is_put_aside_and_the_rest_lives, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
    BOOST_REQUIRE(store->add_container(container('c'), layer('c')));
    store.reset();
    {
        auto database = std::move(Database::open(file())).value();
        BOOST_REQUIRE(database->transaction(Durability::Durable, [](Poco::Data::Session& session) {
            session << "UPDATE containers SET json = '{\"path\": 7' WHERE id LIKE 'b%'", now;
        }));
    }
    store = open();
    BOOST_REQUIRE(contents.containers.size() == 1u);
    BOOST_TEST(contents.containers[0].id == id_of('c'));
    BOOST_REQUIRE(contents.damages.size() == 2u);
    BOOST_TEST(contents.damages[1].find("name '/cb' was put aside") == 0u); // and is free again
    BOOST_TEST(contents.damages[0].find("container '" + id_of('b') + "' was put aside") == 0u);
    BOOST_TEST(contents.layers.size() == 2u); // its layer is not taken for a left-over
    store = open();
    BOOST_TEST(contents.damages.empty()); // told once, kept in the table quarantine
}

BOOST_FIXTURE_TEST_CASE(names_that_make_no_sense_are_put_aside, Fixture)
{
    auto store = open();
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
    store.reset();
    {
        auto database = std::move(Database::open(file())).value();
        BOOST_REQUIRE(database->transaction(Durability::Durable, [](Poco::Data::Session& session) {
            std::string id = id_of('b'), gone = id_of('9');
            for (std::string path : { "", "/", "x", "//", "/cb/", "/cb//a" })
                session << "INSERT INTO names VALUES (?, ?, 0)", use(path), use(id), now;
            session << "INSERT INTO names VALUES ('/cb/gone', ?, 0)", use(gone), now;
            session << "INSERT INTO names VALUES ('/cb/good', ?, 0)", use(id), now;
            session << "INSERT INTO names VALUES ('/second', ?, 1)", use(id), now;
            session << "INSERT INTO volumes VALUES ('../../etc', 1)", now;
        }));
    }
    store = open();
    BOOST_TEST(contents.damages.size() == 9u);
    BOOST_REQUIRE(contents.links.size() == 1u);
    BOOST_TEST(contents.links[0].path == "/cb/good");
    BOOST_TEST(contents.containers.at(0).name == "/cb");
    BOOST_TEST(contents.volumes.empty());
    auto other = container('c');
    other.name = "/second"; // nothing blocks it any more
    BOOST_REQUIRE(store->add_container(other, layer('c')));
    store = open();
    BOOST_TEST(contents.damages.empty());
}

BOOST_FIXTURE_TEST_CASE(a_file_that_is_no_database_is_set_aside_and_named, Fixture)
{
    std::ofstream(file()) << std::string(8192, 'x');
    auto store = open();
    BOOST_TEST(contents.damages.size() >= 1u);
    BOOST_TEST(contents.damages[0].find(file() + ".damaged-1") != std::string::npos);
    BOOST_TEST(std::filesystem::exists(file() + ".damaged-1"));
    BOOST_REQUIRE(store->add_container(container('b'), layer('b')));
}

BOOST_FIXTURE_TEST_CASE(a_damaged_page_costs_no_more_than_its_rows, Fixture)
{
    auto store = open();
    std::string const digits = "0123456789abcde";
    for (char const digit : digits)
        BOOST_REQUIRE(store->add_container(container(digit), layer(digit)));
    BOOST_REQUIRE(store->add_image(image('f'), layer('f'), nullptr));
    auto const identity = store->identity();
    store.reset();
    auto const size = std::filesystem::file_size(file());
    {
        int const fd = ::open(file().c_str(), O_WRONLY);
        std::string const rubbish(4096, '\xee');
        BOOST_REQUIRE(::pwrite(fd, rubbish.data(), rubbish.size(), static_cast<off_t>(size) - 4096) == 4096);
        ::close(fd);
    }
    store = open();
    BOOST_TEST(!contents.damages.empty());
    BOOST_TEST(contents.images.size() == 1u);
    BOOST_TEST(store->identity() != identity); // so that nothing of the old one is ever swept
    auto const saved = contents.containers.size();
    store = open();
    BOOST_TEST(contents.containers.size() == saved);
    BOOST_TEST(contents.damages.empty());
}

BOOST_FIXTURE_TEST_CASE(a_younger_schema_is_refused, Fixture)
{
    open().reset();
    {
        auto database = std::move(Database::open(file())).value();
        BOOST_REQUIRE(database->transaction(Durability::Durable,
            [](Poco::Data::Session& session) { session << "INSERT INTO schema VALUES (99, 0)", now; }));
    }
    auto const refused = Store::open(directory.path, contents);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().code == STAITHE_UNSUPPORTED);
    BOOST_TEST(refused.error().message.find("schema 99") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(records_with_another_shape_are_corrupt)
{
    for (auto const* text : { "", "[]", "7", "{\"path\":7}", "{\"args\":{}}", "{\"config\":[]}", "{\"args\":[1]}",
             "{\"host_config\":{\"lxc_conf\":[[\"one\"]]}}", "{\"volumes\":{\"/v\":7}}", "{\"volumes\":[]}",
             "{\"network\":{\"ports\":[{\"protocol\":\"sctp\"}]}}", "{\"network\":{\"ports\":[{\"host_port\":65536}]}}",
             "{\"network\":{\"ports\":[7]}}", "{\"path\":\"x\"" }) {
        ContainerRecord record;
        auto const read = from_json(text, record);
        BOOST_TEST_INFO(text);
        BOOST_REQUIRE(!read);
        BOOST_TEST(read.error().code == STAITHE_CORRUPT);
    }
    ContainerRecord record;
    BOOST_TEST(static_cast<bool>(from_json("{\"unknown\":{},\"path\":\"p\"}", record)));
    BOOST_TEST(record.path == "p");
}

BOOST_AUTO_TEST_CASE(only_empty_directories_are_claimed)
{
    doubles::TempDirectory const directory;
    auto const mark = directory.path + "/mark";
    BOOST_TEST(!owns(mark, "me", false).value());
    BOOST_TEST(owns(mark, "me", true).value());
    BOOST_TEST(owns(mark, "me", false).value());
    BOOST_TEST(!owns(mark, "you", false).value());
}
