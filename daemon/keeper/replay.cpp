#include "daemon/keeper/replay.hpp"

#include <poll.h>
#include <sys/socket.h>

#include "daemon/keeper/scratch.hpp"

namespace staithe::keeper {

namespace {

    Result<void> send_all(int socket, std::string_view bytes)
    {
        while (!bytes.empty()) {
            ssize_t const n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n >= 0) {
                bytes.remove_prefix(static_cast<size_t>(n));
                continue;
            }
            if (errno != EAGAIN && errno != EINTR)
                return errno_error("cannot send to client");
            pollfd waiting { socket, POLLOUT, 0 };
            (void)::poll(&waiting, 1, -1);
        }
        return {};
    }

} // namespace

Result<std::string_view> next_batch(log::Reader& reader, rpc::keeper::Attach const& how, uint64_t limit)
{
    size_t used = 0;
    log::Record record;
    while (used + frame_header_bytes + log::max_record_bytes <= sizeof s_replay && reader.passed() < limit
        && STAITHE_TRY(reader.next(record))) {
        if (!wants(how, record.header.stream) || record.bytes.empty())
            continue;
        if (how.framed) {
            put_frame_header(s_replay + used, record.header.stream, record.bytes.size());
            used += frame_header_bytes;
        }
        std::memcpy(s_replay + used, record.bytes.data(), record.bytes.size());
        used += record.bytes.size();
    }
    return std::string_view(s_replay, used);
}

Result<void> replay(int state_dir, int socket, rpc::keeper::Attach const& how)
{
    auto reader = STAITHE_TRY(log::Reader::whole(state_dir));
    for (;;) {
        auto const batch = STAITHE_TRY(next_batch(reader, how, UINT64_MAX));
        if (batch.empty())
            break;
        STAITHE_TRY(send_all(socket, batch));
    }
    if (how.stream)
        return {};
    // Unread input would turn the end into an error on the client's side.
    ::shutdown(socket, how.half_close ? SHUT_WR : SHUT_RDWR);
    while (::recv(socket, s_block, sizeof s_block, MSG_DONTWAIT) > 0) { }
    return {};
}

} // namespace staithe::keeper
