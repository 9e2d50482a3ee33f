// SPDX-License-Identifier: Apache-2.0
//
// Undo: the way back out of work in several steps.
//
//     Undo undo;
//     make_a(); undo.push([&] { remove_a(); });
//     STAITHE_TRY(make_b());            // fails: a is removed
//     undo.dismiss();                   // all is well: nothing is removed
#pragma once

#include <functional>
#include <utility>
#include <vector>

namespace staithe {

class Undo {
public:
    Undo() = default;
    Undo(Undo const&) = delete;
    Undo& operator=(Undo const&) = delete;
    ~Undo()
    {
        for (auto step = m_steps.rbegin(); step != m_steps.rend(); ++step)
            (*step)();
    }

    /// Remembers a step; steps run in reverse order and must not throw.
    void push(std::function<void()> step) { m_steps.push_back(std::move(step)); }
    void dismiss() { m_steps.clear(); }

private:
    std::vector<std::function<void()>> m_steps;
};

} // namespace staithe
