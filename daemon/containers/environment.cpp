#include "daemon/containers/environment.hpp"

#include <unordered_map>

namespace staithe::containers {

namespace {

    class Environment {
    public:
        void add(std::string entry)
        {
            size_t equals = entry.find('=');
            if (equals == std::string::npos) {
                equals = entry.size();
                entry += '=';
            }
            auto const [place, fresh] = m_places.emplace(entry.substr(0, equals), m_entries.size());
            if (fresh)
                m_entries.push_back(std::move(entry));
            else
                m_entries[place->second] = std::move(entry);
        }
        std::vector<std::string> take() { return std::move(m_entries); }

    private:
        std::vector<std::string> m_entries;
        std::unordered_map<std::string, size_t> m_places;
    };

} // namespace

std::vector<std::string> environment_of(api::ContainerConfig const& config, std::vector<std::string> const& links)
{
    Environment environment;
    environment.add("HOME=/");
    environment.add("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    environment.add("container=lxc");
    environment.add("HOSTNAME=" + config.hostname);
    if (config.tty)
        environment.add("TERM=xterm");
    for (auto const& entry : links)
        environment.add(entry);
    if (config.env)
        for (auto const& entry : *config.env)
            environment.add(entry);
    return environment.take();
}

} // namespace staithe::containers
