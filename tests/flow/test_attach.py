"""Streams: framing by version, stdin, half-close, terminals, logs and live without a gap, attach before start."""
import socket
import struct
import threading
import time

from case import SharedDaemonCase
from http_client import demultiplex

LIVE = "stream=1&stdout=1&stderr=1"


class AttachFlow(SharedDaemonCase):
    def test_reply_head_to_the_byte(self):
        container = self.daemon.create("true")
        with self.daemon.connect() as c:
            c.send("POST", f"/v1.6/containers/{container}/attach?{LIVE}")
            want = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
            while len(c.buffer) < len(want):
                self.assertTrue(c.more())
            self.assertEqual(c.buffer, want)
        self.daemon.delete(f"/containers/{container}")

    def test_upgrade_is_answered_with_101(self):
        container = self.daemon.create("true")
        with self.daemon.connect() as c:
            c.send("POST", f"/v1.6/containers/{container}/attach?{LIVE}", headers={"Connection": "Upgrade", "Upgrade": "tcp"})
            status, headers = c.head()
            self.assertEqual((status, headers["upgrade"]), (101, "tcp"))
        self.daemon.delete(f"/containers/{container}")

    def test_unknown_container_is_404(self):
        self.assert_status(self.daemon.post("/containers/nope/attach?stream=1"), 404, "No such container: nope\n")

    def test_framing_by_version(self):
        container = self.daemon.create("sh", "-c", "echo out; sleep 0.05; echo err >&2")
        self.daemon.start_container(container)
        self.daemon.wait(container)
        self.assertEqual(self.daemon.output(container, "v1.6"), b"\1\0\0\0\0\0\0\4out\n\2\0\0\0\0\0\0\4err\n")
        for version in ("v1.0", "v1.5"):
            self.assertEqual(self.daemon.output(container, version), b"out\nerr\n")
        with self.daemon.attach(container, "logs=1&stderr=1") as c:
            self.assertEqual(c.rest(), b"\2\0\0\0\0\0\0\4err\n")
        self.daemon.delete(f"/containers/{container}")

    def test_stdin_before_start_and_half_close(self):
        container = self.daemon.create("wc", "-c", OpenStdin=True, StdinOnce=True, AttachStdin=True)
        c = self.daemon.attach(container, LIVE + "&stdin=1", data=b"early ")
        c.send_raw(b"bytes")
        c.sock.shutdown(socket.SHUT_WR)
        self.daemon.start_container(container)
        self.assertEqual(demultiplex(c.rest()), (b"11\n", b""))
        c.close()
        self.assertEqual(self.daemon.wait(container), 0)
        self.daemon.delete(f"/containers/{container}")

    def test_hundred_megabytes_of_stdin(self):
        container = self.daemon.create("wc", "-c", OpenStdin=True, StdinOnce=True, AttachStdin=True)
        c = self.daemon.attach(container, LIVE + "&stdin=1")
        self.daemon.start_container(container)
        block = b"x" * (1 << 20)
        for _ in range(100):
            c.send_raw(block)
        c.sock.shutdown(socket.SHUT_WR)
        self.assertEqual(demultiplex(c.rest()), (b"104857600\n", b""))
        c.close()
        self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_client_without_stdin_half_closes_at_once(self):
        container = self.daemon.create("sh", "-c", "sleep 0.2; echo late")
        c = self.daemon.attach(container, LIVE)
        c.sock.shutdown(socket.SHUT_WR)
        self.daemon.start_container(container)
        self.assertEqual(demultiplex(c.rest())[0], b"late\n")
        c.close()
        self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_two_clients_see_the_same(self):
        container = self.daemon.create("sh", "-c", "for i in $(seq 1000); do echo $i; done")
        clients = [self.daemon.attach(container, LIVE) for _ in range(5)]
        self.daemon.start_container(container)
        want = "".join(f"{i}\n" for i in range(1, 1001)).encode()
        for c in clients:
            self.assertEqual(demultiplex(c.rest())[0], want)
            c.close()
        self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_logs_then_live_without_gap(self):
        container = self.daemon.create("sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; done")
        self.daemon.start_container(container)
        want = "".join(f"{i}\n" for i in range(1, 20001)).encode()
        for _ in range(10):  # joined at different moments
            with self.daemon.attach(container, "logs=1&" + LIVE) as c:
                self.assertEqual(demultiplex(c.rest())[0], want)
        self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_short_container_attached_late(self):
        container = self.daemon.create("echo", "gone")
        self.daemon.start_container(container)
        self.daemon.wait(container)
        with self.daemon.attach(container, "logs=1&" + LIVE) as c:
            self.assertEqual(demultiplex(c.rest())[0], b"gone\n")
        self.daemon.delete(f"/containers/{container}")

    def test_a_client_that_goes_away_hurts_nobody(self):
        container = self.daemon.create("sh", "-c", "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i; done")
        stays, goes = self.daemon.attach(container, LIVE), self.daemon.attach(container, LIVE)
        self.daemon.start_container(container)
        goes.close()
        self.assertTrue(demultiplex(stays.rest())[0].endswith(b"\n3000\n"))
        stays.close()
        self.assertEqual(self.daemon.wait(container), 0)
        self.daemon.delete(f"/containers/{container}")

    def test_stdin_without_once_stays_open(self):
        container = self.daemon.create("cat", OpenStdin=True)
        self.daemon.start_container(container)
        for word in (b"one\n", b"two\n"):
            with self.daemon.attach(container, LIVE + "&stdin=1") as c:
                c.send_raw(word)
                while word not in c.buffer:
                    self.assertTrue(c.more())
        self.assertTrue(self.daemon.inspect(container)["State"]["Running"])
        self.daemon.post(f"/containers/{container}/kill")
        self.daemon.delete(f"/containers/{container}")

    def test_terminal_with_resize(self):
        container = self.daemon.create("sh", "-c", "tty; read x; stty size; test -t 0 && test -t 2 && echo terminal",
                                       Tty=True, OpenStdin=True)
        self.assert_status(self.daemon.post(f"/containers/{container}/resize?h=10&w=20"), 500)
        c = self.daemon.attach(container, LIVE + "&stdin=1")
        self.daemon.start_container(container)
        self.assert_status(self.daemon.post(f"/containers/{container}/resize?h=33&w=99"), 200)
        while b"/dev/pts/0\r\n" not in c.buffer:  # or the terminal's echo comes first
            self.assertTrue(c.more())
        c.send_raw(b"go\n")
        data = c.rest()
        self.assertIn(b"33 99\r\n", data)
        self.assertIn(b"terminal\r\n", data)
        self.assertTrue(data.startswith(b"/dev/pts/0\r\n"), data)
        c.close()
        self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_detach_keys(self):
        container = self.daemon.create("cat", Tty=True, OpenStdin=True)
        c = self.daemon.attach(container, LIVE + "&stdin=1")
        self.daemon.start_container(container)
        c.send_raw(b"\x10")
        time.sleep(0.1)
        c.send_raw(b"\x11")
        c.rest()
        c.close()
        self.assertTrue(self.daemon.inspect(container)["State"]["Running"])
        self.daemon.post(f"/containers/{container}/kill")
        self.daemon.delete(f"/containers/{container}")

    def test_slow_reader_loses_nothing(self):
        container = self.daemon.create("dd", "if=/dev/zero", "bs=64k", "count=400")
        c = self.daemon.attach(container, "stream=1&stdout=1")
        c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.daemon.start_container(container)
        time.sleep(0.5)
        self.assertEqual(len(demultiplex(c.rest())[0]), 400 * 65536)
        c.close()
        self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_log_lines_as_json(self):
        container = self.daemon.create("sh", "-c", "printf 'a\\xff\\nb'; echo c >&2")
        self.daemon.start_container(container)
        self.daemon.wait(container)
        import json
        reply = self.daemon.get(f"/staithe/v1/containers/{container}/logs", version=None)
        lines = [json.loads(line) for line in reply.text.splitlines()]
        self.assertEqual([(x["stream"], x["log"]) for x in lines if x["stream"] == "stdout"],
                         [("stdout", "a\ufffd\n"), ("stdout", "b")])
        self.assertEqual([x["log"] for x in lines if x["stream"] == "stderr"], ["c\n"])
        self.daemon.delete(f"/containers/{container}")


