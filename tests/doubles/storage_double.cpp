// A storage driver for tests: a layer is a directory, its tar a file beside it that is given back as it came. It fails
// where its options say; the faults that the C++ coat would hide are put in front of it in the table.

#include <dirent.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <memory>
#include <vector>

#include <staithe/cpp/storage.hpp>

#include "faults.hpp"

namespace staithe::doubles {

class StorageDouble {
public:
    static constexpr staithe_driver_info info { sizeof(staithe_driver_info), STAITHE_STORAGE, "double",
        "Plain directories", 1, 1 };

    static Result<void> probe(staithe_open const& where)
    {
        set_faults(where.options);
        maybe_fail("probe");
        return {};
    }

    static Result<std::unique_ptr<StorageDouble>> open(staithe_open const& where, Log log)
    {
        set_faults(where.options);
        maybe_fail("open");
        auto self = std::make_unique<StorageDouble>();
        self->m_root = view(where.state_dir);
        log(STAITHE_INFO, "opened generation " + std::to_string(where.generation));
        return self;
    }

    Result<void> quiesce(staithe_call const&)
    {
        maybe_fail("quiesce");
        return {};
    }

    Result<void> create(staithe_call const& call, staithe_layer const& layer)
    {
        maybe_fail("create");
        if (view(layer.parent) == "slow")
            while (!call.cancelled(&call))
                usleep(1000);
        STAITHE_TRY(proceed(call));
        if (layer.parent.size > 0 && ::access(path(view(layer.parent)).c_str(), F_OK) < 0)
            return Error { STAITHE_NOT_FOUND, 0, "no such layer '" + std::string(view(layer.parent)) + "'" };
        if (::mkdir(path(view(layer.id)).c_str(), 0755) < 0)
            return errno_error("cannot create layer '" + std::string(view(layer.id)) + "'");
        return {};
    }

    Result<void> remove(staithe_call const&, std::string_view id)
    {
        maybe_fail("remove");
        ::unlink((path(id) + ".tar").c_str());
        if (::rmdir(path(id).c_str()) < 0 && errno != ENOENT)
            return errno_error("cannot remove layer '" + std::string(id) + "'");
        return {};
    }

    Result<UniqueFd> mount(staithe_call const&, std::string_view id, bool)
    {
        maybe_fail("mount");
        if (fails("mount", "garbage"))
            return UniqueFd(9999);
        if (fails("mount", "file"))
            return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        UniqueFd fd(static_cast<int>(
            ::syscall(SYS_open_tree, AT_FDCWD, path(id).c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC)));
        if (!fd)
            return errno_error("cannot mount layer '" + std::string(id) + "'");
        return fd;
    }

    Result<void> list(staithe_call const&, std::function<bool(staithe_layer const&)> const& visit)
    {
        maybe_fail("list");
        std::unique_ptr<DIR, int (*)(DIR*)> const directory(::opendir(m_root.c_str()), ::closedir);
        if (!directory)
            return errno_error("cannot read '" + m_root + "'");
        staithe_layer layer {};
        layer.struct_size = fails("list", "garbage") ? 1 : sizeof layer;
        while (dirent const* entry = ::readdir(directory.get())) {
            layer.id = text(entry->d_name);
            if (layer.id.size >= 64 && std::string_view(entry->d_name).find('.') == std::string_view::npos)
                visit(layer);
        }
        if (fails("list", "garbage"))
            visit(layer);
        layer.id = text("../../etc");
        if (fails("list", "names"))
            visit(layer);
        return {};
    }

