#include "cli/tree_drawing.hpp"

#include <langinfo.h>
#include <locale.h>
#include <unistd.h>

#include <cstdlib>

namespace staithe::cli {

namespace {

    /// An image that waits for its line.
    struct Pending {
        size_t image;
        std::string marks, below; ///< of its own line, and of those of its branch after it
    };

    /// Siblings as branches of their own; the first is the next to be drawn.
    void push_branches(std::vector<Pending>& pending, std::vector<size_t> const& siblings, std::string const& indent,
        TreeMarks const& marks)
    {
        for (size_t i = siblings.size(); i-- > 0;) {
            bool const last = i + 1 == siblings.size();
            pending.push_back({ siblings[i], indent + std::string(last ? marks.last : marks.fork),
                indent + std::string(last ? marks.gap : marks.rule) });
        }
    }

    bool locale_is_utf8()
    {
        auto const locale = ::newlocale(LC_CTYPE_MASK, "", nullptr);
        if (!locale)
            return false;
        bool const utf8 = std::string_view(::nl_langinfo_l(CODESET, locale)) == "UTF-8";
        ::freelocale(locale);
        return utf8;
    }

    bool terminal_is_plain()
    {
        char const* const name = ::getenv("TERM");
        std::string_view const term = name ? name : "";
        return ::isatty(STDOUT_FILENO) && (term.empty() || term == "dumb" || term.starts_with("vt"));
    }

} // namespace

std::vector<TreeLine> draw_tree(ImageGraph const& graph, TreeMarks const& marks)
{
    std::vector<TreeLine> lines;
    std::vector<Pending> pending;
    push_branches(pending, graph.roots, {}, marks);
    while (!pending.empty()) {
        auto next = std::move(pending.back());
        pending.pop_back();
        auto const& children = graph.images[next.image].children;
        lines.push_back({ std::move(next.marks), next.image });
        if (children.size() == 1)
            pending.push_back({ children.front(), next.below, next.below });
        else
            push_branches(pending, children, next.below, marks);
    }
    return lines;
}

TreeMarks suitable_marks()
{
    return locale_is_utf8() && !terminal_is_plain() ? TreeMarks::boxes() : TreeMarks::ascii();
}

} // namespace staithe::cli
