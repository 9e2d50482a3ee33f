#include "daemon/store/json.hpp"

#include <Poco/Exception.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>
#include <Poco/JSON/Parser.h>
#include <Poco/TextIterator.h>
#include <Poco/UTF8Encoding.h>

#include <concepts>
#include <sstream>
#include <type_traits>
#include <utility>

namespace staithe::store {

namespace {

    using Poco::JSON::Array;
    using Poco::JSON::Object;

    // One list of fields per struct serves both directions.

    template <class T, class U>
    concept Is = std::same_as<std::remove_const_t<T>, U>;

    template <class F, Is<api::ContainerConfig> T> void visit(F& f, T& c)
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

    template <class F, Is<api::HostConfig> T> void visit(F& f, T& c)
    {
        f("binds", c.binds), f("links", c.links), f("container_id_file", c.container_id_file);
        f("lxc_conf", c.lxc_conf), f("port_bindings", c.port_bindings);
        f("privileged", c.privileged), f("publish_all_ports", c.publish_all_ports);
    }

    template <class F, Is<api::Port> T> void visit(F& f, T& p)
    {
        f("protocol", p.protocol), f("container_port", p.container_port);
        f("host_ip", p.host_ip), f("host_port", p.host_port);
    }

    template <class F, Is<api::NetworkState> T> void visit(F& f, T& n)
    {
        f("ip_address", n.ip_address), f("gateway", n.gateway), f("bridge", n.bridge);
        f("prefix_length", n.prefix_length), f("ports", n.ports);
    }

    template <class F, Is<api::VolumeMount> T> void visit(F& f, T& v)
    {
        f("host_path", v.host_path), f("writable", v.writable);
    }

    template <class F, Is<ImageRecord> T> void visit(F& f, T& i)
    {
        f("parent", i.parent), f("comment", i.comment), f("author", i.author), f("container", i.container);
        f("architecture", i.architecture), f("daemon_version", i.daemon_version), f("size", i.size);
        f("storage_driver", i.storage_driver), f("container_config", i.container_config), f("config", i.config);
    }

    template <class F, Is<ContainerRecord> T> void visit(F& f, T& c)
    {
        f("storage_driver", c.storage_driver), f("execution_driver", c.execution_driver), f("path", c.path);
        f("args", c.args), f("config", c.config), f("publish_port_specs", c.publish_port_specs);
    }

    template <class F, Is<ContainerRecord> T> void visit_run(F& f, T& c)
    {
        f("host_config", c.host_config), f("network", c.network), f("volumes", c.volumes);
    }

    template <class T>
    concept Struct = Is<T, api::ContainerConfig> || Is<T, api::HostConfig> || Is<T, api::Port> || Is<T,
        api::NetworkState> || Is<T, api::VolumeMount>;

    template <class T>
    concept Number = std::integral<T> && !Is<T, bool>;

    class Encoder {
    public:
        void operator()(char const* key, std::string const& value) { m_object->set(key, value); }
        void operator()(char const* key, Number auto value) { m_object->set(key, static_cast<Poco::Int64>(value)); }
        void operator()(char const* key, bool value) { m_object->set(key, value); }
        void operator()(char const* key, std::vector<std::string> const& value) { m_object->set(key, list(value)); }
        void operator()(char const* key, std::set<std::string> const& value) { m_object->set(key, list(value)); }
        void operator()(char const* key, api::Protocol value)
        {
            m_object->set(key, value == api::Protocol::Udp ? "udp" : "tcp");
        }
        template <class T> void operator()(char const* key, std::optional<T> const& value)
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
        template <Struct T> void operator()(char const* key, T const& value) { m_object->set(key, object(value)); }
        template <Struct T> void operator()(char const* key, std::vector<T> const& values)
        {
            Array::Ptr array = new Array;
            for (auto const& value : values)
                array->add(object(value));
            m_object->set(key, array);
        }
        template <Struct T> void operator()(char const* key, std::map<std::string, T> const& values)
        {
            Object::Ptr map = new Object;
            for (auto const& [name, value] : values)
                map->set(name, object(value));
            m_object->set(key, map);
        }
        std::string text() const
        {
            std::ostringstream out;
            m_object->stringify(out);
            return out.str();
        }

