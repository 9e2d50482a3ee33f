"""Names as a tree and links: environment to the letter, what must run, and how links end."""
from case import OwnDaemonCase, SharedDaemonCase


class Links(SharedDaemonCase):
    def make(self, name, *command, **config):
        container = self.daemon.create(*(command or ("sleep", "100")), name=name, **config)
        self.addCleanup(self.end, container)
        return container

    def end(self, container):
        self.daemon.post(f"/containers/{container}/kill")
        self.daemon.delete(f"/containers/{container}")

    def running(self, name, **config):
        container = self.make(name, **config)
        self.daemon.start_container(container)
        return container

    def environment(self, name, links, **config):
        parent = self.make(name, "env", **config)
        self.daemon.start_container(parent, {"Links": links})
        self.daemon.wait(parent)
        return self.daemon.output(parent, "v1.5").decode().splitlines()

    def names(self, container):
        return next(r["Names"] for r in self.daemon.get("/containers/json?all=1").json() if r["Id"].startswith(container))

    def test_the_environment_exactly(self):
        child = self.running("child", ExposedPorts={"5432/tcp": {}, "53/udp": {}, "53/tcp": {}},
                             Env=["USER=ann", "HOME=/x", "PATH=/bin", "TWO=a=b", "EMPTY="])
        ip = self.daemon.inspect(child)["NetworkSettings"]["IPAddress"]
        found = self.environment("parent", ["child:my-db"], Hostname="box", Env=["OWN=1"])
        a = "MY-DB"
        wanted = ["HOME=/", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "container=lxc", "HOSTNAME=box",
                  f"{a}_PORT=tcp://{ip}:53", f"{a}_NAME=/parent/my-db", f"{a}_ENV_USER=ann", f"{a}_ENV_EMPTY=", "OWN=1"]
        for port, protocol in ((53, "tcp"), (53, "udp"), (5432, "tcp")):
            stem = f"{a}_PORT_{port}_{protocol.upper()}"
            wanted += [f"{stem}={protocol}://{ip}:{port}", f"{stem}_ADDR={ip}", f"{stem}_PORT={port}", f"{stem}_PROTO={protocol}"]
        self.assertEqual(sorted(found), sorted(wanted))
        self.assertEqual((found[:4], found[-1]), (wanted[:4], "OWN=1"), "order: defaults, links, the container's own")

    def test_without_ports_and_own_variables_win(self):
        self.running("portless")
        found = self.environment("parent2", ["portless:db"], Env=["DB_NAME=mine"])
        self.assertEqual([e for e in found if e.startswith("DB_")], ["DB_NAME=mine"])

    def test_names_by_every_path(self):
        child, parent = self.running("c1"), self.make("p1")
        self.daemon.start_container(parent, {"Links": ["c1:alias", "/c1:second"]})
        self.assertEqual(sorted(self.names(child)), ["/c1", "/p1/alias", "/p1/second"])
        for name in ("c1", "p1/alias", "p1/second", child):
            self.assertEqual(self.daemon.inspect(name)["ID"][:12], child, name)
        self.assertEqual(self.daemon.inspect("p1/alias")["Name"], "/c1")
        self.assert_status(self.daemon.delete("/containers/p1/alias?link=1"), 204, "")
        self.assertEqual(sorted(self.names(child)), ["/c1", "/p1/second"])
        self.assert_status(self.daemon.delete("/containers/p1/alias?link=1"), 404, "No such link: p1/alias\n")
        for name in ("p1", "c1"):
            self.assert_status(self.daemon.delete(f"/containers/{name}?link=1"), 409,
                               "Conflict, cannot remove the default name of the container\n")
        self.assertTrue(self.daemon.inspect(child)["State"]["Running"])

    def test_links_stay_for_later_starts(self):
        child = self.running("c2", ExposedPorts={"80/tcp": {}})
        parent = self.make("p2", "env")
        self.daemon.start_container(parent, {"Links": ["c2:web"]})
        self.daemon.wait(parent)
        for body in (None, {}):
            self.daemon.start_container(parent, body)
            self.daemon.wait(parent)
        self.assertEqual(self.daemon.output(parent, "v1.5").count(b"WEB_NAME=/p2/web\n"), 3)
        self.daemon.post(f"/containers/{child}/kill")
        self.assert_status(self.daemon.post(f"/containers/{parent}/start"), 500,
                           f"Cannot start container {parent}: Cannot link to a non running container: /c2 AS /p2/web\n")
        self.assert_status(self.daemon.delete("/containers/p2/web?link=1"), 204)
        self.daemon.start_container(parent)
        self.assertEqual(self.daemon.wait(parent), 0)

    def test_wrong_links(self):
        child = self.running("c3")
        parent = self.make("p3", "true")
        for link, text in (("one", "Invalid format to parse.  one should match template name:alias"),
                           ("a:b:c", "Invalid format to parse.  a:b:c should match template name:alias"),
                           ("nobody:x", "Could not find entity for nobody"),
                           (f"{child}:x", f"Could not find entity for {child}")):  # by name only
            self.assert_status(self.daemon.post(f"/containers/{parent}/start", {"Links": [link]}), 500, text + "\n")
        itself = self.make("self3", "true")
        full = self.daemon.inspect(itself)["ID"]
        reply = self.daemon.post(f"/containers/{itself}/start", {"Links": ["self3:me"]})
        self.assertEqual(reply.status, 500)
        self.assertIn("Cannot link to", reply.text)
        self.assertTrue(f"Cannot link to self: {full} == {full}" in reply.text or "non running container" in reply.text, reply)
        self.assertEqual(self.daemon.get("/version").status, 200)

    def test_names_that_mean_harm(self):
        parent = self.make("victim", "true")
        self.running("honest")
        for name in ("a/" * 500000, "/" * 100000, "honest/" * 1000, ".." * 10000, "\0", "honest\n"):
            for body in ({"Links": [f"{name}:x"]}, {"Links": [f"honest:{name}"]}):
                reply = self.daemon.post(f"/containers/{parent}/start", body)
                self.assertIn(reply.status, (400, 500), (name[:20], reply))
            reply = self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["true"], "VolumesFrom": name})
            if reply.status == 201:
                self.assertEqual(self.daemon.post(f"/containers/{reply.json()['Id']}/start").status, 500, name[:20])
                self.end(reply.json()["Id"])
        self.assertEqual(self.daemon.get("/version").status, 200)

    def test_an_alias_that_exists_is_kept(self):
        one, two = self.running("first"), self.running("second")
        parent = self.make("p4", "true")
        for name in ("first", "second"):
            self.daemon.start_container(parent, {"Links": [f"{name}:db"]})
            self.daemon.wait(parent)
        self.assertEqual(self.daemon.inspect("p4/db")["ID"][:12], one)
        self.assertEqual(self.names(two), ["/second"])

    def test_links_go_with_either_end(self):
        child, parent = self.running("c5"), self.make("p5", "true")
        self.daemon.start_container(parent, {"Links": ["c5:x"]})
        self.daemon.wait(parent)
        self.assert_status(self.daemon.delete("/containers/p5"), 204)
        self.assertEqual(self.names(child), ["/c5"])
        self.make("p5", "true")
        self.assertEqual(self.daemon.get("/containers/p5/x/json").status, 404)

    def test_names_as_children(self):
        self.make("top", "true")
        below = self.make("top/below", "true")
        self.assertEqual(self.daemon.inspect("top/below")["ID"][:12], below)
        reply = self.daemon.post("/containers/create?name=absent/below", {"Image": "busybox", "Cmd": ["x"]})
        self.assert_status(reply, 500, "Cannot find child for /absent\n")

    def test_generated_names(self):
        made = [self.make(None, "true") for _ in range(20)]
        names = {self.daemon.inspect(c)["Name"] for c in made}
        self.assertEqual(len(names), 20)
        for name in names:
            self.assertRegex(name, "^/[a-z]+_[a-z]+[0-9]*$")


class LinksAndRestarts(OwnDaemonCase):
    def test_they_outlive_the_daemon(self):
        daemon = self.daemon_with_busybox()
        daemon.start_container(daemon.create("sleep", "100", name="child", ExposedPorts={"80/tcp": {}}))
        parent = daemon.create("env", name="parent")
        daemon.start_container(parent, {"Links": ["child:web"]})
        daemon.wait(parent)
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.inspect("parent/web")["Name"], "/child")
        daemon.start_container(parent)
        daemon.wait(parent)
        self.assertEqual(daemon.output(parent, "v1.5").count(b"WEB_NAME=/parent/web\n"), 2)
        self.assertEqual(daemon.delete("/containers/parent/web?link=1").status, 204)
        daemon.kill()
        daemon.start()
        self.assertEqual(daemon.get("/containers/parent/web/json").status, 404)
