// Ctrl-P Ctrl-Q in what a terminal's client types.
#pragma once

#include <string>
#include <string_view>

namespace staithe::keeper {

class DetachKeys {
public:
    /// Appends what is to be typed; a Ctrl-P is held back until the next byte shows what it means. True: detach; what
    /// follows the keys is dropped.
    bool pass(std::string_view bytes, std::string& out)
    {
        for (char const c : bytes) {
            if (m_held && c == ctrl_q)
                return true;
            if (m_held)
                out += ctrl_p;
            m_held = c == ctrl_p;
            if (!m_held)
                out += c;
        }
        return false;
    }

private:
    static constexpr char ctrl_p = 0x10, ctrl_q = 0x11;
    bool m_held = false;
};

} // namespace staithe::keeper
