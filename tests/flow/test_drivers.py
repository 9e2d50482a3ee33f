"""Drivers that break: the daemon answers throughout, the failing request names driver and function, and containers
that have nothing to do with it do not notice. And drivers that are not to be loaded: visible, with the reason."""
import json
import os
import threading
import time
import unittest

from case import OwnDaemonCase
from daemon import Daemon, busybox_tar, cgroups_left, cgroups_of_ours, mountinfo
from drivers import DriverDirectory
from http_client import Connection, demultiplex

DEADLINE = 1  # seconds: the daemon's driver-deadline in these tests
PATIENCE = 2  # seconds: within which /version has to answer, whatever happens
CONFIG = f"[daemon]\ndriver-deadline = {DEADLINE}\n"
FAULTS = ("segfault", "abort", "hang", "exit", "throw", "silent", "code", "garbage")
LIVELY = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"


class Pulse:
    """Asks /version all the time, on a new connection each, and remembers the slowest answer."""

    def __init__(self, daemon):
        self.daemon, self.slowest, self.count, self.errors = daemon, 0.0, 0, []
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.stop.wait(0.01):
            began = time.monotonic()
            try:
                with Connection(self.daemon.socket, 10) as c:
                    if c.request("GET", "/v1.6/version").status != 200:
                        self.errors.append("not 200")
            except (OSError, EOFError) as e:
                self.errors.append(repr(e))
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.count += 1

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        self.thread.join()


class FaultCase(unittest.TestCase):
    """One daemon on fronts of both kinds, with a container that has to stay untouched."""

    @classmethod
    def setUpClass(cls):
        cls.mounts, cls.cgroups = mountinfo(), set(cgroups_of_ours())
        cls.drivers = DriverDirectory().add_front("storage", "vfs").add_front("execution", "namespaces")
        cls.addClassCleanup(cls.drivers.remove)
        cls.daemon = Daemon("--exec-driver=front", storage="front", driver_dir=cls.drivers.path, config=CONFIG)
        cls.addClassCleanup(cls.check_clean)
        cls.daemon.import_busybox()
        cls.bystander = cls.daemon.create("sh", "-c", LIVELY, name="bystander")
        cls.daemon.start_container(cls.bystander)
        cls.pid = cls.daemon.inspect(cls.bystander)["State"]["Pid"]

    @classmethod
    def check_clean(cls):
        cls.drivers.fail("storage")
        cls.drivers.fail("execution")
        cls.daemon.__exit__(None, None, None)
        if mountinfo() != cls.mounts:
            raise AssertionError("the host's mounts changed")
        if left := cgroups_left(cls.cgroups):
            raise AssertionError(f"cgroups left behind: {left}")
        if cls.daemon.keepers_left():
            raise AssertionError(f"keepers left behind: {cls.daemon.keepers()}")

    def setUp(self):
        self.addCleanup(self.drivers.fail, "storage")
        self.addCleanup(self.drivers.fail, "execution")

    def lines_of_bystander(self):
        return len(demultiplex(self.daemon.output(self.bystander))[0].splitlines())

    def during(self, act):
        """Runs act() while /version is asked and the bystander prints; gives act's result."""
        lines = self.lines_of_bystander()
        with Pulse(self.daemon) as pulse:
            result = act()
            time.sleep(0.1)
        self.assertEqual(pulse.errors, [])
        self.assertGreater(pulse.count, 0)
        self.assertLess(pulse.slowest, PATIENCE)
        state = self.daemon.inspect(self.bystander)["State"]
        self.assertEqual((state["Running"], state["Pid"]), (True, self.pid))
        self.assertGreater(self.lines_of_bystander(), lines)
        return result

    def assert_blames(self, reply, kind, function):
        self.assertIn(f"{kind} driver 'front'", str(reply.body))
        self.assertIn(f"{function}()", str(reply.body))

    def import_again(self):
        return self.daemon.post("/images/create?fromSrc=-&repo=again", busybox_tar(),
                                headers={"Content-Type": "application/tar"})

    def ends(self, container, seconds=20):
        deadline = time.monotonic() + seconds
        while self.daemon.inspect(container)["State"]["Running"]:
            self.assertLess(time.monotonic(), deadline, self.daemon.log()[-3000:])
            time.sleep(0.02)
        return self.daemon.inspect(container)["State"]["ExitCode"]

    def remove(self, *containers):
        self.drivers.fail("storage")
        self.drivers.fail("execution")
        for container in containers:
            self.assertEqual(self.daemon.delete(f"/containers/{container}").status, 204)


