// SPDX-License-Identifier: Apache-2.0
//
// Runs at build time: makes the default seccomp profile out of allowed.txt, as a BPF program (in C++) and as LXC's text
// form, so that neither keeper nor driver needs libseccomp.
//
//     generate allowed.txt > profile.inc
#include <linux/filter.h>
#include <sched.h>
#include <seccomp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace {

// AF_ALG and AF_VSOCK: kernel code that containers need least and attackers liked best.
constexpr uint64_t af_alg = 38, af_vsock = 40;
constexpr uint64_t new_namespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr uint64_t personalities[] { 0x0, 0x0008, 0x20000, 0x20008, 0xFFFFFFFF };

void require(int result, std::string const& what)
{
    if (result == 0)
        return;
    std::fprintf(stderr, "generate: %s: %s\n", what.c_str(), std::strerror(-result));
    std::exit(1);
}

/// Both forms of the profile, built rule by rule.
class Profile {
public:
    Profile()
        : m_filter(seccomp_init(SCMP_ACT_ERRNO(EPERM)))
        , m_rules("2\nallowlist errno 1\n")
    {
        require(m_filter ? 0 : -ENOMEM, "seccomp_init");
        require(seccomp_attr_set(m_filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(EPERM)), "bad architectures");
        require(seccomp_attr_set(m_filter, SCMP_FLTATR_CTL_OPTIMIZE, 2), "optimize"); // a tree: quick to check and load
        uint32_t const native = seccomp_arch_native();
        if (native == SCMP_ARCH_X86_64)
            require(seccomp_arch_add(m_filter, SCMP_ARCH_X86), "32-bit programs");
        if (native == SCMP_ARCH_AARCH64)
            require(seccomp_arch_add(m_filter, SCMP_ARCH_ARM), "32-bit programs");
    }
    ~Profile() { seccomp_release(m_filter); }
    Profile(Profile const&) = delete;
    Profile& operator=(Profile const&) = delete;

    void allow(std::string const& name)
    {
        int const number = seccomp_syscall_resolve_name(name.c_str());
        if (number == __NR_SCMP_ERROR)
            return;
        require(seccomp_rule_add(m_filter, SCMP_ACT_ALLOW, number, 0), name);
        m_rules += name + "\n";
    }
    void allow_if(std::string const& name, scmp_arg_cmp const& argument, std::string const& text)
    {
        require(
            seccomp_rule_add_array(m_filter, SCMP_ACT_ALLOW, seccomp_syscall_resolve_name(name.c_str()), 1, &argument),
            name);
        m_rules += name + " allow " + text + "\n";
    }
    void refuse(std::string const& name, int error)
    {
        require(seccomp_rule_add(m_filter, SCMP_ACT_ERRNO(static_cast<uint32_t>(error)),
                    seccomp_syscall_resolve_name(name.c_str()), 0),
            name);
        m_rules += name + " errno " + std::to_string(error) + "\n";
    }
    void print() const
    {
        std::FILE* const file = std::tmpfile();
        require(file ? seccomp_export_bpf(m_filter, ::fileno(file)) : -errno, "export");
        std::rewind(file);
        std::puts("static sock_filter const default_filter[] {");
        sock_filter i;
        while (std::fread(&i, sizeof i, 1, file) == 1)
            std::printf("    { 0x%02x, %u, %u, 0x%x },\n", i.code, i.jt, i.jf, i.k);
        std::puts("};\n");
        std::printf("static constexpr char default_rules[] = R\"rules(%s)rules\";\n", m_rules.c_str());
        std::fclose(file);
    }

private:
    scmp_filter_ctx m_filter;
    std::string m_rules;
};

std::vector<std::string> read_names(char const* path)
{
    std::ifstream file(path);
    std::vector<std::string> names;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line.substr(0, line.find('#')));
        for (std::string word; words >> word;)
            names.push_back(word);
    }
    return names;
}

std::string hexadecimal(uint64_t value)
{
    char text[32];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
    return text;
}

} // namespace

int main(int argc, char** argv)
{
    auto const names = argc == 2 ? read_names(argv[1]) : std::vector<std::string>();
    if (names.empty()) {
        std::fprintf(stderr, "usage: generate allowed.txt\n");
        return 1;
    }
    Profile profile;
    for (auto const& name : names)
        profile.allow(name);
    profile.allow_if("socket", SCMP_A0(SCMP_CMP_LT, af_alg, 0), "[0," + hexadecimal(af_alg) + ",SCMP_CMP_LT]");
    profile.allow_if("socket", SCMP_A0(SCMP_CMP_EQ, af_alg + 1, 0), "[0," + hexadecimal(af_alg + 1) + ",SCMP_CMP_EQ]");
    profile.allow_if("socket", SCMP_A0(SCMP_CMP_GT, af_vsock, 0), "[0," + hexadecimal(af_vsock) + ",SCMP_CMP_GT]");
    for (auto const value : personalities)
        profile.allow_if("personality", SCMP_A0(SCMP_CMP_EQ, value, 0), "[0," + hexadecimal(value) + ",SCMP_CMP_EQ]");
    profile.allow_if("clone", SCMP_A0(SCMP_CMP_MASKED_EQ, new_namespaces, 0),
        "[0,0x0,SCMP_CMP_MASKED_EQ," + hexadecimal(new_namespaces) + "]");
    profile.refuse("clone3", ENOSYS); // its flags are in memory, where no filter can look; libc falls back to clone
    profile.print();
    return 0;
}
