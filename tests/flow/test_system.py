"""/version, /info, /_ping, prefixes, error forms: what every client asks first."""
import os

from case import SharedDaemonCase
from daemon import cgroups_of_ours

VERSIONS = ["v1.0", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6"]


class SystemFlow(SharedDaemonCase):
    image = False

    def test_version_under_every_prefix(self):
        for version in [*VERSIONS, None, "v1", "v1.000000"]:
            reply = self.daemon.get("/version", version=version)
            self.assert_status(reply, 200)
            self.assertEqual(reply.headers["content-type"], "application/json", version)
            self.assertTrue({"Version", "GoVersion"} <= set(reply.json()), version)

    def test_unknown_versions_are_not_served(self):
        for version in ("v1.7", "v2", "v0", "v0.0"):
            reply = self.daemon.get("/version", version=version)
            self.assert_status(reply, 404, "")
        self.assert_status(self.daemon.get("/version", version="v1.50"), 404)

    def test_unknown_paths(self):
        self.assert_status(self.daemon.get("/nowhere"), 404, "404 page not found\n")
        self.assert_status(self.daemon.request("PUT", "/version"), 404, "404 page not found\n")
        self.assert_status(self.daemon.get("images/viz"), 404, "404 page not found\n")

    def test_options_answers_everywhere(self):
        self.assert_status(self.daemon.request("OPTIONS", "/whatever"), 200, "")

    def test_paths_are_canonicalised(self):
        reply = self.daemon.get("/containers//json")
        self.assert_status(reply, 301)
        self.assertEqual(reply.headers["location"], "/v1.6/containers/json")

    def test_ping(self):
        reply = self.daemon.get("/_ping", version=None)
        self.assert_status(reply, 200, "OK")
        self.assertEqual(reply.headers["api-version"], "1.6")
        self.assert_status(self.daemon.request("HEAD", "/_ping", version=None), 200)

    def test_info_lists_the_drivers(self):
        info = self.daemon.get("/info").json()
        self.assertEqual(list(info)[:3], ["Debug", "Containers", "Images"])
        states = {d["Name"]: d["State"] for d in info["Drivers"]}
        self.assertEqual({n: states.get(n) for n in ("overlay", "vfs", "namespaces")},
                         {"overlay": "ready", "vfs": "ready", "namespaces": "ready"})

    def test_info_fields_by_version(self):
        self.assertIn("GoVersion", self.daemon.get("/info", version="v1.0").json())
        self.assertNotIn("KernelVersion", self.daemon.get("/info", version="v1.3").json())
        self.assertIn("KernelVersion", self.daemon.get("/info", version="v1.4").json())

    def test_bad_boolean(self):
        self.assert_status(self.daemon.get("/containers/json?all=maybe"), 400, "Bad parameter\n")

    def test_keep_alive(self):
        with self.daemon.connect() as c:
            for _ in range(50):
                reply = c.request("GET", "/v1.6/version")
                self.assertEqual(reply.status, 200)
                self.assertNotEqual(reply.headers.get("connection", "").lower(), "close")

    def test_socket_mode(self):
        import os
        import stat
        mode = stat.S_IMODE(os.stat(self.daemon.socket).st_mode)
        self.assertEqual(mode & ~0o660, 0, oct(mode))


class LimitsFlow(SharedDaemonCase):
    def test_info_tells_which_limits_this_machine_enforces(self):
        """What /info says is what a container's groups show, on both versions of control groups."""
        container = self.daemon.create("sleep", "60", Memory=16 << 20)
        self.daemon.start_container(container)
        groups = [g for g in cgroups_of_ours() if os.path.basename(g).startswith(container)]
        found = {name for g in groups for name in os.listdir(g)}
        self.daemon.post(f"/containers/{container}/kill")
        self.daemon.delete(f"/containers/{container}")
        info = self.daemon.get("/info").json()
        self.assertEqual(info.get("MemoryLimit", False), bool(found & {"memory.max", "memory.limit_in_bytes"}))
        self.assertEqual(info.get("SwapLimit", False), bool(found & {"memory.swap.max", "memory.memsw.limit_in_bytes"}))
