#include "daemon/network/table.hpp"

namespace staithe::network {

namespace {

    /// "verb element SET { a, b }" for every set.
    std::string element_commands(std::string const& verb, Elements const& elements)
    {
        std::map<std::string, std::string> values;
        for (auto const& element : elements) {
            auto& list = values[element.set];
            list += (list.empty() ? "" : ", ") + element.value;
        }
        std::string commands;
        for (auto const& [set, list] : values)
            commands += verb + " element " + set + " { " + list + " }\n";
        return commands;
    }

    nft_ctx* make_context()
    {
        nft_ctx* const context = nft_ctx_new(NFT_CTX_DEFAULT);
        if (context && (nft_ctx_buffer_output(context) != 0 || nft_ctx_buffer_error(context) != 0)) {
            nft_ctx_free(context);
            return nullptr;
        }
        return context;
    }

    /// What libnftables says, in one line without its pictures.
    std::string first_line(char const* text)
    {
        std::string const all = text ? text : "";
        return all.substr(0, all.find('\n'));
    }

} // namespace

Table::Table(Context context, std::string definition)
    : m_definition(std::move(definition))
    , m_context(std::move(context))
{
}

Result<std::unique_ptr<Table>> Table::create(std::string definition)
{
    Context context(make_context());
    if (!context)
        return Error { STAITHE_UNAVAILABLE, 0, "cannot start libnftables" };
    return std::unique_ptr<Table>(new Table(std::move(context), std::move(definition)));
}

Result<void> Table::run(std::string const& commands)
{
    bool const done = nft_run_cmd_from_buffer(m_context.get(), commands.c_str()) == 0;
    (void)nft_ctx_get_output_buffer(m_context.get());
    auto const complaint = first_line(nft_ctx_get_error_buffer(m_context.get()));
    if (!done)
        return Error { STAITHE_IO, 0, "cannot change the nftables table 'staithe': " + complaint };
    return {};
}

Result<void> Table::add(Elements const& elements)
{
    MutexLock lock(m_mutex);
    Elements fresh;
    for (auto const& element : elements) {
        if (++m_elements[element] == 1)
            fresh.push_back(element);
    }
    if (!m_live || fresh.empty() || run(element_commands("add", fresh)))
        return {};
    auto rebuilt = rebuild_locked();
    if (!rebuilt)
        (void)uncount(elements);
    return rebuilt;
}

Result<void> Table::remove(Elements const& elements)
{
    MutexLock lock(m_mutex);
    Elements const gone = uncount(elements);
    if (!m_live || gone.empty() || run(element_commands("delete", gone)))
        return {};
    return rebuild_locked();
}

Elements Table::uncount(Elements const& elements)
{
    Elements gone;
    for (auto const& element : elements) {
        auto const found = m_elements.find(element);
        if (found == m_elements.end() || --found->second > 0)
            continue;
        gone.push_back(element);
        m_elements.erase(found);
    }
    return gone;
}

Result<void> Table::rebuild()
{
    MutexLock lock(m_mutex);
    m_live = true;
    return rebuild_locked();
}

Result<void> Table::restore()
{
    MutexLock lock(m_mutex);
    return m_live ? rebuild_locked() : Result<void>();
}

Result<void> Table::rebuild_locked()
{
    Elements all;
    for (auto const& [element, count] : m_elements)
        all.push_back(element);
    return run(m_definition + element_commands("add", all));
}

void run_and_forget(std::string const& commands)
{
    std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> const context(make_context(), nft_ctx_free);
    if (context)
        (void)nft_run_cmd_from_buffer(context.get(), commands.c_str());
}

} // namespace staithe::network