    Result<uint64_t> apply(staithe_call const& call, std::string_view id, Source& tar)
    {
        maybe_fail("apply");
        UniqueFd const file(::open((path(id) + ".new").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
        auto const size = copy(call, tar, file.get());
        if (!size || ::rename((path(id) + ".new").c_str(), (path(id) + ".tar").c_str()) < 0) {
            ::unlink((path(id) + ".new").c_str());
            return size ? errno_error("cannot apply") : size;
        }
        return fails("apply", "garbage") ? UINT64_MAX : size.value();
    }

    Result<void> diff(staithe_call const& call, std::string_view id, std::string_view, Sink& tar)
    {
        maybe_fail("diff");
        return give(call, id, tar);
    }

    /// Tells what it was given instead of a tar: path, prefix, and whether the root is a directory.
    Result<void> pack(staithe_call const&, int root, std::string_view path, std::string_view prefix, Sink& tar)
    {
        maybe_fail("pack");
        struct stat status { };
        bool const is_directory = ::fstat(root, &status) == 0 && S_ISDIR(status.st_mode);
        auto const told = std::string(path) + ' ' + std::string(prefix) + (is_directory ? " directory" : " nothing");
        return tar.write(told.data(), told.size());
    }

    Result<void> changes(staithe_call const&, std::string_view id, std::string_view,
        std::function<bool(staithe_change const&)> const& visit)
    {
        maybe_fail("changes");
        staithe_change change { text("/"), fails("changes", "garbage") ? 77u : 0u };
        if (!visit(change))
            return {};
        // More than fits into one message, so that tests see it come in parts.
        std::string name;
        for (int i = 0; id.starts_with('f') && i < 200'000; ++i) {
            name = "/directory/with/a/rather/long/name/" + std::to_string(i);
            change = { text(name), STAITHE_ADDED };
            visit(change);
        }
        return {};
    }

    Result<uint64_t> usage(staithe_call const&, std::string_view id)
    {
        maybe_fail("usage");
        struct stat s { };
        if (::stat((path(id) + ".tar").c_str(), &s) < 0)
            return uint64_t { 0 };
        return fails("usage", "garbage") ? UINT64_MAX : static_cast<uint64_t>(s.st_size);
    }

    Result<std::string> tree_hash(staithe_call const&, std::string_view id)
    {
        maybe_fail("tree_hash");
        if (fails("tree_hash", "garbage"))
            return std::string("md5:nothing");
        return "sha256:" + std::string(id.substr(0, 64));
    }

private:
    std::string path(std::string_view id) const { return m_root + "/" + std::string(id); }

    static Result<uint64_t> copy(staithe_call const& call, Source& from, int to)
    {
        std::vector<char> buffer(64u << 10);
        uint64_t size = 0;
        for (;;) {
            STAITHE_TRY(proceed(call));
            auto const n = STAITHE_TRY(from.read(buffer.data(), buffer.size()));
            if (n == 0)
                return size;
            if (::write(to, buffer.data(), n) != static_cast<ssize_t>(n))
                return errno_error("cannot write layer");
            size += n;
        }
    }

    Result<void> give(staithe_call const& call, std::string_view id, Sink& tar) const
    {
        std::vector<char> buffer(64u << 10);
        UniqueFd const file(::open((path(id) + ".tar").c_str(), O_RDONLY | O_CLOEXEC));
        // A layer "e…" is endless.
        while (id.starts_with('e')) {
            STAITHE_TRY(proceed(call));
            STAITHE_TRY(tar.write(buffer.data(), buffer.size()));
        }
        if (!file)
            return errno_error("cannot read layer '" + std::string(id) + "'");
        for (;;) {
            STAITHE_TRY(proceed(call));
            ssize_t const n = ::read(file.get(), buffer.data(), buffer.size());
            if (n <= 0)
                return n == 0 ? Result<void>() : errno_error("cannot read layer");
            STAITHE_TRY(tar.write(buffer.data(), static_cast<size_t>(n)));
        }
    }

    std::string m_root;
};

namespace {

    /// In front of a slot: the faults of C code.
    template <auto Slot, class = std::remove_reference_t<decltype(std::declval<staithe_storage&>().*Slot)>> struct Raw;
    template <auto Slot, class... Arguments> struct Raw<Slot, staithe_code (*)(Arguments...)> {
        static inline staithe_code (*original)(Arguments...) = nullptr;
        static inline char const* name = nullptr;

        static staithe_code call(Arguments... arguments)
        {
            if (fails(name, "silent"))
                return STAITHE_IO; // and no message
            if (fails(name, "code"))
                return -12345;
            if (fails(name, "raw-throw"))
                throw 42;
            return original(arguments...);
        }
        static void put(staithe_storage& table, char const* function)
        {
            name = function;
            original = table.*Slot;
            table.*Slot = call;
        }
    };

    staithe_storage const& table()
    {
        static staithe_storage const faulty = [] {
            staithe_storage t = storage_table<StorageDouble>();
            Raw<&staithe_storage::create>::put(t, "create");
            Raw<&staithe_storage::remove>::put(t, "remove");
            Raw<&staithe_storage::mount>::put(t, "mount");
            Raw<&staithe_storage::list>::put(t, "list");
            Raw<&staithe_storage::apply>::put(t, "apply");
            Raw<&staithe_storage::diff>::put(t, "diff");
            Raw<&staithe_storage::changes>::put(t, "changes");
            Raw<&staithe_storage::usage>::put(t, "usage");
            Raw<&staithe_storage::pack>::put(t, "pack");
            Raw<&staithe_storage::tree_hash>::put(t, "tree_hash");
            return t;
        }();
        return faulty;
    }

} // namespace

} // namespace staithe::doubles

const staithe_plugin staithe_plugin_v1 =
    staithe::SingleDriverPlugin<staithe::doubles::StorageDouble, staithe::doubles::table>::make(
        "test.storage-double", "1.0", "Apache-2.0");