class BoundedLogFlow(SharedDaemonCase):
    flags = ("--log-max-bytes=140000", "--log-segments=3")

    def test_log_is_bounded_and_keeps_the_newest(self):
        container = self.daemon.create("sh", "-c", "i=0; while [ $i -lt 50000 ]; do i=$((i+1)); echo line $i; done")
        self.daemon.start_container(container)
        self.assertEqual(self.daemon.wait(container), 0)
        data = self.daemon.output(container, "v1.5")
        self.assertLessEqual(len(data), 3 * 140000)
        self.assertTrue(data.endswith(b"line 50000\n"))
        lines = data.splitlines()[1:]
        first = int(lines[0].split()[1])
        self.assertEqual(lines, [b"line %d" % i for i in range(first, 50001)])
        self.daemon.delete(f"/containers/{container}")


class TcpAttachFlow(SharedDaemonCase):
    port = 4243
    flags = ("--allow-plain-tcp", f"--host=tcp://127.0.0.1:{port}")

    def test_half_close_at_the_end(self):
        container = self.daemon.create("echo", "x")
        s = self.daemon.net.connect("127.0.0.1", self.port)
        s.sendall(f"POST /v1.5/containers/{container}/attach?{LIVE} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        data = b""
        threading.Timer(0.2, lambda: self.daemon.start_container(container)).start()
        while part := s.recv(4096):
            data += part
        self.assertTrue(data.endswith(b"\r\n\r\nx\n"))
        s.sendall(b"still writable")  # the daemon only half-closed
        s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        s.close()
        self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_rebinding_and_cross_site_are_refused(self):
        for headers in ("Host: evil.example", "Host: localhost\r\nOrigin: http://evil.example"):
            s = self.daemon.net.connect("127.0.0.1", self.port)
            s.sendall(f"GET /version HTTP/1.1\r\n{headers}\r\n\r\n".encode())
            self.assertIn(b" 403 ", s.recv(4096).split(b"\r\n")[0])
            s.close()
