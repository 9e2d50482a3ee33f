"""A WebSocket client (RFC 6455) that sends exactly what it is told to, and the table of cases that the unit tests use too."""
import os
import threading

from http_client import Connection

TABLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../unit/api/http/websocket_cases.txt")
OPCODES = {"cont": 0, "text": 1, "bin": 2, "close": 8, "ping": 9, "pong": 10}
MASK = bytes.fromhex("37fa213d")
HANDSHAKE = {"Upgrade": "websocket", "Connection": "Upgrade", "Origin": "http://localhost",
             "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}


def frame(first, payload=b""):
    size = len(payload)
    head = bytes([first, 0x80 | (size if size <= 125 else 126 if size <= 0xffff else 127)])
    if size > 125:
        head += size.to_bytes(2 if size <= 0xffff else 8, "big")
    key = (MASK * (size // 4 + 1))[:size]
    masked = int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")
    return head + MASK + masked.to_bytes(size, "big")


def text(payload):
    return frame(0x81, payload if isinstance(payload, bytes) else payload.encode())


def close(code=1000):
    return frame(0x88, code.to_bytes(2, "big"))


class WebSocket(Connection):
    """An open one: the handshake is over when the constructor returns. control: "pong:payload", "close:1000" as they came."""

    def __init__(self, path, target, timeout=60):
        super().__init__(path, timeout)
        self.text, self.control, self.texts = b"", [], 0
        self.send("GET", target, headers=HANDSHAKE)
        status, headers = self.head()
        if status != 101:
            raise AssertionError(f"handshake failed: {status} {headers} {self.buffer!r}")
        if headers["sec-websocket-accept"] != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=":
            raise AssertionError(f"wrong key: {headers}")

    def receive(self):
        """Takes one frame; False at the end of the connection. Whatever is not proper for a server is an error."""
        if not self.buffer and not self.more():
            return False
        first, size = self.take(2)
        if size >= 126:
            least, size = (126, self.take(2)) if size == 126 else (1 << 16, self.take(8))
            size = int.from_bytes(size, "big")
            if size < least:
                raise AssertionError("not the shortest length, or masked")
        payload = self.take(size)
        if self.control and self.control[-1].startswith(b"close:"):
            raise AssertionError(f"a frame after Close: {first:#x} {payload[:100]!r}")
        if first == 0x81:
            payload.decode()
            self.text += payload
            self.texts += 1
        elif first == 0x88:
            self.control.append(b"close:" + (b"%d" % int.from_bytes(payload, "big") if payload else b""))
        elif first == 0x8a:
            self.control.append(b"pong:" + payload)
        else:
            raise AssertionError(f"unexpected frame {first:#x}")
        return True

    def receive_until(self, done):
        while not done():
            if not self.receive():
                raise EOFError(f"closed after {self.text[:100]!r} {self.control}")

    def finish(self):
        """Reads to the end of the connection; (text, control frames)."""
        try:
            while self.receive():
                pass
        except ConnectionResetError:
            pass
        return self.text, self.control

    def send_aside(self, data):
        """Sends on a thread of its own, for what is longer than the buffers on the way."""
        def run():
            try:
                self.send_raw(data)
            except OSError:
                pass  # refused in the middle
        thread = threading.Thread(target=run)
        thread.start()
        return thread


class Case:
    def __init__(self, line):
        self.name, sent, data, replies = line.split(" | ")
        self.bytes = b"".join(map(_frame_of, sent.split(" ")))
        self.data = b"" if data == "-" else _payload(data)
        self.replies = [] if replies == "-" else [
            kind.encode() + b":" + _payload(rest) for kind, rest in (r.split(":", 1) for r in replies.split(" "))]
        self.goes_on = not (self.replies and self.replies[-1].startswith(b"close:"))


def cases():
    with open(TABLE) as f:
        return [Case(line.rstrip("\n")) for line in f if line.strip() and not line.startswith("#")]


def _unescape(part):
    out, i = bytearray(), 0
    while i < len(part):
        escaped = part[i] == "%"
        out.append(int(part[i + 1:i + 3], 16) if escaped else ord(part[i]))
        i += 3 if escaped else 1
    return bytes(out)


def _payload(source):
    return b"".join(part[0].encode() * int(part[2:]) if part[1:2] == "*" and len(part) > 2 else _unescape(part)
                    for part in source.split("&"))


def _frame_of(item):
    kind, rest = item.split(":", 1)
    if kind == "raw":
        return bytes.fromhex(rest)
    final = 0 if kind.endswith("+") else 0x80
    if kind == "close":
        code, _, reason = rest.partition(",")
        return frame(0x88, (int(code).to_bytes(2, "big") if code else b"") + _payload(reason))
    return frame(final | OPCODES[kind.rstrip("+")], _payload(rest))
