#include "daemon/rpc/keeper_protocol.hpp"

namespace staithe::rpc::keeper {

namespace {

    using Pairs = std::vector<std::pair<std::string, std::string>>;

    void put(Writer& out, Pairs const& pairs)
    {
        out.u32(static_cast<uint32_t>(pairs.size()));
        for (auto const& [key, value] : pairs) {
            out.text(key);
            out.text(value);
        }
    }

    Pairs get_pairs(Reader& in)
    {
        Pairs pairs(in.count(2 * sizeof(uint32_t)));
        for (auto& [key, value] : pairs) {
            key = in.text();
            value = in.text();
        }
        return pairs;
    }

    void put_signed(Writer& out, int32_t value)
    {
        out.u32(static_cast<uint32_t>(value));
    }

    int32_t get_signed(Reader& in)
    {
        return static_cast<int32_t>(in.u32());
    }

    ExitRecord get_exit_record(Reader& in)
    {
        ExitRecord record;
        record.run = in.u32();
        record.status = get_signed(in);
        record.started_ns = in.i64();
        record.exited_ns = in.i64();
        record.out_of_memory = in.flag();
        return record;
    }

    Attach get_attach(Reader& in)
    {
        Attach attach;
        attach.logs = in.flag();
        attach.stream = in.flag();
        attach.in = in.flag();
        attach.out = in.flag();
        attach.err = in.flag();
        attach.framed = in.flag();
        attach.half_close = in.flag();
        attach.early = in.text();
        return attach;
    }

    // An Attach inside another message is counted, so that it can grow without moving what follows.
    void put_counted(Writer& out, Attach const& attach)
    {
        Writer inner;
        encode(inner, attach);
        out.text(inner.take());
    }

    void put_process(Writer& out, Start const& start)
    {
        out.texts(start.argv);
        out.texts(start.env);
        out.text(start.cwd);
        out.text(start.user);
        out.text(start.hostname);
        out.text(start.domainname);
        out.text(start.cgroup);
        out.flag(start.tty);
        out.flag(start.open_stdin);
        out.flag(start.stdin_once);
        out.flag(start.privileged);
        out.flag(start.no_new_privileges);
    }

    void get_process(Reader& in, Start& start)
    {
        start.argv = in.texts();
        start.env = in.texts();
        start.cwd = in.text();
        start.user = in.text();
        start.hostname = in.text();
        start.domainname = in.text();
        start.cgroup = in.text();
        start.tty = in.flag();
        start.open_stdin = in.flag();
        start.stdin_once = in.flag();
        start.privileged = in.flag();
        start.no_new_privileges = in.flag();
    }

    void put_limits(Writer& out, Start const& start)
    {
        out.u32(start.limits.pids);
        out.i64(start.limits.memory);
        out.i64(start.limits.memory_swap);
        out.i64(start.limits.cpu_shares);
        out.u64(start.log.segment_bytes);
        out.u32(start.log.segments);
    }

    void get_limits(Reader& in, Start& start)
    {
        start.limits.pids = in.u32();
        start.limits.memory = in.i64();
        start.limits.memory_swap = in.i64();
        start.limits.cpu_shares = in.i64();
        start.log.segment_bytes = in.u64();
        start.log.segments = in.u32();
    }

    // A Mount inside another message is counted, so that it can grow.
    void put_counted(Writer& out, Mount const& mount)
    {
        Writer inner;
        inner.text(mount.target);
        inner.flag(mount.read_only);
        inner.flag(mount.file);
        inner.flag(mount.volume);
        out.text(inner.take());
    }

    Result<Mount> get_counted_mount(Reader& in)
    {
        std::string const bytes = in.text();
        STAITHE_TRY(in.finish());
        Reader inner(bytes);
        Mount mount;
        mount.target = inner.text();
        mount.read_only = inner.flag();
        mount.file = inner.flag();
        mount.volume = inner.flag();
        STAITHE_TRY(inner.finish());
        return mount;
    }

    // Since protocol 2.
    void put_network_and_mounts(Writer& out, Start const& start)
    {
        out.flag(start.network);
        out.u32(static_cast<uint32_t>(start.mounts.size()));
        for (auto const& mount : start.mounts)
            put_counted(out, mount);
    }

    Result<void> get_network_and_mounts(Reader& in, Start& start)
    {
        if (!in.more())
            return {};
        start.network = in.flag();
        for (uint32_t left = in.count(sizeof(uint32_t)); left > 0; --left)
            start.mounts.push_back(STAITHE_TRY(get_counted_mount(in)));
        return {};
    }

