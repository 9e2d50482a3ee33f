// The entry of every unit test program.
#define BOOST_TEST_MODULE staithe
#include <csignal>

#include <boost/test/unit_test.hpp>

// As every program of ours does: a peer that is gone is an error to handle, not a signal to die of.
struct IgnoreBrokenPipes {
    IgnoreBrokenPipes() { (void)std::signal(SIGPIPE, SIG_IGN); }
};
BOOST_TEST_GLOBAL_FIXTURE(IgnoreBrokenPipes);
