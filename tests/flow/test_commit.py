"""Commit: what of a container becomes an image, over both storage drivers and at every version."""
import json
import threading
import time
import urllib.parse

import sanitizers
from case import OwnDaemonCase, SharedDaemonCase
from image_case import Images

VERSIONS = [*(f"v1.{minor}" for minor in range(7)), None]
PLACES_OF_THE_KERNEL = ("dev", "proc", "sys")  # what a start puts there differs from run to run


def settled(files):
    return {path: what for path, what in files.items() if path.split("/")[0] not in PLACES_OF_THE_KERNEL and path}


class Commit(Images, SharedDaemonCase):
    def test_answer_and_record_at_every_version(self):
        container = self.made("echo x >/x")
        full, base = self.daemon.inspect(container)["ID"], self.image("busybox")["id"]
        for version in VERSIONS:
            with self.subTest(version=version):
                reply = self.daemon.post(f"/commit?container={container}&author=Ann+%3Ca%40b%3E&comment=first%0Asecond",
                                         version=version)
                self.assert_status(reply, 201)
                self.assertEqual(reply.headers["content-type"], "application/json")
                self.assertRegex(reply.text, r'^\{"Id":"[0-9a-f]{12}"\}$')
                image = self.image(self.remembered(reply.json()["Id"]))
                self.assertEqual((image["parent"], image["container"]), (base, full))
                self.assertEqual((image["author"], image["comment"]), ("Ann <a@b>", "first\nsecond"))
                self.assertEqual(image["architecture"], "x86_64")
                self.assertEqual(image["container_config"]["Cmd"], ["sh", "-c", "echo x >/x"])
                self.assertEqual((image["config"]["Cmd"], image["config"]["Hostname"]), (None, ""))
                self.assertTrue(image["docker_version"])
                self.assertGreaterEqual(image["Size"], 2)

    def test_keys_of_a_committed_image_by_version(self):
        image = self.commit(self.made("true"), author="a", m="b")
        for minor in range(7):
            keys = ["id", "parent", "comment", "created", "container", "container_config", "docker_version", "author", "config"]
            keys += ["architecture"] if minor >= 1 else []
            keys += ["Size"] if minor >= 2 else []
            self.assertEqual(list(self.daemon.get(f"/images/{image}/json", version=f"v1.{minor}").json()), keys)

    def test_every_kind_of_change_is_in_the_image(self):
        container = self.made(
            "mkdir -p /d/sub /gone/deep", "echo one >/d/f", "ln /d/f /d/hard", "ln -s f /d/soft", "ln -s /no/where /dangling",
            "mkfifo /d/pipe", "echo s >/d/suid", "chmod 4755 /d/suid", "chown 1000:1000 /d/f", "chmod 640 /d/f",
            "rm /etc/group", "echo more >>/etc/passwd", "chmod 700 /bin", "rm -rf /root", "mkdir /root", "touch /root/in",
            "rm -rf /gone", "touch -d 2001-02-03 /d/old", "echo x >'/d/two words'", "echo x >/d/$(printf 'new\\nline')",
            "echo x >/d/$(printf 'caf\\303\\251')", "dd if=/dev/zero of=/d/big bs=1k count=2000 2>/dev/null", "chmod 1777 /d/sub")
        image = self.commit(container)
        of_container, of_image = settled(self.files(container)), settled(self.files_of(image))
        self.assertEqual(sorted(of_image), sorted(of_container))
        different = {path: (of_image[path], what) for path, what in of_container.items() if of_image[path] != what}
        self.assertEqual({path: pair for path, pair in different.items() if path not in ("etc/hostname", "etc/hosts")}, {})
        self.assertNotIn("etc/group", of_image)
        self.assertEqual(of_image["d/f"][1:4], (0o640, 1000, 1000))
        self.assertEqual(of_image["d/suid"][1], 0o4755)
        self.assertGreaterEqual(self.image(image)["Size"], 2000 * 1024)

    def test_a_layer_is_only_what_changed(self):
        small = self.commit(self.made("echo x >/x"))
        self.assertLess(self.image(small)["Size"], 100_000)
        record = next(r for r in self.daemon.get("/images/json?all=1").json() if r["Id"].startswith(small))
        self.assertEqual(record["VirtualSize"], record["Size"] + self.image("busybox")["Size"])

    def test_containers_that_never_ran_or_are_running(self):
        never = self.daemon.create("true")
        self.addCleanup(self.daemon.delete, f"/containers/{never}")
        self.assertEqual(settled(self.files_of(self.commit(never))), settled(self.files_of("busybox")))
        running = self.daemon.create("sh", "-c", "echo here >/here; echo ready; exec sleep 100")
        self.addCleanup(self.daemon.delete, f"/containers/{running}")
        self.addCleanup(self.daemon.post, f"/containers/{running}/kill")
        self.daemon.start_container(running)
        while b"ready" not in self.daemon.output(running):
            time.sleep(0.01)
        image = self.commit(running)
        self.assertTrue(self.daemon.inspect(running)["State"]["Running"])
        self.assertEqual(self.files_of(image)["here"][5], b"here\n")

    def test_a_container_that_writes_all_the_while(self):
        script = "i=0; while :; do i=$((i+1)); mkdir -p /w/$((i%7)); echo $i >/w/$((i%7))/$((i%50)); rm -rf /w/$(((i+3)%7)); done"
        container = self.daemon.create("sh", "-c", script)
        self.addCleanup(self.daemon.delete, f"/containers/{container}")
        self.addCleanup(self.daemon.post, f"/containers/{container}/kill")
        self.daemon.start_container(container)
        for _ in range(5):
            reply = self.daemon.post(f"/commit?container={container}")
            self.assertIn(reply.status, (201, 500), reply)  # whole, or not at all
            if reply.status == 201:
                image = self.remembered(reply.json()["Id"])
                self.assertIn("bin/busybox", self.files_of(image))
        self.assertTrue(self.daemon.inspect(container)["State"]["Running"])

    def test_two_commits_at_once(self):
        container, made = self.made("dd if=/dev/urandom of=/r bs=1k count=500 2>/dev/null"), []
        threads = [threading.Thread(target=lambda: made.append(self.commit(container, repo="twice"))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(len(set(made)), 4)
        content = {self.files_of(image)["r"][5] for image in made}
        self.assertEqual(len(content), 1)
        self.assertIn(self.image("twice")["id"][:12], made)

    def test_more_commits_at_once_than_a_driver_has_hands(self):
        """Each has two streams under way in the driver; none may wait for one that waits for it."""
        sanitizers.spare_forks(self)
        container = self.made("dd if=/dev/zero of=/big bs=64k count=64 2>/dev/null")
        commits = [threading.Thread(target=lambda: ids.append(self.commit(container))) for _ in range(24)]
        ids = []
        for commit in commits:
            commit.start()
        self.assertEqual(self.daemon.run_container("true"), (0, b"", b""))
        for commit in commits:
            commit.join()
        self.assertEqual(len(set(ids)), 24)
        self.assertEqual(len({self.image(image)["Size"] for image in ids}), 1)

    def test_texts_that_are_not_utf_8(self):
        container = self.made("true")
        before = self.daemon.get("/images/json?all=1").body
        for query in ("comment=%ff", "author=caf%e9", "m=%c0%80", "repo=%ed%a0%80"):
            self.assert_status(self.daemon.post(f"/commit?container={container}&{query}"), 400)
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)

    def test_the_message_has_two_names(self):
        container = self.made("true")
        for query, wanted in (({"m": "documented"}, "documented"), ({"comment": "read"}, "read"),
                              ({"m": "documented", "comment": "read"}, "read"), ({}, None)):
            self.assertEqual(self.image(self.commit(container, **query)).get("comment"), wanted)

    def test_the_run_config_is_the_body_and_nothing_else(self):
        container = self.made("true", Env=["FROM=container"], WorkingDir="/tmp", Hostname="old")
        plain = self.image(self.commit(container, repo="plain"))["config"]
        self.assertEqual((plain["Env"], plain["WorkingDir"], plain["Cmd"], plain["Image"]), (None, "", None, ""))
        reply = self.daemon.post("/containers/create", {"Image": "plain"})
        self.assert_status(reply, 500, "No command specified\n")
        body = {"Cmd": ["-c", "echo $WORD; pwd; id -u"], "Entrypoint": ["sh"], "Env": ["WORD=committed"], "WorkingDir": "/etc",
                "User": "ann", "ExposedPorts": {"80/tcp": {}}, "Volumes": {"/data": {}}, "Memory": 1 << 20, "unknown": [1]}
        config = self.image(self.commit(container, body, repo="ready"))["config"]
        for key in ("Cmd", "Entrypoint", "Env", "WorkingDir", "User", "ExposedPorts", "Volumes", "Memory"):
            self.assertEqual(config[key], body[key], key)
        reply = self.daemon.post("/containers/create", {"Image": "ready", "Memory": 0})
        self.assert_status(reply, 201)
        ready = reply.json()["Id"]
        self.addCleanup(self.daemon.delete, f"/containers/{ready}?v=1")
        self.daemon.start_container(ready)
        self.assertEqual(self.daemon.wait(ready), 0)
        self.assertEqual(self.daemon.output(ready, "v1.5"), b"committed\n/etc\n1000\n")

    def test_bodies_that_are_no_config(self):
        container = self.made("true")
        empty = self.image(self.commit(container, {}))["config"]
        for body in (b"", b"null", b"{", b"[]", b"7", b'{"Cmd":"text"}', b"run=%7B%7D", b"\xff\xfe", b"x" * 100_000):
            with self.subTest(body=body[:20]):
                self.assertEqual(self.image(self.commit(container, body))["config"], empty)
        reply = self.daemon.post(f"/commit?container={container}", b"x" * (5 << 20))
        self.assert_status(reply, 413)

    def test_tags(self):
        container = self.made("true")
        first = self.commit(container, repo="localhost:5000/team/app", tag="one")
        self.assertEqual(self.image("localhost:5000/team/app:one")["id"][:12], first)
        latest = self.commit(container, repo="localhost:5000/team/app")
        self.assertEqual(self.image("localhost:5000/team/app")["id"][:12], latest)
        second = self.commit(container, repo="localhost:5000/team/app", tag="one")
        self.assertEqual(self.image("localhost:5000/team/app:one")["id"][:12], second)
        self.assertEqual(self.graph()[1].get(first), None)
        untagged = self.commit(container, tag="ignored")
        self.assertEqual(self.graph()[1].get(untagged), None)

    def test_refusals_leave_nothing(self):
        container = self.made("echo x >/x")
        before = self.daemon.get("/images/json?all=1").body
        for query, status, text in (
                ("container=nothing", 404, "No such container: nothing\n"), ("", 404, "No such container: \n"),
                ("container=", 404, "No such container: \n"), ("repo=a", 404, "No such container: \n"),
                (f"container={container}&repo=a&tag=b/c", 500, "Illegal tag name: b/c\n"),
                (f"container={container}&repo=a&tag=b:c", 500, "Illegal tag name: b:c\n"),
                (f"container={container}&repo=a%0Ab", 400, "Bad parameter: repo holds control characters\n"),
                (f"container={container}&repo=a&tag=%ff", 400, "the query is malformed, or not UTF-8\n")):
            with self.subTest(query=query):
                self.assert_status(self.daemon.post(f"/commit?{query}"), status, text)
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)
        for method in ("GET", "PUT", "DELETE"):
            self.assert_status(self.daemon.request(method, f"/commit?container={container}"), 404, "404 page not found\n")

    def test_no_event_tells_of_a_commit(self):
        container = self.made("true")
        with self.daemon.connect(10) as c:
            c.send("GET", "/v1.6/events")
            c.head()
            image = self.commit(container, repo="silent")
            self.daemon.delete("/images/silent")
            events = [json.loads(c.chunk()) for _ in range(2)]
        self.assertEqual([(e["status"], e["id"]) for e in events], [("untag", image), ("delete", image)])

    def test_a_chain_of_commits(self):
        parent, ids = "busybox", [self.image("busybox")["id"]]
        for step in range(12):
            container = self.made(f"echo {step} >/step{step}", f"rm -f /step{step - 3}", image=parent)
            parent = self.commit(container)
            ids.append(self.image(parent)["id"])
        history = self.daemon.get(f"/images/{parent}/history").json()
        self.assertEqual([step["Id"] for step in history], ids[::-1])
        self.assertEqual(history[0]["CreatedBy"], "sh -c echo 11 >/step11; rm -f /step8")
        self.assertNotIn("CreatedBy", history[-1])
        files = self.files_of(parent)
        self.assertEqual(sorted(path for path in files if path.startswith("step")), ["step10", "step11", "step9"])
        self.assertEqual(self.daemon.run_container("cat", "/step9", image=parent), (0, b"9\n", b""))

    def test_volumes_stay_outside(self):
        container = self.made("echo secret >/vol/f", "echo open >/f", Volumes={"/vol": {}})
        files = self.files_of(self.commit(container))
        self.assertEqual(files["f"][5], b"open\n")
        self.assertNotIn("vol/f", files)
        self.assertEqual(files["vol"][0:4], (b"5", 0o755, 0, 0))

    def test_files_with_the_names_of_deletions(self):
        """A container may call its files as archives call deletions; they must not delete anything in the image."""
        container = self.made("touch /etc/.wh.passwd /.wh.bin /.wh.. /bin/.wh..wh..opq; true")
        reply = self.daemon.post(f"/commit?container={container}")
        self.assertIn(reply.status, (201, 400, 500), reply)
        if reply.status == 201:
            files = self.files_of(self.remembered(reply.json()["Id"]))
            self.assertIn("etc/passwd", files)
            self.assertIn("bin/busybox", files)

    def test_names_of_containers(self):
        container = self.daemon.create("true", name="committed")
        self.addCleanup(self.daemon.delete, f"/containers/{container}")
        full = self.daemon.inspect(container)["ID"]
        for name in ("committed", "/committed", container, full, full[:20]):
            self.assertEqual(self.image(self.commit(name))["container"], full)


