#include "api/wire/json_value.hpp"

#include <strings.h>

#include <algorithm>
#include <unordered_set>

#include <Poco/Exception.h>
#include <Poco/JSON/Handler.h>
#include <Poco/JSON/Parser.h>
#include <Poco/SharedPtr.h>

#include "api/wire/json_text_check.hpp"

namespace staithe::wire {

namespace {

    constexpr size_t max_depth = 128, max_values = 65'536;

    bool same_key(std::string_view a, std::string_view b)
    {
        return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
    }

    /// Receives the parser's events. A tree of our own: Poco's forgets duplicates and the order of keys.
    class TreeBuilder final : public Poco::JSON::Handler {
    public:
        JsonValue take() { return std::move(m_root); }

        void reset() override { }
        void startObject() override { descend(JsonValue::Kind::Object); }
        void startArray() override { descend(JsonValue::Kind::Array); }
        void endObject() override
        {
            refuse_duplicates(*m_open.back());
            m_open.pop_back();
        }
        void endArray() override { m_open.pop_back(); }
        void key(std::string const& k) override { m_open.back()->members.push_back({ k, {} }); }

        void null() override { place(JsonValue::Kind::Null); }
        void value(int v) override { value(Poco::Int64 { v }); }
        void value(unsigned v) override { value(Poco::Int64 { v }); }
        void value(Poco::Int64 v) override { place(JsonValue::Kind::Integer).integer = v; }
        void value(Poco::UInt64) override { place(JsonValue::Kind::Fraction); }
        void value(double) override { place(JsonValue::Kind::Fraction); }
        void value(bool v) override { place(JsonValue::Kind::Boolean).boolean = v; }
        void value(std::string const& v) override { place(JsonValue::Kind::Text).text = v; }

    private:
        // Pointers to open values stay good: a value grows only while no later sibling exists.
        JsonValue& place(JsonValue::Kind kind)
        {
            if (++m_count > max_values)
                throw Poco::DataException("too many values");
            auto& value = slot();
            value.kind = kind;
            return value;
        }
        JsonValue& slot()
        {
            if (m_open.empty())
                return m_root;
            auto& parent = *m_open.back();
            return parent.kind == JsonValue::Kind::Array ? parent.items.emplace_back() : parent.members.back().value;
        }
        void descend(JsonValue::Kind kind) { m_open.push_back(&place(kind)); }

        static void refuse_duplicates(JsonValue const& object)
        {
            std::unordered_set<std::string_view> seen;
            for (auto const& member : object.members)
                if (!seen.insert(member.key).second)
                    throw Poco::DataException("key '" + member.key + "' twice");
        }

        JsonValue m_root;
        std::vector<JsonValue*> m_open;
        size_t m_count = 0;
    };

} // namespace

JsonValue const* JsonValue::find(std::string_view key) const
{
    auto const exact = std::find_if(members.begin(), members.end(), [&](auto const& m) { return m.key == key; });
    if (exact != members.end())
        return &exact->value;
    auto const any = std::find_if(members.begin(), members.end(), [&](auto const& m) { return same_key(m.key, key); });
    return any == members.end() ? nullptr : &any->value;
}

std::string_view JsonValue::kind_name() const
{
    switch (kind) {
    case Kind::Null: return "null";
    case Kind::Boolean: return "boolean";
    case Kind::Integer:
    case Kind::Fraction: return "number";
    case Kind::Text: return "text";
    case Kind::Array: return "list";
    case Kind::Object: return "object";
    }
    return "value";
}

Result<JsonValue> parse_json(std::string_view text)
{
    STAITHE_TRY(check_json_text(text));
    Poco::SharedPtr<TreeBuilder> builder(new TreeBuilder);
    try {
        Poco::JSON::Parser parser(builder);
        parser.setDepth(max_depth);
        parser.parse(std::string(text));
    } catch (Poco::Exception const& e) {
        return Error { STAITHE_INVALID, 0, "invalid JSON: " + (e.message().empty() ? e.displayText() : e.message()) };
    }
    return builder->take();
}

} // namespace staithe::wire
