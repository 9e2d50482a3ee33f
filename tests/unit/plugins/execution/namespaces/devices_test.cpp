// SPDX-License-Identifier: Apache-2.0
//
// The device program is interpreted here, instruction by instruction, so that its verdicts hold on machines without v2.
#include "plugins/execution/namespaces/devices.hpp"

#include <boost/test/unit_test.hpp>

using namespace staithe::namespaces;

namespace {

uint64_t run(std::vector<bpf_insn> const& program, bpf_cgroup_dev_ctx const& context)
{
    uint64_t registers[11] {};
    for (size_t at = 0; at < program.size(); ++at) {
        auto const& i = program[at];
        auto const value = static_cast<uint32_t>(i.imm);
        switch (i.code) {
        case BPF_LDX | BPF_MEM | BPF_W:
            registers[i.dst_reg] = *reinterpret_cast<uint32_t const*>(reinterpret_cast<char const*>(&context) + i.off);
            break;
        case BPF_ALU | BPF_AND | BPF_K: registers[i.dst_reg] &= value; break;
        case BPF_ALU64 | BPF_MOV | BPF_K: registers[i.dst_reg] = value; break;
        case BPF_JMP | BPF_JEQ | BPF_K: at += registers[i.dst_reg] == value ? static_cast<size_t>(i.off) : 0; break;
        case BPF_JMP | BPF_JNE | BPF_K: at += registers[i.dst_reg] != value ? static_cast<size_t>(i.off) : 0; break;
        case BPF_JMP | BPF_EXIT: return registers[0];
        default: BOOST_FAIL("unknown instruction");
        }
    }
    BOOST_FAIL("the program runs off its end");
    return 0;
}

bool allows(uint32_t type, uint32_t major, uint32_t minor)
{
    static auto const program = device_program(default_devices());
    uint32_t const access = BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE;
    return run(program, { access << 16 | type, major, minor }) == 1;
}

} // namespace

BOOST_AUTO_TEST_SUITE(device_rules_and_program)

BOOST_AUTO_TEST_CASE(rules_are_the_listed_ones)
{
    auto const rules = device_rules(default_devices());
    BOOST_TEST(rules.size() == 9u);
    BOOST_TEST(rules.front() == "c 1:3 rwm");
    BOOST_TEST(rules.back() == "c 136:* rwm");
}

BOOST_AUTO_TEST_CASE(the_program_allows_exactly_the_same)
{
    for (uint32_t major = 0; major < 260; ++major)
        for (uint32_t minor = 0; minor < 260; ++minor) {
            bool const expected = (major == 1 && (minor == 3 || minor == 5 || minor == 7 || minor == 8 || minor == 9))
                || (major == 5 && minor <= 2) || major == 136;
            if (allows(BPF_DEVCG_DEV_CHAR, major, minor) != expected || allows(BPF_DEVCG_DEV_BLOCK, major, minor))
                BOOST_ERROR("wrong about " << major << ":" << minor);
        }
    BOOST_TEST(allows(BPF_DEVCG_DEV_CHAR, 136, 0xFFFFF));
    BOOST_TEST(!allows(BPF_DEVCG_DEV_CHAR, 0xFFFFFFFF, 3));
}

BOOST_AUTO_TEST_SUITE_END()
