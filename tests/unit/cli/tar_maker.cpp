#include "tests/unit/cli/tar_maker.hpp"

#include <cstdio>

namespace staithe::test {

namespace {

    void put(std::string& block, size_t at, std::string const& text)
    {
        block.replace(at, text.size(), text);
    }

    std::string octal(unsigned long long value, int digits)
    {
        char buffer[32];
        std::snprintf(buffer, sizeof buffer, "%0*llo", digits, value);
        return buffer;
    }

} // namespace

std::string tar_member(TarFields const& fields)
{
    std::string block(512, '\0');
    put(block, 0, fields.name.substr(0, 100));
    put(block, 100, octal(fields.mode, 7));
    put(block, 108, "0000000");
    put(block, 116, "0000000");
    put(block, 124, fields.size.empty() ? octal(fields.data.size(), 11) : fields.size);
    put(block, 136, octal(1384000000, 11));
    put(block, 148, "        ");
    block[156] = fields.type;
    put(block, 157, fields.link.substr(0, 100));
    put(block, 257,
        std::string("ustar\0"
                    "00",
            8));
    put(block, 345, fields.prefix);
    unsigned long long sum = 0;
    for (char const c : block)
        sum += static_cast<unsigned char>(c);
    put(block, 148, octal(sum, 6) + std::string("\0 ", 2));
    return block + fields.data + std::string((512 - fields.data.size() % 512) % 512, '\0');
}

std::string tar_pax(std::vector<std::string> const& records)
{
    std::string body;
    for (auto const& record : records) {
        size_t length = record.size() + 3;
        while (std::to_string(length).size() + 2 + record.size() != length)
            ++length;
        body += std::to_string(length) + " " + record + "\n";
    }
    return tar_member({ "PaxHeaders/x", 'x', body });
}

} // namespace staithe::test
