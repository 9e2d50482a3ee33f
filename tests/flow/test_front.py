"""The HTTP front under hostile clients: the listed malformed requests live in tests/unit/api/http; here the whole
daemon must go on answering while others misbehave."""
import socket

from case import SharedDaemonCase


class FrontFlow(SharedDaemonCase):
    def test_answers_while_others_idle_dribble_and_upload(self):
        open_ = []
        try:
            for n in range(1000):
                open_.append(self.daemon.connect())
            for n in range(200):
                c = self.daemon.connect()
                c.send_raw(b"GET /version HT")
                open_.append(c)
            for n in range(50):
                c = self.daemon.connect()
                c.send_raw(b"POST /v1.6/images/create?fromSrc=- HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc")
                open_.append(c)
            for _ in range(20):
                self.assertEqual(self.daemon.get("/version").status, 200)
                self.assertEqual(self.daemon.run_container("echo", "x"), (0, b"x\n", b""))
        finally:
            for c in open_:
                c.close()
        self.assertEqual(self.daemon.get("/version").status, 200)

    def test_bytes_after_a_refused_request_are_never_parsed(self):
        for bad in (b"GET /version HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                    b"POST /version HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    b"GET /version HTTP/1.1\nHost: a\n\n"):
            c = self.daemon.connect(10)
            c.send_raw(bad + b"GET /v1.6/info HTTP/1.1\r\nHost: a\r\n\r\n")
            data = c.rest()
            self.assertEqual(data.count(b"HTTP/1.1 "), 1, data)
            self.assertIn(data.split(b" ")[1][:1], (b"4", b"5"))
            c.close()

    def test_traversal_in_names(self):
        for name in ("../../etc/passwd", "%2e%2e%2fversion", "a%00b", "%zz", "x" * 300):
            with self.daemon.connect() as c:
                reply = c.request("GET", f"/v1.6/containers/{name}/json")
                self.assertIn(reply.status, (301, 400, 404), name)

    def test_abrupt_resets(self):
        import struct
        for _ in range(50):
            c = self.daemon.connect()
            c.send_raw(b"POST /v1.6/containers/create HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{")
            c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            c.close()
        self.assertEqual(self.daemon.get("/version").status, 200)
