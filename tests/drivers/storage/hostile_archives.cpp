// SPDX-License-Identifier: Apache-2.0
#include "tests/drivers/storage/hostile_archives.hpp"

#include "tests/drivers/storage/compressed.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

namespace staithe::test {

namespace {

    using List = std::vector<HostileArchive>;
    using Names = std::vector<std::string>;

    void add_names(List& list, std::string const& victim)
    {
        std::string const up = "../../../../../../../../../..";
        for (auto const& name : Names { ".." + victim + "/new", up + victim + "/new", "a/../../../x", "..", "../",
                 "a/..", "./../x", "/.." + victim + "/file", "a/b/../../.." + victim + "/file" }) {
            list.push_back({ "dots-file " + name, TarBuilder().file(name, "evil").done() });
            list.push_back({ "dots-dir " + name, TarBuilder().dir(name).done() });
            list.push_back({ "dots-hardlink " + name, TarBuilder().hardlink("x", name).done() });
        }
        list.push_back({ "abs-file", TarBuilder().file(victim + "/file", "evil").done() });
        list.push_back({ "abs-dir-mode", TarBuilder().add({ victim, '5', {}, {}, 0777, 7, 7 }).done() });
        list.push_back({ "empty-name", TarBuilder().file("").done() });
        list.push_back({ "nul-name",
            TarBuilder().add({ "x", '0', "", {}, 0644, 0, 0, 1, 0, 0, pax("path", std::string("a\0b", 3)) }).done() });
        list.push_back({ "component-300", TarBuilder().file(std::string(300, 'n')).done() });
        list.push_back({ "name-70k", TarBuilder().file(std::string(70000, 'n')).done() });
        list.push_back({ "root-is-file", TarBuilder().file("./").done() });
        list.push_back({ "root-is-link", TarBuilder().symlink(".", victim).done() });
    }

    void add_links(List& list, std::string const& victim)
    {
        std::string const up = "../../../../../../../../../.." + victim;
        for (auto const& to : Names {
                 victim, up, "/proc/self/root" + victim, "/proc/self/cwd/.." + victim, "/dev/fd/3/../.." + victim }) {
            TarBuilder link;
            link.symlink("l", to);
            auto after = [&](char const* what, TarBuilder b) {
                list.push_back({ std::string("sl-") + what + ' ' + to, b.done() });
            };
            after("write", TarBuilder(link).file("l/file", "evil"));
            after("mkdir", TarBuilder(link).dir("l/sub/").file("l/sub/x", "evil"));
            after("whiteout", TarBuilder(link).file("l/.wh.file", ""));
            after("opaque", TarBuilder(link).file("l/.wh..wh..opq", ""));
            after("chmod", TarBuilder(link).add({ "l", '5', {}, {}, 0777, 9, 9 }));
            after("chmod-slash", TarBuilder(link).add({ "l/.", '5', {}, {}, 0777, 9, 9 }));
            after("hardlink-through", TarBuilder(link).hardlink("h", "l/file").file("h", "evil"));
            after("file-over", TarBuilder().symlink("f", to + "/file").file("f", "evil"));
            after("twohop", TarBuilder(link).symlink("m", "l").file("m/file", "evil"));
            after("midpath", TarBuilder().dir("d/").symlink("d/l", to).file("d/l/file", "evil"));
            after("dev", TarBuilder().symlink("dev", to).add({ "dev/ptmx", '3', {}, {}, 0666, 0, 0, 1, 5, 2 }));
            after("swap", TarBuilder().dir("d/").file("d/x").symlink("d", to).file("d/file", "evil"));
            after("xattr",
                TarBuilder(link).add({ "l", '0', "x", {}, 0666, 5, 5, 1, 0, 0, pax("SCHILY.xattr.user.x", "1") }));
        }
        // What the link names outside is also there inside: that is where it must lead.
        for (auto const& to : Names { victim, up }) {
            auto const inside = TarBuilder().dir(victim + "/").file(victim + "/file", "decoy").symlink("l", to);
            auto lands = [&](char const* what, TarBuilder b) {
                list.push_back({ std::string("in-") + what + ' ' + to, b.done() });
            };
            lands("write", TarBuilder(inside).file("l/file", "evil").file("l/new", "evil"));
            lands("mkdir", TarBuilder(inside).dir("l/sub/").file("l/sub/x", "evil"));
            lands("hardlink", TarBuilder(inside).hardlink("h", "l/file"));
            lands("chmod", TarBuilder(inside).add({ "l", '5', {}, {}, 0777, 9, 9 }));
            lands("dev", TarBuilder(inside).add({ "l/tty", '3', {}, {}, 0666, 0, 0, 1, 5, 0 }));
            lands("midpath", TarBuilder(inside).symlink("m", "l").file("m/file", "evil"));
            lands("whiteout", TarBuilder(inside).file("l/.wh.file", ""));
            lands("opaque", TarBuilder(inside).file("l/.wh..wh..opq", ""));
        }
        for (auto const& to : Names { victim + "/file", "/etc/passwd", "/proc/self/exe" }) {
            list.push_back({ "hl-write " + to, TarBuilder().hardlink("h", to).file("h", "evil").done() });
            list.push_back({ "hl-mode " + to, TarBuilder().add({ "h", '1', {}, to, 0777, 5, 5 }).done() });
            list.push_back({ "hl-data " + to, TarBuilder().add({ "h", '1', "evil", to }).done() });
        }
        list.push_back({ "hl-root", TarBuilder().hardlink("h", "/").done() });
        list.push_back({ "hl-missing", TarBuilder().hardlink("h", "nothing").done() });
        list.push_back({ "hl-dir", TarBuilder().dir("d/").hardlink("h", "d").done() });
        list.push_back({ "sl-loop", TarBuilder().symlink("a", "b").symlink("b", "a").file("a/x").done() });
        list.push_back({ "sl-empty", TarBuilder().symlink("a", "").done() });
        list.push_back({ "file-as-dir", TarBuilder().file("a").file("a/b").done() });
    }

