// SPDX-License-Identifier: Apache-2.0
#include "tests/drivers/execution/keeper.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "daemon/keeper/confinement/confinement.hpp"

namespace staithe::tests {

namespace {

    namespace fs = std::filesystem;

    constexpr char const* applets[] { "awk", "cat", "chmod", "chown", "cut", "dd", "echo", "env", "false", "find",
        "grep", "head", "hostname", "id", "kill", "ln", "ls", "mkdir", "mknod", "mount", "ps", "pwd", "readlink", "seq",
        "sh", "sleep", "sort", "stat", "tail", "test", "touch", "tr", "true", "tty", "umount", "uname", "wc", "ip",
        "stty" };

    void require(bool good, std::string const& what)
    {
        if (!good)
            throw std::runtime_error(what + ": " + std::strerror(errno));
    }

    void make_rootfs(std::string const& path)
    {
        fs::create_directories(path);
        require(::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=64m,mode=755") == 0, "mount tmpfs");
        require(::mount(nullptr, path.c_str(), nullptr, MS_PRIVATE, nullptr) == 0, "make private");
        for (char const* name : { "bin", "etc", "tmp", "dev", "proc", "sys", "root" })
            fs::create_directory(path + "/" + name);
        fs::copy_file("/bin/busybox", path + "/bin/busybox");
        for (auto const* applet : applets)
            fs::create_symlink("busybox", path + "/bin/" + applet);
        ::chmod((path + "/tmp").c_str(), 01777);
    }

    std::string new_id()
    {
        static int count = 0;
        char id[65];
        std::snprintf(id, sizeof id, "%032x%032x", ::getpid(), ++count);
        return id;
    }

    int exit_status(int status)
    {
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    std::pair<UniqueFd, UniqueFd> make_pipe()
    {
        int ends[2];
        require(::pipe2(ends, O_CLOEXEC) == 0, "pipe");
        return { UniqueFd(ends[0]), UniqueFd(ends[1]) };
    }

    /// Reads what comes from both until their ends.
    void drain(int out, int err, std::string& out_text, std::string& err_text)
    {
        pollfd wait[2] { { out, POLLIN, 0 }, { err, POLLIN, 0 } };
        std::string* const text[2] { &out_text, &err_text };
        while (wait[0].fd >= 0 || wait[1].fd >= 0) {
            if (::poll(wait, 2, 60000) <= 0)
                throw std::runtime_error("the container neither prints nor ends");
            for (int i = 0; i < 2; ++i) {
                if (!wait[i].revents)
                    continue;
                char buffer[65536];
                ssize_t const size = ::read(wait[i].fd, buffer, sizeof buffer);
                if (size > 0)
                    text[i]->append(buffer, static_cast<size_t>(size));
                else
                    wait[i].fd = -1;
            }
        }
    }

    void log(staithe_host const*, int32_t, staithe_text, staithe_pairs) { }
    staithe_host const host { sizeof(staithe_host), STAITHE_ABI_MINOR, nullptr, &log, nullptr };

    std::vector<staithe_text> texts(std::vector<std::string> const& strings)
    {
        std::vector<staithe_text> result;
        for (auto const& string : strings)
            result.push_back(text(string));
        return result;
    }

} // namespace

std::string read_text(std::string const& path)
{
    std::ifstream file(path);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

void write_text(std::string const& path, std::string const& text, unsigned mode)
{
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
}

std::vector<std::string> cgroups_of(std::string const& id)
{
    std::vector<std::string> found;
    std::istringstream mounts(read_text("/proc/self/mountinfo"));
    for (std::string line; std::getline(mounts, line);) {
        if (line.find(" - cgroup") == std::string::npos)
            continue;
        std::istringstream words(line);
        std::string word;
        for (int i = 0; i < 5; ++i)
            words >> word;
        if (fs::exists(word + "/staithe-test/" + id))
            found.push_back(word + "/staithe-test/" + id);
    }
    return found;
}

Stage& Stage::get()
{
    static Stage stage;
    return stage;
}

Stage::Stage()
{
    require(::geteuid() == 0, "needs root");
    require(::unshare(CLONE_NEWNS) == 0, "cannot make a mount namespace");
    require(::mount(nullptr, "/", nullptr, MS_REC | MS_SLAVE, nullptr) == 0, "cannot part from the host's mounts");
    require(::access("/bin/busybox", X_OK) == 0, "needs /bin/busybox (busybox-static)");
    ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    char name[] = "/tmp/staithe-execution-XXXXXX";
    require(::mkdtemp(name) != nullptr, "mkdtemp");
    m_directory = name;
    require(::mount("tmpfs", name, "tmpfs", 0, "size=1g,mode=700") == 0, "mount tmpfs");
    void* const image = ::dlopen(STAITHE_TEST_DRIVER, RTLD_NOW | RTLD_LOCAL);
    if (!image)
        throw std::runtime_error(::dlerror());
    m_plugin = static_cast<staithe_plugin const*>(::dlsym(image, "staithe_plugin_v1"));
    auto error = empty_error();
    if (!m_plugin || m_plugin->init(&host, &error) != STAITHE_OK)
        throw std::runtime_error("the driver's file is not a plugin");
}

Stage::~Stage()
{
    ::umount2(m_directory.c_str(), MNT_DETACH);
    ::rmdir(m_directory.c_str());
}

Terminal::Terminal()
{
    UniqueFd const fs(::fsopen("devpts", FSOPEN_CLOEXEC));
    ::fsconfig(fs.get(), FSCONFIG_SET_FLAG, "newinstance", nullptr, 0);
    ::fsconfig(fs.get(), FSCONFIG_SET_STRING, "gid", "5", 0);
    ::fsconfig(fs.get(), FSCONFIG_SET_STRING, "mode", "0620", 0);
    ::fsconfig(fs.get(), FSCONFIG_SET_STRING, "ptmxmode", "0666", 0);
    ::fsconfig(fs.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0);
    mount.reset(::fsmount(fs.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC));
    master.reset(::openat(mount.get(), "ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC));
    int unlock = 0;
    require(master && ::ioctl(master.get(), TIOCSPTLCK, &unlock) == 0, "terminal");
    slave.reset(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
    require(static_cast<bool>(slave), "terminal's slave");
}

/// The C structs that start() gets, and what they point to.
struct Container::Described {
    std::vector<staithe_text> argv, env;
    std::vector<staithe_mount const*> mounts;
    staithe_process process {};
    staithe_container container {};
};

Container::Container()
    : id(new_id())
    , confinement(keeper::default_confinement(false))
{
    auto const& stage = Stage::get();
    cgroup = "staithe-test/" + id;
    m_rootfs = stage.directory() + "/" + id;
    m_run_dir = stage.directory() + "/run";
    fs::create_directories(m_run_dir);
    make_rootfs(m_rootfs);
    limits.struct_size = sizeof limits;
    call.struct_size = sizeof call;
    call.cancel_fd = -1;
    staithe_open where {};
    where.struct_size = sizeof where;
    where.run_dir = where.state_dir = text(m_run_dir);
    m_error = empty_error();
    void const* table = nullptr;
    if (stage.plugin().open("namespaces", &where, &m_self, &table, &m_error) != STAITHE_OK)
        throw std::runtime_error(m_error.message);
    m_table = static_cast<staithe_execution const*>(table);
}

Container::~Container()
{
    if (m_self) {
        destroy();
        if (m_running && !m_waited)
            wait();
        m_table->base->close(m_self);
    }
    ::umount2(m_rootfs.c_str(), MNT_DETACH);
    ::rmdir(m_rootfs.c_str());
}

void Container::describe(Described& d)
{
    d.argv = texts(argv);
    d.env = texts(env);
    for (auto const& mount : mounts)
        d.mounts.push_back(&mount);
    auto& p = d.process;
    p.struct_size = sizeof p;
    p.argv = d.argv.data();
    p.argc = d.argv.size();
    p.env = d.env.data();
    p.envc = d.env.size();
    p.cwd = text(cwd);
    p.uid = uid;
    p.gid = gid;
    p.groups = groups.data();
    p.group_count = groups.size();
    p.tty = terminal != nullptr;
    auto& c = d.container;
    c.struct_size = sizeof c;
    c.network_namespace = network;
    c.id = text(id);
    c.rootfs = text(m_rootfs);
    c.hostname = text(hostname);
    c.domainname = text(domainname);
    c.cgroup = text(cgroup);
    c.mounts = d.mounts.data();
    c.mount_count = d.mounts.size();
    c.limits = &limits;
    c.confinement = &confinement;
    c.process = &d.process;
    c.options = { options.data(), options.size() };
}

staithe_code Container::check()
{
    Described d;
    describe(d);
    m_error = empty_error();
    return m_table->check(m_self, &call, &d.container, &m_error);
}

staithe_code Container::start()
{
    m_error = empty_error();
    if (terminal) {
        staithe_mount pts {};
        pts.struct_size = sizeof pts;
        pts.fd = terminal->mount.get();
        pts.target = text("/dev/pts");
        mounts.push_back(pts);
    }
    Described d;
    describe(d);
    UniqueFd const null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    auto [out, out_writer] = make_pipe();
    auto [err, err_writer] = make_pipe();
    int const slave = terminal ? terminal->slave.get() : -1;
    d.process.stdio[0] = terminal ? slave : null.get();
    d.process.stdio[1] = terminal ? slave : out_writer.get();
    d.process.stdio[2] = terminal ? slave : err_writer.get();
    m_out = std::move(out);
    m_err = std::move(err);
    m_read.clear();
    staithe_started started {};
    started.struct_size = sizeof started;
    auto const code = m_table->start(m_self, &call, &d.container, &started, &m_error);
    if (code == STAITHE_OK) {
        m_started = started;
        m_running = true;
        m_waited = false;
    }
    return code;
}

int Container::wait()
{
    int status = 0;
    while (::waitpid(m_started.wait_pid, &status, 0) < 0 && errno == EINTR) { }
    m_waited = true;
    return exit_status(status);
}

Outcome Container::finish()
{
    Outcome outcome;
    outcome.out = std::move(m_read);
    drain(m_out.get(), m_err.get(), outcome.out, outcome.err);
    outcome.status = wait();
    return outcome;
}

Outcome Container::run()
{
    if (start() != STAITHE_OK)
        throw std::runtime_error("start: " + message());
    return finish();
}

void Container::wait_for_output(std::string const& text)
{
    int const fd = terminal ? terminal->master.get() : m_out.get();
    while (m_read.find(text) == std::string::npos) {
        pollfd wait { fd, POLLIN, 0 };
        char buffer[4096];
        if (::poll(&wait, 1, 60000) <= 0)
            throw std::runtime_error("no output; so far: " + m_read);
        ssize_t const size = ::read(fd, buffer, sizeof buffer);
        if (size <= 0)
            throw std::runtime_error("output ended; so far: " + m_read);
        m_read.append(buffer, static_cast<size_t>(size));
    }
}

staithe_code Container::signal(int number)
{
    return m_table->signal(m_self, &call, text(id), number, &m_error);
}

staithe_code Container::destroy()
{
    return m_table->destroy(m_self, &call, text(id), &m_error);
}

staithe_code Container::freeze(bool frozen)
{
    return m_table->freeze(m_self, &call, text(id), frozen, &m_error);
}

std::string Container::stats()
{
    char buffer[1024];
    staithe_space space { buffer, sizeof buffer, 0 };
    if (m_table->stats(m_self, &call, text(id), &space, &m_error) != STAITHE_OK)
        throw std::runtime_error("stats: " + message());
    return { buffer, space.size };
}

staithe_code Container::enter_code(std::vector<std::string> const& arguments, pid_t& pid)
{
    Described d;
    describe(d);
    auto const words = texts(arguments);
    d.process.argv = words.data();
    d.process.argc = words.size();
    d.process.tty = false;
    UniqueFd const null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    for (int& fd : d.process.stdio)
        fd = null.get();
    return m_table->enter(m_self, &call, text(id), &d.process, &pid, &m_error);
}

Outcome Container::enter(std::vector<std::string> const& arguments, uint32_t user)
{
    Described d;
    describe(d);
    auto const words = texts(arguments);
    d.process.argv = words.data();
    d.process.argc = words.size();
    d.process.uid = d.process.gid = user;
    d.process.tty = false;
    UniqueFd const null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    auto [out, out_writer] = make_pipe();
    auto [err, err_writer] = make_pipe();
    d.process.stdio[0] = null.get();
    d.process.stdio[1] = out_writer.get();
    d.process.stdio[2] = err_writer.get();
    pid_t pid = -1;
    if (m_table->enter(m_self, &call, text(id), &d.process, &pid, &m_error) != STAITHE_OK)
        throw std::runtime_error("enter: " + message());
    out_writer.reset();
    err_writer.reset();
    Outcome outcome;
    drain(out.get(), err.get(), outcome.out, outcome.err);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    outcome.status = exit_status(status);
    return outcome;
}

staithe_code Container::destroy_from_elsewhere()
{
    staithe_open where {};
    where.struct_size = sizeof where;
    where.run_dir = where.state_dir = text(m_run_dir);
    void* self = nullptr;
    void const* table = nullptr;
    auto code = Stage::get().plugin().open("namespaces", &where, &self, &table, &m_error);
    if (code != STAITHE_OK)
        return code;
    auto const* other = static_cast<staithe_execution const*>(table);
    code = other->destroy(self, &call, text(id), &m_error);
    other->base->close(self);
    return code;
}

} // namespace staithe::tests
