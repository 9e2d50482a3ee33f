#include "daemon/store/json.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>

#include <sstream>

namespace staithe::store {

namespace {

    using Poco::JSON::Array;
    using Poco::JSON::Object;

    // One list of fields per struct serves both directions.

    template <class F, class T> void visit_config(F& f, T& c)
    {
        f("hostname", c.hostname), f("domainname", c.domainname), f("user", c.user);
        f("memory", c.memory), f("memory_swap", c.memory_swap), f("cpu_shares", c.cpu_shares);
        f("attach_stdin", c.attach_stdin), f("attach_stdout", c.attach_stdout), f("attach_stderr", c.attach_stderr);
        f("port_specs", c.port_specs), f("exposed_ports", c.exposed_ports);
        f("tty", c.tty), f("open_stdin", c.open_stdin), f("stdin_once", c.stdin_once);
        f("env", c.env), f("command", c.command), f("entrypoint", c.entrypoint), f("dns", c.dns);
        f("image", c.image), f("volumes", c.volumes), f("volumes_from", c.volumes_from);
        f("working_dir", c.working_dir), f("network_disabled", c.network_disabled), f("privileged", c.privileged);
    }

    template <class F, class T> void visit_host_config(F& f, T& c)
    {
        f("binds", c.binds), f("links", c.links), f("container_id_file", c.container_id_file);
        f("lxc_conf", c.lxc_conf), f("port_bindings", c.port_bindings);
        f("privileged", c.privileged), f("publish_all_ports", c.publish_all_ports);
    }

    template <class F, class T> void visit_image(F& f, T& i)
    {
        f("parent", i.parent), f("comment", i.comment), f("author", i.author), f("container", i.container);
        f("architecture", i.architecture), f("daemon_version", i.daemon_version), f("size", i.size);
        f("storage_driver", i.storage_driver), f("container_config", i.container_config), f("config", i.config);
    }

    template <class F, class T> void visit_container(F& f, T& c)
    {
        f("storage_driver", c.storage_driver), f("execution_driver", c.execution_driver), f("path", c.path);
        f("args", c.args), f("config", c.config), f("host_config", c.host_config);
    }

    class Encoder {
    public:
        void operator()(char const* key, std::string const& value) { m_object->set(key, value); }
        void operator()(char const* key, int64_t value) { m_object->set(key, static_cast<Poco::Int64>(value)); }
        void operator()(char const* key, bool value) { m_object->set(key, value); }
        void operator()(char const* key, std::vector<std::string> const& value) { m_object->set(key, list(value)); }
        void operator()(char const* key, std::set<std::string> const& value) { m_object->set(key, list(value)); }
        void operator()(char const* key, std::optional<std::vector<std::string>> const& value)
        {
            if (value)
                (*this)(key, *value);
        }
        void operator()(char const* key, std::vector<std::pair<std::string, std::string>> const& value)
        {
            Array::Ptr pairs = new Array;
            for (auto const& [k, v] : value)
                pairs->add(list(std::vector { k, v }));
            m_object->set(key, pairs);
        }
        void operator()(char const* key, std::map<std::string, std::vector<api::PortBinding>> const& value)
        {
            Object::Ptr ports = new Object;
            for (auto const& [port, bindings] : value) {
                Array::Ptr addresses = new Array;
                for (auto const& binding : bindings)
                    addresses->add(list(std::vector { binding.host_ip, binding.host_port }));
                ports->set(port, addresses);
            }
            m_object->set(key, ports);
        }
        void operator()(char const* key, api::ContainerConfig const& value)
        {
            Encoder inner;
            visit_config(inner, value);
            m_object->set(key, inner.m_object);
        }
        void operator()(char const* key, std::optional<api::ContainerConfig> const& value)
        {
            if (value)
                (*this)(key, *value);
        }
        void operator()(char const* key, api::HostConfig const& value)
        {
            Encoder inner;
            visit_host_config(inner, value);
            m_object->set(key, inner.m_object);
        }
        std::string text() const
        {
            std::ostringstream out;
            m_object->stringify(out);
            return out.str();
        }

    private:
        template <class List> static Array::Ptr list(List const& values)
        {
            Array::Ptr array = new Array;
            for (auto const& value : values)
                array->add(value);
            return array;
        }
        Object::Ptr m_object = new Object;
    };