    void add_whiteouts(List& list, std::string const& victim)
    {
        for (auto const& name : Names {
                 ".wh.", ".wh..", ".wh...", "d/.wh.", "d/.wh..", "d/.wh...", ".wh.d/x", "d/.wh.x/y", ".wh..wh..opq/x" })
            list.push_back({ "wh-refused " + name, TarBuilder().dir("d/").file(name, "").done() });
        list.push_back({ "wh-symlink", TarBuilder().symlink(".wh.x", victim).done() });
        list.push_back({ "wh-directory", TarBuilder().dir(".wh.x/").done() });
        list.push_back({ "wh-up", TarBuilder().file(".wh.../" + victim, "").done() });
        for (auto const& name : Names { ".wh..wh.aufs", ".wh..wh.orph/x", ".wh..wh.plnk/1.2", ".wh..wh.plnk/" })
            list.push_back({ "wh-aufs " + name, TarBuilder().file(name, "").done() });
        list.push_back(
            { "wh-plnk-link", TarBuilder().symlink(".wh..wh.plnk", victim).file(".wh..wh.plnk/file", "evil").done() });
    }

    void add_specials(List& list)
    {
        auto with = [](std::string const& key) {
            return TarBuilder().add({ "x", '0', "x", {}, 0644, 0, 0, 1, 0, 0, pax("SCHILY.xattr." + key, "y") }).done();
        };
        for (char const* key : { "trusted.overlay.opaque", "trusted.overlay.redirect", "trusted.overlay.metacopy",
                 "user.overlay.opaque", "trusted.x", "security.selinux", "bad", "" })
            list.push_back({ std::string("overlay-xattr ") + key, with(key) });
        list.push_back({ "overlay-chardev", TarBuilder().add({ "etc", '3' }).done() });
        list.push_back({ "bad-capability", with("security.capability") });
        list.push_back({ "uid-2^32", TarBuilder().add({ "x", '0', "", {}, 0644, uint64_t { 1 } << 32 }).done() });
        list.push_back({ "uid-minus-one", TarBuilder().add({ "x", '0', "", {}, 0644, 0xffffffff }).done() });
        list.push_back({ "uid-huge-pax",
            TarBuilder().add({ "x", '0', "", {}, 0644, 0, 0, 1, 0, 0, pax("uid", "99999999999") }).done() });
        list.push_back({ "type-unknown", TarBuilder().add({ "x", 'Z' }).done() });
        list.push_back({ "fifo-passwd", TarBuilder().add({ "etc/passwd", '6' }).done() });
        list.push_back({ "mode-all", TarBuilder().add({ "x", '0', "", {}, 07777777 }).done() });
    }

