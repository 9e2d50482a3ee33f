// staithed: reads its configuration, makes the daemon, and then sits in its main thread waiting for signals.
#include <malloc.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "daemon/config/paths.hpp"
#include "daemon/config/settings.hpp"
#include "daemon/daemon.hpp"
#include "daemon/os/kernel.hpp"
#include "daemon/os/memory.hpp"

namespace {

using namespace staithe;

sigset_t handled_signals()
{
    sigset_t set;
    sigemptyset(&set);
    for (int const signal : { SIGTERM, SIGINT, SIGHUP })
        sigaddset(&set, signal);
    return set;
}

Result<void> check_host()
{
    auto const release = os::kernel_release();
    if (!os::release_at_least(release, 5, 12))
        return Error { STAITHE_UNSUPPORTED, 0,
            "this is Linux " + release
                + ", but staithed needs 5.12 or younger (detached mounts with read-only attributes)" };
    if (::geteuid() != 0)
        return Error { STAITHE_DENIED, 0, "staithed must be started by root" };
    return {};
}

/// What holds for the whole process, before there is a second thread.
void prepare_process(os::Log& log)
{
    ::umask(0077);
    ::mallopt(M_ARENA_MAX, 2); // a pool of request threads would spread the heap over as many arenas
    (void)std::signal(SIGPIPE, SIG_IGN);
    auto const signals = handled_signals();
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    if (auto const raised = os::raise_descriptor_limit(); !raised)
        log.warning(raised.error().message);
}

void serve(Daemon& daemon, os::Log& log, int argc, char** argv)
{
    auto const signals = handled_signals();
    for (;;) {
        int const signal = ::sigwaitinfo(&signals, nullptr);
        if (signal == SIGTERM || signal == SIGINT) {
            log.info("ending; containers keep running");
            return;
        }
        if (signal != SIGHUP)
            continue;
        auto config = config::load(argc, argv);
        if (config)
            daemon.reload(std::move(config).value());
        else
            log.error("the configuration was not read again: " + config.error().message);
    }
}

Result<void> run(config::Config config, os::Log& log, int argc, char** argv)
{
    STAITHE_TRY(check_host());
    prepare_process(log);
    auto const hosts = config.hosts;
    auto daemon = STAITHE_TRY(Daemon::create(std::move(config), log));
    STAITHE_TRY(daemon->start());
    for (auto const& host : hosts)
        log.info("staithed " STAITHE_VERSION " listens on " + host);
    os::give_back_start();
    serve(*daemon, log, argc, argv);
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    os::Log log;
    auto config = config::load(argc, argv);
    if (!config) {
        log.error(config.error().message);
        return 2;
    }
    if (config.value().help) {
        std::fputs(config::help_text().c_str(), stdout);
        return 0;
    }
    if (config.value().version) {
        std::puts("staithed " STAITHE_VERSION);
        return 0;
    }
    auto const ended = run(std::move(config).value(), log, argc, argv);
    if (!ended)
        log.error("cannot start: " + ended.error().message);
    return ended ? 0 : 1;
}
