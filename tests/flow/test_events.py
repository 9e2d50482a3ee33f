"""The journal of what happened: history, live, in order, without a gap, to everyone, and across restarts."""
import json
import socket
import threading
import time

from case import OwnDaemonCase, SharedDaemonCase


class Stream:
    """An open GET /events."""

    def __init__(self, daemon, query="", timeout=10):
        self.connection = daemon.connect(timeout)
        self.connection.send("GET", f"/v1.6/events{query}")
        self.status, self.headers = self.connection.head()

    def next(self):
        chunk = self.connection.chunk()
        return json.loads(chunk) if chunk else None

    def take(self, count):
        return [self.next() for _ in range(count)]

    def until(self, status, container):
        seen = []
        while not seen or (seen[-1]["status"], seen[-1]["id"]) != (status, container):
            seen.append(self.next())
        return seen

    def close(self):
        self.connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def statuses(events, container):
    return [e["status"] for e in events if e["id"] == container]


class Events(SharedDaemonCase):
    def test_a_life_in_order(self):
        with Stream(self.daemon) as stream:
            self.assertEqual((stream.status, stream.headers["content-type"]), (200, "application/json"))
            began = int(time.time())
            container = self.daemon.create("sleep", "100", name="life")
            self.daemon.start_container("life")
            self.daemon.post("/containers/life/restart?t=0")
            self.daemon.post("/containers/life/stop?t=0")
            self.daemon.post("/containers/life/stop?t=0")
            self.daemon.start_container(container)
            self.daemon.post("/containers/life/kill?signal=0")
            self.daemon.get("/containers/life/export")
            self.daemon.delete("/containers/life")
            seen = stream.until("destroy", container)
        self.assertEqual(statuses(seen, container), ["create", "start", "die", "restart", "die", "stop", "stop", "start", "die",
                                                     "kill", "export", "destroy"])
        for event in seen:
            self.assertEqual(list(event), ["status", "id", "from", "time"])
            self.assertEqual((event["id"], event["from"]), (container, "busybox:latest"))
            self.assertTrue(began <= event["time"] <= time.time() + 1)

    def test_a_signal_is_no_event_but_the_death_is(self):
        container = self.daemon.create("sh", "-c", "trap 'exit 0' USR1; echo ready; while :; do sleep 0.05; done")
        self.daemon.start_container(container)
        while b"ready" not in self.daemon.output(container):
            time.sleep(0.02)
        with Stream(self.daemon) as stream:
            self.daemon.post(f"/containers/{container}/kill?signal=10")
            self.daemon.wait(container)
            self.daemon.delete(f"/containers/{container}")
            self.assertEqual(statuses(stream.until("destroy", container), container), ["die", "destroy"])

    def test_images(self):
        self.daemon.import_busybox("goner")
        short = self.daemon.get("/images/goner/json").json()["id"][:12]
        with Stream(self.daemon) as stream:
            self.daemon.delete("/images/goner")
            self.assertEqual([(e["status"], e["id"], "from" in e) for e in stream.take(2)],
                             [("untag", short, False), ("delete", short, False)])

    def test_history_then_live_without_gap_or_repetition(self):
        stop, made = threading.Event(), []

        def keep_busy():
            while not stop.is_set():
                container = self.daemon.create("true")
                made.append(container)
                self.daemon.delete(f"/containers/{container}")
        began = int(time.time())
        worker = threading.Thread(target=keep_busy)
        worker.start()
        streams = []
        for _ in range(10):
            time.sleep(0.05)
            streams.append(Stream(self.daemon, f"?since={began}"))
        stop.set()
        worker.join()
        last = made[-1]
        histories = [[(e["status"], e["id"]) for e in s.until("destroy", last)] for s in streams]
        mine = [[e for e in h if e[1] in made] for h in histories]
        want = [event for container in made for event in (("create", container), ("destroy", container))]
        for history in mine:
            self.assertEqual(history, want)
        for s in streams:
            s.close()

    def test_since(self):
        self.daemon.delete(f"/containers/{self.daemon.create('true')}")
        time.sleep(1.1)
        now = int(time.time())
        container = self.daemon.create("true")
        with Stream(self.daemon, f"?since={now}") as stream:
            self.assertEqual(stream.next()["id"], container)
        for query in ("?since=0", "", "?since=nonsense"):
            with Stream(self.daemon, query, timeout=0.3) as stream:
                with self.assertRaises(socket.timeout):
                    stream.next()
        with Stream(self.daemon, "?since=1") as stream:
            self.assertLess(stream.next()["time"], now)
        self.daemon.delete(f"/containers/{container}")

    def test_many_listeners_and_those_that_do_not_listen(self):
        streams = [Stream(self.daemon, timeout=20) for _ in range(100)]
        deaf = [Stream(self.daemon) for _ in range(20)]
        for s in deaf:
            s.connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        gone = [Stream(self.daemon) for _ in range(20)]
        for s in gone:
            s.close()
        for _ in range(50):
            self.daemon.delete(f"/containers/{self.daemon.create('true')}")
        last = self.daemon.create("true")
        self.daemon.delete(f"/containers/{last}")
        for s in streams:
            self.assertEqual(len(s.until("destroy", last)), 102)
            s.close()
        for s in deaf:
            s.close()


class EventsAndRestarts(OwnDaemonCase):
    def test_history_outlives_the_daemon_and_deaths_meanwhile_are_told(self):
        daemon = self.daemon_with_busybox()
        container = daemon.create("sh", "-c", "sleep 0.5; exit 3")
        daemon.start_container(container)
        time.sleep(0.3)  # what happened within the last moment may be lost with the daemon
        daemon.kill()
        time.sleep(1)
        daemon.start()
        daemon.wait(container)
        daemon.delete(f"/containers/{container}")
        with Stream(daemon, "?since=1") as stream:
            self.assertEqual(statuses(stream.until("destroy", container), container), ["create", "start", "die", "destroy"])

    def test_streams_end_with_the_daemon(self):
        daemon = self.daemon_with_busybox()
        with Stream(daemon) as stream:
            self.assertEqual(daemon.terminate(), 0)
            self.assertIn(stream.connection.rest(), (b"0\r\n\r\n", b""))
        daemon.start()
