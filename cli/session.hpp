// One user in front of one container: streams, terminal, signals, and how it ends. What `run` and `attach` share.
#pragma once

#include <string>

#include <staithe/cpp/mutex.hpp>
#include <staithe/cpp/result.hpp>

#include "cli/client.hpp"
#include "cli/pump.hpp"
#include "cli/terminal.hpp"

namespace staithe::cli {

// Exit codes of this program that are not a container's.
inline constexpr int exit_failure = 125; ///< the daemon or this program failed
inline constexpr int exit_signal_base = 128;

struct SessionOptions {
    bool tty = false; ///< the container has a terminal
    bool in = false; ///< our stdin goes to the container
    bool out = true, err = true; ///< the container's output comes to ours; without both nobody waits for its end
    bool remove = false; ///< the container and its volumes are removed when we leave, in every outcome
    bool once = false; ///< the container's stdin ends with ours; otherwise the end of ours detaches us
};

/// Threads: on_signal() is called by a SignalWatch, everything else by the main thread.
class Session {
public:
    Session(Client const& client, SessionOptions options)
        : m_client(client)
        , m_options(options)
    {
    }

    /// The container exists from here on; signals are not passed on yet.
    void created(std::string id);
    /// POST …/attach for the streams that the options name.
    Result<Connection> open_streams();
    /// Raw mode, if the terminal is given to the container.
    Result<void> take_terminal();
    /// The container runs: signals that came early are passed on, and the window size is told.
    void started();
    /// Streams until the end; then the container's exit code, or 0 with a note when the user has detached.
    Result<int> follow(Connection);
    /// Removes the container if that is wanted, once.
    Result<void> clean_up();
    /// The signal that came before the container ran, or 0.
    int early_signal();

    void on_signal(int number);

private:
    enum class Phase { Creating, Starting, Running };
    Result<int> exit_code();
    Result<bool> is_running();
    void pass_on(std::string const& id, int number, unsigned count);
    void tell_window_size(std::string const& id);
    [[noreturn]] void leave(int number);
    std::string id();
    /// Keys are the container's: Ctrl-C is a byte, and a signal comes from somewhere else.
    bool gives_terminal() const { return m_options.tty && m_options.in; }

    Client const& m_client;
    SessionOptions const m_options;
    TerminalGuard m_terminal;
    Mutex m_mutex;
    Phase m_phase GUARDED_BY(m_mutex) = Phase::Creating;
    std::string m_id GUARDED_BY(m_mutex);
    unsigned m_signals GUARDED_BY(m_mutex) = 0;
    int m_early GUARDED_BY(m_mutex) = 0;
    bool m_removed GUARDED_BY(m_mutex) = false;
};

} // namespace staithe::cli
