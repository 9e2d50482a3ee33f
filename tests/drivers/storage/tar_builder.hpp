// SPDX-License-Identifier: Apache-2.0
//
// Makes archives by hand, good and bad ones: nothing here checks anything.
#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "plugins/common/archive/pax.hpp"
#include "plugins/common/archive/tar_format.hpp"

namespace staithe::test {

struct Member {
    std::string name;
    char type = '0';
    std::string data {};
    std::string link {};
    uint64_t mode = 0644;
    uint64_t uid = 0, gid = 0;
    uint64_t mtime = 1'000'000'000;
    uint64_t major = 0, minor = 0;
    std::string pax {}; ///< records of an extended header before it
    int64_t size = -1; ///< what the header says; -1: the truth
};

class TarBuilder {
public:
    TarBuilder& add(Member const& m)
    {
        std::string pax = m.pax;
        if (m.name.size() > 100)
            archive::append_pax(pax, "path", m.name);
        if (m.link.size() > 100)
            archive::append_pax(pax, "linkpath", m.link);
        if (!pax.empty())
            raw(Member { "PaxHeaders/x", 'x', pax });
        return raw(m);
    }

    TarBuilder& raw(Member const& m)
    {
        archive::TarHeader h {};
        m.name.copy(h.name, sizeof h.name);
        m.link.copy(h.link, sizeof h.link);
        number(h.mode, m.mode);
        number(h.uid, m.uid);
        number(h.gid, m.gid);
        number(h.size, m.size < 0 ? m.data.size() : static_cast<uint64_t>(m.size));
        number(h.mtime, m.mtime);
        number(h.major, m.major);
        number(h.minor, m.minor);
        std::memcpy(h.magic, "ustar\00000", sizeof h.magic);
        h.type = m.type;
        archive::format_octal({ h.checksum, 7 }, archive::checksum_of(h));
        m_bytes.append(reinterpret_cast<char const*>(&h), sizeof h);
        m_bytes += m.data;
        m_bytes.resize(archive::padded(m_bytes.size()));
        return *this;
    }

    TarBuilder& file(std::string name, std::string data = "data")
    {
        return add({ std::move(name), '0', std::move(data) });
    }
    TarBuilder& dir(std::string name) { return add({ std::move(name), '5', {}, {}, 0755 }); }
    TarBuilder& symlink(std::string name, std::string to)
    {
        return add({ std::move(name), '2', {}, std::move(to), 0777 });
    }
    TarBuilder& hardlink(std::string name, std::string to) { return add({ std::move(name), '1', {}, std::move(to) }); }

    std::string unfinished() const { return m_bytes; }
    std::string done() const { return m_bytes + std::string(1024, '\0'); }

private:
    template <size_t N> static void number(char (&field)[N], uint64_t value)
    {
        if (archive::format_octal(field, value))
            return;
        field[0] = static_cast<char>(0x80); // base 256
        for (size_t i = N - 1; i > 0; --i, value >>= 8)
            field[i] = static_cast<char>(value & 0xff);
    }

    std::string m_bytes;
};

inline std::string pax(std::string_view key, std::string_view value)
{
    std::string body;
    archive::append_pax(body, key, value);
    return body;
}

} // namespace staithe::test