class CommitOnVfs(Commit):
    storage = "vfs"


class CommitAndTheDaemonsEnd(Images, OwnDaemonCase):
    def test_an_acknowledged_commit_survives_a_kill(self):
        for storage in ("overlay", "vfs"):
            with self.subTest(storage=storage):
                self.daemon = self.daemon_with_busybox(storage=storage)
                container = self.daemon.create("sh", "-c", "echo kept >/kept")
                self.daemon.start_container(container)
                self.daemon.wait(container)
                reply = self.daemon.post(f"/commit?container={container}&repo=kept&m=x", {"Cmd": ["cat", "/kept"]})
                self.daemon.kill()
                self.daemon.start()
                self.assertEqual(self.image("kept")["id"][:12], reply.json()["Id"])
                self.assertEqual(self.image("kept")["comment"], "x")
                self.assertEqual(self.daemon.run_container(image="kept"), (0, b"kept\n", b""))

    def test_a_commit_that_is_cut_leaves_nothing(self):
        self.daemon = self.daemon_with_busybox()
        container = self.daemon.create("sh", "-c", "dd if=/dev/urandom of=/big bs=1M count=60")
        self.daemon.start_container(container)
        self.daemon.wait(container)
        before = self.daemon.get("/images/json?all=1").body
        query = urllib.parse.urlencode({"container": container, "repo": "cut"})
        for pause in (0, 0.02, 0.05, 0.1):
            with self.daemon.connect() as c:
                c.send("POST", f"/v1.6/commit?{query}")
                time.sleep(pause)
                self.daemon.kill()
            self.daemon.start()
            after = self.daemon.get("/images/json?all=1").json()
            tagged = [i for i in after if i.get("Repository") == "cut"]
            if tagged:  # it was quicker than the kill
                self.assertEqual(len(self.files_of("cut")["big"][5]), 60 << 20)
                self.daemon.delete("/images/cut")
            self.assertEqual(self.daemon.get("/images/json?all=1").body, before)
