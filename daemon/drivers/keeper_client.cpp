#include "daemon/drivers/keeper_client.hpp"

#include <algorithm>

#include "daemon/drivers/clean_text.hpp"

namespace staithe::drivers {

using rpc::keeper::Type;

namespace {

    constexpr int unknown_status = 255;
    constexpr auto message_time = std::chrono::seconds(1);

    Error keeper_gone()
    {
        return { STAITHE_UNAVAILABLE, 0, "the container's keeper has ended" };
    }

    bool is_cancelled(Call const& call)
    {
        return call.cancel && call.cancel->load();
    }

    // How long to wait before the cancel flag is looked at again.
    std::chrono::nanoseconds next_look(Call const& call)
    {
        auto const most = call.cancel ? std::chrono::milliseconds(50) : std::chrono::milliseconds(60'000);
        if (call.deadline.is_never())
            return most;
        return std::min<std::chrono::nanoseconds>(
            most, std::chrono::nanoseconds(call.deadline.monotonic() - os::monotonic_ns()));
    }

} // namespace

Result<void> expect(rpc::Message const& answer, rpc::keeper::Type type)
{
    if (answer.type == static_cast<uint16_t>(type))
        return {};
    if (answer.type != static_cast<uint16_t>(Type::Failed))
        return Error { STAITHE_CORRUPT, 0, "keeper gave an answer that does not fit" };
    rpc::Reader in(answer.payload);
    auto error = decode_error(in);
    error.message = clean_text(error.message);
    return error;
}

Result<void> KeeperClient::signal(Call const& call, int number)
{
    auto const answer = STAITHE_TRY(ask(call, message(Type::Signal, rpc::keeper::Signal { number }), "signal"));
    return expect(answer, Type::Done);
}

Result<void> KeeperClient::resize(Call const& call, uint32_t height, uint32_t width)
{
    auto const answer = STAITHE_TRY(ask(call, message(Type::Resize, rpc::keeper::Resize { height, width })));
    return expect(answer, Type::Done);
}

Result<void> KeeperClient::attach(Call const& call, Client client)
{
    auto question = message(Type::Attach, client.how);
    question.fds.push_back(std::move(client.socket));
    auto const answer = STAITHE_TRY(ask(call, std::move(question)));
    return expect(answer, Type::Done);
}

Result<std::string> KeeperClient::stats(Call const& call)
{
    auto answer = STAITHE_TRY(ask(call, { static_cast<uint16_t>(Type::Stats), 0, {}, {} }, "stats"));
    STAITHE_TRY(expect(answer, Type::Text));
    return std::move(answer.payload);
}

Result<UniqueFd> KeeperClient::root(Call const& call)
{
    auto answer = STAITHE_TRY(ask(call, { static_cast<uint16_t>(Type::Root), 0, {}, {} }));
    STAITHE_TRY(expect(answer, Type::Done));
    if (answer.fds.size() != 1)
        return Error { STAITHE_CORRUPT, 0, "keeper gave no root file system" };
    return std::move(answer.fds.front());
}

void KeeperClient::await_release(Call const& call)
{
    MutexLock lock(m_mutex);
    while (!m_released && !m_gone && !call.deadline.passed() && !is_cancelled(call))
        (void)m_answered.wait_for(m_mutex, next_look(call));
}

Result<rpc::Message> KeeperClient::ask(Call const& call, rpc::Message question, char const* function)
{
    {
        MutexLock lock(m_mutex);
        if (m_gone)
            return keeper_gone();
        question.call = ++m_last_question;
        m_questions[question.call] = {};
    }
    Result<void> sent;
    {
        MutexLock lock(m_sending);
        sent = m_channel.send(question, call.deadline);
    }
    if (sent)
        return wait_for_answer(call, question.call, function);
    MutexLock lock(m_mutex);
    m_questions.erase(question.call);
    return std::move(sent.error()).with_context("cannot ask keeper");
}

Result<rpc::Message> KeeperClient::wait_for_answer(Call const& call, uint64_t id, char const* function)
{
    MutexLock lock(m_mutex);
    while (!m_questions[id] && !m_gone && !call.deadline.passed() && !is_cancelled(call))
        (void)m_answered.wait_for(m_mutex, next_look(call));
    auto answer = std::move(m_questions[id]);
    m_questions.erase(id);
    if (answer)
        return std::move(*answer);
    return unanswered(call, function);
}

/// `function`: the driver's that the question led to, if it led to one.
Error KeeperClient::unanswered(Call const& call, char const* function) const
{
    if (m_gone && (m_ended || !function))
        return keeper_gone();
    if (is_cancelled(call))
        return { STAITHE_CANCELLED, 0, "cancelled" };
    if (!function)
        return { STAITHE_CANCELLED, 0, "keeper did not answer in time" };
    return { STAITHE_INTERNAL, 0,
        "execution driver '" + m_facts.driver + (m_gone ? "' died in " : "' did not return from ") + function + "()"
            + (m_gone ? "" : " in time") };
}

bool KeeperClient::listen()
{
    auto received = m_channel.receive(os::Deadline::after(message_time));
    MutexLock lock(m_mutex);
    if (!received) {
        m_gone = true;
        m_answered.notify_all();
        return false;
    }
    auto& message = received.value();
    if (message.type == static_cast<uint16_t>(Type::Exited)) {
        if (auto record = rpc::keeper::decode_exit_record(message.payload))
            m_exit = record.value();
        m_ended = true;
        return true;
    }
    if (message.type == static_cast<uint16_t>(Type::Released)) {
        m_released = true;
        m_answered.notify_all();
        return true;
    }
    if (auto const question = m_questions.find(message.call); question != m_questions.end()) {
        question->second = std::move(message);
        m_answered.notify_all();
    }
    return true;
}

std::optional<rpc::keeper::ExitRecord> KeeperClient::take_exit(bool keeper_is_gone)
{
    if (m_exit_taken || (!m_exit && !keeper_is_gone))
        return {};
    m_exit_taken = true;
    if (m_exit)
        return m_exit;
    return rpc::keeper::ExitRecord { m_facts.run, unknown_status, m_facts.started_ns, os::real_time_ns(), false };
}

} // namespace staithe::drivers
