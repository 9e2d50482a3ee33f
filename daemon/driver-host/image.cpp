#include "image.hpp"

#include <dlfcn.h>

#include <cstring>

#include <staithe/cpp/text.hpp>

namespace staithe::driver_host {

using rpc::driver::Function;

namespace {

    // No table has ever been this large; a larger size is not a size.
    constexpr uint32_t max_struct_bytes = 64 << 10;
    constexpr size_t max_drivers = 64;

    Error refused(std::string message)
    {
        return { STAITHE_INVALID, 0, std::move(message) };
    }

    /// What an "extern C" function of the driver's did: its code and message, or that it threw.
    template <class F> Result<void> called(Function function, F&& f)
    {
        auto error = empty_error();
        staithe_code code;
        try {
            code = f(&error);
        } catch (...) {
            return refused(std::string(rpc::driver::name(function)) + "() threw an exception");
        }
        if (code == STAITHE_OK)
            return {};
        return error_from(code, error);
    }

    /// staithe_open and the pairs it points to.
    struct Place {
        std::vector<staithe_pair> pairs;
        staithe_open open {};
        explicit Place(rpc::driver::Load const& load)
        {
            for (auto const& [key, value] : load.options)
                pairs.push_back({ text(key), text(value) });
            open.struct_size = sizeof open;
            open.generation = load.generation;
            open.state_dir = text(load.state_dir);
            open.run_dir = text(load.run_dir);
            open.options = { pairs.data(), pairs.size() };
        }
    };

    Result<void> check_size(char const* what, uint32_t size, size_t needed)
    {
        if (size >= needed && size <= max_struct_bytes)
            return {};
        return refused(std::string(what) + " of the driver is " + std::to_string(size) + " bytes, this daemon needs "
            + std::to_string(needed));
    }

    Result<void> check_slot(char const* table, char const* slot, bool filled)
    {
        if (filled)
            return {};
        return refused(std::string(table) + "." + slot + " of the driver is NULL, but it is required");
    }

    Result<void> check_storage(staithe_storage const& t)
    {
        STAITHE_TRY(check_size("staithe_storage", t.struct_size, offsetof(staithe_storage, apply)));
        STAITHE_TRY(check_slot("staithe_storage", "create", t.create));
        STAITHE_TRY(check_slot("staithe_storage", "remove", t.remove));
        STAITHE_TRY(check_slot("staithe_storage", "mount", t.mount));
        STAITHE_TRY(check_slot("staithe_storage", "list", t.list));
        return {};
    }

    std::string text_of(char const* s)
    {
        return s ? std::string(s, strnlen(s, 200)) : std::string();
    }

} // namespace

void Image::enter(Function stage, Outbox& out)
{
    m_stage = stage;
    out.send({ static_cast<uint16_t>(rpc::driver::Type::Stage), 0, std::string(1, static_cast<char>(stage)), {} });
}

Result<void> Image::load(UniqueFd file, rpc::driver::Load const& load, Outbox& out)
{
    enter(Function::Dlopen, out);
    std::string const path = "/proc/self/fd/" + std::to_string(file.get());
    void* const image = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!image) {
        std::string why = ::dlerror();
        if (why.starts_with(path + ": "))
            why.erase(0, path.size() + 2);
        return refused("cannot load image: " + why);
    }
    m_plugin = static_cast<staithe_plugin const*>(::dlsym(image, "staithe_plugin_v1"));
    if (!m_plugin)
        return refused("image does not export 'staithe_plugin_v1', so it is no driver for ABI 1");
    STAITHE_TRY(negotiate());
    enter(Function::Driver, out);
    STAITHE_TRY(find_driver(load));
    enter(Function::Init, out);
    STAITHE_TRY_CONTEXT(
        called(Function::Init, [&](staithe_error* e) { return m_plugin->init(out.table(), e); }), "init() failed");
    return {};
}

