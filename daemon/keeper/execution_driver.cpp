#include "daemon/keeper/execution_driver.hpp"

#include <dlfcn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <optional>

#include "daemon/keeper/driver_call.hpp"
#include "daemon/keeper/journal.hpp"
#include "daemon/os/clock.hpp"

namespace staithe::keeper {

namespace {

    constexpr int64_t default_call_ns = 10'000'000'000;

    void log_line(staithe_host const*, int32_t level, staithe_text message, staithe_pairs)
    {
        if (level >= STAITHE_WARNING)
            journal(view(message));
    }

    void const* no_service(staithe_host const*, char const*)
    {
        return nullptr;
    }

    constexpr staithe_host host { sizeof(staithe_host), STAITHE_ABI_MINOR, nullptr, log_line, no_service };

    staithe_call call_until(int64_t deadline_ns)
    {
        staithe_call call {};
        call.struct_size = sizeof call;
        call.cancel_fd = -1;
        call.deadline_ns = deadline_ns;
        call.request_id = text("keeper");
        call.cancelled = [](staithe_call const* c) { return c->deadline_ns && os::monotonic_ns() >= c->deadline_ns; };
        return call;
    }

    Error unfit(std::string_view name, std::string_view why)
    {
        return { STAITHE_UNSUPPORTED, 0, "execution driver '" + std::string(name) + "' " + std::string(why) };
    }

    /// A driver that fails with a code that is none has failed all the same.
    Error failure(std::string_view name, staithe_code code, staithe_error error, char const* function)
    {
        error.message[sizeof error.message - 1] = '\0';
        auto failed = error_from(code, error);
        if (failed.code < STAITHE_INVALID || failed.code > STAITHE_INTERNAL)
            failed.code = STAITHE_INTERNAL;
        return std::move(failed).with_context(
            "execution driver '" + std::string(name) + "' failed in " + function + "()");
    }

    Result<staithe_plugin const*> open_image(int file, std::string_view name)
    {
        auto const path = "/proc/self/fd/" + std::to_string(file);
        void* const image = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!image) {
            char const* const why = ::dlerror();
            return unfit(name, std::string("cannot be loaded: ") + (why ? why : "no reason given"));
        }
        auto const* const plugin = static_cast<staithe_plugin const*>(::dlsym(image, "staithe_plugin_v1"));
        if (!plugin)
            return unfit(name, "has no staithe_plugin_v1");
        if (plugin->struct_size < offsetof(staithe_plugin, deinit) || plugin->abi_major != STAITHE_ABI_MAJOR)
            return unfit(name, "was built for another version of the driver ABI");
        if (!plugin->driver || !plugin->init || !plugin->open)
            return unfit(name, "lacks a required function");
        return plugin;
    }

    bool offers(staithe_plugin const& plugin, std::string_view name)
    {
        for (size_t i = 0; i < 64; ++i) {
            auto const* const info = plugin.driver(i);
            if (!info)
                return false;
            if (info->kind == STAITHE_EXECUTION && info->name && name == info->name)
                return true;
        }
        return false;
    }

    bool is_complete(staithe_execution const* table)
    {
        return table && STAITHE_HAS(staithe_execution, table, base) && STAITHE_HAS(staithe_execution, table, check)
            && STAITHE_HAS(staithe_execution, table, start) && STAITHE_HAS(staithe_execution, table, signal)
            && STAITHE_HAS(staithe_execution, table, destroy);
    }

} // namespace

