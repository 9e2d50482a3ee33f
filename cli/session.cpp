#include "cli/session.hpp"

#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>

#include "cli/json.hpp"
#include "cli/signals.hpp"

namespace staithe::cli {

namespace {

    // How long a daemon may be away (an upgrade) between the end of the streams and our question for the exit code.
    constexpr int restart_attempts = 50;
    constexpr timespec restart_pause { 0, 200'000'000 };

    void note(std::string const& text)
    {
        std::fprintf(stderr, "staithe: %s\n", text.c_str());
    }

} // namespace

std::string Session::id()
{
    MutexLock const lock(m_mutex);
    return m_id;
}

void Session::created(std::string id)
{
    MutexLock const lock(m_mutex);
    m_id = std::move(id);
    m_phase = Phase::Starting;
}

int Session::early_signal()
{
    MutexLock const lock(m_mutex);
    return m_early;
}

Result<Connection> Session::open_streams()
{
    std::vector<std::pair<std::string, std::string>> parameters { { "stream", "1" } };
    if (m_options.in)
        parameters.emplace_back("stdin", "1");
    if (m_options.out)
        parameters.emplace_back("stdout", "1");
    if (m_options.err)
        parameters.emplace_back("stderr", "1");
    return m_client.attach("/containers/" + path_segment(id()) + "/attach" + query(parameters));
}

Result<void> Session::take_terminal()
{
    if (!gives_terminal() || !::isatty(STDIN_FILENO))
        return {};
    return m_terminal.make_raw(STDIN_FILENO);
}

void Session::started()
{
    MutexLock lock(m_mutex);
    m_phase = Phase::Running;
    auto const name = m_id;
    int const early = std::exchange(m_early, 0);
    lock.unlock();
    if (m_options.tty)
        tell_window_size(name);
    if (early && gives_terminal())
        leave(early);
    if (early)
        pass_on(name, early, 1);
}

void Session::tell_window_size(std::string const& name)
{
    auto size = window_size(STDOUT_FILENO);
    if (!size)
        size = window_size(STDIN_FILENO);
    if (!size)
        return;
    // A container that has ended meanwhile has no window; that is no news for the user.
    (void)m_client.post("/containers/" + path_segment(name) + "/resize"
        + query({ { "h", std::to_string(size->height) }, { "w", std::to_string(size->width) } }));
}

void Session::pass_on(std::string const& name, int number, unsigned count)
{
    auto const path = "/containers/" + path_segment(name) + "/kill";
    if (count > 3)
        leave(number);
    if (count == 3) {
        note("killing the container; once more leaves it alone");
        if (auto const killed = m_client.post(path); !killed)
            note(killed.error().message);
        return;
    }
    if (count == 2)
        note("the container goes on; one more signal kills it");
    if (auto const sent = m_client.post(path + query({ { "signal", std::to_string(number) } })); !sent)
        note(sent.error().message);
}

void Session::leave(int number)
{
    m_terminal.restore();
    if (auto const cleaned = clean_up(); !cleaned)
        note(cleaned.error().message);
    die_by_signal(number);
}

void Session::on_signal(int number)
{
    MutexLock lock(m_mutex);
    auto const phase = m_phase;
    auto const name = m_id;
    bool const window = number == SIGWINCH;
    unsigned const count = window ? m_signals : ++m_signals;
    if (phase != Phase::Running && !window && count == 1) {
        m_early = number;
        return;
    }
    lock.unlock();
    if (window) {
        if (phase == Phase::Running && m_options.tty)
            tell_window_size(name);
    } else if (phase != Phase::Running || gives_terminal()) {
        leave(number);
    } else {
        pass_on(name, number, count);
    }
}

Result<bool> Session::is_running()
{
    auto const details = STAITHE_TRY(parse_object(m_client.get("/containers/" + path_segment(id()) + "/json")));
    return flag_of(object_of(details, "State"), "Running");
}

Result<int> Session::exit_code()
{
    for (int attempt = 0;; ++attempt) {
        auto const answer = m_client.post("/containers/" + path_segment(id()) + "/wait");
        bool const away = !answer && (answer.error().code == STAITHE_UNAVAILABLE || answer.error().code == STAITHE_IO);
        if (away && attempt < restart_attempts) {
            ::nanosleep(&restart_pause, nullptr);
            continue;
        }
        if (!answer)
            return answer.error();
        return static_cast<int>(number_of(STAITHE_TRY(parse_object(answer)), "StatusCode"));
    }
}

Result<int> Session::follow(Connection connection)
{
    PumpOptions const options { m_options.in ? STDIN_FILENO : -1, STDOUT_FILENO, STDERR_FILENO, !m_options.tty };
    auto const end = pump(connection, options);
    m_terminal.restore();
    if (!end)
        return end.error();
    if (end.value().output_lost)
        return exit_signal_base + SIGPIPE;
    if (!m_options.out && !m_options.err)
        return 0;
    bool const may_have_detached =
        end.value().detach_keys || (end.value().input_ended && (m_options.tty || !m_options.once));
    if (may_have_detached && STAITHE_TRY(is_running())) {
        note("detached; container '" + id() + "' goes on (come back: staithe attach " + id() + ")");
        MutexLock const lock(m_mutex);
        m_removed = true; // the user wants it to stay
        return 0;
    }
    return exit_code();
}

Result<void> Session::clean_up()
{
    {
        MutexLock const lock(m_mutex);
        if (!m_options.remove || m_id.empty() || std::exchange(m_removed, true))
            return {};
    }
    auto const path = "/containers/" + path_segment(id());
    auto removed = m_client.remove(path + "?v=1");
    if (!removed && removed.error().code == STAITHE_CONFLICT) {
        STAITHE_TRY(m_client.post(path + "/kill"));
        removed = m_client.remove(path + "?v=1");
    }
    if (!removed && removed.error().code != STAITHE_NOT_FOUND)
        return std::move(removed.error()).with_context("cannot remove container '" + id() + "'");
    return {};
}

} // namespace staithe::cli
