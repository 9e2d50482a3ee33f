// SPDX-License-Identifier: Apache-2.0
#include "plugins/common/layers/tree_hash.hpp"

#include <nettle/sha2.h>

#include <map>
#include <memory>

#include "plugins/common/layers/differences.hpp"

namespace staithe::layers {

namespace {

    class TreeHasher {
    public:
        TreeHasher() { sha256_init(&m_state); }

        Result<void> add(staithe_call const& call, Difference const& d)
        {
            auto const& s = d.status;
            if (S_ISSOCK(s.st_mode))
                return {};
            text(d.path);
            if (!S_ISDIR(s.st_mode) && s.st_nlink > 1) {
                auto const [first, is_new] = m_linked.try_emplace({ s.st_dev, s.st_ino }, d.path);
                if (!is_new) {
                    text("same as");
                    text(first->second);
                    return {};
                }
            }
            for (uint64_t const value :
                { uint64_t { s.st_mode }, uint64_t { s.st_uid }, uint64_t { s.st_gid }, uint64_t { s.st_rdev },
                    static_cast<uint64_t>(s.st_mtim.tv_sec), static_cast<uint64_t>(s.st_mtim.tv_nsec) })
                number(value);
            if (S_ISREG(s.st_mode))
                return file(call, d);
            xattrs(d.xattrs ? *d.xattrs : STAITHE_TRY(xattrs_of(d.directory, d.name, s)));
            if (S_ISLNK(s.st_mode))
                text(STAITHE_TRY(link_target(d.directory, d.name)));
            return {};
        }

        std::string digest()
        {
            uint8_t bytes[SHA256_DIGEST_SIZE];
            sha256_digest(&m_state, sizeof bytes, bytes);
            std::string hex = "sha256:";
            for (unsigned const byte : bytes)
                hex.append({ "0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15] });
            return hex;
        }

    private:
        void bytes(void const* data, size_t size) { sha256_update(&m_state, size, static_cast<uint8_t const*>(data)); }
        void number(uint64_t value) { bytes(&value, sizeof value); } // little-endian wherever Staithe runs
        void text(std::string_view value)
        {
            number(value.size());
            bytes(value.data(), value.size());
        }
        void xattrs(std::vector<Xattr> const& all)
        {
            number(all.size());
            for (auto const& x : all) {
                text(x.name);
                text(x.value);
            }
        }

        /// Runs of zeros count by their place and not by their bytes, so a hole is as good as zeros and costs nothing.
        Result<void> file(staithe_call const& call, Difference const& d)
        {
            auto const fd = STAITHE_TRY(open_file(d.directory, d.name, d.status));
            xattrs(STAITHE_TRY(xattrs_of(fd.get())));
            number(static_cast<uint64_t>(d.status.st_size));
            if (d.status.st_size == 0)
                return {};
            auto const map = STAITHE_TRY(sparse_map(fd.get(), d.status));
            if (!map)
                return stretch(call, fd.get(), 0, static_cast<uint64_t>(d.status.st_size));
            for (auto const& segment : *map)
                STAITHE_TRY(stretch(call, fd.get(), segment.offset, segment.size));
            return {};
        }

        Result<void> stretch(staithe_call const& call, int fd, uint64_t offset, uint64_t size)
        {
            for (uint64_t const end = offset + size; offset < end;) {
                STAITHE_TRY(proceed(call));
                ssize_t const n = ::pread(
                    fd, m_buffer.get(), std::min<uint64_t>(buffer_size, end - offset), static_cast<off_t>(offset));
                if (n < 0)
                    return errno_error("cannot read a file of the layer");
                if (n == 0)
                    break;
                for (size_t at = 0; at < static_cast<size_t>(n); at += grain)
                    block(offset + at, m_buffer.get() + at, std::min(grain, static_cast<size_t>(n) - at));
                offset += static_cast<uint64_t>(n);
            }
            return {};
        }

        void block(uint64_t offset, char const* data, size_t size)
        {
            if (data[0] == 0 && std::memcmp(data, data + 1, size - 1) == 0)
                return;
            number(offset);
            bytes(data, size);
        }

        static constexpr size_t grain = 4096;
        static constexpr size_t buffer_size = size_t { 256 } << 10;
        sha256_ctx m_state;
        std::unique_ptr<char[]> m_buffer = std::make_unique<char[]>(buffer_size);
        std::map<std::pair<dev_t, ino_t>, std::string> m_linked;
    };

} // namespace

Result<std::string> tree_hash(staithe_call const& call, int root)
{
    TreeHasher hasher;
    STAITHE_TRY(compare(call, { -1, root, false, {} }, [&](Difference const& d) { return hasher.add(call, d); }));
    return hasher.digest();
}

} // namespace staithe::layers