    template <class T> Result<T> checked(Reader const& in, T value)
    {
        STAITHE_TRY(in.finish());
        return value;
    }

} // namespace

void encode(Writer& out, Hello const& hello)
{
    out.u32(hello.version);
}

void encode(Writer& out, ExitRecord const& record)
{
    out.u32(record.run);
    put_signed(out, record.status);
    out.i64(record.started_ns);
    out.i64(record.exited_ns);
    out.flag(record.out_of_memory);
}

void encode(Writer& out, Welcome const& welcome)
{
    out.u32(welcome.version);
    out.u8(static_cast<uint8_t>(welcome.state));
    out.text(welcome.container);
    out.u32(welcome.run);
    put_signed(out, welcome.pid);
    out.i64(welcome.started_ns);
    Writer inner;
    encode(inner, welcome.exit);
    out.text(inner.take());
    out.text(welcome.driver);
}

void encode(Writer& out, Attach const& attach)
{
    out.flag(attach.logs);
    out.flag(attach.stream);
    out.flag(attach.in);
    out.flag(attach.out);
    out.flag(attach.err);
    out.flag(attach.framed);
    out.flag(attach.half_close);
    out.text(attach.early);
}

void encode(Writer& out, Start const& start)
{
    out.u32(start.version);
    out.text(start.container);
    out.u32(start.run);
    out.text(start.driver);
    out.text(start.driver_state_dir);
    out.text(start.driver_run_dir);
    put(out, start.driver_options);
    put_process(out, start);
    put_limits(out, start);
    put(out, start.options);
    out.u32(static_cast<uint32_t>(start.clients.size()));
    for (auto const& client : start.clients)
        put_counted(out, client);
    out.i64(start.deadline_ns);
    out.i64(start.call_ns);
    put_network_and_mounts(out, start);
}

void encode(Writer& out, Started const& started)
{
    put_signed(out, started.pid);
    out.i64(started.started_ns);
}

void encode(Writer& out, Signal const& signal)
{
    put_signed(out, signal.number);
}

void encode(Writer& out, Resize const& resize)
{
    out.u32(resize.height);
    out.u32(resize.width);
}

Result<Hello> decode_hello(std::string_view bytes)
{
    Reader in(bytes);
    Hello const hello { in.u32() };
    return checked(in, hello);
}

Result<ExitRecord> decode_exit_record(std::string_view bytes)
{
    Reader in(bytes);
    auto const record = get_exit_record(in);
    return checked(in, record);
}

Result<Welcome> decode_welcome(std::string_view bytes)
{
    Reader in(bytes);
    Welcome welcome;
    welcome.version = in.u32();
    uint8_t const state = in.u8();
    welcome.container = in.text();
    welcome.run = in.u32();
    welcome.pid = get_signed(in);
    welcome.started_ns = in.i64();
    std::string const exit = in.text();
    if (in.more())
        welcome.driver = in.text();
    STAITHE_TRY(in.finish());
    welcome.exit = STAITHE_TRY(decode_exit_record(exit));
    if (state > static_cast<uint8_t>(State::Exited))
        return Error { STAITHE_CORRUPT, 0, "keeper is in a state that is not known" };
    welcome.state = static_cast<State>(state);
    return welcome;
}

Result<Attach> decode_attach(std::string_view bytes)
{
    Reader in(bytes);
    auto attach = get_attach(in);
    return checked(in, std::move(attach));
}

Result<Start> decode_start(std::string_view bytes)
{
    Reader in(bytes);
    Start start;
    start.version = in.u32();
    start.container = in.text();
    start.run = in.u32();
    start.driver = in.text();
    start.driver_state_dir = in.text();
    start.driver_run_dir = in.text();
    start.driver_options = get_pairs(in);
    get_process(in, start);
    get_limits(in, start);
    start.options = get_pairs(in);
    for (uint32_t left = in.count(sizeof(uint32_t)); left > 0; --left) {
        std::string const one = in.text();
        STAITHE_TRY(in.finish());
        start.clients.push_back(STAITHE_TRY(decode_attach(one)));
    }
    start.deadline_ns = in.i64();
    start.call_ns = in.i64();
    STAITHE_TRY(get_network_and_mounts(in, start));
    return checked(in, std::move(start));
}

Result<Started> decode_started(std::string_view bytes)
{
    Reader in(bytes);
    Started started;
    started.pid = get_signed(in);
    started.started_ns = in.i64();
    return checked(in, started);
}

Result<Signal> decode_signal(std::string_view bytes)
{
    Reader in(bytes);
    Signal const signal { get_signed(in) };
    return checked(in, signal);
}

Result<Resize> decode_resize(std::string_view bytes)
{
    Reader in(bytes);
    Resize resize;
    resize.height = in.u32();
    resize.width = in.u32();
    return checked(in, resize);
}

} // namespace staithe::rpc::keeper
