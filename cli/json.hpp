// JSON of the daemon, on top of Poco: parsing as a Result, objects that keep their order, and printing that leaves '/'
// and foreign bytes alone (Poco's printer escapes the one and throws at the other).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <Poco/Dynamic/Var.h>
#include <Poco/JSON/Array.h>
#include <Poco/JSON/Object.h>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

using Json = Poco::Dynamic::Var;

Result<Json> parse_json(std::string const&);
/// The text must be an object, or a list (null counts as an empty one); CORRUPT otherwise.
Result<Poco::JSON::Object::Ptr> parse_object(std::string const&);
Result<Poco::JSON::Array::Ptr> parse_list(std::string const&);
// The same for an answer that may have failed before.
Result<Poco::JSON::Object::Ptr> parse_object(Result<std::string> const&);
Result<Poco::JSON::Array::Ptr> parse_list(Result<std::string> const&);

// Members of an object; what is missing or of another type is "", 0, false, or a null pointer.
std::string text_of(Poco::JSON::Object::Ptr const&, std::string const& key);
int64_t number_of(Poco::JSON::Object::Ptr const&, std::string const& key);
bool flag_of(Poco::JSON::Object::Ptr const&, std::string const& key);
Poco::JSON::Object::Ptr object_of(Poco::JSON::Object::Ptr const&, std::string const& key);
Poco::JSON::Array::Ptr list_of(Poco::JSON::Object::Ptr const&, std::string const& key);
/// The texts of a list; members of other types are left out.
std::vector<std::string> texts_of(Poco::JSON::Object::Ptr const&, std::string const& key);
Poco::JSON::Object::Ptr element(Poco::JSON::Array::Ptr const&, size_t index);

/// indent 0: one line. Bytes that are no UTF-8 are written as they are.
std::string print_json(Json const&, unsigned indent = 0);

/// Cuts objects that follow each other without a separator, however the bytes come.
class JsonSplitter {
public:
    explicit JsonSplitter(std::function<Result<void>(std::string const&)> object)
        : m_object(std::move(object))
    {
    }
    Result<void> feed(std::string_view);
    /// Bytes after the last whole object, for instance an error text in plain words.
    std::string rest() const { return m_text; }

private:
    std::function<Result<void>(std::string const&)> m_object;
    std::string m_text;
    unsigned m_depth = 0;
    bool m_in_string = false, m_escaped = false;
};

} // namespace staithe::cli
