#include "driver_protocol.hpp"

namespace staithe::rpc::driver {

namespace {

    void encode_pairs(Writer& out, std::vector<std::pair<std::string, std::string>> const& pairs)
    {
        out.u32(static_cast<uint32_t>(pairs.size()));
        for (auto const& [key, value] : pairs) {
            out.text(key);
            out.text(value);
        }
    }

    std::vector<std::pair<std::string, std::string>> decode_pairs(Reader& in)
    {
        std::vector<std::pair<std::string, std::string>> pairs(in.count(2 * sizeof(uint32_t)));
        for (auto& [key, value] : pairs) {
            key = in.text();
            value = in.text();
        }
        return pairs;
    }

} // namespace

char const* name(Function function)
{
    switch (function) {
    case Function::Dlopen: return "dlopen";
    case Function::Driver: return "driver";
    case Function::Init: return "init";
    case Function::Probe: return "probe";
    case Function::Open: return "open";
    case Function::Quiesce: return "quiesce";
    case Function::Close: return "close";
    case Function::Create: return "create";
    case Function::Remove: return "remove";
    case Function::Mount: return "mount";
    case Function::List: return "list";
    case Function::Apply: return "apply";
    case Function::Diff: return "diff";
    case Function::Changes: return "changes";
    case Function::Usage: return "usage";
    case Function::Pack: return "pack";
    case Function::TreeHash: return "tree_hash";
    case Function::FetchUrl: return "fetch";
    }
    return "unknown";
}

char const* name(staithe_kind kind)
{
    switch (kind) {
    case STAITHE_EXECUTION: return "execution";
    case STAITHE_STORAGE: return "storage";
    case STAITHE_REGISTRY: return "registry";
    }
    return "unknown";
}

void encode(Writer& out, Load const& load)
{
    out.u32(static_cast<uint32_t>(load.kind));
    out.u8(static_cast<uint8_t>(load.purpose));
    out.text(load.name);
    out.text(load.state_dir);
    out.text(load.run_dir);
    out.u32(load.generation);
    encode_pairs(out, load.options);
}

Result<Load> decode_load(std::string_view bytes)
{
    Reader in(bytes);
    Load load;
    load.kind = static_cast<staithe_kind>(in.u32());
    load.purpose = static_cast<Purpose>(in.u8());
    load.name = in.text();
    load.state_dir = in.text();
    load.run_dir = in.text();
    load.generation = in.u32();
    load.options = decode_pairs(in);
    STAITHE_TRY(in.finish());
    return load;
}

void encode(Writer& out, Loaded const& loaded)
{
    out.text(loaded.id);
    out.text(loaded.version);
    out.text(loaded.summary);
}

Result<Loaded> decode_loaded(std::string_view bytes)
{
    Reader in(bytes);
    Loaded loaded;
    loaded.id = in.text();
    loaded.version = in.text();
    loaded.summary = in.text();
    STAITHE_TRY(in.finish());
    return loaded;
}

void encode(Writer& out, Call const& call)
{
    out.u8(static_cast<uint8_t>(call.function));
    out.text(call.request_id);
    out.text(call.id);
    out.text(call.parent);
    out.text(call.path);
    out.text(call.prefix);
    out.flag(call.writable);
    out.i64(call.deadline_ns);
    out.u64(call.stream_size);
}

Result<Call> decode_call(std::string_view bytes)
{
    Reader in(bytes);
    Call call;
    call.function = static_cast<Function>(in.u8());
    call.request_id = in.text();
    call.id = in.text();
    call.parent = in.text();
    call.path = in.text();
    call.prefix = in.text();
    call.writable = in.flag();
    call.deadline_ns = in.i64();
    call.stream_size = in.u64();
    STAITHE_TRY(in.finish());
    return call;
}

void encode(Writer& out, StreamEnd const& end)
{
    out.flag(end.complete);
    if (!end.complete)
        rpc::encode(out, end.error);
}

Result<StreamEnd> decode_stream_end(std::string_view bytes)
{
    Reader in(bytes);
    StreamEnd end;
    end.complete = in.flag();
    if (!end.complete)
        end.error = decode_error(in);
    STAITHE_TRY(in.finish());
    return end;
}

void encode(Writer& out, Done const& done)
{
    out.u64(done.bytes);
    out.text(done.text);
}

Result<Done> decode_done(std::string_view bytes)
{
    Reader in(bytes);
    Done done;
    done.bytes = in.u64();
    done.text = in.text();
    STAITHE_TRY(in.finish());
    return done;
}

void encode(Writer& out, Part const& part)
{
    out.u32(static_cast<uint32_t>(part.items.size()));
    for (auto const& item : part.items) {
        out.text(item.path);
        out.u32(item.kind);
    }
}

Result<Part> decode_part(std::string_view bytes)
{
    Reader in(bytes);
    Part part;
    part.items.resize(in.count(2 * sizeof(uint32_t)));
    for (auto& item : part.items) {
        item.path = in.text();
        item.kind = in.u32();
    }
    STAITHE_TRY(in.finish());
    return part;
}

void encode(Writer& out, Failed const& failed)
{
    out.u8(static_cast<uint8_t>(failed.function));
    out.flag(failed.broken);
    rpc::encode(out, failed.error);
}

Result<Failed> decode_failed(std::string_view bytes)
{
    Reader in(bytes);
    Failed failed;
    failed.function = static_cast<Function>(in.u8());
    failed.broken = in.flag();
    failed.error = decode_error(in);
    STAITHE_TRY(in.finish());
    return failed;
}

void encode(Writer& out, Log const& log)
{
    out.u32(static_cast<uint32_t>(log.level));
    out.text(log.line);
}

Result<Log> decode_log(std::string_view bytes)
{
    Reader in(bytes);
    Log log;
    log.level = static_cast<int32_t>(in.u32());
    log.line = in.text();
    STAITHE_TRY(in.finish());
    return log;
}

} // namespace staithe::rpc::driver
