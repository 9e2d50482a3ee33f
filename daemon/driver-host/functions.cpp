#include "functions.hpp"

#include <fcntl.h>

#include <staithe/cpp/text.hpp>
#include <staithe/fetch.h>

#include "daemon/driver-host/streams.hpp"

namespace staithe::driver_host {

using rpc::driver::Function;
using rpc::driver::Item;

namespace {

    constexpr size_t part_bytes = 128u << 10;

    /// The driver broke its contract, as opposed to having refused.
    struct Broken {
        std::string how;
    };

    Error unsupported(Function function)
    {
        return { STAITHE_UNSUPPORTED, 0,
            std::string("the driver does not offer ") + rpc::driver::name(function) + "()" };
    }

    /// Collects the elements that a visitor is shown and sends them in bounded messages.
    class Items {
    public:
        Items(ActiveCall& call, Outbox& out)
            : m_call(call)
            , m_out(out)
        {
        }
        bool add(std::string_view path, uint32_t kind)
        {
            m_part.items.push_back({ std::string(path), kind });
            m_bytes += path.size() + sizeof(Item);
            if (m_bytes >= part_bytes)
                flush();
            return !m_call.cancelled();
        }
        void flush()
        {
            if (!m_part.items.empty())
                m_out.send(message(rpc::driver::Type::Part, m_part, m_call.number()));
            m_part.items.clear();
            m_bytes = 0;
        }
        /// Remembers the first thing in a visit that the contract forbids.
        bool broken(std::string how)
        {
            if (m_broken.empty())
                m_broken = std::move(how);
            return false;
        }
        std::string const& broken() const { return m_broken; }

    private:
        ActiveCall& m_call;
        Outbox& m_out;
        rpc::driver::Part m_part;
        size_t m_bytes = 0;
        std::string m_broken;
    };

    bool take_layer(void* ctx, staithe_layer const* layer)
    {
        auto& items = *static_cast<Items*>(ctx);
        if (!layer || layer->struct_size < offsetof(staithe_layer, id) + sizeof layer->id)
            return items.broken("visited a layer without a valid struct_size");
        if (layer->id.size > 256)
            return items.broken("visited a layer with an id of " + std::to_string(layer->id.size) + " bytes");
        return items.add(view(layer->id), 0);
    }

    bool take_change(void* ctx, staithe_change const* change)
    {
        auto& items = *static_cast<Items*>(ctx);
        if (!change || change->path.size > 64u << 10 || change->kind > STAITHE_DELETED)
            return items.broken("visited a change that cannot be one");
        return items.add(view(change->path), change->kind);
    }

    /// One run of one function. out is what a success answers.
    class Run {
    public:
        Run(Image const& image, ActiveCall& call, Outbox& outbox)
            : m_image(image)
            , m_call(call)
            , m_request(call.request())
            , m_items(call, outbox)
        {
        }
        rpc::Message answer();

    private:
        staithe_code dispatch();
        staithe_code required();
        staithe_code streams();
        staithe_code answers();
        staithe_code mount();
        staithe_code apply();
        staithe_code pack();
        staithe_code tree_hash();
        staithe_code fetch();
        staithe_code missing() { return report(unsupported(m_request.function), &m_error); }
        template <class F> staithe_code write_stream(F&& f);
        rpc::Message failure(staithe_code);
        rpc::Message broken(std::string how);

        Image const& m_image;
        ActiveCall& m_call;
        rpc::driver::Call const& m_request;
        Items m_items;
        staithe_error m_error = empty_error();
        rpc::driver::Done m_done;
        std::vector<UniqueFd> m_fds;
    };

    staithe_code Run::dispatch()
    {
        switch (m_request.function) {
        case Function::Create:
        case Function::Remove:
        case Function::Mount:
        case Function::List: return required();
        case Function::Apply:
        case Function::Diff:
        case Function::Pack: return streams();
        case Function::FetchUrl: return fetch();
        default: return answers();
        }
    }

    staithe_code Run::required()
    {
        auto const& t = *m_image.storage();
        auto const id = text(m_request.id);
        if (m_request.function == Function::Create) {
            staithe_layer layer {};
            layer.struct_size = sizeof layer;
            layer.writable = m_request.writable;
            layer.id = id;
            layer.parent = text(m_request.parent);
            return t.create(m_image.self(), m_call.table(), &layer, &m_error);
        }
        if (m_request.function == Function::Remove)
            return t.remove(m_image.self(), m_call.table(), id, &m_error);
        if (m_request.function == Function::Mount)
            return mount();
        return t.list(m_image.self(), m_call.table(), take_layer, &m_items, &m_error);
    }

    staithe_code Run::mount()
    {
        int32_t fd = -1;
        auto const code = m_image.storage()->mount(
            m_image.self(), m_call.table(), text(m_request.id), m_request.writable, &fd, &m_error);
        if (code != STAITHE_OK)
            return code;
        if (fd <= 3 || ::fcntl(fd, F_GETFD) < 0)
            throw Broken { "answered descriptor " + std::to_string(fd) + ", which is not an open one of its own" };
        m_fds.emplace_back(fd);
        return code;
    }

