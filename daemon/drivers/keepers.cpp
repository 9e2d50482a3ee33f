#include "daemon/drivers/keepers.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cstring>

#include <staithe/cpp/undo.hpp>

#include "daemon/drivers/descriptor_watch.hpp"
#include "daemon/drivers/keeper_client.hpp"
#include "daemon/drivers/keeper_process.hpp"
#include "daemon/drivers/silent_keeper.hpp"
#include "daemon/os/file.hpp"

namespace staithe::drivers {

using rpc::keeper::Type;

namespace {

    constexpr int64_t grace_ns = 1'000'000'000; // for the keeper to say that its driver ran out of time
    constexpr char record_name[] = "exit", unfinished_name[] = "exit.new";
    constexpr size_t fixed_files = 4; // that come with every Start
    constexpr size_t name_digits = 32; // of the id, in a socket's name: a socket's path is limited to 107 bytes

    bool is_container_id(std::string_view id)
    {
        return !id.empty() && id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
        });
    }

    Result<sockaddr_un> address_of(std::string const& path)
    {
        sockaddr_un address {};
        address.sun_family = AF_UNIX;
        if (path.size() >= sizeof address.sun_path)
            return Error { STAITHE_RANGE, 0, "path of socket '" + path + "' is too long" };
        std::memcpy(address.sun_path, path.c_str(), path.size());
        return address;
    }

    Result<UniqueFd> make_socket()
    {
        UniqueFd socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
        if (!socket)
            return errno_error("cannot make a socket");
        return socket;
    }

    Result<UniqueFd> listen_at(std::string const& path)
    {
        auto const address = STAITHE_TRY(address_of(path));
        auto socket = STAITHE_TRY(make_socket());
        ::unlink(path.c_str());
        if (::bind(socket.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) != 0
            || ::listen(socket.get(), 16) != 0)
            return errno_error("cannot listen at '" + path + "'");
        return socket;
    }

    Result<rpc::Channel> connect_to(std::string const& path)
    {
        auto const address = STAITHE_TRY(address_of(path));
        auto socket = STAITHE_TRY(make_socket());
        if (::connect(socket.get(), reinterpret_cast<sockaddr const*>(&address), sizeof address) == 0)
            return rpc::Channel(std::move(socket));
        if (errno != ENOENT && errno != ECONNREFUSED)
            return errno_error("cannot connect to '" + path + "'");
        ::unlink(path.c_str());
        return Error { STAITHE_NOT_FOUND, 0, "container has no keeper" };
    }

    Result<rpc::Message> converse(rpc::Channel& channel, rpc::Message const& question, os::Deadline deadline)
    {
        STAITHE_TRY(channel.send(question, deadline));
        return channel.receive(deadline);
    }

    /// A keeper that fills volumes says so now and then, and may take its time afterwards as from the beginning.
    Result<rpc::Message> converse_to_start(rpc::Channel& channel, rpc::Message const& question, os::Deadline deadline)
    {
        auto answer = converse(channel, question, deadline);
        while (answer && answer.value().type == static_cast<uint16_t>(Type::Filling)) {
            if (!deadline.is_never())
                deadline = os::Deadline::after(driver_deadline + std::chrono::nanoseconds(grace_ns));
            answer = channel.receive(deadline);
        }
        return answer;
    }

    /// Why a keeper that is dead or stuck, and not reaped yet, gave no answer.
    Error unanswered(std::string const& driver, KeeperProcess const& process, bool late)
    {
        constexpr std::string_view prefix = rpc::keeper::stage_prefix;
        auto const name = os::read_file("/proc/" + std::to_string(process.pid) + "/comm");
        std::string_view const stage = name ? std::string_view(name.value()) : std::string_view();
        if (!stage.starts_with(prefix))
            return { STAITHE_UNAVAILABLE, 0, late ? "the keeper does not answer" : "the keeper died" };
        std::string const function(stage.substr(prefix.size(), stage.find('\n') - prefix.size()));
        return { STAITHE_INTERNAL, 0,
            "execution driver '" + driver + (late ? "' did not return from " : "' died in ") + function + "()"
                + (late ? " in time" : "") };
    }

    std::string hex_of(rpc::keeper::Attach how)
    {
        how.early.clear();
        rpc::Writer out;
        encode(out, how);
        std::string hex;
        for (char const c : out.take()) {
            hex += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
            hex += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
        }
        return hex;
    }

    rpc::Message start_message(
        rpc::keeper::Start& start, StartFiles files, UniqueFd listener, std::vector<Client>& clients)
    {
        start.clients.clear();
        for (auto const& client : clients)
            start.clients.push_back(client.how);
        start.network = static_cast<bool>(files.network);
        auto question = message(Type::Start, start, 1);
        for (auto* fd : { &files.driver, &files.rootfs, &files.state_dir, &listener })
            question.fds.push_back(std::move(*fd));
        for (auto& client : clients)
            question.fds.push_back(std::move(client.socket));
        if (files.network)
            question.fds.push_back(std::move(files.network));
        for (auto& mount : files.mounts)
            question.fds.push_back(std::move(mount));
        return question;
    }

    Result<void> check_files(rpc::keeper::Start const& start, StartFiles const& files, size_t clients)
    {
        if (files.mounts.size() != start.mounts.size())
            return Error { STAITHE_INVALID, 0,
                std::to_string(start.mounts.size()) + " mounts were told and " + std::to_string(files.mounts.size())
                    + " came" };
        size_t const count = fixed_files + clients + (files.network ? 1 : 0) + files.mounts.size();
        if (count > rpc::max_fds)
            return Error { STAITHE_RANGE, 0,
                "cannot start a container with " + std::to_string(files.mounts.size()) + " mounts and "
                    + std::to_string(clients) + " attached clients: at most "
                    + std::to_string(rpc::max_fds - fixed_files - 1) + " together are possible" };
        return {};
    }

    class KeepersImpl final : public Keepers {
    public:
        KeepersImpl(std::string sockets, KeeperProgram program, std::unique_ptr<DescriptorWatch> watch, OnExit on_exit)
            : m_sockets(std::move(sockets))
            , m_program(std::move(program))
            , m_on_exit(std::move(on_exit))
            , m_watch(std::move(watch))
        {
        }

        Result<std::shared_ptr<Keeper>> start(
            Call const&, rpc::keeper::Start, StartFiles, std::vector<Client>& clients) override;
        Result<std::shared_ptr<Keeper>> adopt(Call const&, std::string_view container) override;
        Result<void> destroy(
            Call const&, std::string_view container, rpc::keeper::Start const& like, UniqueFd driver) override;
        Result<void> replay(Client, UniqueFd state_dir, std::function<void(Client)> done) override;

    private:
        std::string socket_of(std::string_view container) const
        {
            return m_sockets + "/" + std::string(container.substr(0, name_digits));
        }
        Result<std::shared_ptr<Keeper>> follow(std::shared_ptr<KeeperClient>);
        Result<void> reap_later(KeeperProcess);
        Result<rpc::keeper::Started> launch(
            KeeperProcess const&, rpc::Channel&, rpc::Message& question, rpc::keeper::Start const&, Call const&);

        std::string m_sockets;
        KeeperProgram m_program;
        OnExit m_on_exit;
        std::unique_ptr<DescriptorWatch> m_watch; // last: its thread uses the others
    };

    Result<std::shared_ptr<Keeper>> KeepersImpl::start(
        Call const& call, rpc::keeper::Start start, StartFiles files, std::vector<Client>& clients)
    {
        if (!is_container_id(start.container))
            return Error { STAITHE_INVALID, 0, "container id is not made of hex digits" };
        auto const path = socket_of(start.container);
        auto listener = STAITHE_TRY(listen_at(path));
        Undo undo;
        undo.push([&path] { ::unlink(path.c_str()); });
        auto ends = STAITHE_TRY(rpc::Channel::pair());
        auto process = STAITHE_TRY(m_program.run({ path }, { ends.second.fd() }));
        ends.second.close();
        auto ready = files.prepare ? files.prepare(start, files) : Result<void>();
        if (ready)
            ready = check_files(start, files, clients.size());
        if (!ready) {
            process.kill();
            return std::move(ready.error());
        }
        start.deadline_ns = call.deadline.monotonic();
        start.call_ns = std::chrono::nanoseconds(driver_deadline).count();
        auto question = start_message(start, std::move(files), std::move(listener), clients);
        auto const started = launch(process, ends.first, question, start, call);
        if (!started) {
            for (size_t i = 0; i < clients.size(); ++i)
                clients[i].socket = std::move(question.fds[fixed_files + i]);
            return Error(started.error());
        }
        KeeperFacts facts { start.container, start.run, started.value().pid, started.value().started_ns, start.driver };
        auto followed = follow(std::make_shared<KeeperClient>(std::move(facts), std::move(ends.first)));
        if (!followed) { // a container that nobody hears of must not run
            process.kill();
            return followed;
        }
        undo.dismiss();
        (void)reap_later(std::move(process)); // else it stays a zombie, with its exit told all the same
        return followed;
    }

    // A keeper that does not answer is killed, and what its driver may have left half-made is freed.
    Result<rpc::keeper::Started> KeepersImpl::launch(KeeperProcess const& process, rpc::Channel& channel,
        rpc::Message& question, rpc::keeper::Start const& start, Call const& call)
    {
        auto const until =
            call.deadline.is_never() ? call.deadline : os::Deadline::at(call.deadline.monotonic() + grace_ns);
        auto const answer = converse_to_start(channel, question, until);
        if (answer) {
            auto const fits = expect(answer.value(), Type::Started);
            if (fits)
                return rpc::keeper::decode_started(answer.value().payload);
            process.kill();
            return Error(fits.error());
        }
        bool const late = answer.error().code == STAITHE_CANCELLED;
        auto const failure = unanswered(start.driver, process, late);
        process.kill();
        if (!destroy({ call.request_id }, start.container, start, std::move(question.fds[0])))
            mark_unfinished(question.fds[2].get());
        return failure;
    }

    Result<std::shared_ptr<Keeper>> KeepersImpl::adopt(Call const& call, std::string_view container)
    {
        if (!is_container_id(container))
            return Error { STAITHE_INVALID, 0, "container id is not made of hex digits" };
        auto channel = STAITHE_TRY(connect_to(socket_of(container)));
        auto const answer = converse(channel, message(Type::Hello, rpc::keeper::Hello {}, 1), call.deadline);
        if (!answer && answer.error().code == STAITHE_UNAVAILABLE)
            return Error { STAITHE_NOT_FOUND, 0, "the container's keeper has ended" };
        if (!answer) {
            STAITHE_TRY(end_silent_keeper(socket_of(container)));
            return Error { STAITHE_UNAVAILABLE, 0,
                "the container's keeper did not answer and was ended: " + answer.error().message };
        }
        STAITHE_TRY(expect(answer.value(), Type::Welcome));
        auto const welcome = STAITHE_TRY(rpc::keeper::decode_welcome(answer.value().payload));
        if (welcome.container != container)
            return Error { STAITHE_CORRUPT, 0, "keeper is another container's" };
        return follow(std::make_shared<KeeperClient>(
            KeeperFacts { welcome.container, welcome.run, welcome.pid, welcome.started_ns, welcome.driver },
            std::move(channel)));
    }

    Result<std::shared_ptr<Keeper>> KeepersImpl::follow(std::shared_ptr<KeeperClient> client)
    {
        STAITHE_TRY(m_watch->add(client->fd(), [this, client] {
            bool const here = client->listen();
            if (auto const record = client->take_exit(!here))
                m_on_exit(client->container(), *record);
            return here ? DescriptorWatch::Then::GoOn : DescriptorWatch::Then::Forget;
        }));
        return std::shared_ptr<Keeper>(std::move(client));
    }

    Result<void> KeepersImpl::reap_later(KeeperProcess process)
    {
        int const fd = process.pidfd.get();
        auto const shared = std::make_shared<KeeperProcess>(std::move(process));
        return m_watch->add(fd, [shared] {
            int code = 0;
            return shared->reap(code) ? DescriptorWatch::Then::Forget : DescriptorWatch::Then::GoOn;
        });
    }

    Result<void> KeepersImpl::destroy(
        Call const& call, std::string_view container, rpc::keeper::Start const& like, UniqueFd driver)
    {
        auto ends = STAITHE_TRY(rpc::Channel::pair());
        auto const process = STAITHE_TRY(m_program.run({ "--destroy" }, { ends.second.fd() }));
        ends.second.close();
        rpc::keeper::Start start = like;
        start.container = container;
        start.call_ns = std::chrono::nanoseconds(driver_deadline).count();
        start.clients.clear();
        start.network = false;
        start.mounts.clear();
        auto question = message(Type::Start, start, 1);
        question.fds.push_back(std::move(driver));
        auto const answer = converse(ends.first, question, call.deadline);
        Result<void> done = answer
            ? expect(answer.value(), Type::Done)
            : Result<void>(unanswered(like.driver, process, answer.error().code == STAITHE_CANCELLED));
        process.kill();
        return done;
    }

    Result<void> KeepersImpl::replay(Client client, UniqueFd state_dir, std::function<void(Client)> done)
    {
        auto process =
            STAITHE_TRY(m_program.run({ "--replay", hex_of(client.how) }, { state_dir.get(), client.socket.get() }));
        struct Replay {
            KeeperProcess process;
            Client client;
            std::function<void(Client)> done;
        };
        int const fd = process.pidfd.get();
        if (!client.how.stream)
            client.socket.reset();
        auto const shared = std::make_shared<Replay>(Replay { std::move(process), std::move(client), std::move(done) });
        return m_watch->add(fd, [shared] {
            int code = 0;
            if (!shared->process.reap(code))
                return DescriptorWatch::Then::GoOn;
            if (code != 0)
                shared->client.socket.reset();
            shared->done(std::move(shared->client));
            return DescriptorWatch::Then::Forget;
        });
    }

} // namespace

