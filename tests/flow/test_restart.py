"""The daemon dies, is stopped, comes back: containers, their output and their exit codes do not notice."""
import os
import signal
import time

from case import LONG, OwnDaemonCase
from daemon import Daemon, mountinfo
from http_client import demultiplex

COUNT = 100 if LONG or os.environ.get("STAITHE_FLOW_COUNT") is None else int(os.environ["STAITHE_FLOW_COUNT"])
# Prints numbered lines for a while across the daemon's death, then exits with the code it was given.
# Counts, and ends when it has been told to, however long everything else takes.
PRINTER = ("trap over=1 TERM; i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo $i; sleep 0.02; done; "
           "while [ -z \"$over\" ]; do sleep 0.1; done; exit $0")


class RestartFlow(OwnDaemonCase):
    def test_containers_survive_kill_9(self):
        before = mountinfo()
        daemon = self.daemon_with_busybox()
        containers = [daemon.create("sh", "-c", PRINTER, str(n)) for n in range(COUNT)]
        for c in containers:
            daemon.start_container(c)
        self.assertEqual(mountinfo(), before)
        pids = {c: daemon.inspect(c)["State"]["Pid"] for c in containers}
        daemon.kill()
        time.sleep(1)
        self.assertEqual(mountinfo(), before)
        daemon.start()
        for c in containers:
            state = daemon.inspect(c)["State"]
            self.assertEqual((state["Running"], state["Pid"]), (True, pids[c]))
        for c in containers:
            self.assertEqual(daemon.post(f"/containers/{c}/kill?signal=15").status, 204)
        for n, c in enumerate(containers):
            self.assertEqual(daemon.wait(c), n)
        want = "".join(f"{i}\n" for i in range(1, 401)).encode()
        for c in containers:
            self.assertEqual(demultiplex(daemon.output(c))[0], want)
            self.assertEqual(daemon.delete(f"/containers/{c}").status, 204)
        self.assertEqual(mountinfo(), before)
        self.assertEqual(daemon.keepers(), [])

    def test_exits_while_the_daemon_is_away(self):
        daemon = self.daemon_with_busybox()
        containers = [daemon.create("sh", "-c", f"echo {n}; sleep 0.3; echo end; exit {n}") for n in range(5)]
        for c in containers:
            daemon.start_container(c)
        daemon.kill()
        time.sleep(1.5)
        self.assertEqual(daemon.keepers(), [])
        daemon.start()
        for n, c in enumerate(containers):
            state = daemon.inspect(c)["State"]
            self.assertEqual((state["Running"], state["ExitCode"]), (False, n))
            self.assertEqual(daemon.wait(c), n)
            self.assertEqual(demultiplex(daemon.output(c))[0], f"{n}\nend\n".encode())

    def test_open_attach_goes_on_while_the_daemon_is_dead(self):
        daemon = self.daemon_with_busybox()
        container = daemon.create("sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do echo $i; sleep 0.2; done")
        stream = daemon.attach(container, "stream=1&stdout=1")
        daemon.start_container(container)
        while b"2\n" not in stream.buffer:
            self.assertTrue(stream.more())
        daemon.kill()
        data = stream.rest()  # to its proper end, with nobody but the keeper alive
        self.assertEqual(demultiplex(data)[0], b"".join(b"%d\n" % i for i in range(1, 11)))
        stream.close()
        daemon.start()
        self.assertEqual(daemon.wait(container), 0)

    def test_sigterm_leaves_containers_running(self):
        daemon = self.daemon_with_busybox()
        container = daemon.create("cat", OpenStdin=True)
        daemon.start_container(container)
        pid = daemon.inspect(container)["State"]["Pid"]
        self.assertEqual(daemon.terminate(), 0)
        os.kill(pid, 0)
        daemon.start()
        with daemon.attach(container, "stream=1&stdin=1&stdout=1") as c:
            c.send_raw(b"hello\n")
            while b"hello\n" not in c.buffer:
                self.assertTrue(c.more())
        self.assertEqual(daemon.post(f"/containers/{container}/stop?t=0").status, 204)
        self.assertEqual(daemon.wait(container), 137)

    def test_keeper_killed(self):
        daemon = self.daemon_with_busybox()
        container = daemon.create("sleep", "1000")
        daemon.start_container(container)
        pid = daemon.inspect(container)["State"]["Pid"]
        for keeper in daemon.keepers():
            os.kill(keeper, signal.SIGKILL)
        self.assertNotEqual(daemon.wait(container), 0)
        self.assertFalse(os.path.exists(f"/proc/{pid}") and "sleep" in open(f"/proc/{pid}/cmdline").read())
        self.assertEqual(daemon.delete(f"/containers/{container}").status, 204)

    def test_everything_killed_as_in_a_power_cut(self):
        daemon = self.daemon_with_busybox("-r=false")
        container = daemon.create("sleep", "1000", name="lost")
        daemon.start_container(container)
        keepers = daemon.keepers()
        daemon.kill()
        for keeper in keepers:
            os.kill(keeper, signal.SIGKILL)
        daemon.start()
        state = daemon.inspect("lost")["State"]
        self.assertEqual((state["Running"], state["ExitCode"]), (False, -127))
        daemon.start_container("lost")
        self.assertTrue(daemon.inspect("lost")["State"]["Running"])

    def test_a_keeper_that_sleeps_is_ended_before_its_container_is_declared_lost(self):
        """It would wake beside the next run, and spoil its record and its socket."""
        daemon = self.daemon_with_busybox("-r=false")
        container = daemon.create("sleep", "1000")
        daemon.start_container(container)
        sleeper, = daemon.keepers()
        daemon.kill()
        os.kill(sleeper, signal.SIGSTOP)
        daemon.start()  # asks the keeper, for ten seconds
        self.assertEqual(daemon.keepers(), [])
        state = daemon.inspect(container)["State"]
        self.assertEqual((state["Running"], state["ExitCode"]), (False, -127))
        self.assertIn("did not answer and was ended", daemon.log())
        daemon.start_container(container)
        daemon.kill()
        daemon.start()
        self.assertTrue(daemon.inspect(container)["State"]["Running"])

    def test_lost_containers_are_started_again_by_default(self):
        daemon = self.daemon_with_busybox()
        container = daemon.create("sleep", "1000")
        daemon.start_container(container)
        pid = daemon.inspect(container)["State"]["Pid"]
        keepers = daemon.keepers()
        daemon.kill()
        for keeper in keepers:
            os.kill(keeper, signal.SIGKILL)
        daemon.start()
        state = self.eventually(lambda: daemon.inspect(container)["State"], lambda state: state["Running"])
        self.assertNotEqual(state["Pid"], pid)

    def test_lost_containers_are_started_again_after_a_second_crash(self):
        daemon = self.daemon_with_busybox()
        containers = [daemon.create("sleep", "1000") for _ in range(10)]
        for container in containers:
            daemon.start_container(container)
        keepers = daemon.keepers()
        daemon.kill()
        for keeper in keepers:
            os.kill(keeper, signal.SIGKILL)
        for _ in range(5):
            daemon.start()
            daemon.kill()  # while it starts them again
        daemon.start()
        for container in containers:
            self.eventually(lambda c=container: daemon.inspect(c)["State"], lambda state: state["Running"])

    def test_kill_9_again_and_again_under_load(self):
        daemon = self.daemon_with_busybox()
        acknowledged = []
        for round_ in range(100 if LONG else 10):
            process = daemon.process
            pid = os.fork()
            if pid == 0:
                time.sleep(0.02 + 0.013 * (round_ % 17))
                os.kill(process.pid, signal.SIGKILL)
                os._exit(0)
            try:
                while True:
                    name = f"c{round_}x{len(acknowledged)}"
                    acknowledged.append((name, daemon.create("true", name=name)))
                    daemon.start_container(name)
            except (OSError, EOFError, AssertionError):
                pass
            os.waitpid(pid, 0)
            process.wait()
            daemon.start()
            names = {n for r in daemon.get("/containers/json?all=1").json() for n in r["Names"]}
            for name, _ in acknowledged:
                self.assertIn("/" + name, names)
        records = daemon.get("/containers/json?all=1").json()
        for r in records:
            self.assertIn(daemon.wait(r["Id"]), (0, -127))  # -127: lost with the daemon before its keeper had it
            self.assertEqual(daemon.delete(f"/containers/{r['Id']}").status, 204)
        self.eventually(lambda: os.listdir(os.path.join(daemon.state, "containers")), lambda left: not left)

    def test_two_daemons_on_one_state_directory(self):
        daemon = self.daemon_with_busybox()
        second = Daemon(root=daemon.root, start=False)
        second.socket = os.path.join(daemon.root, "run", "second.sock")
        with self.assertRaises(RuntimeError) as refused:
            second.start()
        self.assertIn("is locked by another daemon", str(refused.exception))