Result<void> Image::negotiate() const
{
    // Size and major stand where they stand in every version; nothing else is looked at before they fit.
    STAITHE_TRY(check_size("staithe_plugin", m_plugin->struct_size, offsetof(staithe_plugin, deinit) + sizeof(void*)));
    if (m_plugin->abi_major != STAITHE_ABI_MAJOR)
        return refused("driver speaks ABI " + std::to_string(m_plugin->abi_major) + "."
            + std::to_string(m_plugin->abi_minor) + ", this daemon speaks " + std::to_string(STAITHE_ABI_MAJOR) + "."
            + std::to_string(STAITHE_ABI_MINOR));
    STAITHE_TRY(check_slot("staithe_plugin", "driver", m_plugin->driver));
    STAITHE_TRY(check_slot("staithe_plugin", "init", m_plugin->init));
    STAITHE_TRY(check_slot("staithe_plugin", "probe", m_plugin->probe));
    STAITHE_TRY(check_slot("staithe_plugin", "open", m_plugin->open));
    return check_slot("staithe_plugin", "deinit", m_plugin->deinit);
}

Result<void> Image::find_driver(rpc::driver::Load const& load)
{
    std::string offered;
    for (size_t i = 0; i < max_drivers; ++i) {
        auto const* const info = m_plugin->driver(i);
        if (!info)
            break;
        STAITHE_TRY(check_size("staithe_driver_info", info->struct_size, sizeof *info));
        std::string const what = std::string(rpc::driver::name(static_cast<staithe_kind>(info->kind))) + " driver '"
            + text_of(info->name) + "'";
        offered += (offered.empty() ? "" : ", ") + what;
        if (info->kind != static_cast<uint32_t>(load.kind) || text_of(info->name) != load.name)
            continue;
        if (m_info)
            return refused("image offers " + what + " twice");
        m_info = info;
    }
    if (m_info)
        return {};
    return refused("image offers " + (offered.empty() ? "nothing" : offered) + ", not " + rpc::driver::name(load.kind)
        + " driver '" + load.name + "'");
}

Result<void> Image::probe(rpc::driver::Load const& load, Outbox& out)
{
    enter(Function::Probe, out);
    Place const place(load);
    return called(
        Function::Probe, [&](staithe_error* e) { return m_plugin->probe(load.name.c_str(), &place.open, e); });
}

Result<void> Image::open(rpc::driver::Load const& load, Outbox& out)
{
    enter(Function::Open, out);
    Place const place(load);
    STAITHE_TRY(called(Function::Open,
        [&](staithe_error* e) { return m_plugin->open(load.name.c_str(), &place.open, &m_self, &m_table, e); }));
    return check_table(load.kind);
}

Result<void> Image::check_table(staithe_kind kind)
{
    if (!m_table)
        return refused("open() of the driver gave no table");
    if (kind == STAITHE_STORAGE)
        STAITHE_TRY(check_storage(*storage()));
    else
        STAITHE_TRY(check_size("staithe_registry", *static_cast<uint32_t const*>(m_table),
            offsetof(staithe_registry, base) + sizeof(void*)));
    // base stands at the same place in the tables of every kind.
    m_base = storage()->base;
    STAITHE_TRY(check_slot("table", "base", m_base));
    STAITHE_TRY(check_size("staithe_driver", m_base->struct_size, offsetof(staithe_driver, close) + sizeof(void*)));
    return check_slot("staithe_driver", "close", m_base->close);
}

void Image::close()
{
    if (STAITHE_HAS(staithe_driver, m_base, quiesce)) {
        staithe_call call {};
        call.struct_size = sizeof call;
        call.cancel_fd = -1;
        call.cancelled = [](staithe_call const*) { return false; };
        (void)called(Function::Quiesce, [&](staithe_error* e) { return m_base->quiesce(m_self, &call, e); });
    }
    m_base->close(m_self);
    m_plugin->deinit();
}

rpc::driver::Loaded Image::describe() const
{
    return { text_of(m_plugin->id), text_of(m_plugin->version), text_of(m_info->summary) };
}

} // namespace staithe::driver_host