    /// Throws Poco::Exception where a value has another shape.
    class Decoder {
    public:
        explicit Decoder(Object::Ptr object)
            : m_object(std::move(object))
        {
            if (!m_object)
                throw Poco::DataFormatException("not an object");
        }
        void operator()(char const* key, std::string& value)
        {
            if (m_object->has(key))
                value = m_object->get(key).extract<std::string>();
        }
        void operator()(char const* key, int64_t& value)
        {
            if (m_object->has(key))
                value = m_object->getValue<Poco::Int64>(key);
        }
        void operator()(char const* key, bool& value)
        {
            if (m_object->has(key))
                value = m_object->get(key).extract<bool>();
        }
        void operator()(char const* key, std::vector<std::string>& value)
        {
            if (m_object->has(key))
                value = strings(array(m_object->get(key)));
        }
        void operator()(char const* key, std::set<std::string>& value)
        {
            std::vector<std::string> list;
            (*this)(key, list);
            value = { list.begin(), list.end() };
        }
        void operator()(char const* key, std::optional<std::vector<std::string>>& value)
        {
            if (m_object->has(key))
                (*this)(key, value.emplace());
        }
        void operator()(char const* key, std::vector<std::pair<std::string, std::string>>& value)
        {
            if (!m_object->has(key))
                return;
            for (auto const& element : *array(m_object->get(key))) {
                auto const pair = two(element);
                value.emplace_back(pair[0], pair[1]);
            }
        }
        void operator()(char const* key, std::map<std::string, std::vector<api::PortBinding>>& value)
        {
            if (!m_object->has(key))
                return;
            for (auto const& [port, addresses] : *object(key)) {
                auto& bindings = value[port];
                for (auto const& element : *array(addresses)) {
                    auto const pair = two(element);
                    bindings.push_back({ pair[0], pair[1] });
                }
            }
        }
        void operator()(char const* key, api::ContainerConfig& value)
        {
            if (!m_object->has(key))
                return;
            Decoder inner(object(key));
            visit_config(inner, value);
        }
        void operator()(char const* key, std::optional<api::ContainerConfig>& value)
        {
            if (m_object->has(key))
                (*this)(key, value.emplace());
        }
        void operator()(char const* key, api::HostConfig& value)
        {
            if (!m_object->has(key))
                return;
            Decoder inner(object(key));
            visit_host_config(inner, value);
        }

    private:
        Object::Ptr object(char const* key) const
        {
            auto const found = m_object->getObject(key);
            if (!found)
                throw Poco::DataFormatException("not an object", key);
            return found;
        }
        static Array::Ptr array(Poco::Dynamic::Var const& value) { return value.extract<Array::Ptr>(); }
        static std::vector<std::string> strings(Array::Ptr const& values)
        {
            std::vector<std::string> list;
            list.reserve(values->size());
            for (auto const& value : *values)
                list.push_back(value.extract<std::string>());
            return list;
        }
        static std::vector<std::string> two(Poco::Dynamic::Var const& value)
        {
            auto pair = strings(array(value));
            if (pair.size() != 2)
                throw Poco::DataFormatException("not a pair");
            return pair;
        }
        Object::Ptr m_object;
    };

    template <class F> Result<void> decode(std::string const& text, F&& visit)
    {
        try {
            Poco::JSON::Parser parser;
            Decoder decoder(parser.parse(text).extract<Object::Ptr>());
            visit(decoder);
            return {};
        } catch (Poco::Exception const& e) {
            return Error { STAITHE_CORRUPT, 0, "unreadable record: " + e.displayText() };
        }
    }

} // namespace

std::string to_json(ImageRecord const& image)
{
    Encoder encoder;
    visit_image(encoder, image);
    return encoder.text();
}

std::string to_json(ContainerRecord const& container)
{
    Encoder encoder;
    visit_container(encoder, container);
    return encoder.text();
}

Result<void> from_json(std::string const& text, ImageRecord& image)
{
    return decode(text, [&](Decoder& decoder) { visit_image(decoder, image); });
}

Result<void> from_json(std::string const& text, ContainerRecord& container)
{
    return decode(text, [&](Decoder& decoder) { visit_container(decoder, container); });
}

} // namespace staithe::store
