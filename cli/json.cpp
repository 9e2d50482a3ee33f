#include "cli/json.hpp"

#include <cstdio>

#include <Poco/Exception.h>
#include <Poco/JSON/ParseHandler.h>
#include <Poco/JSON/Parser.h>

namespace staithe::cli {

namespace {

    constexpr size_t object_limit = 1 << 20;

    Error not_json(std::string const& cause)
    {
        return { STAITHE_CORRUPT, 0, "cannot understand the daemon's answer: " + cause };
    }

    template <class T> T member(Poco::JSON::Object::Ptr const& object, std::string const& key, T otherwise)
    {
        if (object.isNull())
            return otherwise;
        try {
            auto const value = object->get(key);
            return value.isEmpty() ? otherwise : value.convert<T>();
        } catch (Poco::Exception const&) {
            return otherwise;
        }
    }

    std::string quoted(std::string const& text)
    {
        std::string out = "\"";
        for (char const c : text) {
            if (c == '"' || c == '\\') {
                out += '\\';
                out += c;
            } else if (c == '\n') {
                out += "\\n";
            } else if (c == '\t') {
                out += "\\t";
            } else if (static_cast<unsigned char>(c) < 0x20) {
                char buffer[8];
                std::snprintf(buffer, sizeof buffer, "\\u%04x", static_cast<unsigned>(c));
                out += buffer;
            } else {
                out += c;
            }
        }
        return out + '"';
    }

    class Printer {
    public:
        explicit Printer(unsigned indent)
            : m_indent(indent)
        {
        }
        void value(Json const&);
        std::string take() { return std::move(m_out); }

    private:
        void object(Poco::JSON::Object const&);
        void list(Poco::JSON::Array const&);
        void line()
        {
            if (m_indent)
                m_out.append("\n").append(m_depth * m_indent, ' ');
        }

        unsigned m_indent, m_depth = 0;
        std::string m_out;
    };

    void Printer::object(Poco::JSON::Object const& object)
    {
        m_out += '{';
        ++m_depth;
        bool first = true;
        for (auto const& name : object.getNames()) {
            m_out += std::exchange(first, false) ? "" : ",";
            line();
            m_out += quoted(name) + (m_indent ? ": " : ":");
            value(object.get(name));
        }
        --m_depth;
        if (!first)
            line();
        m_out += '}';
    }

    void Printer::list(Poco::JSON::Array const& array)
    {
        m_out += '[';
        ++m_depth;
        for (unsigned i = 0; i < array.size(); ++i) {
            m_out += i ? "," : "";
            line();
            value(array.get(i));
        }
        --m_depth;
        if (array.size())
            line();
        m_out += ']';
    }

    void Printer::value(Json const& v)
    {
        if (v.isEmpty())
            m_out += "null";
        else if (v.type() == typeid(Poco::JSON::Object::Ptr))
            object(*v.extract<Poco::JSON::Object::Ptr>());
        else if (v.type() == typeid(Poco::JSON::Array::Ptr))
            list(*v.extract<Poco::JSON::Array::Ptr>());
        else if (v.isString())
            m_out += quoted(v.extract<std::string>());
        else
            m_out += v.convert<std::string>(); // true, false and numbers
    }

} // namespace

Result<Json> parse_json(std::string const& text)
{
    try {
        Poco::JSON::Parser parser(new Poco::JSON::ParseHandler(true));
        parser.setDepth(64);
        return parser.parse(text);
    } catch (Poco::Exception const& e) {
        return not_json(e.displayText());
    } catch (std::exception const& e) {
        return not_json(e.what());
    }
}

Result<Poco::JSON::Object::Ptr> parse_object(std::string const& text)
{
    auto const value = STAITHE_TRY(parse_json(text));
    if (value.isEmpty() || value.type() != typeid(Poco::JSON::Object::Ptr))
        return not_json("it is no object");
    return value.extract<Poco::JSON::Object::Ptr>();
}

Result<Poco::JSON::Array::Ptr> parse_list(std::string const& text)
{
    // Poco's parser takes no bare null.
    if (text.starts_with("null"))
        return Poco::JSON::Array::Ptr(new Poco::JSON::Array);
    auto const value = STAITHE_TRY(parse_json(text));
    if (value.isEmpty() || value.type() != typeid(Poco::JSON::Array::Ptr))
        return not_json("it is no list");
    return value.extract<Poco::JSON::Array::Ptr>();
}

Result<Poco::JSON::Object::Ptr> parse_object(Result<std::string> const& answer)
{
    return answer ? parse_object(answer.value()) : answer.error();
}

Result<Poco::JSON::Array::Ptr> parse_list(Result<std::string> const& answer)
{
    return answer ? parse_list(answer.value()) : answer.error();
}

std::string text_of(Poco::JSON::Object::Ptr const& object, std::string const& key)
{
    return member<std::string>(object, key, {});
}

int64_t number_of(Poco::JSON::Object::Ptr const& object, std::string const& key)
{
    return member<Poco::Int64>(object, key, 0);
}

bool flag_of(Poco::JSON::Object::Ptr const& object, std::string const& key)
{
    return member<bool>(object, key, false);
}

Poco::JSON::Object::Ptr object_of(Poco::JSON::Object::Ptr const& object, std::string const& key)
{
    return object.isNull() ? Poco::JSON::Object::Ptr() : object->getObject(key);
}

Poco::JSON::Array::Ptr list_of(Poco::JSON::Object::Ptr const& object, std::string const& key)
{
    return object.isNull() ? Poco::JSON::Array::Ptr() : object->getArray(key);
}

std::vector<std::string> texts_of(Poco::JSON::Object::Ptr const& object, std::string const& key)
{
    std::vector<std::string> texts;
    auto const list = list_of(object, key);
    for (unsigned i = 0; !list.isNull() && i < list->size(); ++i) {
        if (auto const value = list->get(i); !value.isEmpty() && value.isString())
            texts.push_back(value.extract<std::string>());
    }
    return texts;
}

Poco::JSON::Object::Ptr element(Poco::JSON::Array::Ptr const& list, size_t index)
{
    return list->getObject(static_cast<unsigned>(index));
}

std::string print_json(Json const& value, unsigned indent)
{
    Printer printer(indent);
    printer.value(value);
    return printer.take();
}

Result<void> JsonSplitter::feed(std::string_view bytes)
{
    for (char const c : bytes) {
        m_text += c;
        if (m_text.size() > object_limit)
            return Error { STAITHE_CORRUPT, 0, "a message of the daemon does not end" };
        if (m_in_string) {
            m_in_string = m_escaped || c != '"';
            m_escaped = !m_escaped && c == '\\';
        } else if (c == '"') {
            m_in_string = m_depth > 0;
        } else if (c == '{') {
            ++m_depth;
        } else if (c == '}' && m_depth > 0 && --m_depth == 0) {
            STAITHE_TRY(m_object(std::exchange(m_text, {})));
        }
    }
    return {};
}

} // namespace staithe::cli
