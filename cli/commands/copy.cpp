// staithe cp: files out of a container.
#include <unistd.h>

#include "cli/commands/commands.hpp"
#include "cli/json.hpp"
#include "cli/output.hpp"
#include "cli/progress.hpp"
#include "cli/specs.hpp"
#include "cli/unpack.hpp"

namespace staithe::cli::commands {

namespace {

    class Copy {
    public:
        Copy(Client const& client, ContainerPath source)
            : m_client(client)
            , m_source(std::move(source))
        {
        }
        Result<void> to_stdout() const
        {
            return receive([](std::string_view bytes) { return write_all(STDOUT_FILENO, bytes, "standard output"); });
        }
        /// How many members could not be made here.
        Result<size_t> to_host(std::string const& target) const;

    private:
        Result<void> receive(Client::Receiver const&) const;

        Client const& m_client;
        ContainerPath const m_source;
    };

    Result<void> Copy::receive(Client::Receiver const& receiver) const
    {
        Poco::JSON::Object::Ptr body(new Poco::JSON::Object(Poco::JSON_PRESERVE_KEY_ORDER));
        body->set("Resource", m_source.path);
        body->set("HostPath", "");
        auto done = m_client.post_stream(
            "/containers/" + path_segment(m_source.container) + "/copy", print_json(body), receiver);
        return done ? std::move(done) : explain_container(std::move(done.error()));
    }

    Result<size_t> Copy::to_host(std::string const& target) const
    {
        auto unpacker = STAITHE_TRY(Unpacker::create(target));
        TarReader reader(unpacker);
        {
            ProgressLine line("Copying");
            uint64_t received = 0;
            STAITHE_TRY(receive([&](std::string_view bytes) {
                line.moved(received += bytes.size());
                return reader.feed(bytes);
            }));
        }
        STAITHE_TRY(reader.finish());
        STAITHE_TRY(unpacker.finish());
        return unpacker.left_out();
    }

} // namespace

Result<int> copy(Context& context)
{
    auto const& source = context.arguments.operands[0];
    auto const& target = context.arguments.operands[1];
    // A path of the host may have a colon, too, but then it also has a slash before it.
    auto const colon = target.find(':');
    if (source.find(':') == source.npos && colon != target.npos && target.find('/') > colon)
        return Error { STAITHE_UNSUPPORTED, 0,
            "files are copied out of containers only; the API has no call for the other way\n"
            "  to give a container files: staithe run -v /HOST/PATH:/PATH …" };
    Copy const copy(context.client, STAITHE_TRY(parse_container_path(source)));
    if (target == "-") {
        if (::isatty(STDOUT_FILENO))
            return Error { STAITHE_INVALID, 0,
                "an archive is no text for a terminal\n  redirect it, or name a directory" };
        STAITHE_TRY(copy.to_stdout());
        return 0;
    }
    auto const left_out = STAITHE_TRY_CONTEXT(copy.to_host(target), "cannot copy '" + source + "'");
    if (left_out > 0)
        print_error("warning: left out devices and FIFOs: " + std::to_string(left_out)
            + "\n  to have them, too: staithe cp " + source + " - | tar -x");
    return 0;
}

} // namespace staithe::cli::commands
