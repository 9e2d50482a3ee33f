"""Attach by WebSocket: the table of RFC 6455 cases against a container, handshakes, both ways of ending, text of any bytes."""
import os
import time

from case import OwnDaemonCase, SharedDaemonCase
from web_socket import HANDSHAKE, WebSocket, cases, close, frame, text

LIVE = "stream=1&stdout=1&stderr=1"


class WebSocketFlow(SharedDaemonCase):
    def open(self, container, query=LIVE, version="v1.6"):
        ws = WebSocket(self.daemon.socket, f"/{version}/containers/{container}/attach/ws?{query}")
        self.addCleanup(ws.close)
        return ws

    def started(self, *command, **config):
        container = self.daemon.create(*command, **config)
        self.addCleanup(self.remove, container)
        self.daemon.start_container(container)
        return container

    def created(self, *command, **config):
        container = self.daemon.create(*command, **config)
        self.addCleanup(self.remove, container)
        return container

    def remove(self, container):
        self.daemon.post(f"/containers/{container}/kill")
        self.daemon.delete(f"/containers/{container}")

    def test_every_case_that_ends_the_connection(self):
        sink = self.started("sh", "-c", "cat >/dev/null", OpenStdin=True)
        count = 0
        for case in cases():
            if case.goes_on:
                continue
            with self.subTest(case.name):
                ws = self.open(sink, LIVE + "&stdin=1")
                sender = ws.send_aside(case.bytes)
                self.assertEqual(ws.finish(), (b"", case.replies))
                sender.join()
                ws.close()
                count += 1
        self.assertGreater(count, 120)
        self.assertTrue(self.daemon.inspect(sink)["State"]["Running"])

    def test_every_case_that_goes_on_is_echoed(self):
        echo = self.started("cat", OpenStdin=True)
        count = 0
        for case in cases():
            if not case.goes_on:
                continue
            with self.subTest(case.name):
                want = case.data.decode(errors="replace").encode()
                ws = self.open(echo, LIVE + "&stdin=1")
                sender = ws.send_aside(case.bytes)
                ws.receive_until(lambda: len(ws.text) >= len(want) and len(ws.control) >= len(case.replies))
                sender.join()
                ws.send_raw(close())
                self.assertEqual(ws.finish(), (want, case.replies + [b"close:1000"]))
                ws.close()
                count += 1
        self.assertGreater(count, 100)

    def test_handshakes(self):
        container = self.started("sleep", "100")
        target = f"/v1.6/containers/{container}/attach/ws?{LIVE}"

        def status(target=target, **changes):
            headers = {k: v for k, v in {**HANDSHAKE, **changes}.items() if v is not None}
            return self.daemon.request("GET", target, headers=headers, version=None)
        self.assertEqual(status(Origin=None).status, 403)
        self.assertEqual(status(Origin="null").status, 403)
        refused = status(**{"Sec-WebSocket-Version": "8"})
        self.assertEqual((refused.status, refused.headers["sec-websocket-version"]), (426, "13"))
        self.assertEqual(status(**{"Sec-WebSocket-Key": "abc"}).status, 400)
        self.assertEqual(status(**{"Sec-WebSocket-Key": None}).status, 400)
        self.assertEqual(status(Upgrade="tcp").status, 400)
        self.assertEqual(status(Connection="close").status, 400)
        self.assert_status(status(f"/v1.6/containers/nope/attach/ws?{LIVE}"), 404, "No such container: nope\n")
        self.assertEqual(status(target.replace("stream=1", "stream=maybe")).status, 400)
        self.assertTrue(self.daemon.inspect(container)["State"]["Running"])

    def test_output_is_never_multiplexed(self):
        for version in ("v1.0", "v1.4", "v1.6"):
            container = self.created("sh", "-c", "echo out; sleep 0.05; echo err >&2")
            ws = self.open(container, version=version)
            self.daemon.start_container(container)
            ws.receive_until(lambda: ws.control)
            ws.send_raw(close())
            self.assertEqual(ws.finish(), (b"out\nerr\n", [b"close:1000"]))

    def test_stored_output(self):
        container = self.started("sh", "-c", "printf 'a\\377b'; printf '\\342\\202\\254\\n'")
        self.daemon.wait(container)
        ws = self.open(container, "logs=1&stdout=1&stderr=1")
        ws.receive_until(lambda: ws.control)
        ws.send_raw(close())
        self.assertEqual(ws.finish(), ("a\ufffdb\u20ac\n".encode(), [b"close:1000"]))

    def test_a_close_is_the_end_of_stdin(self):
        for ending in (close(), None):  # with and without a Close
            container = self.created("sh", "-c", "wc -c", OpenStdin=True, StdinOnce=True, AttachStdin=True)
            ws = self.open(container, LIVE + "&stdin=1")
            ws.send_raw(text("early "))
            self.daemon.start_container(container)
            ws.send_raw(frame(0x02, b"by") + frame(0x80, b"tes"))
            if ending:
                ws.send_raw(ending)
                self.assertEqual(ws.finish()[1], [b"close:1000"])
            ws.close()
            self.assertEqual(self.daemon.wait(container), 0)
            self.assertEqual(self.daemon.output(container, "v1.5"), b"11\n")

    def test_a_dialogue(self):
        container = self.started("sh", OpenStdin=True, StdinOnce=True, AttachStdin=True)
        ws = self.open(container, LIVE + "&stdin=1")
        for word in ("one", "zwölf", "\U0001f600"):
            ws.send_raw(text(f"echo {word}\n"))
            ws.receive_until(lambda: ws.text.endswith(f"{word}\n".encode()))
        ws.send_raw(frame(0x89, b"there?") + text("exit 7\n"))
        ws.receive_until(lambda: ws.control and ws.control[-1] == b"close:1000")
        self.assertEqual(ws.control, [b"pong:there?", b"close:1000"])
        ws.send_raw(close())
        ws.finish()
        self.assertEqual(self.daemon.wait(container), 7)

    def test_terminal(self):
        container = self.created("sh", "-c", "tty; read x; echo got $x", Tty=True, OpenStdin=True)
        ws = self.open(container, LIVE + "&stdin=1")
        self.daemon.start_container(container)
        ws.receive_until(lambda: b"/dev/pts/" in ws.text)
        ws.send_raw(text("word\n"))
        ws.receive_until(lambda: ws.control)
        self.assertIn(b"got word\r\n", ws.text)

    def test_much_output_to_a_slow_reader(self):
        container = self.created("sh", "-c", "yes '0123456789 äöü €' | head -c 20000000")
        ws = self.open(container)
        self.daemon.start_container(container)
        time.sleep(0.5)
        ws.receive_until(lambda: ws.control)
        line = "0123456789 äöü €\n".encode()
        want = (line * (20000000 // len(line) + 1))[:20000000].decode(errors="replace").encode()
        self.assertEqual(len(ws.text), len(want))
        self.assertEqual(ws.text, want)
        self.assertEqual(self.daemon.wait(container), 0)

    def test_sockets_leave_no_descriptor(self):
        container = self.started("cat", OpenStdin=True)

        def descriptors():
            return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        before = descriptors()
        for i in range(100):
            ws = self.open(container, LIVE + "&stdin=1")
            ws.send_raw(text("x") + (close() if i % 2 else b""))
            if i % 2:
                ws.receive_until(lambda: ws.control)
            ws.close()
        deadline = time.monotonic() + 10
        while descriptors() > before and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertLessEqual(descriptors(), before)


class WebSocketStopFlow(OwnDaemonCase):
    def test_a_stop_says_going_away_and_the_container_lives(self):
        daemon = self.daemon_with_busybox()
        container = daemon.create("cat", OpenStdin=True)
        daemon.start_container(container)
        ws = WebSocket(daemon.socket, f"/v1.6/containers/{container}/attach/ws?{LIVE}&stdin=1")
        ws.send_raw(text("hello\n"))
        ws.receive_until(lambda: ws.text == b"hello\n")
        self.assertEqual(daemon.terminate(), 0)
        self.assertEqual(ws.finish()[1], [b"close:1001"])
        ws.close()
        daemon.start()
        self.assertTrue(daemon.inspect(container)["State"]["Running"])
        ws = WebSocket(daemon.socket, f"/v1.6/containers/{container}/attach/ws?{LIVE}&stdin=1")
        ws.send_raw(text("again\n"))
        ws.receive_until(lambda: ws.text == b"again\n")
        ws.close()
