// A resource as a list of fields, each with its key and the function that writes it. Which of them an API version has
// is decided elsewhere and arrives as a set of bits; a key may occur twice, in two forms.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/wire/json_writer.hpp"

namespace staithe::wire {

/// Bit i: field i of the resource's list.
using FieldSet = uint64_t;
inline constexpr FieldSet all_fields = ~FieldSet { 0 };

template <class T> struct Field {
    std::string_view key;
    std::string_view form; ///< tells the forms of one key apart; empty when there is one
    std::string_view type; ///< for the documentation
    /// Writes key and value, or nothing where the value is left out.
    void (*put)(JsonWriter&, std::string_view key, T const&);
};

template <class T> using Fields = std::span<Field<T> const>;

template <class T> void put_object(JsonWriter& out, Fields<T> fields, T const& value, FieldSet set)
{
    out.begin_object();
    for (size_t i = 0; i < fields.size(); ++i)
        if (set >> i & 1)
            fields[i].put(out, fields[i].key, value);
    out.end_object();
}

inline void put_value(JsonWriter& out, std::string const& v)
{
    out.text(v);
}
inline void put_value(JsonWriter& out, int64_t v)
{
    out.number(v);
}
inline void put_value(JsonWriter& out, int v)
{
    out.number(v);
}
inline void put_value(JsonWriter& out, bool v)
{
    out.boolean(v);
}
inline void put_value(JsonWriter& out, std::vector<std::string> const& v)
{
    out.begin_array();
    for (auto const& text : v)
        out.text(text);
    out.end_array();
}
inline void put_value(JsonWriter& out, std::optional<std::vector<std::string>> const& v)
{
    v ? put_value(out, *v) : out.null();
}
/// A set is a map to nothing: {"/data":{}}.
inline void put_value(JsonWriter& out, std::set<std::string> const& v)
{
    out.begin_object();
    for (auto const& name : v) {
        out.key(name);
        out.begin_object();
        out.end_object();
    }
    out.end_object();
}

template <class V> void put_pair(JsonWriter& out, std::string_view key, V const& value)
{
    out.key(key);
    put_value(out, value);
}

/// The ways to name a put function: a member, one that is left out while it has no value, one that is null while it is
/// empty, and a constant null.
template <auto Member, class T> void member(JsonWriter& out, std::string_view key, T const& of)
{
    put_pair(out, key, of.*Member);
}

template <class V> bool has_value(V const& v)
{
    if constexpr (requires { v.empty(); })
        return !v.empty();
    else
        return static_cast<bool>(v);
}

template <auto Member, class T> void member_if_set(JsonWriter& out, std::string_view key, T const& of)
{
    if (has_value(of.*Member))
        put_pair(out, key, of.*Member);
}

template <auto Member, class T> void member_or_null(JsonWriter& out, std::string_view key, T const& of)
{
    if (has_value(of.*Member))
        return put_pair(out, key, of.*Member);
    out.key(key);
    out.null();
}

template <class T> void always_null(JsonWriter& out, std::string_view key, T const&)
{
    out.key(key);
    out.null();
}

} // namespace staithe::wire
