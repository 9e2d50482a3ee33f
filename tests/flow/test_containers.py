"""The life of containers: create, start, wait, stop, kill, restart, delete, and what the lists say meanwhile."""
import threading
import time

from case import SharedDaemonCase


class ContainersFlow(SharedDaemonCase):
    def test_streams_apart_and_exit_code(self):
        self.assertEqual(self.daemon.run_container("sh", "-c", "echo out; echo err >&2; exit 7"), (7, b"out\n", b"err\n"))

    def test_death_by_signal(self):
        container = self.daemon.create("sleep", "100")
        self.daemon.start_container(container)
        self.assert_status(self.daemon.post(f"/containers/{container}/kill"), 204)
        self.assertEqual(self.daemon.wait(container), 137)
        self.daemon.delete(f"/containers/{container}")

    def test_program_not_found(self):
        code, out, err = self.daemon.run_container("no-such-program")
        self.assertEqual((code, out), (127, b""))
        self.assertIn(b"no-such-program", err)

    def test_inspect_through_life(self):
        container = self.daemon.create("sleep", "100", name="life")
        before = self.daemon.inspect("life")
        self.assertEqual((before["State"]["Running"], before["State"]["Pid"], before["Name"]), (False, 0, "/life"))
        self.assertEqual(before["State"]["StartedAt"], "0001-01-01T00:00:00Z")
        self.assertEqual((before["Path"], before["Args"]), ("sleep", ["100"]))
        self.daemon.start_container("life")
        running = self.daemon.inspect(container)
        self.assertTrue(running["State"]["Running"])
        self.assertGreater(running["State"]["Pid"], 0)
        self.assert_status(self.daemon.post("/containers/life/start"), 500)
        self.assert_status(self.daemon.delete("/containers/life"), 406,
                           "Impossible to remove a running container, please stop it first\n")
        self.assert_status(self.daemon.post("/containers/life/kill"), 204)
        after = self.daemon.inspect("life")
        self.assertEqual((after["State"]["Running"], after["State"]["ExitCode"]), (False, 137))
        self.assert_status(self.daemon.delete("/containers/life"), 204, "")
        self.assert_status(self.daemon.get("/containers/life/json"), 404, "No such container: life\n")

    def test_names_clash(self):
        self.daemon.create("true", name="clash")
        reply = self.daemon.post("/containers/create?name=clash", {"Image": "busybox", "Cmd": ["true"]})
        self.assert_status(reply, 409, "Conflict, /clash already exists.\n")
        self.daemon.delete("/containers/clash")

    def test_list(self):
        ids = [self.daemon.create("true", name=f"list{i}") for i in range(3)]
        records = self.daemon.get("/containers/json?all=1").json()
        self.assertEqual([r["Id"][:12] for r in records[:3]], ids[::-1])
        self.assertEqual(records[0]["Command"], "true ")
        self.assertEqual(records[0]["Names"], ["/list2"])
        self.assertEqual(records[0]["Image"], "busybox:latest")
        self.assertEqual(self.daemon.get("/containers/json").json(), [])
        self.assertEqual(len(self.daemon.get("/containers/json?limit=2").json()), 2)
        self.assertEqual(self.daemon.get("/containers/ps?all=1", version="v1.0").json()[0]["Id"], records[0]["Id"])
        self.assertEqual(self.daemon.get("/containers/json?all=1", version="v1.4").json()[0]["Ports"], "")
        for i in ids:
            self.daemon.delete(f"/containers/{i}")

    def test_ids_by_prefix(self):
        container = self.daemon.create("true")
        full = self.daemon.inspect(container)["ID"]
        for n in (6, 12, 40, 64):
            self.assertEqual(self.daemon.inspect(full[:n])["ID"], full)
        self.daemon.delete(f"/containers/{full[:8]}")

    def test_create_errors(self):
        self.assert_status(self.daemon.post("/containers/create", {"Image": "nothing", "Cmd": ["x"]}), 404,
                           "No such image: nothing (tag: latest)\n")
        self.assert_status(self.daemon.post("/containers/create", {"Image": "busybox"}), 500, "No command specified\n")
        self.assert_status(self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["x"], "Memory": 1000}), 500)
        self.assertEqual(self.daemon.post("/containers/create", b"").status, 500)
        self.assertIn(self.daemon.post("/containers/create", b'{"Image": 5}').status, (400, 500))

    def test_environment(self):
        code, out, _ = self.daemon.run_container("env", Env=["A=1", "B=two words", "HOME=/tmp"], Hostname="box")
        env = dict(line.split("=", 1) for line in out.decode().splitlines())
        self.assertEqual(env, {"A": "1", "B": "two words", "HOME": "/tmp", "HOSTNAME": "box", "container": "lxc",
                               "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"})

    def test_user_workdir_hostname(self):
        self.assertEqual(self.daemon.run_container("id", User="ann")[1], b"uid=1000(ann) gid=1000(ann) groups=10(wheel),1000(ann)\n")
        self.assertEqual(self.daemon.run_container("pwd", WorkingDir="/a/b")[1], b"/a/b\n")
        self.assertEqual(self.daemon.run_container("hostname", Hostname="web")[1], b"web\n")
        for user in ("nobody-here", "-1", "4294967295", "0x1", "1:"):
            code, out, err = self.user_attempt(user)
            self.assertNotEqual(code, 0, user)
            self.assertEqual(out, b"", user)

    def user_attempt(self, user):
        container = self.daemon.create("id", User=user)
        reply = self.daemon.post(f"/containers/{container}/start")
        code = 1 if reply.status != 204 else self.daemon.wait(container)
        from http_client import demultiplex
        out, err = demultiplex(self.daemon.output(container))
        self.daemon.delete(f"/containers/{container}")
        return code, out, err

    def test_only_three_descriptors(self):
        self.assertEqual(self.daemon.run_container("sh", "-c", "echo $(ls /proc/self/fd)")[1], b"0 1 2 3\n")  # 3: of ls

    def test_stop_with_and_without_handler(self):
        polite = self.daemon.create("sh", "-c", "trap 'exit 3' TERM; echo ready; while :; do sleep 0.1; done")
        self.daemon.start_container(polite)
        while b"ready" not in self.daemon.output(polite):
            time.sleep(0.02)
        self.assert_status(self.daemon.post(f"/containers/{polite}/stop?t=20"), 204)
        self.assertEqual(self.daemon.wait(polite), 3)
        stubborn = self.daemon.create("sleep", "100")
        self.daemon.start_container(stubborn)
        self.assert_status(self.daemon.post(f"/containers/{stubborn}/stop?t=1"), 204)
        self.assertEqual(self.daemon.wait(stubborn), 137)
        self.assert_status(self.daemon.post(f"/containers/{stubborn}/stop"), 204)
        for c in (polite, stubborn):
            self.daemon.delete(f"/containers/{c}")

    def test_kill_with_signal(self):
        container = self.daemon.create("sh", "-c", "trap 'exit 5' USR1; echo ready; while :; do sleep 0.1; done")
        self.daemon.start_container(container)
        while b"ready" not in self.daemon.output(container):
            time.sleep(0.02)
        self.assert_status(self.daemon.post(f"/containers/{container}/kill?signal=10"), 204)
        self.assertEqual(self.daemon.wait(container), 5)
        self.daemon.delete(f"/containers/{container}")

    def test_restart_keeps_files_and_appends_output(self):
        container = self.daemon.create("sh", "-c", "echo $(cat /count 2>/dev/null)x >/count; cat /count; sleep 100")
        self.daemon.start_container(container)
        while b"x\n" not in self.daemon.output(container, "v1.5"):
            time.sleep(0.02)
        first = self.daemon.inspect(container)["State"]["Pid"]
        self.assert_status(self.daemon.post(f"/containers/{container}/restart?t=0"), 204)
        self.assertNotEqual(self.daemon.inspect(container)["State"]["Pid"], first)
        while b"xx\n" not in self.daemon.output(container, "v1.5"):
            time.sleep(0.02)
        self.assertEqual(self.daemon.output(container, "v1.5"), b"x\nxx\n")
        self.daemon.post(f"/containers/{container}/kill")
        self.daemon.delete(f"/containers/{container}")

    def test_many_waiters_hold_no_thread(self):
        container = self.daemon.create("sleep", "100")
        self.daemon.start_container(container)
        waiting = [self.daemon.connect() for _ in range(100)]
        for c in waiting:
            c.send("POST", f"/v1.6/containers/{container}/wait")
        self.assertEqual(self.daemon.get("/version").status, 200)
        self.daemon.post(f"/containers/{container}/kill")
        for c in waiting:
            self.assertEqual(c.reply().json(), {"StatusCode": 137})
            self.assertEqual(c.request("GET", "/version").status, 200)  # kept alive
            c.close()
        self.daemon.delete(f"/containers/{container}")

    def test_never_started_wait_answers(self):
        container = self.daemon.create("true")
        self.assertEqual(self.daemon.wait(container), 0)
        self.daemon.delete(f"/containers/{container}")

    def test_memory_limit_kills(self):
        code, _, _ = self.daemon.run_container("sh", "-c", "dd if=/dev/zero of=/dev/null bs=200M count=1", Memory=16 << 20, MemorySwap=16 << 20)
        self.assertEqual(code, 137)

    def test_privileged_start(self):
        container = self.daemon.create("sh", "-c", "grep CapEff /proc/self/status; test -w /proc/sys/kernel && mount -t tmpfs x /tmp && echo can")
        self.daemon.start_container(container, {"Privileged": True})
        self.assertEqual(self.daemon.wait(container), 0)
        self.assertIn(b"can\n", self.daemon.output(container))
        self.daemon.delete(f"/containers/{container}")

    def test_delete_right_after_wait(self):
        for _ in range(20):
            container = self.daemon.create("true")
            self.daemon.start_container(container)
            self.assertEqual(self.daemon.wait(container), 0)
            self.assert_status(self.daemon.delete(f"/containers/{container}"), 204)

    def test_parallel_lives(self):
        failures = []

        def live():
            try:
                for _ in range(5):
                    lived = self.daemon.run_container("echo", "x")
                    if lived != (0, b"x\n", b""):
                        failures.append(lived)
            except Exception as e:  # noqa: BLE001 - told by the main thread
                failures.append(repr(e))
        threads = [threading.Thread(target=live) for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(failures, [])

    def test_export(self):
        import io
        import tarfile
        container = self.daemon.create("sh", "-c", "echo new >/new; rm /etc/group")
        self.daemon.start_container(container)
        self.daemon.wait(container)
        reply = self.daemon.get(f"/containers/{container}/export")
        names = {n.removeprefix("./") for n in tarfile.open(fileobj=io.BytesIO(reply.body)).getnames()}
        self.assertTrue({"new", "bin/busybox", "etc/passwd"} <= names)
        self.assertNotIn("etc/group", names)
        self.daemon.delete(f"/containers/{container}")


class ContainersFlowOnVfs(ContainersFlow):
    storage = "vfs"
