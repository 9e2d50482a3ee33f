"""Images made, tagged and deleted while the daemon is killed, or its disk fails, at each system call that changes
something: after the next start each is wholly there, and good, or wholly absent, and no layer is left over."""
import os

import sanitizers
from case import LONG, OwnDaemonCase
from fault_tracer import FaultTracer
from test_crash import ANY

DISK = "openat,mkdirat,renameat2,pwrite64,fdatasync,sendmsg,write"


class ImageKilled(OwnDaemonCase):
    storage = "vfs"

    def campaign(self, prepare, act, check):
        faults = [(ANY, "signal=KILL", 5)]
        if not sanitizers.built_in():  # whose runtimes write to pipes of their own, and do not bear that it fails
            faults += [(DISK, "error=EIO", 7), (DISK, "error=ENOSPC", 11)]
        for calls, fault, step in faults:
            self.rounds(calls, fault, 1 if LONG else step, prepare, act, check)

    def rounds(self, calls, fault, step, prepare, act, check):
        daemon = self.daemon_with_busybox("--restart=false", storage=self.storage)
        nth, met = 1, True
        while met:
            prepared = prepare(daemon)
            tracer = FaultTracer(self, daemon, calls, fault, nth)
            try:
                done = 200 <= act(daemon, prepared).status < 300
            except (OSError, EOFError):
                done = None
            met = tracer.end() or daemon.process.poll() is not None
            daemon.kill()
            daemon.start()
            with self.subTest(fault=fault, nth=nth):
                check(daemon, prepared, done)
                self.check_store(daemon)
            self.tidy(daemon)
            nth += step

    def check_store(self, daemon):
        reply = daemon.get("/staithe/v1/images/verify")
        self.assertNotIn(b'"Good":false', reply.body)
        rows = {i["Id"] for i in daemon.get("/images/json?all=1").json()}
        rows |= {c["Id"] for c in daemon.get("/containers/json?all=1").json()}
        held = os.listdir(os.path.join(daemon.state, "drivers", f"storage-{self.storage}", "layers"))
        self.assertEqual(sorted(held), sorted(rows))

    def tidy(self, daemon):
        for container in daemon.get("/containers/json?all=1").json():
            self.assertEqual(daemon.delete(f"/containers/{container['Id']}").status, 204)
        for repository in ("again", "other"):
            daemon.delete(f"/images/{repository}")

    def repositories(self, daemon):
        return {i.get("Repository") for i in daemon.get("/images/json?all=1").json()}

    def container(self, daemon):
        container = daemon.create("sh", "-c", "echo x >/x; rm /bin/sh")
        daemon.start_container(container)
        self.assertEqual(daemon.wait(container), 0)
        return container

    def committed(self, daemon):
        container = self.container(daemon)
        self.assertEqual(daemon.post(f"/commit?container={container}&repo=again").status, 201)
        self.assertEqual(daemon.delete(f"/containers/{container}").status, 204)

    def test_while_it_commits(self):
        def check(daemon, _, done):
            there = "again" in self.repositories(daemon)
            if done is not None:
                self.assertEqual(there, done)
            if there:
                self.assertEqual(daemon.run_container("cat", "/x", image="again"), (0, b"x\n", b""))
            else: # untagged neither
                self.assertEqual(len(daemon.get("/images/json?all=1").json()), 1)

        self.campaign(self.container, lambda d, c: d.post(f"/commit?container={c}&repo=again"), check)

    def test_while_it_tags(self):
        def check(daemon, _, done):
            if done is not None:
                self.assertEqual("other" in self.repositories(daemon), done)

        self.campaign(lambda d: None, lambda d, _: d.post("/images/busybox/tag?repo=other"), check)

    def test_while_it_deletes(self):
        def check(daemon, _, done):
            there = "again" in self.repositories(daemon)
            if done is not None:
                self.assertEqual(there, not done)
            self.assertEqual(len(daemon.get("/images/json?all=1").json()), 1 + there)

        self.campaign(self.committed, lambda d, _: d.delete("/images/again"), check)


class ImageKilledOnOverlay(ImageKilled):
    storage = "overlay"
