"""Insert: a download becomes a file in a child of an image, over both storage drivers."""
import json
import os
import threading
import time
import urllib.parse

from file_server import FileServer
from image_case import GraphCase


class Insert(GraphCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.big = os.urandom(3 << 20)
        cls.server = FileServer(cls.daemon.net, file=b"content\n", empty=b"", big=cls.big)
        cls.addClassCleanup(cls.server.close)

    def url(self, path):
        return self.server.url + path

    def test_one_file_more(self):
        base = self.image("busybox")
        image = self.inserted("busybox", self.url("/file"), "/made/for/it/f")
        record = self.image(image)
        self.assertEqual((record["parent"], record["comment"]), (base["id"], base["comment"]))
        self.assertNotIn("config", record)
        self.assertEqual(record["container_config"]["Cmd"], ["echo", "insert", self.url("/file"), "/made/for/it/f"])
        history = self.daemon.get(f"/images/{image}/history").json()
        self.assertEqual(history[0]["CreatedBy"], f"echo insert {self.url('/file')} /made/for/it/f")
        self.assertEqual([step["Id"] for step in history], [image, base["id"]])
        before, after = self.files_of("busybox"), self.files_of(image)
        self.assertEqual(set(after) - set(before), {"made", "made/for", "made/for/it", "made/for/it/f"})
        self.assertEqual(set(before) - set(after), set())
        self.assertEqual(after["made/for/it/f"][:6], (b"0", 0o644, 0, 0, "", b"content\n"))
        for folder in ("made", "made/for", "made/for/it"):
            self.assertEqual(after[folder][:4], (b"5", 0o755, 0, 0))
        self.assertEqual({path for path in before if before[path] != after[path]} - {"", "etc/hostname", "etc/hosts"}, set())
        self.assertEqual(self.daemon.run_container("cat", "/made/for/it/f", image=image), (0, b"content\n", b""))
        self.assertEqual(self.graph()[1].get(image[:12]), None)

    def test_progress_in_full(self):
        for version in (f"v1.{minor}" for minor in range(7)):
            reply = self.insert("busybox", self.url("/big"), "/big", version=version)
            if version == "v1.0":
                self.assertRegex(reply.text, r"^(Downloading +\d+(\.\d+)?[^\r\n]*\r){2,}\r\n[0-9a-f]{64}\r\n$")
                image = reply.text.split()[-1]
            else:
                objects = [json.loads(chunk) for chunk in reply.chunks]
                self.assertGreaterEqual(len(objects), 2 + 3)
                self.assertEqual(objects[-3], {})
                image = objects[-2]["status"]
                self.assertEqual(objects[-1], {"Id": image[:12]})
            self.remembered(image)
            self.assertEqual(self.files_of(image)["big"][5], self.big)

    def test_empty_files_and_redirects(self):
        self.server.redirect("/away", "/file")
        self.assertEqual(self.files_of(self.inserted("busybox", self.url("/empty"), "/e"))["e"][5], b"")
        self.assertEqual(self.files_of(self.inserted("busybox", self.url("/away"), "/r"))["r"][5], b"content\n")

    def test_insert_upon_insert_under_a_long_name(self):
        self.tag("busybox", "host:5000/x/y", "z")
        self.addCleanup(self.daemon.delete, "/images/host:5000/x/y:z")
        first = self.inserted("host:5000/x/y:z", self.url("/file"), "/one")
        second = self.inserted(first, self.url("/file"), "/two")
        self.assertTrue({"one", "two"} <= set(self.files_of(second)))
        self.assertEqual(self.insert(first, self.url("/file"), "/one", 500).text, "/one exists\n")

    def test_failures_leave_nothing(self):
        self.server.cut("/cut", 100, 10)
        self.server.redirect("/loop", "/loop")
        self.server.redirect("/to-file", "file:///etc/passwd")
        closed = self.daemon.net.listener("127.0.0.1")
        nowhere = "http://127.0.0.1:%d/" % closed.getsockname()[1]
        closed.close()
        before, containers = self.daemon.get("/images/json?all=1").body, self.daemon.get("/containers/json?all=1").body
        for url, path, status in (
                (self.url("/nothing"), "/x", 500), (self.url("/loop"), "/x", 500), (nowhere, "/x", 500),
                (self.url("/to-file"), "/x", 500), ("file:///etc/passwd", "/x", None), ("ftp://127.0.0.1/x", "/x", None),
                ("http://", "/x", None), ("http://[", "/x", None), ("http://127.0.0.1:99999/", "/x", None),
                ("-o/etc/x", "/x", None), ("http://host\r\nX: y/", "/x", None),
                ("", "/x", 400), (self.url("/file"), "", 400),
                (self.url("/file"), "/etc/passwd", 500), (self.url("/file"), "/etc", 500), (self.url("/file"), "/", 500),
                (self.url("/file"), "/etc/passwd/x", 500), (self.url("/file"), "/" + "n" * 300, 500),
                (self.url("/file"), ("/" + "d" * 250) * 20, 500), (self.url("/file"), "/../x", 400),
                (self.url("/file"), "a/../../x", 400), (self.url("/file"), "..", 400)):
            with self.subTest(url=url[:60], path=path[:60]):
                query = urllib.parse.urlencode({"url": url, "path": path})
                reply = self.daemon.post(f"/images/busybox/insert?{query}")
                if reply.status == 200:
                    self.assertIn(b'"error"', reply.body)
                    self.assertNotIn(b'"Id"', reply.body)
                else:
                    self.assertIn(reply.status, (400, 500) if status is None or status == 500 else (status,), reply)
                self.assertNotIn(b"root:", reply.body)
        reply = self.insert("busybox", self.url("/nothing"), "/x", 500)
        self.assertIn("Got HTTP status code >= 400: 404", reply.text)
        reply = self.daemon.post(f"/images/busybox/insert?{urllib.parse.urlencode({'url': self.url('/cut'), 'path': '/x'})}")
        self.assertTrue(reply.status == 500 or b'"error"' in reply.body, reply)
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)
        self.assertEqual(self.daemon.get("/containers/json?all=1").body, containers)

    def test_paths_stay_inside(self):
        canary = os.path.join(self.daemon.root, "canary")
        script = "ln -s / /up; ln -s ../../../../../../../../tmp /out; ln -s /proc/1/root /magic; ln -s loop /loop; ln -s /no /dangling"
        image = self.commit(self.made(script))
        for path, lands in ((f"/up{canary}", canary.strip("/")), ("/out/f", "tmp/f"), ("etc/relative", "etc/relative"),
                            ("/a/./b//c", "a/b/c")):
            with self.subTest(path=path):
                files = self.files_of(self.inserted(image, self.url("/file"), path))
                self.assertEqual(files[lands][5], b"content\n")
        for path in (f"/magic{canary}", "/loop/f", "/dangling/f/../../../..", "/dangling"):
            with self.subTest(path=path):
                query = urllib.parse.urlencode({"url": self.url("/file"), "path": path})
                reply = self.daemon.post(f"/images/{image}/insert?{query}")
                if reply.status == 200 and b'"Id"' in reply.body:
                    self.remembered(json.loads(reply.chunks[-1])["Id"])
        self.assertFalse(os.path.exists(canary))
        self.assertFalse(os.path.exists("/tmp/f"))

    def test_a_client_that_goes_away_ends_the_download(self):
        stop, before = threading.Event(), self.daemon.get("/images/json?all=1").body
        self.server.left.clear()
        self.server.endless("/endless", stop)
        query = urllib.parse.urlencode({"url": self.url("/endless"), "path": "/x"})
        with self.daemon.connect() as c:
            c.send("POST", f"/v1.6/images/busybox/insert?{query}")
            c.head()
            self.assertIn(b"Downloading", c.chunk())
        left = self.server.left.wait(5)
        stop.set()
        self.assertTrue(left, "the daemon still downloads")
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)


    def test_a_client_that_goes_away_while_the_server_is_silent(self):
        before = self.daemon.get("/images/json?all=1").body
        self.server.silent("/silent")
        url = urllib.parse.quote(self.url("/silent"))
        for target in (f"/images/busybox/insert?url={url}&path=/x", f"/images/create?fromSrc={url}"):
            with self.subTest(target=target):
                self.server.left.clear()
                with self.daemon.connect() as c:
                    c.send("POST", "/v1.6" + target)
                    time.sleep(0.2)
                self.assertTrue(self.server.left.wait(5), "the daemon still waits")
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)


class InsertOnVfs(Insert):
    storage = "vfs"
