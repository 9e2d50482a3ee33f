#include "daemon/keeper/execution_driver.hpp"

#include <dlfcn.h>

#include "daemon/keeper/journal.hpp"
#include "daemon/os/clock.hpp"

namespace staithe::keeper {

namespace {

    constexpr int64_t call_ns = 10'000'000'000; // for everything but start

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
    auto const* const plugin = STAITHE_TRY(open_image(file, where.name));
    if (!offers(*plugin, where.name))
        return unfit(where.name, "is not in its file");
    auto error = empty_error();
    if (auto const code = plugin->init(&host, &error); code != STAITHE_OK)
        return error_from(code, error).with_context("execution driver '" + where.name + "' failed in init()");
    std::vector<staithe_pair> options;
    for (auto const& [key, value] : where.options)
        options.push_back({ text(key), text(value) });
    staithe_open const open { sizeof open, 1, text(where.state_dir), text(where.run_dir),
        { options.data(), options.size() } };
    void* self = nullptr;
    void const* table = nullptr;
    if (auto const code = plugin->open(where.name.c_str(), &open, &self, &table, &error); code != STAITHE_OK)
        return error_from(code, error).with_context("execution driver '" + where.name + "' failed in open()");
    auto const* const execution = static_cast<staithe_execution const*>(table);
    if (!is_complete(execution))
        return unfit(where.name, "lacks a required function");
    return ExecutionDriver(where.name, self, execution);
}

Result<void> ExecutionDriver::judge(staithe_code code, staithe_error const& error, char const* function) const
{
    if (code == STAITHE_OK)
        return {};
    return error_from(code, error).with_context("execution driver '" + m_name + "' failed in " + function + "()");
}

Result<staithe_started> ExecutionDriver::start(staithe_container const& container, int64_t deadline_ns)
{
    staithe_started started {};
    started.struct_size = sizeof started;
    started.console = -1;
    auto error = empty_error();
    auto const call = call_until(deadline_ns);
    STAITHE_TRY(judge(m_table->start(m_self, &call, &container, &started, &error), error, "start"));
    if (started.wait_pid <= 0 || started.init_pid <= 0)
        return Error { STAITHE_INTERNAL, 0, "execution driver '" + m_name + "' started a container without a process" };
    return started;
}

Result<void> ExecutionDriver::signal(std::string_view id, int number)
{
    auto error = empty_error();
    auto const call = call_until(os::monotonic_ns() + call_ns);
    return judge(m_table->signal(m_self, &call, text(id), number, &error), error, "signal");
}

Result<void> ExecutionDriver::destroy(std::string_view id)
{
    auto error = empty_error();
    auto const call = call_until(os::monotonic_ns() + call_ns);
    return judge(m_table->destroy(m_self, &call, text(id), &error), error, "destroy");
}

Result<std::string> ExecutionDriver::stats(std::string_view id)
{
    if (!STAITHE_HAS(staithe_execution, m_table, stats))
        return unfit(m_name, "has no statistics");
    auto error = empty_error();
    auto const call = call_until(os::monotonic_ns() + call_ns);
    char buffer[2048];
    staithe_space space { buffer, sizeof buffer, 0 };
    STAITHE_TRY(judge(m_table->stats(m_self, &call, text(id), &space, &error), error, "stats"));
    return std::string(buffer, std::min(space.size, sizeof buffer));
}

} // namespace staithe::keeper
