// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "plugins/common/archive/names.hpp"
#include "plugins/common/archive/pax.hpp"
#include "plugins/common/archive/tar_format.hpp"
#include "plugins/common/layers/layer_store.hpp"

using namespace staithe;
using namespace staithe::archive;

BOOST_AUTO_TEST_CASE(names_are_cleaned)
{
    BOOST_TEST(clean_name("./a//b/./c/").value() == "a/b/c");
    BOOST_TEST(clean_name("/").value() == "");
    BOOST_TEST(clean_name("..a/b..").value() == "..a/b..");
    for (auto const& bad : { std::string(""), std::string(".."), std::string("a/../b"), std::string("a\0b", 3) })
        BOOST_TEST(!clean_name(bad));
}

BOOST_AUTO_TEST_CASE(whiteouts_are_told_apart)
{
    BOOST_TEST((marker_of("a/.wh.b").value() == Marker::Deletes));
    BOOST_TEST((marker_of("a/.wh..wh..opq").value() == Marker::Opaque));
    BOOST_TEST((marker_of(".wh..wh.aufs").value() == Marker::Bookkeeping));
    BOOST_TEST((marker_of(".wh..wh.plnk/1.2").value() == Marker::Pseudolink));
    BOOST_TEST((marker_of("a.wh.b").value() == Marker::None));
    for (char const* bad : { ".wh.", ".wh..", ".wh...", "a/.wh.", ".wh.a/b" })
        BOOST_TEST(!marker_of(bad));
}

BOOST_AUTO_TEST_CASE(numbers)
{
    char field[12];
    BOOST_TEST(format_octal(field, 077777777777));
    BOOST_TEST(parse_number(field).value() == 077777777777);
    BOOST_TEST(!format_octal(field, uint64_t { 1 } << 33));
    char const negative[12] = { '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff', '\xff',
        '\xfe' };
    BOOST_TEST(parse_number(negative).value() == -2);
    char const large[12] = { '\x80', 0, 0, 0, 1 };
    BOOST_TEST(parse_number(large).value() == int64_t { 1 } << 56);
    char const too_large[12] = { '\x80', 1 };
    BOOST_TEST(!parse_number(too_large));
    char const text[12] = { '1', '2', 'x' };
    BOOST_TEST(!parse_number(text));
}

BOOST_AUTO_TEST_CASE(pax_records_go_out_and_in)
{
    std::string body;
    append_pax(body, "path", std::string(95, 'p'));
    append_pax(body, "mtime", "-1.25");
    append_pax(body, "SCHILY.xattr.user.x", std::string("a\0=\n", 4));
    auto const records = parse_pax(body).value();
    BOOST_TEST(records.path.value() == std::string(95, 'p'));
    BOOST_TEST(records.mtime->tv_sec == -2);
    BOOST_TEST(records.mtime->tv_nsec == 750'000'000);
    BOOST_TEST((records.xattrs.at(0) == Xattr { "user.x", std::string("a\0=\n", 4) }));
    for (char const* bad : { "x", "5 a=b", "99 a=b\n", "6 =ab\n", "4 a\n", "12 size=-1xx\n", "0 \n" })
        BOOST_TEST(!parse_pax(bad));
}

BOOST_AUTO_TEST_CASE(layer_ids)
{
    std::string const id(64, 'a');
    BOOST_TEST(static_cast<bool>(layers::check_id(id)));
    BOOST_TEST(static_cast<bool>(layers::check_id(id + "-init")));
    for (auto const& bad : { std::string(), id + "a", id + "-", id + "-I", "/" + id, id.substr(1) + "." })
        BOOST_TEST(!layers::check_id(bad));
}