class StorageFaults(FaultCase):
    """Each function that the API reaches, ending in each way."""

    def check(self, function, request, faults=FAULTS):
        for fault in faults:
            with self.subTest(function=function, fault=fault):
                self.drivers.fail("storage", function, fault)
                reply = self.during(request)
                self.assertTrue(reply.status >= 400 or b"error" in reply.body, (fault, reply))
                self.assert_blames(reply, "storage", function)
                self.drivers.fail("storage")
                self.assertEqual(self.daemon.run_container("true")[0], 0)

    def test_create(self):
        faults = [f for f in FAULTS if f != "garbage"]  # it answers nothing that could be garbage
        body = {"Image": "busybox", "Cmd": ["true"]}
        self.check("create", lambda: self.daemon.post("/containers/create", body), faults)
        self.assertEqual(len(self.daemon.get("/containers/json?all=1").json()), 1)

    def test_mount(self):
        container = self.daemon.create("true")
        self.check("mount", lambda: self.daemon.post(f"/containers/{container}/start"))
        self.daemon.start_container(container)
        self.assertEqual(self.daemon.wait(container), 0)
        self.remove(container)

    def test_apply(self):
        images = len(self.daemon.get("/images/json").json())
        self.check("apply", self.import_again, [f for f in FAULTS if f != "hang"])
        self.assertEqual(len(self.daemon.get("/images/json").json()), images)

    def test_apply_that_hangs_is_given_up(self):
        self.check("apply", self.import_again, ["hang"])

    def test_export(self):
        container = self.daemon.create("true")
        for call in (lambda: self.daemon.get(f"/containers/{container}/export"),
                     lambda: self.daemon.post(f"/containers/{container}/copy", {"Resource": "/etc"})):
            self.check("pack", call, [f for f in FAULTS if f not in ("hang", "garbage")])
        self.remove(container)

    def test_changes(self):
        container = self.daemon.create("true")
        self.check("changes", lambda: self.daemon.get(f"/containers/{container}/changes"),
                   [f for f in FAULTS if f not in ("hang", "garbage")])
        self.remove(container)

    def test_usage_costs_one_deadline_however_many_containers(self):
        containers = [self.daemon.create("true") for _ in range(6)]
        count = len(self.daemon.get("/containers/json?all=1").json())
        for fault in FAULTS:
            with self.subTest(fault=fault):
                self.drivers.fail("storage", "usage", fault)
                began = time.monotonic()
                reply = self.during(lambda: self.daemon.get("/containers/json?all=1&size=1"))
                self.assertEqual((reply.status, len(reply.json())), (200, count))
                self.assertLess(time.monotonic() - began, DEADLINE + 4)
        self.remove(*containers)

    def test_remove_is_logged_and_made_up_for_later(self):
        for fault in FAULTS:
            if fault == "garbage":
                continue
            with self.subTest(fault=fault):
                container = self.daemon.create("true")
                self.drivers.fail("storage", "remove", fault)
                seen = len(self.daemon.log())
                reply = self.during(lambda: self.daemon.delete(f"/containers/{container}"))
                self.assertEqual(reply.status, 204)
                line = [line for line in self.daemon.log()[seen:].splitlines() if container in line]
                self.assertIn("storage driver 'front'", str(line))
                self.assertIn("remove()", str(line))
                self.drivers.fail("storage")

    def test_requests_that_hang_do_not_starve_the_others(self):
        containers = [self.daemon.create("true") for _ in range(24)]
        self.drivers.fail("storage", "mount", "hang")
        replies = []

        def act():
            threads = [threading.Thread(target=lambda c=c: replies.append(self.daemon.post(f"/containers/{c}/start")))
                       for c in containers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

        self.during(act)
        self.assertEqual({r.status for r in replies}, {500})
        for reply in replies:
            self.assertIn("storage driver 'front'", str(reply.body))
        self.remove(*containers)


class ExecutionFaults(FaultCase):
    def test_start(self):
        for function in ("init", "open", "start"):
            for fault in FAULTS:
                if function != "start" and fault in ("silent", "code", "garbage"):
                    continue
                with self.subTest(function=function, fault=fault):
                    container = self.daemon.create("sleep", "60")
                    self.drivers.fail("execution", function, fault, container if function == "start" else "")
                    reply = self.during(lambda: self.daemon.post(f"/containers/{container}/start"))
                    self.assertEqual(reply.status, 500, reply)
                    self.assert_blames(reply, "execution", function)
                    self.assertFalse(self.daemon.inspect(container)["State"]["Running"])
                    self.drivers.fail("execution")
                    self.daemon.start_container(container)  # nothing of the failure is in the way
                    self.assertEqual(self.daemon.post(f"/containers/{container}/kill").status, 204)
                    self.remove(container)

    def test_clients_of_a_start_that_fails_see_the_end(self):
        container = self.daemon.create("true")
        self.drivers.fail("execution", "start", "segfault", container)
        with self.daemon.attach(container, "stream=1&stdout=1") as stream:
            self.assertEqual(self.daemon.post(f"/containers/{container}/start").status, 500)
            self.assertEqual(stream.rest(), b"")
        self.remove(container)

    def running(self):
        container = self.daemon.create("sh", "-c", "trap 'exit 9' USR1; while :; do sleep 0.05; done")
        self.daemon.start_container(container)
        return container

    def test_signal(self):
        for fault in FAULTS:
            if fault == "garbage":
                continue
            with self.subTest(fault=fault):
                container = self.running()
                self.drivers.fail("execution", "signal", fault, container)
                reply = self.during(lambda: self.daemon.post(f"/containers/{container}/kill?signal=10"))
                self.assertEqual(reply.status, 500, reply)
                self.assert_blames(reply, "execution", "signal")
                if fault in ("silent", "code"):  # the keeper survives these, and so does the container
                    self.assertTrue(self.daemon.inspect(container)["State"]["Running"])
                    self.drivers.fail("execution")
                    self.assertEqual(self.daemon.post(f"/containers/{container}/kill").status, 204)
                self.drivers.fail("execution")
                self.ends(container)
                self.remove(container)

    def test_stop_ends_a_container_whose_driver_cannot_signal(self):
        for fault in ("segfault", "hang", "exit"):
            with self.subTest(fault=fault):
                container = self.running()
                self.drivers.fail("execution", "signal", fault, container)
                seen = len(self.daemon.log())
                reply = self.during(lambda: self.daemon.post(f"/containers/{container}/stop?t=1"))
                self.assertEqual(reply.status, 204, reply)
                self.assertFalse(self.daemon.inspect(container)["State"]["Running"])
                self.assertIn("execution driver 'front'", self.daemon.log()[seen:])
                self.remove(container)

    def test_the_status_survives_a_driver_that_fails_at_the_end(self):
        for function in ("destroy", "stats"):
            for fault in FAULTS:
                with self.subTest(function=function, fault=fault):
                    # With a limit its keeper asks whether it was the memory.
                    container = self.daemon.create("sh", "-c", "exit 5", Memory=64 << 20)
                    self.drivers.fail("execution", function, fault, container)
                    self.daemon.start_container(container)
                    code = self.during(lambda: self.ends(container))
                    self.assertEqual(code, 5, self.daemon.log()[-2000:])
                    if function == "destroy" and fault in ("segfault", "abort", "hang", "exit"):
                        self.assertIn("destroy()", self.daemon.log()[-2000:])
                    self.free(container)
                    self.remove(container)

    def free(self, container):
        """What a failed destroy() left is freed by the next run's."""
        self.drivers.fail("execution")
        self.daemon.start_container(container)
        self.ends(container)

    def test_resize_and_output_go_on_while_a_driver_of_another_hangs(self):
        victim, other = self.running(), self.daemon.create("sh", "-c", "sleep 0.5; stty size; sleep 1", Tty=True)
        self.daemon.start_container(other)
        self.drivers.fail("execution", "signal", "hang", victim)
        killer = threading.Thread(target=self.daemon.post, args=(f"/containers/{victim}/kill",))
        killer.start()
        self.assertEqual(self.daemon.post(f"/containers/{other}/resize?h=33&w=77").status, 200)
        self.assertEqual(self.daemon.wait(other), 0)
        self.assertIn(b"33 77", self.daemon.output(other))
        killer.join()
        self.ends(victim)
        self.remove(victim, other)

    def test_a_keeper_that_dies_with_its_daemon_loses_no_status(self):
        container = self.daemon.create("sh", "-c", "sleep 0.5; exit 7")
        self.drivers.fail("execution", "destroy", "exit", container)
        self.daemon.start_container(container)
        self.daemon.kill()
        time.sleep(1.5)
        self.drivers.fail("execution")
        self.daemon.start()
        state = self.daemon.inspect(container)["State"]
        self.assertEqual((state["Running"], state["ExitCode"]), (False, 7))
        state = self.daemon.inspect(self.bystander)["State"]
        self.assertEqual((state["Running"], state["Pid"]), (True, self.pid))
        self.remove(container)


class LoaderFlow(OwnDaemonCase):
    """What lies in the directory and may not be loaded is told, and the rest works."""

    def reasons(self, directory):
        daemon = Daemon(storage="vfs", driver_dir=directory.path, config=CONFIG)
        self.addCleanup(self.check_clean, daemon)
        self.mounts, self.cgroups = mountinfo(), set(cgroups_of_ours())
        daemon.import_busybox()
        self.assertEqual(daemon.run_container("true")[0], 0)
        with Pulse(daemon) as pulse:
            listed = json.loads(daemon.cli("drivers", "--format", "json").stdout)
        self.assertEqual(pulse.errors, [])
        self.assertLess(pulse.slowest, PATIENCE)
        info = daemon.get("/info").json()["Drivers"]
        self.assertEqual({(d["Kind"], d["Name"], d["State"], d.get("Reason")) for d in info},
                         {(d["Kind"], d["Name"], d["State"], d.get("Reason")) for d in listed})
        return {f"{d['Kind']}-{d['Name']}": (d["State"], d.get("Reason") or "") for d in listed}

    def directory(self):
        directory = DriverDirectory().add("storage-vfs", "execution-namespaces")
        self.addCleanup(directory.remove)
        return directory

    def assert_told(self, told, expected):
        for stem, (state, part) in expected.items():
            with self.subTest(driver=stem):
                self.assertEqual(told[stem][0], state, told[stem])
                self.assertIn(part, told[stem][1])
        for stem in ("storage-vfs", "execution-namespaces"):
            self.assertEqual(told[stem], ("ready", ""))

    def test_files_that_are_not_to_be_trusted(self):
        directory = self.directory().add("storage-double", "storage-overlay", "registry-fetch", "execution-double")
        os.chmod(directory.file("storage-double.so"), 0o666)
        os.rename(directory.file("storage-overlay.so"), directory.file("real.so"))
        os.symlink("real.so", directory.file("storage-overlay.so"))
        os.chown(directory.file("registry-fetch.so"), 1000, 1000)
        os.chmod(directory.file("execution-double.driver"), 0o664)
        os.mkfifo(directory.file("storage-pipe.so"))
        with open(directory.file("storage-pipe.driver"), "w") as f:
            f.write(open(directory.file("storage-vfs.driver")).read().replace("vfs", "pipe"))
        self.assert_told(self.reasons(directory), {
            "storage-double": ("untrusted", "is writable by others than root"),
            "storage-overlay": ("untrusted", "is a symbolic link"),
            "registry-fetch": ("untrusted", "is not owned by root"),
            "execution-double": ("untrusted", "is writable by others than root"),
            "storage-pipe": ("untrusted", "is not a regular file"),
        })

    def test_images_that_break_the_rules(self):
        broken = {
            "storage-runpath": ("untrusted", "RUNPATH"),
            "storage-major-two": ("broken", "ABI"),
            "storage-small-plugin": ("broken", ""),
            "storage-no-symbol": ("broken", "staithe_plugin_v1"),
            "storage-wrong-name": ("broken", ""),
            "storage-twice": ("broken", ""),
            "storage-constructor-aborts": ("broken", "died in dlopen()"),
            "storage-constructor-exits": ("broken", "dlopen()"),
            "storage-init-segfaults": ("broken", "died in init()"),
            "storage-init-hangs": ("broken", "init()"),
            "storage-probe-hangs": ("broken", "probe()"),
            "storage-probe-refuses": ("unusable", "the kernel has no widgets; load module 'widget'"),
        }
        told = self.reasons(self.directory().add(*broken))
        for stem, (_, reason) in told.items():
            self.assertEqual(reason == "", told[stem][0] == "ready", (stem, reason))
        self.assert_told(told, broken)

    def test_two_files_for_one_name(self):
        directory = self.directory().add("storage-double")
        os.rename(directory.file("storage-double.so"), directory.file("storage-other.so"))
        os.rename(directory.file("storage-double.driver"), directory.file("storage-other.driver"))
        directory.add("storage-double")
        self.assert_told(self.reasons(directory), {
            "storage-double": ("ready", ""),
            "storage-other": ("broken", "describes storage driver 'double'"),
        })

    def test_a_default_driver_that_cannot_be_loaded_fails_its_requests_only(self):
        directory = self.directory()
        daemon = Daemon("--exec-driver=missing", storage="gone", driver_dir=directory.path, config=CONFIG)
        self.addCleanup(daemon.__exit__, None, None, None)
        self.assertEqual(daemon.get("/info").status, 200)
        reply = daemon.post("/images/create?fromSrc=-&repo=x", busybox_tar(),
                            headers={"Content-Type": "application/tar"})
        self.assertIn("storage driver 'gone'", str(reply.body))
