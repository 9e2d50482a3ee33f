// Binds, what may be mounted upon, and which volumes a start gives.
#include "daemon/containers/volume_plan.hpp"

#include <boost/test/unit_test.hpp>

#include "daemon/containers/bind.hpp"

using namespace staithe;
using namespace staithe::containers;

namespace {

/// "SOURCE TARGET rw", or the error.
std::string parsed(std::string_view text)
{
    auto const result = parse_bind(text);
    if (!result)
        return result.error().message;
    auto const& value = result.value();
    return value.source + " " + value.target + (value.writable ? " rw" : " ro");
}

/// "TARGET=SOURCE rw … +FRESH", or the error.
std::string plan(store::ContainerRecord const& record, std::map<std::string, Volumes> const& others = {})
{
    auto const planned = plan_volumes(record, [&](std::string_view name) -> std::optional<Volumes> {
        auto const found = others.find(std::string(name));
        return found == others.end() ? std::nullopt : std::optional(found->second);
    });
    if (!planned)
        return planned.error().message;
    std::string text;
    for (auto const& [target, volume] : planned.value().mounts)
        text += target + "=" + volume.host_path + (volume.writable ? " rw " : " ro ");
    for (auto const& path : planned.value().fresh)
        text += "+" + path;
    return text;
}

} // namespace

BOOST_AUTO_TEST_CASE(bind_specifications)
{
    BOOST_TEST(parsed("/a:/b") == "/a /b rw");
    BOOST_TEST(parsed("/a:/b:rw") == "/a /b rw");
    BOOST_TEST(parsed("/a:/b:RW") == "/a /b rw");
    BOOST_TEST(parsed("/a:/b:ro") == "/a /b ro");
    BOOST_TEST(parsed("/a:/b:") == "/a /b ro");
    BOOST_TEST(parsed("/a:/b:z") == "/a /b ro");
    BOOST_TEST(parsed("/a:b//c/../d/") == "/a /b/d rw");
    for (auto const* text : { "", "/a", "/a:/b:ro:x", ":/b" })
        BOOST_TEST(parsed(text) == "Invalid bind specification: " + std::string(text));
    BOOST_TEST(parsed(std::string_view("/a:/b\0", 6)).starts_with("Invalid bind specification"));
}

BOOST_AUTO_TEST_CASE(destinations_that_would_hide_the_container)
{
    for (auto const* path : { "", "/", ".", "/..", "//", "/x/..", "/proc", "/proc/", "proc", "/proc/sys", "/sys",
             "/sys/fs/cgroup", "/x/../proc" })
        BOOST_TEST(parsed("/a:" + std::string(path)) == "Illegal bind destination: " + std::string(path));
    for (auto const* path : { "/process", "/system", "/a/proc", "/etc" })
        BOOST_TEST(static_cast<bool>(mount_target(path)));
}

BOOST_AUTO_TEST_CASE(sources_must_be_there)
{
    BOOST_TEST(static_cast<bool>(check_bind_sources({ "/tmp:/x", "/etc/passwd:/x:ro" })));
    BOOST_TEST(check_bind_sources({ "/:/x" }).error().message == "Invalid bind mount '/:/x' : source can't be '/'");
    BOOST_TEST(check_bind_sources({ "//.:/x" }).error().message.ends_with("source can't be '/'"));
    BOOST_TEST(check_bind_sources({ "/no/such:/x" }).error().message
        == "Invalid bind mount '/no/such:/x' : source doesn't exist");
    BOOST_TEST(check_bind_sources({ "tmp:/x" }).error().message.ends_with("source doesn't exist"));
}

BOOST_AUTO_TEST_CASE(clean_paths)
{
    for (auto const& [path, clean] : std::map<std::string, std::string> { { "", "/" }, { "/", "/" }, { "a", "/a" },
             { "/a/", "/a" }, { "/a//b/./c", "/a/b/c" }, { "/a/../../b", "/b" }, { "..", "/" }, { "/a/..", "/" } })
        BOOST_TEST(clean_path(path) == clean);
}

BOOST_AUTO_TEST_CASE(earlier_volumes_then_others_then_own)
{
    store::ContainerRecord record;
    record.id = "me";
    BOOST_TEST(plan(record).empty());
    record.config.volumes = { "/data", "/b", "/new/" };
    record.host_config.binds = { "/host:/b:ro", "/host2:/extra", "/x:/extra" };
    BOOST_TEST(plan(record) == "/b=/host ro /extra=/x rw +/data+/new");
    record.config.volumes_from = "one,two";
    std::map<std::string, Volumes> const others { { "one", { { "/data", { "/v/1", false } } } },
        { "two", { { "/data", { "/v/2", true } }, { "/b", { "/v/3", true } } } } };
    BOOST_TEST(plan(record, others) == "/b=/v/3 rw /data=/v/1 ro /extra=/x rw +/new");
    record.volumes = Volumes { { "/data", { "/old", true } } };
    BOOST_TEST(plan(record, others) == "/b=/v/3 rw /data=/old rw /extra=/x rw +/new");
    record.config.volumes_from = "one,three";
    BOOST_TEST(plan(record, others) == "Container me not found. Impossible to mount its volumes");
    record.config.volumes_from.clear();
    record.config.volumes = { "/" };
    BOOST_TEST(plan(record) == "Illegal bind destination: /");
}
