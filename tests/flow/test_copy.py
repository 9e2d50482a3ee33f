"""What comes out of containers: copy, export and changes, while they run and after, on both storage drivers."""
import io
import os
import tarfile
import time

from case import SharedDaemonCase


class Copy(SharedDaemonCase):
    def copy(self, container, resource, status=200, version="v1.6"):
        reply = self.daemon.post(f"/containers/{container}/copy", {"Resource": resource, "HostPath": "ignored"}, version=version)
        self.assertIn(reply.status, (400, 500) if status == 500 else (status,), (resource, reply))
        return tarfile.open(fileobj=io.BytesIO(reply.body)) if status == 200 else reply

    def made(self, script, wait=True, **config):
        container = self.daemon.create("sh", "-c", script, **config)
        self.addCleanup(self.end, container)
        self.daemon.start_container(container)
        if wait:
            self.daemon.wait(container)
        else:
            while b"ready" not in self.daemon.output(container):
                time.sleep(0.01)
        return container

    def end(self, container):
        self.daemon.post(f"/containers/{container}/kill")
        self.daemon.delete(f"/containers/{container}?v=1")

    def test_files_and_directories_running_and_stopped(self):
        script = "mkdir -p /d/sub; echo -n one >/d/f; echo -n two >/d/sub/g; ln -s f /d/l; chmod 640 /d/f; chown 1000:1000 /d/f; " \
                 "ln /d/f /d/h; mkfifo /d/p; echo ready; exec sleep 100"
        container = self.made(script, wait=False)
        for state in ("running", "stopped"):
            with self.subTest(state=state):
                tar = self.copy(container, "/d/f")
                self.assertEqual(tar.getnames(), ["f"])
                member = tar.getmember("f")
                self.assertEqual((member.mode, member.uid, member.gid, tar.extractfile("f").read()), (0o640, 1000, 1000, b"one"))
                for path in ("/d", "d", "/d/", "//d/./"):
                    tar = self.copy(container, path)
                    names = {n.rstrip("/") for n in tar.getnames()}
                    self.assertEqual(names, {"d", "d/f", "d/h", "d/l", "d/p", "d/sub", "d/sub/g"}, path)
                    self.assertEqual(tar.extractfile("d/sub/g").read(), b"two")
                    self.assertEqual((tar.getmember("d/l").linkname, tar.getmember("d/p").isfifo()), ("f", True))
                self.assertIn("passwd", self.copy(container, "/etc/passwd").getnames())
            self.daemon.post(f"/containers/{container}/kill")

    def test_never_started(self):
        container = self.daemon.create("true")
        self.assertEqual(self.copy(container, "/etc/passwd").getnames(), ["passwd"])
        self.assertIn("./etc/passwd", self.exported(container).getnames())
        self.assertIsNone(self.changes(container, raw=True))
        self.daemon.delete(f"/containers/{container}")

    def test_paths_stay_inside(self):
        container = self.made("ln -s /etc/shadow /s; ln -s / /root-link; ln -s ../../../../etc /up; ln -s /proc/1/root /magic; "
                              "ln -s loop /loop; echo ready; exec sleep 100", wait=False)
        secret = os.path.join(self.daemon.root, "secret")
        with open(secret, "w") as f:
            f.write("of the host")
        for path in (f"../../../../../..{secret}", f"/root-link/..{secret}", f"/proc/1/root{secret}", f"/magic{secret}",
                     f"/proc/self/root{secret}", "/s", "/loop", "/no/such", "/etc/passwd/x", "/proc/1/cwd" + secret):
            reply = self.copy(container, path, 500)
            self.assertNotIn(b"of the host", reply.body)
        self.assertEqual(self.copy(container, "/up/passwd").extractfile("passwd").read(),
                         self.copy(container, "/etc/passwd").extractfile("passwd").read())
        self.assertEqual(self.copy(container, "/../../etc/passwd").getnames(), ["passwd"])

    def test_refusals(self):
        container = self.daemon.create("true")
        self.assertEqual(self.copy(container, "", 500).text, "Resource cannot be empty\n")
        reply = self.daemon.request("POST", f"/containers/{container}/copy", b'{"Resource":"/etc"}', {"Content-Type": "text/plain"})
        self.assert_status(reply, 500, "Content-Type not supported: text/plain\n")
        self.assert_status(self.daemon.post("/containers/nope/copy", {"Resource": "/etc"}), 404, "No such container: nope\n")
        reply = self.copy(container, "/etc/nothing", 500)
        self.assertIn("no such file or directory", reply.text.lower())
        self.daemon.delete(f"/containers/{container}")

    def exported(self, container):
        reply = self.daemon.get(f"/containers/{container}/export")
        self.assertEqual((reply.status, reply.headers["content-type"]), (200, "application/octet-stream"))
        return tarfile.open(fileobj=io.BytesIO(reply.body))

    def test_export_running_and_stopped(self):
        container = self.made("echo new >/new; rm /etc/group; mkdir /dir; echo ready; exec sleep 100", wait=False)
        for state in ("running", "stopped"):
            with self.subTest(state=state):
                tar = self.exported(container)
                names = tar.getnames()
                self.assertTrue(all(n == "." or n.startswith("./") for n in names), names[:5])
                self.assertTrue({"./new", "./bin/busybox", "./dir"} <= {n.rstrip("/") for n in names})
                self.assertNotIn("./etc/group", names)
                self.assertEqual([n for n in names if n.startswith(("./proc/", "./sys/"))], [])
                self.assertEqual(tar.extractfile("./new").read(), b"new\n")
            self.daemon.post(f"/containers/{container}/kill")
        reply = self.daemon.post("/images/create?fromSrc=-&repo=again", self.daemon.get(f"/containers/{container}/export").body)
        self.assertNotIn(b'"error"', reply.body)
        self.assertEqual(self.daemon.run_container("cat", "/new", image="again")[1], b"new\n")
        self.daemon.delete("/images/again")

    def test_export_whose_client_goes_away(self):
        container = self.made("dd if=/dev/zero of=/big bs=1M count=30", wait=True)
        for _ in range(3):
            with self.daemon.connect() as c:
                c.send("GET", f"/v1.6/containers/{container}/export")
                c.head()
                c.more()
        self.assertEqual(self.copy(container, "/etc/passwd").getnames(), ["passwd"])
        self.assertEqual(self.daemon.delete(f"/containers/{container}").status, 204)

    def changes(self, container, raw=False):
        answer = self.daemon.get(f"/containers/{container}/changes").json()
        return answer if raw else [(c["Path"], c["Kind"]) for c in answer or []]

    def test_changes(self):
        container = self.made("echo x >/tmp/new; rm /etc/group; echo y >>/etc/passwd; mkdir -p /a/b; touch /a/b/c; "
                              "rm -rf /root; mkdir /root; touch /root/in; chmod 700 /bin; echo ready; exec sleep 100", wait=False)
        wanted = [("/a", 1), ("/a/b", 1), ("/a/b/c", 1), ("/bin", 0), ("/etc", 0), ("/etc/group", 2), ("/etc/passwd", 0),
                  ("/root", 0), ("/root/in", 1), ("/tmp", 0), ("/tmp/new", 1)]
        for state in ("running", "stopped"):
            with self.subTest(state=state):
                found = self.changes(container)
                self.assertEqual(found, wanted)
                reply = self.daemon.get(f"/containers/{container}/changes")
                self.assertTrue(reply.body.startswith(b'[{"Path":"/a","Kind":1},'), reply.body[:80])
            self.daemon.post(f"/containers/{container}/kill")
        self.assert_status(self.daemon.get("/containers/nope/changes"), 404, "No such container: nope\n")

    def test_no_changes_are_null(self):
        container = self.made("true")
        reply = self.daemon.get(f"/containers/{container}/changes")
        self.assertEqual(reply.body, b"null")


class CopyOnVfs(Copy):
    storage = "vfs"
