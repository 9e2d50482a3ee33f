// SPDX-License-Identifier: Apache-2.0
//
// The smallest useful storage driver in C++: every layer is an empty directory, and there is nothing in it.

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <memory>
#include <string>

#include <staithe/cpp/storage.hpp>

namespace {

using namespace staithe;

class Null {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_STORAGE, "null", "Empty layers", 1,
        1 };

    static Result<void> probe(staithe_open const&) { return {}; }

    static Result<std::unique_ptr<Null>> open(staithe_open const& where, Log log)
    {
        log(STAITHE_INFO, "null driver opened");
        return std::make_unique<Null>(std::string(view(where.state_dir)));
    }

    explicit Null(std::string root)
        : m_root(std::move(root))
    {
    }

    Result<void> create(staithe_call const&, staithe_layer const& layer)
    {
        if (::mkdir(path(view(layer.id)).c_str(), 0755) < 0)
            return errno_error("cannot create layer '" + std::string(view(layer.id)) + "'");
        return {};
    }

    Result<void> remove(staithe_call const&, std::string_view id)
    {
        if (::rmdir(path(id).c_str()) < 0 && errno != ENOENT)
            return errno_error("cannot remove layer '" + std::string(id) + "'");
        return {};
    }

    Result<UniqueFd> mount(staithe_call const&, std::string_view id, bool)
    {
        unsigned const flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
        UniqueFd tree(static_cast<int>(::syscall(SYS_open_tree, AT_FDCWD, path(id).c_str(), flags)));
        if (!tree)
            return errno_error("cannot mount layer '" + std::string(id) + "'");
        return tree;
    }

    Result<void> list(staithe_call const& call, std::function<bool(staithe_layer const&)> const& visit)
    {
        std::unique_ptr<DIR, int (*)(DIR*)> const directory(::opendir(m_root.c_str()), ::closedir);
        if (!directory)
            return errno_error("cannot list layers");
        staithe_layer layer {};
        layer.struct_size = sizeof layer;
        while (dirent const* entry = ::readdir(directory.get())) {
            STAITHE_TRY(proceed(call));
            layer.id = text(entry->d_name);
            if (entry->d_name[0] != '.' && !visit(layer))
                break;
        }
        return {};
    }

private:
    std::string path(std::string_view id) const { return m_root + "/" + std::string(id); }

    std::string m_root;
};

} // namespace

STAITHE_STORAGE_PLUGIN(Null, "org.staithe.example.null", "1.0", "Apache-2.0");