Result<std::unique_ptr<Keepers>> Keepers::create(Options options, OnExit on_exit)
{
    STAITHE_TRY(address_of(options.sockets + "/" + std::string(name_digits, '0')));
    STAITHE_TRY(os::make_directories(options.sockets));
    if (::chmod(options.sockets.c_str(), 0700) != 0)
        return errno_error("cannot protect '" + options.sockets + "'");
    auto program = STAITHE_TRY(KeeperProgram::open(options.program));
    auto watch = STAITHE_TRY(DescriptorWatch::create());
    return std::unique_ptr<Keepers>(std::make_unique<KeepersImpl>(
        std::move(options.sockets), std::move(program), std::move(watch), std::move(on_exit)));
}

namespace {

    Result<rpc::keeper::ExitRecord> read_record(int state_dir, char const* name)
    {
        UniqueFd const file(::openat(state_dir, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
        if (!file)
            return errno_error("cannot open exit record");
        char content[4096];
        ssize_t const n = ::read(file.get(), content, sizeof content);
        if (n < 0)
            return errno_error("cannot read exit record");
        return rpc::keeper::decode_exit_record({ content, static_cast<size_t>(n) });
    }

} // namespace

Result<rpc::keeper::ExitRecord> read_exit_record(int state_dir)
{
    return read_record(state_dir, record_name);
}

Result<rpc::keeper::ExitRecord> read_unfinished_record(int state_dir)
{
    return read_record(state_dir, unfinished_name);
}

void mark_unfinished(int state_dir)
{
    UniqueFd const file(
        ::openat(state_dir, unfinished_name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600));
}

void finish_record(int state_dir, uint32_t run)
{
    auto const record = read_unfinished_record(state_dir);
    if (record && record.value().run == run)
        ::renameat(state_dir, unfinished_name, state_dir, record_name);
    else
        ::unlinkat(state_dir, unfinished_name, 0);
}

} // namespace staithe::drivers