Result<ExecutionDriver> ExecutionDriver::load(int file, Where const& where)
{
    int64_t const call_ns = where.call_ns > 0 ? where.call_ns : default_call_ns;
    int64_t const deadline_ns = os::monotonic_ns() + call_ns;
    std::optional<DriverCall> running(std::in_place, "init", deadline_ns);
    auto const* const plugin = STAITHE_TRY(open_image(file, where.name));
    if (!offers(*plugin, where.name))
        return unfit(where.name, "is not in its file");
    auto error = empty_error();
    auto const init = [&]() noexcept { return plugin->init(&host, &error); }; // what is thrown ends the keeper here
    if (auto const code = init(); code != STAITHE_OK)
        return failure(where.name, code, error, "init");
    std::vector<staithe_pair> options;
    for (auto const& [key, value] : where.options)
        options.push_back({ text(key), text(value) });
    staithe_open const open { sizeof open, 1, text(where.state_dir), text(where.run_dir),
        { options.data(), options.size() } };
    void* self = nullptr;
    void const* table = nullptr;
    running.emplace("open", deadline_ns);
    auto const opening = [&]() noexcept { return plugin->open(where.name.c_str(), &open, &self, &table, &error); };
    if (auto const code = opening(); code != STAITHE_OK)
        return failure(where.name, code, error, "open");
    auto const* const execution = static_cast<staithe_execution const*>(table);
    if (!is_complete(execution))
        return unfit(where.name, "lacks a required function");
    return ExecutionDriver(where.name, call_ns, std::make_unique<Opened const>(self, execution, plugin, call_ns));
}

ExecutionDriver::Opened::~Opened()
{
    DriverCall const running("close", os::monotonic_ns() + call_ns);
    if (table->base && STAITHE_HAS(staithe_driver, table->base, close))
        table->base->close(self);
    if (STAITHE_HAS(staithe_plugin, plugin, deinit))
        plugin->deinit();
}

template <class F> Result<void> ExecutionDriver::run(char const* function, int64_t deadline_ns, F&& f)
{
    auto error = empty_error();
    auto const call = call_until(deadline_ns);
    DriverCall const running(function, deadline_ns);
    auto const called = [&]() noexcept { return f(&call, &error); }; // what is thrown ends the keeper here
    auto const code = called();
    return code == STAITHE_OK ? Result<void>() : failure(m_name, code, error, function);
}

Error ExecutionDriver::broken(char const* function, std::string const& how) const
{
    return { STAITHE_INTERNAL, 0,
        "execution driver '" + m_name + "' broke its contract in " + function + "(): " + how };
}

Result<void> ExecutionDriver::check_started(staithe_started const& started) const
{
    siginfo_t info {};
    if (started.wait_pid <= 0 || started.init_pid <= 0
        || ::waitid(P_PID, static_cast<id_t>(started.wait_pid), &info, WEXITED | WNOHANG | WNOWAIT) != 0)
        return broken("start", "it answered no child of its own");
    if (started.console >= 0 && !::isatty(started.console))
        return broken("start", "it answered descriptor " + std::to_string(started.console) + ", which is no terminal");
    return {};
}

Result<staithe_started> ExecutionDriver::start(staithe_container const& container, int64_t deadline_ns)
{
    staithe_started started {};
    started.struct_size = sizeof started;
    started.console = -1;
    STAITHE_TRY(run("start", deadline_ns,
        [&](auto const* call, auto* error) { return m_table->start(m_self, call, &container, &started, error); }));
    if (auto sound = check_started(started); !sound) {
        (void)destroy(view(container.id));
        return std::move(sound.error());
    }
    return started;
}

Result<void> ExecutionDriver::signal(std::string_view id, int number)
{
    return run("signal", os::monotonic_ns() + m_call_ns,
        [&](auto const* call, auto* error) { return m_table->signal(m_self, call, text(id), number, error); });
}

Result<void> ExecutionDriver::destroy(std::string_view id)
{
    return run("destroy", os::monotonic_ns() + m_call_ns,
        [&](auto const* call, auto* error) { return m_table->destroy(m_self, call, text(id), error); });
}

Result<std::string> ExecutionDriver::stats(std::string_view id)
{
    if (!STAITHE_HAS(staithe_execution, m_table, stats))
        return unfit(m_name, "has no statistics");
    char buffer[2048];
    staithe_space space { buffer, sizeof buffer, 0 };
    STAITHE_TRY(run("stats", os::monotonic_ns() + m_call_ns,
        [&](auto const* call, auto* error) { return m_table->stats(m_self, call, text(id), &space, error); }));
    if (space.size > sizeof buffer)
        return broken("stats", "it answered more than was asked for");
    return std::string(buffer, space.size);
}

} // namespace staithe::keeper
