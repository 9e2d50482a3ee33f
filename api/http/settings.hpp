// What the gate and the workers need to know of ServerOptions; replaced as a whole by reload(), never changed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace staithe::http {

using Clock = std::chrono::steady_clock;

struct Settings {
    bool cors = false;
    std::vector<std::string> allowed_hosts;
    size_t max_connections = 0;
    std::chrono::milliseconds head_timeout {}, idle_timeout {}, body_timeout {};
    std::string server_name;
    std::function<void(int, std::string_view)> log;
};

/// shared: requests under way keep the settings they began with.
using SettingsPtr = std::shared_ptr<Settings const>;

} // namespace staithe::http