    void add_sizes(List& list)
    {
        auto file = [](std::string const& records, std::string const& data = "") {
            return TarBuilder().add({ "x", '0', data, {}, 0644, 0, 0, 1, 0, 0, records }).done();
        };
        list.push_back({ "size-mismatch", file(pax("size", "5"), "0123456789") });
        list.push_back({ "size-negative", file(pax("size", "-5")) });
        list.push_back({ "size-2^63", file(pax("size", "9223372036854775807")) });
        list.push_back(
            { "size-lies", TarBuilder().raw({ "x", '0', "", {}, 0644, 0, 0, 1, 0, 0, {}, 1 << 30 }).done() });
        list.push_back({ "pax-1g", TarBuilder().raw({ "p", 'x', "", {}, 0644, 0, 0, 1, 0, 0, {}, 1 << 30 }).done() });
        list.push_back(
            { "longname-1g", TarBuilder().raw({ "p", 'L', "", {}, 0644, 0, 0, 1, 0, 0, {}, 1 << 30 }).done() });
        list.push_back({ "pax-garbage", TarBuilder().raw({ "p", 'x', "garbage" }).file("x").done() });
        list.push_back({ "pax-length", TarBuilder().raw({ "p", 'x', "999 a=b\n" }).file("x").done() });
        list.push_back({ "pax-short", TarBuilder().raw({ "p", 'x', "3 a\n" }).file("x").done() });
        auto sparse = [&](std::string const& size, std::string const& map, std::string const& data = "") {
            return file(pax("GNU.sparse.size", size) + pax("GNU.sparse.map", map), data);
        };
        list.push_back({ "sparse-2^50", sparse("1125899906842624", "") });
        list.push_back({ "sparse-2^63", sparse("9223372036854775807", "") });
        list.push_back({ "sparse-overlap", sparse("100", "0,5,3,5", "0123456789") });
        list.push_back({ "sparse-beyond", sparse("5", "0,10", "0123456789") });
        list.push_back({ "sparse-wrap", sparse("100", "18446744073709551615,10", "0123456789") });
        list.push_back({ "sparse-map-1e8",
            file(pax("GNU.sparse.major", "1") + pax("GNU.sparse.realsize", "5"), "100000000\n0\n0\n") });
        list.push_back({ "sparse-map-text", file(pax("GNU.sparse.major", "1"), "x\n") });
    }

    void add_filters(List& list)
    {
        std::string const good = TarBuilder().file("x", std::string(100000, 'x')).done();
        for (auto const& filter : Names { "gzip", "bzip2", "xz", "zstd" }) {
            auto const packed = compressed(filter, good);
            list.push_back({ "filter-cut " + filter, packed.substr(0, packed.size() / 2) });
            list.push_back({ "filter-twice " + filter, compressed("gzip", packed) });
            auto broken = packed;
            broken[broken.size() / 2] = static_cast<char>(broken[broken.size() / 2] ^ 0x55);
            list.push_back({ "filter-flip " + filter, broken });
        }
#ifndef STAITHE_SANITIZED // sanitizers need the memory that is limited otherwise
        list.push_back({ "filter-window zstd 2^31", zstd_with_window(good, 31) });
        list.push_back({ "filter-window zstd 2^28", zstd_with_window(good, 28) });
        list.push_back({ "filter-window xz 1 GiB", xz_with_dictionary(good, 30) });
        list.push_back({ "filter-window xz 256 MiB", xz_with_dictionary(good, 28) });
#endif
        list.push_back({ "filter-lrzip", "LRZI" + std::string(2000, '\0') });
        list.push_back({ "filter-grzip", std::string("GRZipII\0\2\4:)", 12) + std::string(2000, '\0') });
        list.push_back({ "filter-lz4", compressed("lz4", good) });
        list.push_back({ "filter-compress", compressed("compress", good) });
        list.push_back({ "cut-header", good.substr(0, 300) });
        list.push_back({ "cut-data", good.substr(0, 5000) });
        list.push_back({ "too-short", "x" });
        list.push_back({ "nothing", "" });
        list.push_back({ "checksum", std::string(10, 'x') + good.substr(10) });
        list.push_back({ "random", std::string(5000, '\x7f') });
    }

} // namespace

std::vector<HostileArchive> hostile_archives(std::string const& victim)
{
    List list;
    add_names(list, victim);
    add_links(list, victim);
    add_whiteouts(list, victim);
    add_specials(list);
    add_sizes(list);
    add_filters(list);
    return list;
}

} // namespace staithe::test
