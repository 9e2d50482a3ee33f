// Which stage is whose base, and whom COPY --from means.
#include "daemon/build/stages.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe;
using namespace staithe::build;

namespace {

std::string text(Origin const& origin)
{
    switch (origin.kind) {
    case Origin::Kind::Nothing: return "nothing";
    case Origin::Kind::Image: return "image " + origin.image;
    case Origin::Kind::Stage: return "stage " + std::to_string(origin.stage);
    }
    return {};
}

std::string text(Result<Origin> const& origin)
{
    return origin ? text(origin.value()) : "error: " + origin.error().message;
}

} // namespace

BOOST_AUTO_TEST_SUITE(stages)

BOOST_AUTO_TEST_CASE(bases)
{
    Stages stages;
    BOOST_TEST(text(stages.begin({ "a", "one", {} })) == "image a");
    BOOST_TEST(text(stages.begin({ "One", "", {} })) == "stage 0");
    BOOST_TEST(text(stages.begin({ "scratch", "two", {} })) == "nothing");
    BOOST_TEST(text(stages.begin({ "two:latest", "two", {} })) == "image two:latest");
    BOOST_TEST(text(stages.begin({ "two", "five", {} })) == "stage 3"); // the later of two
    BOOST_TEST(text(stages.begin({ "six", "six", {} })) == "image six"); // not itself
    BOOST_TEST(text(stages.begin({ "0", "", {} })) == "image 0"); // numbers are for COPY alone
    BOOST_TEST(stages.size() == 7U);
}

BOOST_AUTO_TEST_CASE(sources)
{
    Stages stages;
    (void)stages.begin({ "a", "one", {} });
    BOOST_TEST(text(stages.source("one")) == "error: COPY cannot take files from its own stage 'one'");
    BOOST_TEST(text(stages.source("0")) == "error: invalid from flag value 0: no earlier stage has this number");
    BOOST_TEST(text(stages.source("later")) == "image later");
    (void)stages.begin({ "b", "later", {} });
    BOOST_TEST(text(stages.source("ONE")) == "stage 0");
    BOOST_TEST(text(stages.source("0")) == "stage 0");
    BOOST_TEST(text(stages.source("00")) == "stage 0");
    BOOST_TEST(text(stages.source("1")) == "error: invalid from flag value 1: no earlier stage has this number");
    BOOST_TEST(text(stages.source("99999999999999999999"))
        == "error: invalid from flag value 99999999999999999999: no earlier stage has this number");
    BOOST_TEST(text(stages.source("-1")) == "image -1");
    BOOST_TEST(text(stages.source("busybox:1")) == "image busybox:1");
    (void)stages.begin({ "c", "one", {} });
    BOOST_TEST(text(stages.source("one")) == "stage 0"); // the earlier one of that name
}

BOOST_AUTO_TEST_SUITE_END()
