// Puts what comes out of a container on this host. The archive is not trusted: whoever made it ran in the container.
//
// Nothing is written outside the target and nothing through a symbolic link, wherever it comes from; what is made
// belongs to the calling user, without setuid, setgid and sticky bits; devices and FIFOs are left out and counted.
// Files and links replace files and links of the same name, and directories are joined; everything else in the way is
// an error. A file appears whole or not at all.
#pragma once

#include <sys/stat.h>

#include <optional>
#include <string>
#include <vector>

#include <staithe/cpp/unique_fd.hpp>

#include "cli/tar.hpp"

namespace staithe::cli {

class Unpacker final : public TarReceiver {
public:
    /// Into a directory that exists, with the archive's names in it; or as something new (or in place of a file) of
    /// that name in a directory that exists.
    static Result<Unpacker> create(std::string const& target);
    Unpacker(Unpacker&&) = default;
    Unpacker& operator=(Unpacker&&) = delete;
    ~Unpacker() override;

    Result<void> begin(TarMember const&) override;
    Result<void> data(uint64_t offset, std::string_view) override;
    Result<void> end() override;
    /// After the last member: directories get their modes and times.
    Result<void> finish();

    size_t members() const { return m_count; }
    size_t left_out() const { return m_left_out; }

private:
    using Path = std::vector<std::string>;
    struct Directory {
        Path path;
        mode_t mode;
        timespec mtime;
    };

    Unpacker() = default;
    Result<Path> place_of(std::string const& name);
    Result<Path> link_target(std::string const& name) const;
    Result<int> parent_of(Path const&);
    Result<UniqueFd> open_directory(Path const&, size_t depth, bool make) const;
    Result<void> directory(Path const&, TarMember const&);
    Result<void> file(Path const&, TarMember const&);
    Result<void> link(Path const&, TarMember const&);
    Result<void> symlink(Path const&, TarMember const&);
    /// Makes something new by make(name); where a file or link has the name, beside it and then in its place.
    template <class Make> Result<std::string> make_at(int parent, Path const&, Make const&);
    Result<void> replace(int parent, std::string const& made, Path const&);

    UniqueFd m_target;
    std::string m_leaf; // what the first name becomes; empty: it stays
    bool m_over_file = false; // the target is a file that exists
    std::optional<std::string> m_base; // the first name of every member; empty: the archive's root is "."
    UniqueFd m_parent; // of the last member
    std::optional<Path> m_parent_path;
    std::vector<Directory> m_directories;
    size_t m_count = 0, m_left_out = 0;

    // The file under way.
    UniqueFd m_file;
    int m_file_parent = -1; // m_parent
    std::string m_made; // its name until it is whole
    Path m_path;
    TarMember m_member;
};

} // namespace staithe::cli