    private:
        template <Struct T> static Object::Ptr object(T const& value)
        {
            Encoder inner;
            visit(inner, value);
            return inner.m_object;
        }
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
        template <Number T> void operator()(char const* key, T& value)
        {
            if (!m_object->has(key))
                return;
            auto const number = m_object->getValue<Poco::Int64>(key);
            if (!std::in_range<T>(number))
                throw Poco::RangeException("too large", key);
            value = static_cast<T>(number);
        }
        void operator()(char const* key, api::Protocol& value)
        {
            std::string name = "tcp";
            (*this)(key, name);
            if (name != "tcp" && name != "udp")
                throw Poco::DataFormatException("no protocol", name);
            value = name == "udp" ? api::Protocol::Udp : api::Protocol::Tcp;
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
        template <class T> void operator()(char const* key, std::optional<T>& value)
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
        template <Struct T> void operator()(char const* key, T& value)
        {
            if (m_object->has(key))
                value = decoded<T>(object(key));
        }
        template <Struct T> void operator()(char const* key, std::vector<T>& values)
        {
            if (!m_object->has(key))
                return;
            for (auto const& element : *array(m_object->get(key)))
                values.push_back(decoded<T>(element.extract<Object::Ptr>()));
        }
        template <Struct T> void operator()(char const* key, std::map<std::string, T>& values)
        {
            if (!m_object->has(key))
                return;
            for (auto const& [name, element] : *object(key))
                values.emplace(name, decoded<T>(element.template extract<Object::Ptr>()));
        }

    private:
        template <Struct T> static T decoded(Object::Ptr from)
        {
            T value;
            Decoder inner(std::move(from));
            visit(inner, value);
            return value;
        }
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

    template <class F> std::string encode(F&& each)
    {
        Encoder encoder;
        each(encoder);
        return encoder.text();
    }

    /// What the parser would refuse must not be written: at the next start the row would count as damaged.
    std::string readable(std::string text)
    {
        Poco::UTF8Encoding const utf8;
        Poco::TextIterator const end(text);
        for (Poco::TextIterator at(text, utf8); at != end; ++at)
            if (*at < 0)
                throw Poco::DataFormatException("a text is not UTF-8");
        return text;
    }

    template <class F> Result<void> decode(std::string const& text, F&& each)
    {
        try {
            Poco::JSON::Parser parser;
            Decoder decoder(parser.parse(text).extract<Object::Ptr>());
            each(decoder);
            return {};
        } catch (Poco::Exception const& e) {
            return Error { STAITHE_CORRUPT, 0, "unreadable record: " + e.displayText() };
        }
    }

} // namespace

std::string to_json(ImageRecord const& image)
{
    return readable(encode([&](Encoder& encoder) { visit(encoder, image); }));
}

std::string to_json(ContainerRecord const& container)
{
    return readable(encode([&](Encoder& encoder) { visit(encoder, container); }));
}

std::string run_to_json(ContainerRecord const& container)
{
    return encode([&](Encoder& encoder) { visit_run(encoder, container); });
}

Result<void> from_json(std::string const& text, ImageRecord& image)
{
    return decode(text, [&](Decoder& decoder) { visit(decoder, image); });
}

Result<void> from_json(std::string const& text, ContainerRecord& container)
{
    return decode(text, [&](Decoder& decoder) {
        visit(decoder, container);
        visit_run(decoder, container); // where the first schema had the host configuration
    });
}

Result<void> run_from_json(std::string const& text, ContainerRecord& container)
{
    return decode(text, [&](Decoder& decoder) { visit_run(decoder, container); });
}

} // namespace staithe::store
