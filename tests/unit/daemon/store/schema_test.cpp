// Databases of older programs, as those programs wrote them: what stands here is never changed, only added to.
#include "daemon/store/schema.hpp"

#include <boost/test/unit_test.hpp>

#include <Poco/Data/Session.h>

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "daemon/store/store.hpp"
#include "tests/doubles/drivers/temp_directory.hpp"

using namespace staithe;
using namespace staithe::store;
using namespace Poco::Data::Keywords;

namespace {

std::string id_of(char digit)
{
    return std::string(64, digit);
}

std::vector<std::string> first_schema()
{
    std::string const container = "'" + id_of('b') + "'", image = "'" + id_of('f') + "'";
    return {
        "CREATE TABLE schema (version INTEGER PRIMARY KEY, applied_ns INTEGER NOT NULL)",
        "INSERT INTO schema VALUES (1, 1700000000000000000)",
        "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
        "INSERT INTO meta VALUES ('identity', '0123456789abcdef0123456789abcdef')",
        "CREATE TABLE layers (id TEXT PRIMARY KEY, parent TEXT NOT NULL, driver TEXT NOT NULL, size INTEGER NOT NULL)",
        "INSERT INTO layers VALUES (" + image + ", '', 'overlay', 5)",
        "INSERT INTO layers VALUES (" + container + ", " + image + ", 'overlay', 0)",
        "CREATE TABLE images (id TEXT PRIMARY KEY, layer TEXT NOT NULL, created_ns INTEGER NOT NULL,"
        " json TEXT NOT NULL)",
        "INSERT INTO images VALUES (" + image + ", " + image
            + R"(, 4, '{"parent":"","comment":"Imported from -",)"
              R"("size":5,"storage_driver":"overlay","container_config":{"memory":0},"config":{"command":["sh"]}}'))",
        "CREATE TABLE tags (repository TEXT NOT NULL, tag TEXT NOT NULL, image TEXT NOT NULL,"
        " PRIMARY KEY (repository, tag))",
        "INSERT INTO tags VALUES ('box', 'latest', " + image + ")",
        "CREATE TABLE containers (id TEXT PRIMARY KEY, image TEXT NOT NULL, created_ns INTEGER NOT NULL,"
        " json TEXT NOT NULL, running INTEGER NOT NULL, exit_code INTEGER NOT NULL, started_ns INTEGER NOT NULL,"
        " finished_ns INTEGER NOT NULL, run INTEGER NOT NULL, boot TEXT NOT NULL)",
        "INSERT INTO containers VALUES (" + container + ", " + image
            + R"(, 17, '{"storage_driver":"overlay","execution_driver":"namespaces","path":"/bin/sh",)"
              R"("args":["-c","true"],"config":{"hostname":"h","memory":3,"env":["A=1"],"volumes":["/v"]},)"
              R"("host_config":{"binds":["/a:/b"],"lxc_conf":[["k","v"]],"port_bindings":)"
              R"({"80/tcp":[["0.0.0.0","8080"]]},"privileged":true}}', 0, 7, 20, 30, 2, 'boot'))",
        "CREATE TABLE names (path TEXT PRIMARY KEY, container TEXT NOT NULL)",
        "INSERT INTO names VALUES ('/web', " + container + ")",
        "CREATE TABLE quarantine (kind TEXT NOT NULL, id TEXT NOT NULL, reason TEXT NOT NULL, content TEXT NOT NULL,"
        " moved_ns INTEGER NOT NULL)",
        "INSERT INTO quarantine VALUES ('image', 'x', 'y', 'z', 1)",
    };
}

struct Old {
    Old()
    {
        auto database = std::move(Database::open(file())).value();
        BOOST_REQUIRE(database->transaction(Durability::Durable, [](Poco::Data::Session& session) {
            for (auto const& statement : first_schema())
                session << statement, now;
        }));
    }
    std::unique_ptr<Store> open()
    {
        contents = {};
        auto store = Store::open(directory.path, contents);
        BOOST_TEST_INFO((store ? "" : store.error().message));
        BOOST_REQUIRE(store);
        return std::move(store).value();
    }
    std::string file() const { return directory.path + "/state.db"; }
    void check_container() const
    {
        BOOST_REQUIRE(contents.containers.size() == 1u);
        auto const& found = contents.containers[0];
        BOOST_TEST(found.name == "/web");
        BOOST_TEST(found.created_ns == 17);
        BOOST_TEST(found.args.size() == 2u);
        BOOST_TEST(found.config.memory == 3);
        BOOST_TEST(found.state.exit_code == 7);
        BOOST_TEST(found.run == 2u);
        BOOST_TEST(found.host_config.privileged);
        BOOST_REQUIRE(found.host_config.lxc_conf.size() == 1u);
        BOOST_REQUIRE(found.host_config.port_bindings.size() == 1u);
        BOOST_TEST(found.host_config.port_bindings.at("80/tcp").at(0).host_port == "8080");
        BOOST_TEST(!found.publish_port_specs);
        BOOST_TEST(!found.volumes);
        BOOST_TEST(found.network.ip_address.empty());
    }
    doubles::TempDirectory directory;
    Contents contents;
};

} // namespace

