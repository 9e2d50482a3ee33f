#include "fixture.hpp"

#include <linux/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <filesystem>
#include <fstream>

#include <boost/test/unit_test.hpp>

#include "daemon/os/file.hpp"

namespace staithe::test {

namespace {
    constexpr auto patience = std::chrono::seconds(60);
}

Streams unframe(std::string_view bytes)
{
    Streams streams;
    while (bytes.size() >= 8) {
        auto const at = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(bytes[i])); };
        size_t const length = at(4) << 24 | at(5) << 16 | at(6) << 8 | at(7);
        BOOST_REQUIRE(bytes[1] == 0 && bytes[2] == 0 && bytes[3] == 0 && (bytes[0] == 1 || bytes[0] == 2));
        BOOST_REQUIRE_LE(length + 8, bytes.size());
        (bytes[0] == 1 ? streams.out : streams.err).append(bytes, 8, length);
        bytes.remove_prefix(8 + length);
    }
    BOOST_REQUIRE(bytes.empty());
    return streams;
}

Connection::Connection()
{
    int fds[2];
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0);
    mine.reset(fds[0]);
    theirs.reset(fds[1]);
    timeval const limit { 60, 0 };
    ::setsockopt(mine.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
}

void Connection::write(std::string_view bytes) const
{
    while (!bytes.empty()) {
        ssize_t const n = ::send(mine.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        BOOST_REQUIRE_GT(n, 0);
        bytes.remove_prefix(static_cast<size_t>(n));
    }
}

std::string Connection::read_all() const
{
    return read_until({});
}

std::string Connection::read_until(std::string_view text) const
{
    std::string all, buffer(256 << 10, '\0');
    while (text.empty() || all.size() < text.size() || all.compare(all.size() - text.size(), text.size(), text) != 0) {
        ssize_t const n = ::recv(mine.get(), buffer.data(), buffer.size(), 0);
        if (n <= 0) // no check of Boost's: they belong to one thread; what is missing is seen by the caller
            break;
        all.append(buffer, 0, static_cast<size_t>(n));
    }
    return all;
}

void Connection::half_close() const
{
    ::shutdown(mine.get(), SHUT_WR);
}

Fixture::Fixture()
    : container(64, 'a')
{
    BOOST_REQUIRE_MESSAGE(::geteuid() == 0, "needs root: mounts");
    char path[] = "/tmp/keeper-XXXXXX";
    BOOST_REQUIRE(::mkdtemp(path));
    root = path;
    for (auto const* name : { "/state", "/run", "/rootfs", "/rootfs/etc" })
        std::filesystem::create_directory(root + name);
    write_file(root + "/rootfs/etc/passwd", "root:x:0:0:root:/:/bin/sh\n");
    make_daemon();
}

Fixture::~Fixture()
{
    keepers.reset();
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
}

void Fixture::make_daemon()
{
    keepers.reset();
    auto made = drivers::Keepers::create({ KEEPER_PROGRAM, root + "/s" }, [this](auto const& id, auto const& record) {
        MutexLock lock(mutex);
        if (id == container)
            exits.push_back(record);
        changed.notify_all();
    });
    BOOST_REQUIRE_MESSAGE(made, (made ? "" : made.error().message));
    keepers = std::move(made).value();
}

drivers::Call Fixture::call() const
{
    drivers::Call call;
    call.deadline = os::Deadline::after(patience);
    return call;
}

rpc::keeper::Start Fixture::start_of(std::vector<std::string> argv) const
{
    rpc::keeper::Start start;
    start.container = container;
    start.driver = "fake";
    start.driver_state_dir = start.driver_run_dir = root + "/run";
    start.argv = std::move(argv);
    start.env = { "PATH=/usr/bin:/bin", "LC_ALL=C" };
    return start;
}

Result<std::shared_ptr<drivers::Keeper>> Fixture::start(rpc::keeper::Start what, std::vector<drivers::Client>& clients)
{
    drivers::StartFiles files;
    files.driver.reset(::open(FAKE_DRIVER, O_RDONLY | O_CLOEXEC));
    files.rootfs.reset(static_cast<int>(
        ::syscall(SYS_open_tree, AT_FDCWD, (root + "/rootfs").c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
    files.state_dir = state_dir();
    BOOST_REQUIRE(files.driver && files.rootfs);
    return keepers->start(call(), std::move(what), std::move(files), clients);
}

std::shared_ptr<drivers::Keeper> Fixture::start(rpc::keeper::Start what)
{
    std::vector<drivers::Client> none;
    auto keeper = start(std::move(what), none);
    BOOST_REQUIRE_MESSAGE(keeper, (keeper ? "" : keeper.error().message));
    return std::move(keeper).value();
}

std::string Fixture::output_of(rpc::keeper::Start what, rpc::keeper::Attach how)
{
    Connection connection;
    std::vector<drivers::Client> clients;
    clients.push_back({ std::move(how), std::move(connection.theirs) });
    auto const keeper = start(std::move(what), clients);
    BOOST_REQUIRE_MESSAGE(keeper, (keeper ? "" : keeper.error().message));
    clients.clear();
    return connection.read_all();
}

rpc::keeper::ExitRecord Fixture::wait_for_exit()
{
    MutexLock lock(mutex);
    auto const deadline = os::Deadline::after(patience);
    while (exits.empty() && !deadline.passed())
        (void)changed.wait_for(mutex, patience);
    BOOST_REQUIRE(!exits.empty());
    return exits.back();
}

int Fixture::exits_told()
{
    MutexLock lock(mutex);
    return static_cast<int>(exits.size());
}

std::string Fixture::replayed(rpc::keeper::Attach how)
{
    Connection connection;
    how.logs = true;
    how.stream = false;
    auto const done = keepers->replay({ how, std::move(connection.theirs) }, state_dir(), [](auto) {});
    BOOST_REQUIRE(done);
    return connection.read_all();
}

UniqueFd Fixture::state_dir() const
{
    auto fd = os::open_directory(root + "/state");
    BOOST_REQUIRE(fd);
    return std::move(fd).value();
}

rpc::keeper::Attach live(bool in)
{
    rpc::keeper::Attach attach;
    attach.stream = attach.out = attach.err = attach.framed = true;
    attach.half_close = false;
    attach.in = in;
    return attach;
}

void write_file(std::string const& path, std::string_view content)
{
    std::ofstream(path) << content;
}

} // namespace staithe::test
