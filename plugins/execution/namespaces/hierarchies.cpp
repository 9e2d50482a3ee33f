// SPDX-License-Identifier: Apache-2.0
//
// Reads mountinfo. On version 1 a container is put only where something is limited or counted: each hierarchy more
// costs every start a move.
#include "plugins/execution/namespaces/hierarchies.hpp"

#include <fcntl.h>

#include <algorithm>

#include "plugins/execution/namespaces/files.hpp"

namespace staithe::namespaces {

namespace {

    std::vector<std::string_view> split(std::string_view text, std::string_view separators)
    {
        std::vector<std::string_view> parts;
        while (!text.empty()) {
            auto const end = text.find_first_of(separators);
            if (auto const part = text.substr(0, end); !part.empty())
                parts.push_back(part);
            text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
        }
        return parts;
    }

    /// mountinfo writes space, tab, line feed and backslash as three octal digits.
    std::string unescape(std::string_view text)
    {
        std::string result;
        for (size_t i = 0; i < text.size(); ++i) {
            if (text[i] == '\\' && i + 3 < text.size()) {
                result += static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
                i += 3;
            } else {
                result += text[i];
            }
        }
        return result;
    }

    /// v2 by itself counts cpu time, freezes and filters devices, so that these v1 hierarchies are not needed beside
    /// it.
    bool is_wanted(std::string_view controller, bool beside_unified)
    {
        static constexpr std::string_view always[] { "memory", "cpu", "pids", "devices" };
        static constexpr std::string_view alone[] { "cpuacct", "freezer" };
        return std::ranges::find(always, controller) != std::end(always)
            || (!beside_unified && std::ranges::find(alone, controller) != std::end(alone));
    }

    Hierarchy from_v1(std::string_view mount_point, std::string_view super_options)
    {
        static constexpr std::string_view not_controllers[] { "rw", "ro", "xattr", "clone_children", "noprefix",
            "cpuset_v2_mode", "favordynmods", "nofavordynmods" };
        Hierarchy found;
        found.mount_point = unescape(mount_point);
        for (auto const option : split(super_options, ",")) {
            if (option.find('=') != std::string_view::npos || option.starts_with("release_agent")
                || std::ranges::find(not_controllers, option) != std::end(not_controllers))
                continue;
            found.controllers.emplace_back(option);
            found.options.append(found.options.empty() ? "" : ",").append(option);
        }
        return found;
    }

    std::string read_controllers(std::string const& mount_point)
    {
        auto text = read_file(AT_FDCWD, mount_point + "/cgroup.controllers");
        return text ? std::move(text).value() : std::string();
    }

} // namespace

bool Hierarchy::has(std::string_view controller) const
{
    return std::ranges::find(controllers, controller) != controllers.end();
}

Result<Hierarchies> Hierarchies::discover()
{
    return parse(STAITHE_TRY(read_file(AT_FDCWD, "/proc/self/mountinfo")), &read_controllers);
}

Hierarchies Hierarchies::parse(std::string_view mountinfo, std::string (*v2_controllers)(std::string const&))
{
    Hierarchies result;
    std::vector<Hierarchy> old;
    for (auto const line : split(mountinfo, "\n")) {
        auto const dash = line.find(" - ");
        if (dash == std::string_view::npos)
            continue;
        auto const front = split(line.substr(0, dash), " "), back = split(line.substr(dash + 3), " ");
        if (front.size() < 5 || back.empty())
            continue;
        if (back[0] == "cgroup2" && !result.unified()) {
            Hierarchy found { 2, unescape(front[4]), {}, {} };
            found.controllers = words(v2_controllers(found.mount_point));
            result.m_all.push_back(std::move(found));
        } else if (back[0] == "cgroup" && back.size() >= 3) {
            old.push_back(from_v1(front[4], back[2]));
        }
    }
    bool const beside_unified = result.unified() != nullptr;
    for (auto& hierarchy : old) {
        bool const wanted = std::ranges::any_of(hierarchy.controllers,
            [&](auto const& controller) { return is_wanted(controller, beside_unified) && !result.with(controller); });
        if (wanted)
            result.m_all.push_back(std::move(hierarchy));
    }
    return result;
}

Hierarchy const* Hierarchies::with(std::string_view controller) const
{
    auto const found = std::ranges::find_if(m_all, [&](auto const& hierarchy) { return hierarchy.has(controller); });
    return found == m_all.end() ? nullptr : &*found;
}

Hierarchy const* Hierarchies::unified() const
{
    auto const found = std::ranges::find_if(m_all, [](auto const& hierarchy) { return hierarchy.version == 2; });
    return found == m_all.end() ? nullptr : &*found;
}

} // namespace staithe::namespaces
