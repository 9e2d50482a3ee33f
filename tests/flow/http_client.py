"""A small HTTP/1.1 client over a unix socket that hides nothing: status, headers and body as they came on the wire."""
import json
import socket


class Reply:
    def __init__(self, status, headers, body, chunks=None):
        self.status, self.headers, self.body, self.chunks = status, headers, body, chunks

    def json(self):
        return json.loads(self.body)

    @property
    def text(self):
        return self.body.decode()

    def __repr__(self):
        return f"<{self.status} {self.body[:200]!r}>"


class Connection:
    """One connection, kept alive between requests; also usable as a raw socket."""

    def __init__(self, path, timeout=60):
        """path: of a unix socket; or a socket that is connected."""
        if isinstance(path, socket.socket):
            self.sock = path
        else:
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.settimeout(timeout)
            self.sock.connect(path)
        self.buffer = b""
        self.head_bytes = b""  # of the last reply, as they came

    def close(self):
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send_raw(self, data):
        self.sock.sendall(data)

    def send(self, method, target, body=None, headers=None, chunks=None):
        """body: bytes, or something for JSON. chunks: an iterable of bytes, sent chunked."""
        head = {"Host": "flow"}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            head["Content-Type"] = "application/json"
        if chunks is not None:
            head["Transfer-Encoding"] = "chunked"
        elif body is not None or method in ("POST", "PUT"):
            head["Content-Length"] = str(len(body or b""))
        head.update(headers or {})
        lines = "".join(f"{k}: {v}\r\n" for k, v in head.items())
        self.send_raw(f"{method} {target} HTTP/1.1\r\n{lines}\r\n".encode() + (body or b""))
        if chunks is not None:
            for chunk in chunks:
                if chunk:
                    self.send_raw(b"%x\r\n%s\r\n" % (len(chunk), chunk))
            self.send_raw(b"0\r\n\r\n")

    def more(self):
        data = self.sock.recv(262144)
        self.buffer += data
        return bool(data)

    def line(self):
        while b"\r\n" not in self.buffer:
            if not self.more():
                raise EOFError(f"connection closed after {self.buffer[:200]!r}")
        line, self.buffer = self.buffer.split(b"\r\n", 1)
        return line

    def take(self, size):
        while len(self.buffer) < size:
            if not self.more():
                raise EOFError("connection closed in a body")
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def head(self):
        while True:
            line = self.line()
            self.head_bytes = line + b"\r\n"
            status = int(line.split(None, 2)[1])
            headers = {}
            while line := self.line():
                self.head_bytes += line + b"\r\n"
                key, value = line.split(b":", 1)
                headers[key.decode().lower()] = value.strip().decode()
            if status != 100:
                return status, headers

    def chunk(self):
        """The next chunk of a chunked body; empty at its end."""
        data = self.take(int(self.line().split(b";")[0], 16))
        self.line()
        return data

    def reply(self, method="GET"):
        status, headers = self.head()
        if method == "HEAD" or status in (204, 304):
            return Reply(status, headers, b"")
        if headers.get("transfer-encoding", "").lower() == "chunked":
            chunks = []
            while chunk := self.chunk():
                chunks.append(chunk)
            return Reply(status, headers, b"".join(chunks), chunks)
        if "content-length" in headers:
            return Reply(status, headers, self.take(int(headers["content-length"])))
        return Reply(status, headers, self.rest())

    def rest(self):
        """Everything until the other side closes."""
        while self.more():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def request(self, method, target, body=None, headers=None, chunks=None):
        self.send(method, target, body, headers, chunks)
        return self.reply(method)


def demultiplex(data):
    """The frames of an attach stream at API >= 1.6, as (stdout, stderr); what is left of a cut frame is an error."""
    streams = {1: b"", 2: b""}
    while data:
        if len(data) < 8 or data[0] not in streams or data[1:4] != b"\0\0\0":
            raise ValueError(f"not a frame: {data[:16]!r}")
        size = int.from_bytes(data[4:8], "big")
        if len(data) < 8 + size:
            raise ValueError("cut frame")
        streams[data[0]] += data[8:8 + size]
        data = data[8 + size:]
    return streams[1], streams[2]
