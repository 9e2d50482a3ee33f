#include "daemon/images/one_file_tar.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace staithe::images {

namespace {

    constexpr size_t block = 512;

    /// ustar's header; its checksum is taken while its own field is blank.
    struct Header {
        char name[100], mode[8], uid[8], gid[8], size[12], modified[12], checksum[8], type, link[100], magic[6],
            version[2], user[32], group[32], major[8], minor[8], prefix[155], padding[12];
    };
    static_assert(sizeof(Header) == block);

    constexpr size_t longest_name = sizeof Header::name;
    constexpr uint64_t largest_size = 077777777777;

    template <size_t N> void put_octal(char (&field)[N], uint64_t value)
    {
        for (size_t i = N - 1; i-- > 0; value >>= 3)
            field[i] = static_cast<char>('0' + (value & 7));
    }

    size_t padding_after(uint64_t size)
    {
        return static_cast<size_t>((block - size % block) % block);
    }

    struct Member {
        std::string name;
        char type;
        unsigned mode;
        uint64_t size;
        uint64_t modified;
    };

    std::string header_of(Member const& member)
    {
        Header header {};
        std::memcpy(header.name, member.name.data(), std::min(member.name.size(), longest_name));
        put_octal(header.mode, member.mode);
        put_octal(header.uid, 0);
        put_octal(header.gid, 0);
        put_octal(header.size, std::min(member.size, largest_size));
        put_octal(header.modified, member.modified);
        header.type = member.type;
        std::memcpy(header.magic, "ustar", sizeof header.magic);
        std::memcpy(header.version, "00", sizeof header.version);
        std::memset(header.checksum, ' ', sizeof header.checksum);
        uint64_t sum = 0;
        for (char const byte : std::string_view(reinterpret_cast<char const*>(&header), sizeof header))
            sum += static_cast<unsigned char>(byte);
        put_octal(header.checksum, sum);
        return { reinterpret_cast<char const*>(&header), sizeof header };
    }

    /// "LENGTH key=value\n", where the length counts its own digits.
    std::string pax_record(std::string const& key, std::string const& value)
    {
        auto const rest = " " + key + "=" + value + "\n";
        size_t length = rest.size() + 1;
        while (length != rest.size() + std::to_string(length).size())
            ++length;
        return std::to_string(length) + rest;
    }

    /// With what ustar has no room for in a member before it.
    std::string head_of(Member const& member)
    {
        std::string records;
        if (member.name.size() > longest_name)
            records += pax_record("path", member.name);
        if (member.size > largest_size)
            records += pax_record("size", std::to_string(member.size));
        std::string head;
        if (!records.empty()) {
            head = header_of({ "pax", 'x', 0644, records.size(), member.modified }) + records;
            head.append(padding_after(records.size()), '\0');
        }
        return head + header_of(member);
    }

} // namespace

OneFileTar::OneFileTar(std::vector<std::string> const& directories, File file, time_t modified)
    : m_file(std::move(file))
{
    auto const time = static_cast<uint64_t>(std::max<time_t>(modified, 0));
    for (auto const& directory : directories)
        m_head += head_of({ directory + "/", '5', 0755, 0, time });
    m_head += head_of({ m_file.name, '0', 0644, m_file.size, time });
    m_tail.assign(padding_after(m_file.size) + 2 * block, '\0');
    m_total = m_head.size() + m_file.size + m_tail.size();
}

Result<size_t> OneFileTar::read(void* into, size_t capacity)
{
    auto const from = [&](std::string const& text, uint64_t at) {
        size_t const n = std::min(capacity, text.size() - static_cast<size_t>(at));
        std::memcpy(into, text.data() + at, n);
        m_at += n;
        return n;
    };
    if (m_at < m_head.size())
        return from(m_head, m_at);
    uint64_t const offset = m_at - m_head.size();
    if (offset >= m_file.size)
        return from(m_tail, offset - m_file.size);
    auto const wanted = static_cast<size_t>(std::min<uint64_t>(capacity, m_file.size - offset));
    ssize_t n = 0;
    do
        n = ::pread(m_file.content.get(), into, wanted, static_cast<off_t>(offset));
    while (n < 0 && errno == EINTR);
    if (n <= 0)
        return n < 0 ? errno_error("cannot read a download again")
                     : Error { STAITHE_IO, 0, "cannot read a download again: it has become shorter" };
    m_at += static_cast<uint64_t>(n);
    return static_cast<size_t>(n);
}

} // namespace staithe::images
