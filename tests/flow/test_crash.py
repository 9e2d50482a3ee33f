"""Killed at every step: the daemon at each system call of its own that changes something, a keeper in every phase, and
a state directory on a disk that is full."""
import contextlib
import os
import signal
import subprocess
import tempfile
import threading
import time

from case import LONG, OwnDaemonCase
from daemon import Daemon, busybox_tar, cgroups_of_ours, mountinfo, program
from fault_tracer import FaultTracer
from http_client import demultiplex

ANY = "openat,mkdirat,mkdir,renameat,renameat2,unlinkat,unlink,pwrite64,sendmsg,fdatasync,clone,clone3,vfork,bind"


class DaemonKilled(OwnDaemonCase):
    """kill -9 at the N-th such call: the next daemon starts, whole things are there, half ones are not."""

    def campaign(self, act, check, step):
        daemon = self.daemon_with_busybox("--restart=false", storage="vfs")
        nth = 1
        while True:
            daemon.get("/images/json")
            before = {c["Id"] for c in daemon.get("/containers/json?all=1").json()}
            prepared = self.prepare(daemon)
            tracer = FaultTracer(self, daemon, ANY, "signal=KILL", nth)
            try:
                done = act(daemon, prepared)
            except (OSError, EOFError):
                done = None
            survived = daemon.process.poll() is None and self.still_alive(daemon)
            tracer.end()
            if survived:
                check(daemon, prepared, done)
                return
            daemon.process.wait()
            daemon.start()
            with self.subTest(nth=nth):
                check(daemon, prepared, done)
                self.assertEqual(daemon.run_container("true")[0], 0)
            for container in {c["Id"] for c in daemon.get("/containers/json?all=1").json()} - before:
                daemon.post(f"/containers/{container}/kill")
                self.assertEqual(daemon.delete(f"/containers/{container}").status, 204)
            nth += 1 if LONG else step

    @staticmethod
    def still_alive(daemon):
        time.sleep(0.05)
        return daemon.process.poll() is None

    def prepare(self, daemon):
        return daemon.create("sh", "-c", "echo started; sleep 0.3; exit 3") if self.needs_container else None

    needs_container = False

    def test_while_it_creates(self):
        def check(daemon, _, reply):
            listed = [c["Id"] for c in daemon.get("/containers/json?all=1").json()]
            if reply is not None and reply.status == 201:
                self.assertTrue(any(c.startswith(reply.json()["Id"]) for c in listed))
            for container in listed:
                daemon.start_container(container)
                self.assertEqual(daemon.wait(container), 0)
            held = os.listdir(os.path.join(daemon.state, "containers"))
            self.assertEqual(sorted(held), sorted(listed))

        self.campaign(lambda d, _: d.post("/containers/create", {"Image": "busybox", "Cmd": ["true"]}), check, 3)

    def test_while_it_starts(self):
        self.needs_container = True

        def check(daemon, container, reply):
            deadline = time.monotonic() + 20
            while daemon.inspect(container)["State"]["Running"] and time.monotonic() < deadline:
                time.sleep(0.02)
            state = daemon.inspect(container)["State"]
            if reply is not None and reply.status == 204:
                self.assertEqual((state["Running"], state["ExitCode"]), (False, 3))
                self.assertEqual(demultiplex(daemon.output(container))[0], b"started\n")
            self.assertFalse(state["Running"])
            daemon.start_container(container)
            self.assertEqual(daemon.wait(container), 3)

        self.campaign(lambda d, c: d.post(f"/containers/{c}/start"), check, 4)

    def test_while_it_removes(self):
        self.needs_container = True

        def check(daemon, container, reply):
            gone = daemon.get(f"/containers/{container}/json").status == 404
            if reply is not None and reply.status == 204:
                self.assertTrue(gone)
            if not gone:
                daemon.start_container(container)
                self.assertEqual(daemon.wait(container), 3)

        self.campaign(lambda d, c: d.delete(f"/containers/{c}"), check, 3)

    def test_while_it_imports(self):
        tar = busybox_tar()

        def check(daemon, _, reply):
            images = [i for i in daemon.get("/images/json").json() if i["Repository"] == "again"]
            if reply is not None and b'"error"' not in reply.body and reply.status == 200:
                self.assertEqual(len(images), 1)
            for image in images:
                self.assertEqual(daemon.run_container("echo", "x", image=image["Id"]), (0, b"x\n", b""))
            daemon.delete("/images/again")

        self.campaign(lambda d, _: d.post("/images/create?fromSrc=-&repo=again", tar,
                                          headers={"Content-Type": "application/tar"}), check, 3)