    staithe_code Run::streams()
    {
        auto const& t = *m_image.storage();
        auto const id = text(m_request.id);
        if (m_request.function == Function::Apply)
            return STAITHE_HAS(staithe_storage, &t, apply) ? apply() : missing();
        if (m_request.function == Function::Diff) {
            if (!STAITHE_HAS(staithe_storage, &t, diff))
                return missing();
            return write_stream([&](staithe_sink* sink) {
                return t.diff(m_image.self(), m_call.table(), id, text(m_request.parent), sink, &m_error);
            });
        }
        return STAITHE_HAS(staithe_storage, &t, pack) ? pack() : missing();
    }

    staithe_code Run::apply()
    {
        PipeSource source(m_call);
        SourceTable table(source, m_call.stream().get());
        return m_image.storage()->apply(
            m_image.self(), m_call.table(), text(m_request.id), table.get(), &m_done.bytes, &m_error);
    }

    staithe_code Run::pack()
    {
        if (m_call.root() < 0)
            return report({ STAITHE_INVALID, 0, "no root came with the call" }, &m_error);
        return write_stream([&](staithe_sink* sink) {
            return m_image.storage()->pack(m_image.self(), m_call.table(), m_call.root(), text(m_request.path),
                text(m_request.prefix), sink, &m_error);
        });
    }

    template <class F> staithe_code Run::write_stream(F&& f)
    {
        PipeSink sink(m_call);
        SinkTable table(sink, m_call.stream().get());
        auto const code = f(table.get());
        if (code == STAITHE_OK && sink.failed())
            return report({ STAITHE_IO, 0, "the stream could not be written" }, &m_error);
        return code;
    }

    staithe_code Run::answers()
    {
        auto const& t = *m_image.storage();
        auto const id = text(m_request.id);
        if (m_request.function == Function::Changes)
            return STAITHE_HAS(staithe_storage, &t, changes)
                ? t.changes(m_image.self(), m_call.table(), id, text(m_request.parent), take_change, &m_items, &m_error)
                : missing();
        if (m_request.function == Function::Usage)
            return STAITHE_HAS(staithe_storage, &t, usage)
                ? t.usage(m_image.self(), m_call.table(), id, &m_done.bytes, &m_error)
                : missing();
        if (m_request.function == Function::TreeHash)
            return STAITHE_HAS(staithe_storage, &t, tree_hash) ? tree_hash() : missing();
        return missing();
    }

    staithe_code Run::tree_hash()
    {
        char buffer[256];
        staithe_space space { buffer, sizeof buffer, 0 };
        auto const code =
            m_image.storage()->tree_hash(m_image.self(), m_call.table(), text(m_request.id), &space, &m_error);
        if (code != STAITHE_OK)
            return code;
        if (space.size > sizeof buffer)
            throw Broken { "answered " + std::to_string(space.size) + " bytes where " + std::to_string(sizeof buffer)
                + " were offered" };
        m_done.text.assign(buffer, space.size);
        return code;
    }

    staithe_code Run::fetch()
    {
        auto const* const base = m_image.base();
        if (!STAITHE_HAS(staithe_driver, base, extension))
            return missing();
        auto const* const t =
            static_cast<staithe_fetch const*>(base->extension(m_image.self(), STAITHE_FETCH_EXTENSION));
        if (!t || !STAITHE_HAS(staithe_fetch, t, fetch))
            return missing();
        return write_stream([&](staithe_sink* sink) {
            return t->fetch(m_image.self(), m_call.table(), text(m_request.id), sink, &m_error);
        });
    }

    rpc::Message Run::failure(staithe_code code)
    {
        m_error.message[sizeof m_error.message - 1] = '\0';
        auto error = error_from(code, m_error);
        if (m_error.message[0] == '\0')
            return broken("failed without a message");
        if (code < STAITHE_INVALID || code > STAITHE_INTERNAL)
            return broken("failed with code " + std::to_string(code) + ", which is none: " + error.message);
        return message(rpc::driver::Type::Failed, rpc::driver::Failed { m_request.function, false, std::move(error) },
            m_call.number());
    }

    rpc::Message Run::broken(std::string how)
    {
        return message(rpc::driver::Type::Failed,
            rpc::driver::Failed { m_request.function, true, { STAITHE_INTERNAL, 0, std::move(how) } }, m_call.number());
    }

    rpc::Message Run::answer()
    {
        staithe_code code;
        try {
            code = dispatch();
        } catch (Broken const& e) {
            return broken(e.how);
        } catch (...) {
            return broken("threw an exception");
        }
        // Before the answer, so that the daemon finds the end of the stream in the pipe when it has the answer.
        m_call.stream().reset();
        if (!m_items.broken().empty())
            return broken(m_items.broken());
        if (code != STAITHE_OK)
            return failure(code);
        m_items.flush();
        auto done = message(rpc::driver::Type::Done, m_done, m_call.number());
        done.fds = std::move(m_fds);
        return done;
    }

} // namespace

rpc::Message perform(Image const& image, ActiveCall& call, Outbox& out)
{
    return Run(image, call, out).answer();
}

} // namespace staithe::driver_host