BOOST_FIXTURE_TEST_CASE(the_first_schema_becomes_todays_with_everything_in_it, Old)
{
    auto store = open();
    BOOST_TEST(store->identity() == "0123456789abcdef0123456789abcdef");
    BOOST_TEST(contents.damages.empty());
    BOOST_REQUIRE(contents.layers.size() == 2u);
    for (auto const& layer : contents.layers)
        BOOST_TEST((layer.tree_hash.empty() && layer.diff_digest.empty())); // to be recorded one day
    BOOST_TEST(contents.images.size() == 1u);
    BOOST_TEST(contents.tags.size() == 1u);
    BOOST_TEST(contents.links.empty());
    BOOST_TEST(contents.volumes.empty());
    check_container();
    store = open(); // once more, with nothing left to do
    check_container();
}

BOOST_FIXTURE_TEST_CASE(an_old_container_lives_on_in_the_new_schema, Old)
{
    auto store = open();
    auto record = contents.containers.at(0);
    record.host_config.port_bindings["80/tcp"][0].host_port = "9090";
    record.volumes = { { "/v", { "/x", true } } };
    record.run = 3;
    BOOST_REQUIRE(store->save_run(record));
    BOOST_REQUIRE(store->add_link({ "/web/self", record.id }));
    BOOST_REQUIRE(store->set("k", "v"));
    store = open();
    auto const& found = contents.containers.at(0);
    BOOST_TEST(found.run == 3u);
    BOOST_TEST(found.host_config.lxc_conf.size() == 1u); // not what the first schema had and this one's
    BOOST_REQUIRE(found.host_config.port_bindings.at("80/tcp").size() == 1u);
    BOOST_TEST(found.host_config.port_bindings.at("80/tcp")[0].host_port == "9090");
    BOOST_TEST(found.volumes->size() == 1u);
    BOOST_TEST(contents.links.size() == 1u);
    BOOST_REQUIRE(store->remove_container(found));
    store = open();
    BOOST_TEST(contents.containers.empty());
    BOOST_TEST(contents.links.empty());
}

BOOST_FIXTURE_TEST_CASE(a_damaged_database_of_the_first_schema_is_saved_too, Old)
{
    {
        int const fd = ::open(file().c_str(), O_WRONLY); // the page of the table quarantine, the last one
        auto const size = static_cast<off_t>(std::filesystem::file_size(file()));
        std::string const rubbish(4096, '\xee');
        BOOST_REQUIRE(::pwrite(fd, rubbish.data(), rubbish.size(), size - 4096) == 4096);
        ::close(fd);
    }
    auto store = open();
    BOOST_TEST(contents.damages.size() == 1u); // that it was set aside; no word about tables that it never had
    check_container();
    store = open();
    BOOST_TEST(contents.damages.empty());
    check_container();
}
