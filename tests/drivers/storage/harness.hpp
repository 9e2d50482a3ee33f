// SPDX-License-Identifier: Apache-2.0
//
// A storage driver as the tests see it: its .so loaded with dlopen, called through the C table, on a tmpfs of its own
// in a private mount namespace.
#pragma once

#include <dlfcn.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <array>
#include <cstring>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <staithe/cpp/stream.hpp>
#include <staithe/cpp/unique_fd.hpp>
#include <staithe/plugin.h>
#include <staithe/storage.h>

namespace staithe::test {

inline std::string slurp(std::string const& path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    return all.str();
}

/// Where the tests of this process write; known before anything is there.
inline std::string const& scratch_path()
{
    static std::string const path = "/tmp/staithe-storage." + std::to_string(::getpid());
    return path;
}

/// Once per process: a mount namespace that nobody shares, and a tmpfs at scratch_path(). Empty without the privilege.
inline std::string const& scratch_root()
{
    static std::string const root = [] {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            return std::string();
        auto const& path = scratch_path();
        if (::mkdir(path.c_str(), 0700) != 0 || ::mount("scratch", path.c_str(), "tmpfs", 0, "size=2g,mode=0700") != 0)
            return std::string();
        return path;
    }();
    return root;
}

inline void remove_scratch_root()
{
    if (scratch_root().empty())
        return;
    ::umount2(scratch_root().c_str(), MNT_DETACH);
    ::rmdir(scratch_root().c_str());
}

class StringSource final : public Source {
public:
    explicit StringSource(std::string_view data, size_t cut_at = std::string_view::npos)
        : m_data(data)
        , m_cut_at(cut_at)
    {
    }
    Result<size_t> read(void* into, size_t capacity) override
    {
        size_t const n = std::min({ capacity, m_data.size() - m_at, m_cut_at - std::min(m_at, m_cut_at) });
        if (n == 0 && m_at >= m_cut_at)
            return Error { STAITHE_IO, 0, "connection lost" };
        std::memcpy(into, m_data.data() + m_at, n);
        m_at += n;
        return n;
    }

private:
    std::string_view m_data;
    size_t m_cut_at, m_at = 0;
};

class StringSink final : public Sink {
public:
    Result<void> write(void const* from, size_t size) override
    {
        data.append(static_cast<char const*>(from), size);
        return {};
    }
    std::string data;
};

/// A driver with a state directory of its own. Failures of calls come back as Results.
class Driver {
public:
    Driver(std::string const& name, std::string const& state)
        : m_state(state)
    {
        auto const path = std::string(STAITHE_TEST_DRIVER_DIR) + "/storage-" + name + ".so";
        void* const image = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
        if (!image)
            throw std::runtime_error(::dlerror());
        m_plugin = static_cast<staithe_plugin const*>(::dlsym(image, "staithe_plugin_v1"));
        ::mkdir(state.c_str(), 0700);
        ::mkdir((state + "/state").c_str(), 0700);
        ::mkdir((state + "/run").c_str(), 0700);
        open();
    }
    ~Driver() { close(); }

    void close()
    {
        if (m_self)
            m_table->base->close(m_self);
        m_self = nullptr;
    }

    void open()
    {
        auto const state = m_state + "/state", run = m_state + "/run";
        staithe_open where {};
        where.struct_size = sizeof where;
        where.state_dir = text(state);
        where.run_dir = text(run);
        auto error = empty_error();
        void const* table = nullptr;
        if (m_plugin->probe("", &where, &error) != STAITHE_OK
            || m_plugin->open("", &where, &m_self, &table, &error) != STAITHE_OK)
            throw std::runtime_error(error.message);
        m_table = static_cast<staithe_storage const*>(table);
    }