class KeeperKilled(OwnDaemonCase):
    def test_in_every_phase(self):
        """Whatever moment: the container is over, nothing of it is left, the others run, and it can start again."""
        daemon = self.daemon_with_busybox()
        other = daemon.create("sleep", "300")
        daemon.start_container(other)
        spared = set(daemon.keepers())
        pid = daemon.inspect(other)["State"]["Pid"]
        container = daemon.create("sh", "-c", "echo begun; sleep 0.03; exit 4")
        for milliseconds in range(0, 60, 2 if LONG else 4):
            with self.subTest(milliseconds=milliseconds):
                starter = threading.Thread(target=daemon.post, args=(f"/containers/{container}/start",))
                starter.start()
                time.sleep(milliseconds / 1000)
                for keeper in set(daemon.keepers()) - spared:
                    with contextlib.suppress(ProcessLookupError):  # it is through already
                        os.kill(keeper, signal.SIGKILL)
                starter.join(30)
                self.assertFalse(starter.is_alive())
                self.assertIn(daemon.wait(container), (0, 4, 255))
                state = daemon.inspect(other)["State"]
                self.assertEqual((state["Running"], state["Pid"]), (True, pid))
                daemon.start_container(container)
                self.assertEqual(daemon.wait(container), 4)
        self.assertEqual(daemon.delete(f"/containers/{container}").status, 204)


class DiskFull(OwnDaemonCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="full-", dir=os.environ.get("STAITHE_FLOW_DIR", "/tmp"))
        helpers = sum(os.path.getsize(program(name)) for name in ("staithe-keeper", "staithe-driver-host"))
        size = (22 << 20) + helpers  # the helpers are copied there; with sanitizers they are large
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.folder], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.folder])

    def fill(self):
        with open(os.path.join(self.folder, "ballast"), "wb", buffering=0) as f:
            for size in (1 << 20, 4096, 1):
                try:
                    while True:
                        f.write(b"x" * size)
                except OSError:
                    continue

    def test_what_runs_goes_on_and_the_end_is_known(self):
        self.mounts, self.cgroups = mountinfo(), set(cgroups_of_ours())
        daemon = Daemon(storage="overlay", root=os.path.join(self.folder, "root"))
        self.addCleanup(daemon.__exit__, None, None, None)
        daemon.import_busybox()
        ends = daemon.create("sh", "-c", "sleep 1.5; echo late; exit 6")
        idle = daemon.create("true")
        daemon.start_container(ends)
        with daemon.attach(ends, "stream=1&stdout=1") as stream:
            self.fill()
            reply = daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["true"]})
            self.assertEqual(reply.status, 500, reply)
            started = daemon.post(f"/containers/{idle}/start")
            self.assertIn(started.status, (204, 500))
            self.assertEqual(daemon.get("/version").status, 200)
            self.assertEqual(demultiplex(stream.rest())[0], b"late\n")  # though the log has no room for it
        self.assertEqual(daemon.wait(ends), 6)
        daemon.kill()
        os.unlink(os.path.join(self.folder, "ballast"))
        daemon.start()
        self.assertEqual(daemon.inspect(ends)["State"]["ExitCode"], 6)
        self.assertEqual(daemon.run_container("true")[0], 0)

    def test_a_daemon_that_comes_back_to_a_full_disk_finds_its_containers(self):
        daemon = Daemon(storage="overlay", root=os.path.join(self.folder, "root"))
        self.addCleanup(daemon.__exit__, None, None, None)
        daemon.import_busybox()
        running = daemon.create("sleep", "300")
        ends = daemon.create("sh", "-c", "sleep 1; exit 8")
        for container in (running, ends):
            daemon.start_container(container)
        pid = daemon.inspect(running)["State"]["Pid"]
        daemon.kill()
        self.fill()
        time.sleep(1.2)
        try:
            daemon.start()
            self.assertEqual(daemon.inspect(running)["State"]["Pid"], pid)
            self.assertEqual(daemon.inspect(ends)["State"]["ExitCode"], 8)
        finally:
            os.unlink(os.path.join(self.folder, "ballast"))
        if daemon.process.poll() is not None:
            daemon.start()


class FewDescriptors(OwnDaemonCase):
    def test_the_daemon_lives_without_a_free_descriptor(self):
        daemon = self.daemon_with_busybox()
        container = daemon.create("true")
        pid = daemon.process.pid
        held = len(os.listdir(f"/proc/{pid}/fd"))
        for limit in range(held, held + 12):
            subprocess.run(["prlimit", f"--nofile={limit}:", f"--pid={pid}"], check=True)
            try:
                with daemon.connect(1) as c:
                    c.request("POST", f"/v1.6/containers/{container}/start")
            except (OSError, EOFError):
                pass
        subprocess.run(["prlimit", "--nofile=4096:", f"--pid={pid}"], check=True)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                if daemon.get("/version", version=None).status == 200:
                    break
            except OSError:
                time.sleep(0.1)
        daemon.wait(container)
        self.assertEqual(daemon.run_container("true")[0], 0)
