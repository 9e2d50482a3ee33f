// SPDX-License-Identifier: Apache-2.0
//
// The device allow-list, in the two forms that cgroups know.
#include "plugins/execution/namespaces/devices.hpp"

#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

namespace staithe::namespaces {

namespace {

    constexpr Device allowed[] {
        { "null", 1, 3 }, { "zero", 1, 5 }, { "full", 1, 7 }, { "random", 1, 8 }, { "urandom", 1, 9 }, { "tty", 5, 0 },
        { nullptr, 5, 1 }, // console: a terminal's slave is bound there when there is one
        { nullptr, 5, 2 }, // ptmx: a link into /dev/pts
        { nullptr, 136, -1 }, // pts/*
    };

    bpf_insn instruction(uint8_t code, uint8_t to, uint8_t from, int16_t offset, int32_t value)
    {
        bpf_insn result {};
        result.code = code;
        result.dst_reg = to & 0xF;
        result.src_reg = from & 0xF;
        result.off = offset;
        result.imm = value;
        return result;
    }

    bpf_insn load_word(uint8_t to, int16_t offset)
    {
        return instruction(BPF_LDX | BPF_MEM | BPF_W, to, BPF_REG_1, offset, 0);
    }

    bpf_insn skip_unless_equal(uint8_t reg, uint32_t value, int16_t count)
    {
        return instruction(BPF_JMP | BPF_JNE | BPF_K, reg, 0, count, static_cast<int32_t>(value));
    }

    void add_return(std::vector<bpf_insn>& program, int32_t value)
    {
        program.push_back(instruction(BPF_ALU64 | BPF_MOV | BPF_K, BPF_REG_0, 0, 0, value));
        program.push_back(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
    }

    Result<UniqueFd> load(std::vector<bpf_insn> const& program)
    {
        static constexpr char license[] = "Apache-2.0";
        bpf_attr attr;
        std::memset(&attr, 0, sizeof attr);
        attr.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
        attr.insns = reinterpret_cast<uint64_t>(program.data());
        attr.insn_cnt = static_cast<uint32_t>(program.size());
        attr.license = reinterpret_cast<uint64_t>(license);
        UniqueFd fd(static_cast<int>(::syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr)));
        if (!fd)
            return errno_error("cannot load the device program");
        return fd;
    }

} // namespace

std::span<Device const> default_devices()
{
    return allowed;
}

std::vector<std::string> device_rules(std::span<Device const> devices)
{
    std::vector<std::string> rules;
    for (auto const& device : devices)
        rules.push_back("c " + std::to_string(device.major) + ":"
            + (device.minor < 0 ? "*" : std::to_string(device.minor)) + " rwm");
    return rules;
}

std::vector<bpf_insn> device_program(std::span<Device const> devices)
{
    std::vector<bpf_insn> program;
    program.push_back(load_word(BPF_REG_2, offsetof(bpf_cgroup_dev_ctx, access_type)));
    program.push_back(instruction(BPF_ALU | BPF_AND | BPF_K, BPF_REG_2, 0, 0, 0xFFFF)); // the low half is the type
    program.push_back(load_word(BPF_REG_3, offsetof(bpf_cgroup_dev_ctx, major)));
    program.push_back(load_word(BPF_REG_4, offsetof(bpf_cgroup_dev_ctx, minor)));
    program.push_back(instruction(BPF_JMP | BPF_JEQ | BPF_K, BPF_REG_2, 0, 2, BPF_DEVCG_DEV_CHAR));
    add_return(program, 0);
    for (auto const& device : devices) {
        bool const any_minor = device.minor < 0;
        program.push_back(skip_unless_equal(BPF_REG_3, device.major, any_minor ? 2 : 3));
        if (!any_minor)
            program.push_back(skip_unless_equal(BPF_REG_4, static_cast<uint32_t>(device.minor), 2));
        add_return(program, 1);
    }
    add_return(program, 0);
    return program;
}

Result<void> attach_device_program(int cgroup, std::span<Device const> devices)
{
    UniqueFd const program = STAITHE_TRY(load(device_program(devices)));
    bpf_attr attr;
    std::memset(&attr, 0, sizeof attr);
    attr.target_fd = static_cast<uint32_t>(cgroup);
    attr.attach_bpf_fd = static_cast<uint32_t>(program.get());
    attr.attach_type = BPF_CGROUP_DEVICE;
    attr.attach_flags = BPF_F_ALLOW_MULTI;
    if (::syscall(SYS_bpf, BPF_PROG_ATTACH, &attr, sizeof attr) < 0)
        return errno_error("cannot attach the device program");
    return {};
}

} // namespace staithe::namespaces
