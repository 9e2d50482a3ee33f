#include "storage_face.hpp"

#include <sys/stat.h>

#include <algorithm>

#include <staithe/storage.h>

namespace staithe::drivers {

using rpc::driver::Function;

namespace {

    constexpr size_t max_id_bytes = 128;

    bool is_layer_id(std::string_view id)
    {
        constexpr std::string_view hex = "0123456789abcdef";
        if (id.size() < 64 || id.size() > max_id_bytes)
            return false;
        if (id.substr(0, 64).find_first_not_of(hex) != std::string_view::npos)
            return false;
        std::string_view const suffix = id.substr(64);
        return suffix.empty()
            || (suffix.size() > 1 && suffix[0] == '-'
                && std::all_of(suffix.begin() + 1, suffix.end(), [](char c) { return c >= 'a' && c <= 'z'; }));
    }

    bool is_digest(std::string_view digest)
    {
        constexpr std::string_view prefix = "sha256:";
        return digest.starts_with(prefix) && digest.size() == prefix.size() + 64
            && digest.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
    }

    bool is_directory(int fd)
    {
        struct stat s { };
        return ::fstat(fd, &s) == 0 && S_ISDIR(s.st_mode);
    }

    rpc::driver::Call request(Function function, std::string_view id = {}, std::string_view parent = {})
    {
        rpc::driver::Call call;
        call.function = function;
        call.id = id;
        call.parent = parent;
        return call;
    }

    class StorageFace final : public StorageDriver {
    public:
        StorageFace(DriverDirectory const& directory, HostSettings const& settings, std::string name)
            : m_generations(directory, settings, { STAITHE_STORAGE, std::move(name) })
        {
        }

        std::string const& name() const override { return m_generations.id().name; }

        Result<void> create(Call const& call, std::string_view id, std::string_view parent, Writable writable) override
        {
            auto order = request(Function::Create, id, parent);
            order.writable = writable == Writable::Yes;
            return done(ask(call, std::move(order)));
        }
        Result<void> remove(Call const& call, std::string_view id) override
        {
            return done(ask(call, request(Function::Remove, id)));
        }
        Result<UniqueFd> mount(Call const&, std::string_view id, Writable) override;
        Result<std::vector<std::string>> list(Call const&) override;
        Result<uint64_t> apply(Call const& call, std::string_view id, Source& tar) override
        {
            auto order = request(Function::Apply, id);
            order.stream_size = tar.size();
            auto const transfer = transfer_from(tar);
            return bytes(Function::Apply, m_generations.ask(call, std::move(order), *transfer));
        }
        Result<void> diff(Call const& call, std::string_view id, std::string_view parent, Sink& tar) override
        {
            auto const transfer = transfer_into(tar);
            return done(m_generations.ask(call, request(Function::Diff, id, parent), *transfer));
        }
        Result<void> pack(Call const&, int root, std::string_view path, std::string_view prefix, Sink& tar) override;
        Result<std::vector<Change>> changes(Call const&, std::string_view id, std::string_view parent) override;
        Result<uint64_t> usage(Call const& call, std::string_view id) override
        {
            return bytes(Function::Usage, ask(call, request(Function::Usage, id)));
        }
        Result<std::string> tree_hash(Call const&, std::string_view id) override;

    private:
        Result<Answer> ask(Call const& call, rpc::driver::Call order)
        {
            auto const nothing = no_transfer();
            return m_generations.ask(call, std::move(order), *nothing);
        }
        Error nonsense(Function function, std::string_view what) const
        {
            return { STAITHE_INTERNAL, 0,
                m_generations.id().describe() + " answered nonsense to " + rpc::driver::name(function)
                    + "(): " + std::string(what) };
        }
        static Result<void> done(Result<Answer> answer)
        {
            return answer ? Result<void>() : Result<void>(std::move(answer.error()));
        }
        Result<uint64_t> bytes(Function function, Result<Answer> asked) const
        {
            auto const answer = STAITHE_TRY(asked);
            auto const result = rpc::driver::decode_done(answer.message.payload);
            if (!result || result.value().bytes > INT64_MAX)
                return nonsense(function, "a size that cannot be");
            return result.value().bytes;
        }

        Generations m_generations;
    };

    Result<void> StorageFace::pack(
        Call const& call, int root, std::string_view path, std::string_view prefix, Sink& tar)
    {
        auto order = request(Function::Pack);
        order.path = path;
        order.prefix = prefix;
        auto const transfer = transfer_into(tar);
        return done(m_generations.ask(call, std::move(order), *transfer, root));
    }

    Result<UniqueFd> StorageFace::mount(Call const& call, std::string_view id, Writable writable)
    {
        auto order = request(Function::Mount, id);
        order.writable = writable == Writable::Yes;
        auto answer = STAITHE_TRY(ask(call, std::move(order)));
        auto& fds = answer.message.fds;
        if (fds.size() != 1 || !is_directory(fds.front().get()))
            return nonsense(Function::Mount, "what it gave is not the descriptor of a directory");
        return std::move(fds.front());
    }

    Result<std::vector<std::string>> StorageFace::list(Call const& call)
    {
        auto answer = STAITHE_TRY(ask(call, request(Function::List)));
        std::vector<std::string> ids;
        for (auto& item : answer.items) {
            if (!is_layer_id(item.path))
                return nonsense(Function::List, "an id that is not a layer's");
            ids.push_back(std::move(item.path));
        }
        return ids;
    }

    Result<std::vector<Change>> StorageFace::changes(Call const& call, std::string_view id, std::string_view parent)
    {
        auto answer = STAITHE_TRY(ask(call, request(Function::Changes, id, parent)));
        std::vector<Change> changes;
        for (auto& item : answer.items) {
            if (!item.path.starts_with('/') || item.path.find('\0') != std::string::npos || item.kind > STAITHE_DELETED)
                return nonsense(Function::Changes, "a path that is not absolute");
            changes.push_back({ std::move(item.path), item.kind });
        }
        return changes;
    }

    Result<std::string> StorageFace::tree_hash(Call const& call, std::string_view id)
    {
        auto const answer = STAITHE_TRY(ask(call, request(Function::TreeHash, id)));
        auto result = rpc::driver::decode_done(answer.message.payload);
        if (!result || !is_digest(result.value().text))
            return nonsense(Function::TreeHash, "a digest that is not of the form 'sha256:<64 hex digits>'");
        return std::move(result.value().text);
    }

} // namespace

std::shared_ptr<StorageDriver> make_storage_face(
    DriverDirectory const& directory, HostSettings const& settings, std::string name)
{
    return std::make_shared<StorageFace>(directory, settings, std::move(name));
}

} // namespace staithe::drivers
