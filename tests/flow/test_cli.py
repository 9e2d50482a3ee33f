"""The staithe command against a real daemon."""
import json
import os
import pty
import signal
import subprocess
import time

from case import SharedDaemonCase
from daemon import program


class CliFlow(SharedDaemonCase):
    def test_run_keeps_streams_apart_and_exits_with_the_containers_code(self):
        done = self.daemon.cli("run", "busybox", "sh", "-c", "echo out; echo err >&2; exit 7")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (7, b"out\n", b"err\n"))

    def test_run_interactive_counts_hundred_megabytes(self):
        done = self.daemon.cli("run", "--rm", "-i", "busybox", "wc", "-c", input=b"x" * 104857600)
        self.assertEqual((done.returncode, done.stdout), (0, b"104857600\n"), done.stderr)

    def test_run_rm_detached_and_names(self):
        done = self.daemon.cli("run", "-d", "--name", "cli1", "busybox", "sleep", "100")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn(b"cli1", self.daemon.cli("ps").stdout)
        self.assertEqual(self.daemon.cli("kill", "cli1").returncode, 0)
        self.assertEqual(self.daemon.cli("wait", "cli1").stdout, b"137\n")
        self.assertEqual(self.daemon.cli("rm", "cli1").returncode, 0)
        before = self.daemon.get("/containers/json?all=1").body
        self.assertEqual(self.daemon.cli("run", "--rm", "busybox", "false").returncode, 1)
        self.assertEqual(self.daemon.get("/containers/json?all=1").body, before)

    def test_terminal(self):
        master, slave = pty.openpty()
        import fcntl
        import struct
        import termios
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 41, 97, 0, 0))
        saved = termios.tcgetattr(slave)
        env = {**os.environ, "STAITHE_HOST": f"unix://{self.daemon.socket}"}
        child = subprocess.Popen([program("staithe"), "run", "--rm", "-it", "busybox", "sh"], stdin=slave, stdout=slave,
                                 stderr=slave, env=env, start_new_session=True)
        seen = b""

        def expect(text):
            nonlocal seen
            deadline = time.monotonic() + 20
            while text not in seen and time.monotonic() < deadline:
                seen += os.read(master, 4096)
            self.assertIn(text, seen)
        expect(b"# ")
        os.write(master, b"stty size; echo mark$((1+1))\n")
        expect(b"mark2")
        self.assertIn(b"41 97", seen)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 20, 50, 0, 0))
        child.send_signal(signal.SIGWINCH)
        time.sleep(0.3)
        os.write(master, b"stty size; echo again$((1+1))\n")
        expect(b"again2")
        self.assertIn(b"20 50", seen)
        seen = b""
        os.write(master, b"echo sleep$((2+1)); sleep 100\n")
        expect(b"sleep3")
        time.sleep(0.3)
        os.write(master, b"\x03")
        expect(b"^C")
        os.write(master, b"exit 9\n")
        self.assertEqual(child.wait(30), 9)
        self.assertEqual(termios.tcgetattr(slave), saved)
        os.close(master)
        os.close(slave)

    def test_signals_are_passed_on(self):
        env = {**os.environ, "STAITHE_HOST": f"unix://{self.daemon.socket}"}
        child = subprocess.Popen([program("staithe"), "run", "--rm", "busybox", "sh", "-c",
                                  "trap 'echo got; exit 4' TERM; echo ready; while :; do sleep 0.1; done"],
                                 stdout=subprocess.PIPE, env=env)
        self.assertEqual(child.stdout.readline(), b"ready\n")
        child.terminate()
        self.assertEqual(child.wait(30), 4)
        child.stdout.close()

    def test_import_from_stdin_and_file(self):
        from daemon import busybox_tar
        path = os.path.join(self.daemon.root, "rootfs.tar")
        with open(path, "wb") as f:
            f.write(busybox_tar())
        self.assertEqual(self.daemon.cli("import", path, "fromfile").returncode, 0)
        self.assertEqual(self.daemon.cli("import", "-", "fromstdin:tag", input=busybox_tar()).returncode, 0)
        images = self.daemon.cli("images").stdout
        self.assertIn(b"fromfile", images)
        self.assertIn(b"fromstdin", images)

    def test_inspect_logs_info_version_drivers(self):
        self.daemon.cli("run", "--name", "talker", "busybox", "echo", "said")
        self.assertEqual(self.daemon.cli("logs", "talker").stdout, b"said\n")
        line = json.loads(self.daemon.cli("logs", "--format", "json", "talker").stdout)
        self.assertEqual((line["log"], line["stream"]), ("said\n", "stdout"))
        self.assertEqual(json.loads(self.daemon.cli("inspect", "talker").stdout)[0]["Name"], "/talker")
        for command in ("info", "version", "drivers", "ps", "images"):
            done = self.daemon.cli(command)
            self.assertEqual((done.returncode, done.stderr), (0, b""), command)
        drivers = json.loads(self.daemon.cli("drivers", "--format", "json").stdout)
        self.assertIn(("storage", "overlay", "ready"), [(d["Kind"], d["Name"], d["State"]) for d in drivers])
        self.daemon.cli("rm", "talker")

    def test_attach_to_a_running_container(self):
        self.daemon.cli("run", "-d", "-i", "--name", "cat", "busybox", "cat")
        done = self.daemon.cli("attach", "cat", input=b"hello\n")  # the end of our input detaches: cat goes on
        self.assertEqual(done.returncode, 0, done.stderr)
        while b"hello\n" not in self.daemon.output("cat"):
            time.sleep(0.02)
        self.daemon.cli("kill", "cat")
        self.daemon.cli("rm", "cat")

    def test_errors_name_the_cause(self):
        done = self.daemon.cli("run", "nothing", "true")
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"No such image: nothing", done.stderr)
        self.assertEqual(self.daemon.cli("rm", "nothing").returncode, 125)
        self.assertNotEqual(self.daemon.cli("frobnicate").returncode, 0)
        done = subprocess.run([program("staithe"), "-H", "unix:///nowhere/x.sock", "ps"], capture_output=True)
        self.assertIn(b"/nowhere/x.sock", done.stderr)

    def test_help_of_every_command(self):
        text = self.daemon.cli("help").stdout.decode()
        for command in ("run", "create", "start", "ps", "images", "import", "inspect", "logs", "attach", "stop", "kill",
                        "restart", "wait", "rm", "commit", "tag", "history", "tree", "verify", "port", "top", "diff", "cp",
                        "export", "events", "info", "version", "drivers"):
            self.assertIn(command, text)
            self.assertEqual(self.daemon.cli(command, "--help").returncode, 0, command)

    def good(self, *argv, **more):
        """The standard output of a command that must succeed."""
        done = self.daemon.cli(*argv, **more)
        self.assertEqual((done.returncode, done.stderr), (0, b""), argv)
        return done.stdout.decode()

    def test_create_start_and_port(self):
        self.good("create", "--name", "made", "-p", "18080:80", "-p", "127.0.0.1::53/udp", "busybox", "sleep", "100")
        self.good("start", "made")
        self.assertEqual(self.good("port", "made", "80"), "0.0.0.0:18080\n")
        ports = self.good("port", "made")
        self.assertRegex(ports, r"80/tcp.*0\.0\.0\.0:18080")
        self.assertRegex(ports, r"53/udp.*127\.0\.0\.1:\d+")
        self.assertIn("18080->80", self.good("ps").replace("0.0.0.0:", ""))
        self.good("rm", "-f", "made")
        done = self.daemon.cli("start", "made")
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"made", done.stderr)

    def test_start_attached(self):
        self.good("create", "--name", "attached", "-i", "busybox", "sh", "-c", "cat; exit 6")
        done = self.daemon.cli("start", "-a", "-i", "attached", input=b"typed\n")
        self.assertEqual((done.returncode, done.stdout), (6, b"typed\n"), done.stderr)
        self.good("rm", "attached")

    def test_run_with_everything(self):
        folder = os.path.join(self.daemon.root, "bound")
        os.makedirs(folder, exist_ok=True)
        self.good("run", "-d", "--name", "child", "--expose", "5432", "-v", "/kept", "busybox", "sleep", "100")
        out = self.good("run", "--rm", "--name", "parent", "-P", "--expose", "80", "-v", f"{folder}:/b", "--volumes-from", "child",
                        "--link", "child:db", "--dns", "192.0.2.53", "--hostname", "box", "busybox", "sh", "-c",
                        "echo $DB_NAME; hostname; cat /etc/resolv.conf; echo file >/b/f; test -d /kept && echo kept")
        self.assertEqual(out, "/parent/db\nbox\nnameserver 192.0.2.53\nkept\n")
        with open(os.path.join(folder, "f")) as f:
            self.assertEqual(f.read(), "file\n")
        self.good("rm", "-f", "-v", "child")

    def test_looking_inside(self):
        self.good("run", "--name", "work", "busybox", "sh", "-c", "mkdir /d; echo result >/d/out; rm /bin/wget")
        changes = self.good("diff", "work")
        for line in ("A /d/out", "D /bin/wget"):
            self.assertIn(line, changes)
        self.assertIn({"Path": "/d/out", "Kind": 1}, json.loads(self.good("diff", "--format", "json", "work")))
        target = os.path.join(self.daemon.root, "copied")
        os.makedirs(target)
        self.good("cp", "work:/d", target)
        with open(os.path.join(target, "d", "out")) as f:
            self.assertEqual(f.read(), "result\n")
        tar = self.daemon.cli("export", "work").stdout
        import io
        import tarfile
        self.assertIn("./d/out", tarfile.open(fileobj=io.BytesIO(tar)).getnames())
        done = self.daemon.cli("cp", "work:/nothing", target)
        self.assertEqual(done.returncode, 125)
        self.good("rm", "work")

    def test_images_from_commit_to_rmi(self):
        name = "localhost:5000/team/site"
        self.good("run", "--name", "drafts", "busybox", "sh", "-c", "echo page > /page-of-drafts")
        config = '{"Cmd":["cat","/page-of-drafts"]}'
        made = self.good("commit", "-m", "a page", "--config", config, "drafts", name + ":1").strip()
        self.assertEqual(self.good("run", "--rm", name + ":1"), "page\n")
        self.good("tag", name + ":1", name)
        self.assertIn(f"{made}   {name}:1, {name}:latest\n", self.good("tree"))
        nodes = {node["Id"][:12]: node for node in json.loads(self.good("tree", "--format", "json"))}
        parent = nodes[nodes[made]["ParentId"][:12]]
        self.assertEqual(parent["Tags"], ["busybox:latest"])
        self.assertEqual(self.good("history", "-q", "--no-trunc", name), f"{nodes[made]['Id']}\n{parent['Id']}\n")
        self.assertEqual(self.good("tree", "--dot").encode(), self.daemon.get("/images/viz").body)
        self.assertEqual(self.good("verify", name), f"good   {made}   {name}:1, {name}:latest\n")
        path = next(os.path.join(folder, "page-of-drafts") for folder, _, files in os.walk(self.daemon.state)
                    if nodes[made]["Id"] in folder and "page-of-drafts" in files)
        with open(path, "r+b") as f:
            f.write(b"P")
        done = self.daemon.cli("verify", name, "busybox")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout.decode(), f"^bad    {made}   {name}:1, {name}:latest   layer '.*\ngood   ")
        self.assertEqual(self.daemon.cli("verify", name, "nothing").returncode, 125)
        self.assertEqual(self.good("rmi", name + ":latest"), f"Untagged: {made}\n")
        self.assertEqual(self.good("rmi", made), f"Untagged: {made}\nDeleted: {made}\n")
        done = self.daemon.cli("rmi", "busybox", "nothing")
        self.assertEqual((done.returncode, done.stdout), (125, b""))
        self.assertIn(b"drafts", done.stderr)
        self.assertIn(b"No such image: nothing", done.stderr)
        self.good("rm", "drafts")

    def test_top(self):
        self.good("run", "-d", "--name", "busy", "busybox", "sleep", "1000")
        self.assertIn("sleep 1000", self.good("top", "busy", "aux"))
        table = json.loads(self.good("top", "--format", "json", "busy"))
        self.assertEqual(table["Titles"], ["PID", "TTY", "TIME", "CMD"])
        self.good("rm", "-f", "busy")

    def test_events(self):
        child = subprocess.Popen([program("staithe"), "events", "--format", "json", "--since", "1s"], stdout=subprocess.PIPE,
                                 env={**os.environ, "STAITHE_HOST": f"unix://{self.daemon.socket}"})
        container = self.good("create", "busybox", "true").strip()[:12]
        self.good("start", container)
        self.good("wait", container)
        self.good("rm", container)
        seen = []
        while "destroy" not in seen:
            event = json.loads(child.stdout.readline())
            if event["id"] == container:
                seen.append(event["status"])
        child.send_signal(signal.SIGINT)
        child.wait(10)
        child.stdout.close()
        self.assertEqual(seen, ["create", "start", "die", "destroy"])

    def test_links_are_removed(self):
        self.good("run", "-d", "--name", "linked", "busybox", "sleep", "100")
        self.good("run", "--name", "linking", "--link", "linked:x", "busybox", "true")
        self.good("rm", "--link", "linking/x")
        self.assertEqual(self.daemon.get("/containers/linking/x/json").status, 404)
        self.good("rm", "linking")
        self.good("rm", "-f", "linked")

    def test_the_id_in_a_file(self):
        path = os.path.join(self.daemon.root, "cid")
        self.good("run", "--cidfile", path, "busybox", "true")
        with open(path) as f:
            container = f.read().strip()
        self.assertTrue(self.daemon.inspect(container)["ID"].startswith(container))
        self.assertEqual(self.daemon.cli("run", "--cidfile", path, "busybox", "true").returncode, 125)
        self.good("rm", container)
