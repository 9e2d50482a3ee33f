// SPDX-License-Identifier: Apache-2.0
//
// A small process that unpacks standard input on top of a layer and prints the code, the largest child's peak in KiB,
// and the message: apply DRIVER DIRECTORY.
#include <sys/resource.h>

#include "tests/drivers/storage/harness.hpp"
#include "tests/drivers/storage/tar_builder.hpp"

using namespace staithe;
using namespace staithe::test;

int main(int, char** arguments)
{
    Driver driver(arguments[1], arguments[2]);
    if (!driver.create(id_of(1)) || !driver.apply(id_of(1), TarBuilder().file("below").done())
        || !driver.create(id_of(2), id_of(1)))
        return 1;
    StringSource nothing("");
    auto const applied = driver.apply(id_of(2), nothing, STDIN_FILENO);
    rusage children {};
    ::getrusage(RUSAGE_CHILDREN, &children);
    std::printf("%d %ld %s\n", applied ? STAITHE_OK : applied.error().code, children.ru_maxrss,
        applied ? "ok" : applied.error().message.c_str());
    return 0;
}
