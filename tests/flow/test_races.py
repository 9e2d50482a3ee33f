"""Campaign: paths that are exchanged for symbolic links to the host, hundreds of thousands of times a second, while the
daemon resolves them. Nothing outside may be read, written or mounted. STAITHE_RACES says how often per operation; 300 by
default for copies, a third of it for starts."""
import io
import os
import tarfile
import tempfile
import time

from case import SharedDaemonCase
from daemon import mountinfo, program_inside

COUNT = int(os.environ.get("STAITHE_RACES", "300"))
STARTS = COUNT if "STAITHE_RACES" in os.environ else COUNT // 3


class Races(SharedDaemonCase):
    image = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.daemon.import_busybox("busybox", [program_inside("staithe-swapper", "bin/swapper")])

    def setUp(self):
        self.outside = tempfile.mkdtemp(dir=self.daemon.root)
        os.makedirs(os.path.join(self.outside, "sub"))
        for name in ("canary", "sub/canary"):
            with open(os.path.join(self.outside, name), "w") as f:
                f.write("OUTSIDE")
        self.before = self.tree()
        self.mounted = mountinfo()
        self.swapper = self.daemon.create(
            "sh", "-c", "mkdir -p /shared/dir/sub; cd /shared; echo -n inside >dir/canary; echo -n inside >dir/sub/canary; "
            f"ln -s {self.outside} link; exec swapper dir link", Volumes={"/shared": {}}, name="swapper")
        self.daemon.start_container(self.swapper)
        while b"ready" not in self.daemon.output(self.swapper):
            time.sleep(0.02)

    def tearDown(self):
        self.daemon.post(f"/containers/{self.swapper}/kill")
        self.daemon.delete(f"/containers/{self.swapper}?v=1")
        self.assertEqual(self.tree(), self.before, "something outside was written")
        self.assertEqual(mountinfo(), self.mounted)

    def tree(self):
        found = {}
        for folder, _, files in os.walk(self.outside):
            status = os.stat(folder)
            found[folder] = (status.st_mode, status.st_uid, status.st_mtime_ns)
            for name in files:
                with open(os.path.join(folder, name)) as f:
                    found[os.path.join(folder, name)] = f.read()
        return found

    def test_copy(self):
        """Files and directories, of a container that swaps below its own root."""
        runner = self.daemon.create(
            "sh", "-c", "mkdir -p /own/dir/sub; cd /own; echo -n inside >dir/canary; echo -n inside >dir/sub/canary; "
            f"ln -s {self.outside} link; exec swapper dir link")
        self.daemon.start_container(runner)
        while b"ready" not in self.daemon.output(runner):
            time.sleep(0.02)
        seen = {"inside": 0, "refused": 0}
        paths = ("/own/dir/canary", "/own/dir/sub", "/own/dir", "/own", "/own/link/sub/canary")
        for n in range(COUNT):
            reply = self.daemon.post(f"/containers/{runner}/copy", {"Resource": paths[n % len(paths)]})
            self.assertNotIn(b"OUTSIDE", reply.body)
            self.assertIn(reply.status, (200, 500), reply)
            if reply.status == 200:
                tarfile.open(fileobj=io.BytesIO(reply.body)).getnames()
            seen["inside" if b"inside" in reply.body else "refused"] += 1
        self.assertGreater(min(seen.values()), 0, f"the swapper was not quick enough: {seen}")
        for _ in range(max(1, COUNT // 100)):
            self.assertNotIn(b"OUTSIDE", self.daemon.get(f"/containers/{runner}/export").body)
        self.daemon.post(f"/containers/{runner}/kill")
        self.daemon.delete(f"/containers/{runner}")

    def starts(self, config, host, check):
        """Starts a container that shares the swapper's volume, again and again."""
        container = self.daemon.create("cat", "/proc/self/mountinfo", VolumesFrom="swapper", **config)
        outcomes = {204: 0, 500: 0}
        for _ in range(STARTS):
            reply = self.daemon.post(f"/containers/{container}/start", host)
            self.assertIn(reply.status, outcomes, reply)
            outcomes[reply.status] += 1
            self.daemon.wait(container)
            check(container)
        self.daemon.delete(f"/containers/{container}?v=1")
        self.assertGreater(outcomes[204], 0, "no start ever succeeded")

    def test_bind_target(self):
        source = tempfile.mkdtemp(dir=self.daemon.root)
        with open(os.path.join(source, "bound"), "w") as f:
            f.write("bound")
        self.starts({}, {"Binds": [f"{source}:/shared/dir/sub", f"{source}/bound:/shared/dir/canary"]},
                    lambda _: self.assertEqual(sorted(os.listdir(self.outside)), ["canary", "sub"]))
        self.assertEqual(os.listdir(source), ["bound"])

    def test_volume_target(self):
        def check(container):
            volumes = self.daemon.inspect(container)["Volumes"] or {}
            for target in set(volumes) - {"/shared"}:  # that one is the swapper's
                for folder, _, files in os.walk(volumes[target]):
                    for name in files:
                        with open(os.path.join(folder, name)) as f:
                            self.assertNotIn("OUTSIDE", f.read(), "the volume was filled from outside")
        self.starts({"Volumes": {"/shared/dir/sub": {}, "/shared/dir/new": {}}}, None, check)
