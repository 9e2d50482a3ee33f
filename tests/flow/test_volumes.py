"""Volumes and binds: what is in them, who may write, how long they live, and targets that are meant to do harm."""
import os
import shutil
import tarfile
import tempfile
import time

from case import OwnDaemonCase, SharedDaemonCase
from daemon import mountinfo


def directory(name, mode=0o755, uid=0):
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.uid, info.gid = tarfile.DIRTYPE, mode, uid, uid
    return info, None


def file(name, content, uid=0):
    info = tarfile.TarInfo(name)
    info.uid = info.gid = uid
    return info, content


def link(name, target):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = tarfile.SYMTYPE, target
    return info, None


# A directory with content for a volume, and places that lead elsewhere.
EXTRA = [directory("data", 0o750, 1000), file("data/seed", b"from the image", 1000), directory("data/sub"),
         file("data/sub/deep", b"deep"), link("data/link", "seed"), link("to-proc", "/proc"), link("to-etc", "/etc"),
         link("up", "../../../../../.."), link("far", "/no/such/place"), directory("plain")]


class Volumes(SharedDaemonCase):
    image = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.import_busybox("busybox", EXTRA)

    def setUp(self):
        self.folder = tempfile.mkdtemp(dir=self.daemon.root)
        os.chmod(self.folder, 0o755)

    def write(self, name, content):
        with open(os.path.join(self.folder, name), "w") as f:
            f.write(content)

    def read(self, name):
        with open(os.path.join(self.folder, name)) as f:
            return f.read()

    def run_with(self, script, host=None, **config):
        """Exit code and output of a container that ended, and its inspect; it is removed with its volumes."""
        container = self.daemon.create("sh", "-c", script, **config)
        self.daemon.start_container(container, host)
        code = self.daemon.wait(container)
        result = code, self.daemon.output(container, "v1.5").decode(), self.daemon.inspect(container)
        self.assert_status(self.daemon.delete(f"/containers/{container}?v=1"), 204)
        return result

    def stored(self):
        return sorted(os.listdir(os.path.join(self.daemon.state, "volumes")))

    def eventually_stored(self, wanted, seconds=5):
        """Bytes may take a moment longer than the request that removed them."""
        deadline = time.monotonic() + seconds
        while self.stored() != wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        self.assertEqual(self.stored(), wanted)

    def test_a_new_volume_is_filled_from_the_image(self):
        script = "cat /data/seed /data/sub/deep; readlink /data/link; stat -c '%u %g' /data /data/seed; echo x >/data/new"
        code, out, details = self.run_with(script, Volumes={"/data": {}})
        self.assertEqual((code, out), (0, "from the imagedeepseed\n1000 1000\n1000 1000\n"))
        path = details["Volumes"]["/data"]
        self.assertTrue(path.startswith(os.path.join(self.daemon.state, "volumes") + "/"), path)
        self.assertEqual(details["VolumesRW"], {"/data": True})
        self.assertFalse(os.path.exists(path), "deleted with ?v=1")
        code, out, _ = self.run_with("ls /data /empty; test -d /a/b/c", Volumes={"/empty": {}, "/a/b/c": {}})
        self.assertEqual((code, out), (0, "/data:\nlink\nseed\nsub\n\n/empty:\n"))

    def test_the_volume_is_the_same_at_every_start(self):
        container = self.daemon.create("sh", "-c", "echo x >>/data/count; rm -f /data/seed; cat /data/count", Volumes={"/data": {}})
        self.assertIsNone(self.daemon.inspect(container)["Volumes"])
        for _ in range(3):
            self.daemon.start_container(container)
            self.daemon.wait(container)
        details = self.daemon.inspect(container)
        self.assertTrue(self.daemon.output(container, "v1.5").endswith(b"x\nx\nx\n"))
        with open(os.path.join(details["Volumes"]["/data"], "count")) as f:
            self.assertEqual(f.read(), "x\n" * 3)
        self.assertFalse(os.path.exists(os.path.join(details["Volumes"]["/data"], "seed")), "filled once, not again")
        self.daemon.delete(f"/containers/{container}?v=1")

    def test_deletion_rules(self):
        before = self.stored()
        one = self.daemon.create("true", Volumes={"/v": {}}, name="one")
        self.daemon.start_container(one)
        self.daemon.wait(one)
        path = self.daemon.inspect(one)["Volumes"]["/v"]
        two = self.daemon.create("true", VolumesFrom="one")
        self.daemon.start_container(two, {"Binds": [f"{self.folder}:/b"]})
        self.daemon.wait(two)
        self.assertEqual(self.daemon.inspect(two)["Volumes"], {"/v": path, "/b": self.folder})
        self.assert_status(self.daemon.delete(f"/containers/{one}?v=1"), 204)
        self.assertTrue(os.path.isdir(path), "another container uses it")
        self.assert_status(self.daemon.delete(f"/containers/{two}?v=1"), 204)  # a bind is no reason to fail
        self.assertFalse(os.path.exists(path))
        self.assertTrue(os.path.isdir(self.folder))
        self.eventually_stored(before)
        kept = self.daemon.create("true", Volumes={"/v": {}})
        self.daemon.start_container(kept)
        self.daemon.wait(kept)
        path = self.daemon.inspect(kept)["Volumes"]["/v"]
        self.assert_status(self.daemon.delete(f"/containers/{kept}"), 204)
        self.assertTrue(os.path.isdir(path), "without ?v=1 a volume stays")

    def test_binds(self):
        self.write("f", "bound")
        for mode, writable in (("", True), (":rw", True), (":RW", True), (":ro", False), (":odd", False)):
            script = "cat /b/f; touch /b/written 2>/dev/null && echo ' writable'"
            _, out, details = self.run_with(script, {"Binds": [f"{self.folder}:/b{mode}"]})
            self.assertEqual(out, "bound" + (" writable\n" if writable else ""), mode)
            self.assertEqual((details["Volumes"], details["VolumesRW"]), ({"/b": self.folder}, {"/b": writable}))
        self.write("only", "a file")
        host = {"Binds": [f"{self.folder}/only:/etc/passwd:ro", f"{self.folder}/only:/new/place/file"]}
        code, out, _ = self.run_with("cat /etc/passwd; echo more >>/new/place/file; echo no >>/etc/passwd", host)
        self.assertNotEqual(code, 0)
        self.assertTrue(out.startswith("a file"), out)
        self.assertEqual(self.read("only"), "a filemore\n")

    def test_nested_and_several(self):
        os.makedirs(os.path.join(self.folder, "a/inner"))
        os.makedirs(os.path.join(self.folder, "b"))
        self.write("a/f", "outer")
        self.write("b/g", "inner")
        host = {"Binds": [f"{self.folder}/b:/m/inner:ro", f"{self.folder}/a:/m"]}
        self.assertEqual(self.run_with("cat /m/f /m/inner/g", host)[1], "outerinner")

    def test_volumes_from(self):
        self.write("f", "bound")
        one = self.daemon.create("sh", "-c", "echo 1 >/v1/f", Volumes={"/v1": {}}, name="from1")
        two = self.daemon.create("sh", "-c", "echo 2 >/v2/f", Volumes={"/v2": {}})
        self.daemon.start_container(one, {"Binds": [f"{self.folder}:/b:ro"]})
        self.daemon.start_container(two)
        self.daemon.wait(one), self.daemon.wait(two)
        container = self.daemon.create("sh", "-c", "cat /v1/f /v2/f /b/f; touch /b/x", VolumesFrom=f"from1,{two}")
        self.daemon.start_container(container)
        self.assertNotEqual(self.daemon.wait(container), 0, "read-only is taken over too")
        self.assertTrue(self.daemon.output(container, "v1.5").startswith(b"1\n2\nbound"))
        self.assertEqual(self.daemon.inspect(container)["VolumesRW"], {"/v1": True, "/v2": True, "/b": False})
        for c in (container, one, two):
            self.daemon.delete(f"/containers/{c}?v=1")
        lost = self.daemon.create("true", VolumesFrom="nobody")
        full = self.daemon.inspect(lost)["ID"]
        self.assert_status(self.daemon.post(f"/containers/{lost}/start"), 500,
                           f"Cannot start container {lost}: Container {full} not found. Impossible to mount its volumes\n")
        self.daemon.delete(f"/containers/{lost}")

    def test_a_start_with_a_body_replaces_what_was_stored(self):
        self.write("f", "bound")
        container = self.daemon.create("sh", "-c", "cat /b/f")
        self.daemon.start_container(container, {"Binds": [f"{self.folder}:/b"]})
        self.assertEqual(self.daemon.wait(container), 0)
        for body in (None, b""):
            self.daemon.start_container(container, body)
            self.assertEqual(self.daemon.wait(container), 0, "reused")
        self.daemon.delete(f"/containers/{container}")

    def test_wrong_binds(self):
        container = self.daemon.create("true")
        for bind, text in ((self.folder, "Cannot start container {}: Invalid bind specification: {}"),
                           (f"{self.folder}:/b:ro:more", "Cannot start container {}: Invalid bind specification: {}:/b:ro:more"),
                           (f"{self.folder}:/", "Cannot start container {}: Illegal bind destination: /"),
                           (f"{self.folder}:.", "Cannot start container {}: Illegal bind destination: ."),
                           ("/:/b", "Invalid bind mount '/:/b' : source can't be '/'"),
                           ("/no/where:/b", "Invalid bind mount '/no/where:/b' : source doesn't exist")):
            reply = self.daemon.post(f"/containers/{container}/start", {"Binds": [bind]})
            self.assert_status(reply, 500, text.format(container, self.folder) + "\n")
        for bind in (f"{self.folder}:/b\0x", f"relative/path:/b", f"{self.folder}:relative"):
            self.assertNotEqual(self.daemon.post(f"/containers/{container}/start", {"Binds": [bind]}).status, 200, bind)
            self.daemon.wait(container)
        self.daemon.delete(f"/containers/{container}")

    def test_targets_that_mean_harm(self):
        """Refused, or inside the container's own root; never outside, and nothing is left mounted."""
        before = mountinfo()
        self.write("canary", "safe")
        outside = os.path.join(self.folder, "made-outside")
        for target in ("/", "//", "/.", "/proc", "/sys", "/proc/", "/proc/sys", "/proc/self", "/sys/kernel", "/../..", "/up",
                       "/to-proc", "/to-proc/sys", "/dev/../proc", "/a/../../proc", "/../proc/self/fd"):
            for how in ({"Volumes": {target: {}}}, {"Binds": [f"{self.folder}:{target}"]}):
                with self.subTest(target=target, how=list(how)[0]):
                    reply = self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["true"],
                                                                    **(how if "Volumes" in how else {})})
                    if reply.status == 201:
                        container = reply.json()["Id"]
                        reply = self.daemon.post(f"/containers/{container}/start", how if "Binds" in how else None)
                        self.daemon.wait(container)
                        self.daemon.delete(f"/containers/{container}?v=1")
                    self.assertIn(reply.status, (400, 406, 500), reply)
        for target, seen in (("/to-etc/sub", "/etc/sub"), ("/up/plain", "/plain"), ("/../../../x", "/x"),
                             (outside, outside)):
            with self.subTest(target=target):
                code, out, _ = self.run_with(f"cat {seen}/canary", {"Binds": [f"{self.folder}:{target}"]})
                self.assertEqual((code, out), (0, "safe"))
                self.assertFalse(os.path.exists(outside))
        self.assertFalse(os.path.exists("/etc/sub"))
        self.assertEqual(mountinfo(), before)

    def test_a_container_that_prepared_its_own_mount_points(self):
        """It replaces them by links between two starts, as often as it likes."""
        container = self.daemon.create("sh", "-c", "test -f /v/canary || exit 9; umount /v 2>/dev/null; rm -rf /way; ln -s /proc /way")
        self.write("canary", "safe")
        self.daemon.start_container(container, {"Binds": [f"{self.folder}:/v:ro", f"{self.folder}:/way/sub:ro"]})
        self.daemon.wait(container)
        before = mountinfo()
        for _ in range(3):
            reply = self.daemon.post(f"/containers/{container}/start")
            self.assertIn(reply.status, (204, 500), reply)
            self.daemon.wait(container)
        self.assertEqual(mountinfo(), before)
        self.assertEqual(self.read("canary"), "safe")
        self.daemon.delete(f"/containers/{container}")

    def test_volumes_are_no_part_of_copy_export_and_changes(self):
        import io
        container = self.daemon.create("sh", "-c", "echo x >/data/in-volume; echo y >/own", Volumes={"/data": {}})
        self.daemon.start_container(container)
        self.daemon.wait(container)
        names = tarfile.open(fileobj=io.BytesIO(self.daemon.get(f"/containers/{container}/export").body)).getnames()
        self.assertIn("./own", names)
        self.assertNotIn("./data/in-volume", names)
        paths = [c["Path"] for c in self.daemon.get(f"/containers/{container}/changes").json()]
        self.assertIn("/own", paths)
        self.assertNotIn("/data/in-volume", paths)
        self.assertEqual(self.daemon.post(f"/containers/{container}/copy", {"Resource": "/data/in-volume"}).status, 500)
        self.assertEqual(self.daemon.post(f"/containers/{container}/copy", {"Resource": "/data/seed"}).status, 200)
        self.daemon.delete(f"/containers/{container}?v=1")


