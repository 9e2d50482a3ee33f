// The daemon's end of one keeper's channel.
#pragma once

#include <map>
#include <optional>

#include <staithe/cpp/mutex.hpp>

#include "daemon/drivers/keepers.hpp"

namespace staithe::drivers {

/// The Error that an answer carries, if it is one, or is none that was asked for.
Result<void> expect(rpc::Message const& answer, rpc::keeper::Type);

/// What a keeper is about, from Started or Welcome.
struct KeeperFacts {
    std::string container;
    uint32_t run = 0;
    int pid = 0;
    int64_t started_ns = 0;
    std::string driver;
};

/// Questions come from any thread; one thread calls listen().
class KeeperClient final : public Keeper {
public:
    KeeperClient(KeeperFacts facts, rpc::Channel channel)
        : m_facts(std::move(facts))
        , m_channel(std::move(channel))
    {
    }

    int pid() const override { return m_facts.pid; }
    int64_t started_ns() const override { return m_facts.started_ns; }
    uint32_t run() const override { return m_facts.run; }
    Result<void> signal(Call const&, int number) override;
    Result<void> resize(Call const&, uint32_t height, uint32_t width) override;
    Result<void> attach(Call const&, Client) override;
    Result<std::string> stats(Call const&) override;
    Result<UniqueFd> root(Call const&) override;
    void await_release(Call const&) override EXCLUDES(m_mutex);

    std::string const& container() const { return m_facts.container; }
    int fd() const { return m_channel.fd(); }

    /// Receives one message and gives it to whoever asked. False: the keeper is gone, and so is every question.
    bool listen() EXCLUDES(m_mutex);

    /// How the container ended: what the keeper said, or what must be assumed. Once; for the listening thread.
    std::optional<rpc::keeper::ExitRecord> take_exit(bool keeper_is_gone);

private:
    Result<rpc::Message> ask(Call const&, rpc::Message, char const* function = nullptr) EXCLUDES(m_mutex, m_sending);
    Result<rpc::Message> wait_for_answer(Call const&, uint64_t id, char const* function) EXCLUDES(m_mutex);
    Error unanswered(Call const&, char const* function) const REQUIRES(m_mutex);

    KeeperFacts m_facts;
    rpc::Channel m_channel;
    Mutex m_sending;
    Mutex m_mutex;
    CondVar m_answered;
    std::map<uint64_t, std::optional<rpc::Message>> m_questions GUARDED_BY(m_mutex);
    uint64_t m_last_question GUARDED_BY(m_mutex) = 0;
    bool m_gone GUARDED_BY(m_mutex) = false;
    bool m_ended GUARDED_BY(m_mutex) = false; // the container has, and the keeper has said so
    bool m_released GUARDED_BY(m_mutex) = false;
    std::optional<rpc::keeper::ExitRecord> m_exit; // the listening thread's
    bool m_exit_taken = false; // the listening thread's
};

} // namespace staithe::drivers
