// SPDX-License-Identifier: Apache-2.0
//
// Puts the members of a layer's archive into a tree: what unpacking means. Only *at() calls on a resolved parent, never
// following the last component; nothing existing is ever opened for writing, so data cannot flow through a link.
#pragma once

#include <sys/stat.h>

#include <set>
#include <unordered_set>

#include "plugins/common/archive/parents.hpp"
#include "plugins/common/archive/tar_reader.hpp"

namespace staithe::archive {

/// Is there something in the tree before unpacking that whiteouts may delete? It decides whether they mean anything.
enum class Below : bool { Nothing, Layers };

class Placer {
public:
    Placer(int root, Below below)
        : m_root(root)
        , m_below(below)
        , m_parents(root)
    {
    }

    /// Unpacks one member. The process's umask must be 0.
    Result<void> place(Entry const& entry, TarReader& reader);
    /// After the last member.
    Result<void> finish();
    /// The sum of the sizes of the files unpacked.
    uint64_t bytes() const { return m_bytes; }

private:
    struct Target {
        int parent;
        std::string leaf;
    };
    Result<void> place_root(Entry const& entry);
    Result<void> place_member(Entry const& entry, std::string_view name, TarReader& reader);
    enum class Way { Free, Replace };
    Result<void> place_file(Entry const& entry, Target const& target, TarReader& reader);
    Result<void> fill(Entry const& entry, int fd, TarReader& reader);
    Result<Way> make_way(Target const& target);
    Result<void> place_directory(Entry const& entry, Target const& target, std::string_view name);
    Result<void> place_hard_link(Entry const& entry, Target const& target);
    Result<void> separate(int directory, std::string const& name);
    void remember_link(Target const& target);
    Result<void> place_symlink(Entry const& entry, Target const& target);
    Result<void> place_node(Entry const& entry, Target const& target);
    Result<void> dress_descriptor(Entry const& entry, int fd);
    Result<void> dress_name(Entry const& entry, Target const& target);

    Result<void> white_out(std::string_view name, timespec const& time);
    Result<void> make_opaque(std::string_view directory, timespec const& time);
    Result<void> purge(int parent, std::string const& leaf, std::string const& name);
    Result<void> clear(Target const& target);
    bool is_kept_link(Target const& target, std::string_view name) const;
    bool is_ours(std::string_view name) const;

    int m_root;
    Below m_below;
    Parents m_parents;
    std::unordered_set<size_t> m_made; ///< hashes of the names unpacked, where whiteouts may come
    std::set<std::pair<dev_t, ino_t>> m_linked; ///< files that this archive gave their second name
    bool m_pseudolinks = false;
    uint64_t m_bytes = 0;
};

} // namespace staithe::archive
