// Reads a tar as it comes from the daemon: ustar, PAX and GNU's long names, with holes as PAX sparse 1.0 tells them.
// A small reader of its own instead of a library, which would double the time that every command needs to start.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <staithe/cpp/result.hpp>

namespace staithe::cli {

/// Names and links are the bytes of the archive, unchecked.
struct TarMember {
    enum class Type { File, HardLink, Symlink, Directory, Node };
    Type type = Type::File;
    std::string name, link;
    mode_t mode = 0; ///< the permission bits
    timespec mtime {};
    uint64_t size = 0; ///< of the unpacked file, holes included
};

class TarReceiver {
public:
    virtual ~TarReceiver() = default;
    virtual Result<void> begin(TarMember const&) = 0;
    /// A part of a file, in ascending order; what no part covers is a hole.
    virtual Result<void> data(uint64_t offset, std::string_view) = 0;
    /// After every begin() that went well.
    virtual Result<void> end() = 0;
};

/// Takes an archive in parts of any size. CORRUPT: it is none, or was cut; UNSUPPORTED: a form of tar that is not
/// understood.
class TarReader {
public:
    explicit TarReader(TarReceiver& receiver)
        : m_receiver(receiver)
    {
    }
    Result<void> feed(std::string_view);
    /// To be called at the end of the bytes.
    Result<void> finish() const;

private:
    enum class State { Header, Extension, SparseMap, Data, Ended };
    struct Segment {
        uint64_t offset = 0, size = 0;
    };
    /// What the extensions before a member said.
    struct Overrides {
        std::optional<std::string> name, link;
        std::optional<uint64_t> size, real_size;
        std::optional<timespec> mtime;
        std::optional<std::string> sparse_name;
        bool sparse = false;
    };

    Result<void> header();
    Result<void> member(char type, uint64_t size);
    Result<void> extension();
    Result<void> pax(std::string_view body);
    Result<void> pax_record(std::string_view key, std::string_view value);
    Result<void> map_byte(char);
    Result<void> map_done();
    Result<size_t> take_data(std::string_view);
    Result<void> end_member();

    TarReceiver& m_receiver;
    State m_state = State::Header;
    std::string m_block; // of the header, as far as it came
    std::string m_body; // of an extension
    char m_extension = 0;
    uint64_t m_stored = 0, m_left = 0; // the member's bytes in the archive: all of them, and those to come
    uint64_t m_padding = 0; // that follows them up to a whole block
    uint64_t m_skip = 0; // bytes that come next and mean nothing
    Overrides m_overrides;
    TarMember m_member;
    std::vector<uint64_t> m_numbers; // of the sparse map
    std::string m_number;
    std::vector<Segment> m_segments;
    size_t m_segment = 0;
    uint64_t m_done = 0; // of the segment
};

} // namespace staithe::cli