class VolumesOnVfs(Volumes):
    storage = "vfs"


class VolumesAndRestarts(OwnDaemonCase):
    def test_they_outlive_the_daemon(self):
        daemon = self.daemon_with_busybox("-r=false")
        container = daemon.create("sh", "-c", "echo x >>/v/f; cat /v/f; sleep 100", Volumes={"/v": {}})
        daemon.start_container(container)
        self.eventually(lambda: daemon.output(container, "v1.5"), lambda out: out == b"x\n")
        daemon.kill()
        daemon.start()
        details = daemon.inspect(container)
        self.assertTrue(details["State"]["Running"])
        self.assertTrue(os.path.exists(os.path.join(details["Volumes"]["/v"], "f")))
        daemon.post(f"/containers/{container}/kill")
        daemon.start_container(container)
        self.eventually(lambda: daemon.output(container, "v1.5"), lambda out: out == b"x\nx\nx\n")
        daemon.post(f"/containers/{container}/kill")
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.delete(f"/containers/{container}?v=1").status, 204)
        self.assertFalse(os.path.exists(details["Volumes"]["/v"]))

    def test_a_half_made_volume_is_swept(self):
        daemon = self.daemon_with_busybox()
        daemon.terminate()
        stray = os.path.join(daemon.state, "volumes", "f" * 64)
        shutil.copytree("/etc/default", os.path.join(stray, "data"))
        daemon.start()
        self.eventually(lambda: os.path.exists(stray), lambda there: not there)
