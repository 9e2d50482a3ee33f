// SPDX-License-Identifier: Apache-2.0
//
// Finding and executing a container's program.
#include "plugins/common/final_step/program.hpp"

#include <unistd.h>

#include <staithe/cpp/text.hpp>

namespace staithe::final_step {

namespace {

    constexpr std::string_view default_path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    std::vector<std::string> strings(staithe_text const* texts, size_t count)
    {
        std::vector<std::string> result;
        result.reserve(count);
        for (size_t i = 0; i < count; ++i)
            result.emplace_back(view(texts[i]));
        return result;
    }

    std::vector<char*> pointers(std::vector<std::string>& from)
    {
        std::vector<char*> result;
        result.reserve(from.size() + 1);
        for (auto& string : from)
            result.push_back(string.data());
        result.push_back(nullptr);
        return result;
    }

    std::string_view search_path(std::vector<std::string> const& environment)
    {
        for (std::string_view const variable : environment)
            if (variable.starts_with("PATH="))
                return variable.substr(5);
        return default_path;
    }

    std::vector<std::string> find(std::string const& name, std::string_view path)
    {
        if (name.empty())
            return {};
        if (name.find('/') != std::string::npos)
            return { name };
        std::vector<std::string> result;
        for (size_t begin = 0; begin <= path.size();) {
            size_t const end = std::min(path.find(':', begin), path.size());
            auto const part = path.substr(begin, end - begin);
            result.push_back(part.empty() ? name : std::string(part) + "/" + name);
            begin = end + 1;
        }
        return result;
    }

} // namespace

Program::Program(staithe_process const& process)
    : m_name(process.argc ? view(process.argv[0]) : std::string_view())
    , m_arguments(strings(process.argv, process.argc))
    , m_environment(strings(process.env, process.envc))
    , m_argv(pointers(m_arguments))
    , m_envp(pointers(m_environment))
{
    m_candidates = find(m_name, search_path(m_environment));
}

void Program::execute() const
{
    int reason = ENOENT;
    bool seen = false;
    for (auto const& path : m_candidates) {
        seen = seen || ::access(path.c_str(), F_OK) == 0;
        ::execve(path.c_str(), m_argv.data(), m_envp.data());
        if (errno == E2BIG || errno == ENOEXEC || errno == ENOMEM) {
            reason = errno;
            break;
        }
        if (errno != ENOENT && errno != ENOTDIR)
            reason = errno; // like a shell: go on looking, and tell this if nothing better turns up
    }
    if (reason == ENOENT)
        end_with_message(m_name + (seen ? ": its interpreter is not found" : ": not found"), 127);
    end_with_message(errno_error("cannot execute '" + m_name + "'", reason).message, 126);
}

void end_with_message(std::string_view message, int status)
{
    std::string line("staithe: ");
    line.append(message).append("\n");
    (void)!::write(2, line.data(), line.size());
    ::_exit(status);
}

} // namespace staithe::final_step