    Result<void> create(std::string const& id, std::string const& parent = {}, bool writable = false)
    {
        staithe_layer layer {};
        layer.struct_size = sizeof layer;
        layer.id = text(id);
        layer.parent = text(parent);
        layer.writable = writable;
        return call([&](staithe_error* e) { return m_table->create(m_self, &m_call, &layer, e); });
    }
    Result<void> remove(std::string const& id)
    {
        return call([&](staithe_error* e) { return m_table->remove(m_self, &m_call, text(id), e); });
    }
    Result<UniqueFd> mount(std::string const& id, bool writable)
    {
        int32_t fd = -1;
        STAITHE_TRY(
            call([&](staithe_error* e) { return m_table->mount(m_self, &m_call, text(id), writable, &fd, e); }));
        return UniqueFd(fd);
    }
    Result<uint64_t> apply(std::string const& id, Source& tar, int fd = -1)
    {
        SourceTable source(tar, fd);
        uint64_t bytes = 0;
        STAITHE_TRY(
            call([&](staithe_error* e) { return m_table->apply(m_self, &m_call, text(id), source.get(), &bytes, e); }));
        return bytes;
    }
    Result<uint64_t> apply(std::string const& id, std::string_view tar)
    {
        StringSource source(tar);
        return apply(id, source);
    }
    Result<void> diff_to(std::string const& id, std::string const& parent, Sink& out)
    {
        SinkTable sink(out);
        return call(
            [&](staithe_error* e) { return m_table->diff(m_self, &m_call, text(id), text(parent), sink.get(), e); });
    }
    Result<std::string> diff(std::string const& id, std::string const& parent)
    {
        StringSink out;
        STAITHE_TRY(diff_to(id, parent, out));
        return out.data;
    }
    Result<void> pack_to(int root, std::string_view path, std::string_view prefix, Sink& out)
    {
        SinkTable sink(out);
        return call([&](staithe_error* e) {
            return m_table->pack(m_self, &m_call, root, text(path), text(prefix), sink.get(), e);
        });
    }
    Result<std::string> pack(int root, std::string_view path, std::string_view prefix)
    {
        StringSink out;
        STAITHE_TRY(pack_to(root, path, prefix, out));
        return out.data;
    }
    /// The whole layer.
    Result<std::string> export_tree(std::string const& id)
    {
        auto const root = STAITHE_TRY(mount(id, false));
        return pack(root.get(), "/", ".");
    }
    /// "A /x\nD /y\n"
    Result<std::string> changes(std::string const& id, std::string const& parent)
    {
        std::string found;
        auto const visit = [](void* ctx, staithe_change const* change) {
            static_cast<std::string*>(ctx)->append({ "MAD"[change->kind], ' ' }).append(view(change->path)) += '\n';
            return true;
        };
        STAITHE_TRY(call([&](staithe_error* e) {
            return m_table->changes(m_self, &m_call, text(id), text(parent), visit, &found, e);
        }));
        return found;
    }
    Result<uint64_t> usage(std::string const& id)
    {
        uint64_t bytes = 0;
        STAITHE_TRY(call([&](staithe_error* e) { return m_table->usage(m_self, &m_call, text(id), &bytes, e); }));
        return bytes;
    }
    Result<std::string> tree_hash(std::string const& id)
    {
        char digest[128];
        staithe_space space { digest, sizeof digest, 0 };
        STAITHE_TRY(call([&](staithe_error* e) { return m_table->tree_hash(m_self, &m_call, text(id), &space, e); }));
        return std::string(digest, space.size);
    }
    /// Layers and their parents.
    std::map<std::string, std::string> list()
    {
        std::map<std::string, std::string> found;
        auto const visit = [](void* ctx, staithe_layer const* layer) {
            static_cast<std::map<std::string, std::string>*>(ctx)->emplace(view(layer->id), view(layer->parent));
            return true;
        };
        (void)call([&](staithe_error* e) { return m_table->list(m_self, &m_call, visit, &found, e); });
        return found;
    }
    /// What comes with every call from now on, without the function that tells of both.
    void limit_calls(int cancel_fd, int64_t deadline_ns)
    {
        m_call.cancel_fd = cancel_fd;
        m_call.deadline_ns = deadline_ns;
    }
    void cancel_calls(bool (*cancelled)(staithe_call const*)) { m_call.cancelled = cancelled; }

private:
    template <class F> Result<void> call(F f)
    {
        auto error = empty_error();
        auto const code = f(&error);
        return code == STAITHE_OK ? Result<void> {} : error_from(code, error);
    }

    static staithe_call no_limit()
    {
        staithe_call c {};
        c.struct_size = sizeof c;
        c.cancel_fd = -1;
        return c;
    }

    std::string m_state;
    staithe_plugin const* m_plugin = nullptr;
    staithe_storage const* m_table = nullptr;
    void* m_self = nullptr;
    staithe_call m_call = no_limit();
};

/// A layer id from a small number.
inline std::string id_of(unsigned number)
{
    char id[65];
    std::snprintf(id, sizeof id, "%064x", number);
    return id;
}

} // namespace staithe::test
