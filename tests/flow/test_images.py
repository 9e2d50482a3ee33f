"""Import, list and inspect, over both storage drivers."""
import json
import tarfile

from case import SharedDaemonCase
from daemon import busybox_tar
from file_server import FileServer


class ImagesFlow(SharedDaemonCase):
    def test_import_stream_forms(self):
        raw = self.daemon.post("/images/create?fromSrc=-&repo=raw", busybox_tar(), version="v1.0")
        self.assert_status(raw, 200)
        self.assertRegex(raw.text, r"^[0-9a-f]{12}\r\n$")
        new = self.daemon.post("/images/create?fromSrc=-&repo=json", busybox_tar())
        self.assert_status(new, 200)
        self.assertEqual(new.headers["content-type"], "application/json")
        self.assertRegex(new.chunks[-1].decode(), r'^\{"status":"[0-9a-f]{12}"\}$')

    def test_chunked_upload_with_tiny_first_chunk(self):
        data = busybox_tar()
        reply = self.daemon.request("POST", "/images/create?fromSrc=-&repo=chunked&tag=t",
                                    chunks=[data[:1], data[1:70000], data[70000:]])
        self.assert_status(reply, 200)
        tags = {(i["Repository"], i["Tag"]) for i in self.daemon.get("/images/json").json() if "Repository" in i}
        self.assertIn(("chunked", "t"), tags)

    def test_list_and_inspect(self):
        record = next(i for i in self.daemon.get("/images/json").json() if i.get("Repository") == "busybox")
        self.assertEqual(record["Tag"], "latest")
        self.assertEqual(len(record["Id"]), 64)
        self.assertGreater(record["Size"], 500_000)
        self.assertEqual(record["Size"], record["VirtualSize"])
        details = self.daemon.get("/images/busybox/json").json()
        self.assertEqual(details["id"], record["Id"])
        self.assertEqual(details["comment"], "Imported from -")
        self.assert_status(self.daemon.get("/images/nothing/json"), 404, "No such image: nothing\n")

    def test_empty_and_broken_archives_leave_nothing(self):
        before = self.daemon.get("/images/json?all=1").body
        for body in (b"", b"short", b"x" * 10240, busybox_tar()[:-700000]):
            reply = self.daemon.post("/images/create?fromSrc=-&repo=broken", body)
            self.assertTrue(reply.status == 500 or b'"error"' in reply.body, reply)
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)

    def test_tarball_too_short(self):
        reply = self.daemon.post("/images/create?fromSrc=-", b"short")
        self.assertIn("Tarball too short", reply.text)

    def test_compressions(self):
        import bz2
        import gzip
        import lzma
        plain = busybox_tar()
        for name, data in (("gz", gzip.compress(plain, 1)), ("bz2", bz2.compress(plain, 1)), ("xz", lzma.compress(plain, preset=0))):
            reply = self.daemon.post(f"/images/create?fromSrc=-&repo=z{name}", data)
            self.assert_status(reply, 200)
            self.assertEqual(self.daemon.run_container("echo", "hi", image=f"z{name}"), (0, b"hi\n", b""))

    def test_import_from_a_url(self):
        server = FileServer(self.daemon.net, fs=busybox_tar())
        self.addCleanup(server.close)
        server.cut("/cut", 3 << 20, 1 << 20)
        for minor in range(7):
            with self.subTest(minor=minor):
                source = server.url + "/fs"
                reply = self.daemon.post(f"/images/create?fromSrc={source}&repo=url&tag={minor}", version=f"v1.{minor}")
                self.assert_status(reply, 200)
                image = self.daemon.get(f"/images/url:{minor}/json").json()
                self.assertEqual(image["comment"], f"Imported from {source}")
                if minor == 0:
                    self.assertRegex(reply.text, rf"^Downloading from {source}\r\n(Importing +\d+[^\r\n]*\r)+\r\n{image['id'][:12]}\r\n$")
                    continue
                first, *progress, end, last = [json.loads(chunk) for chunk in reply.chunks]
                self.assertEqual((first, end, last), ({"status": f"Downloading from {source}"}, {}, {"status": image["id"][:12]}))
                self.assertEqual({tuple(p) for p in progress}, {("progress",) if minor == 1 else ("status", "progress")})
        self.assertEqual(self.daemon.run_container("echo", "hi", image="url:6"), (0, b"hi\n", b""))
        before = self.daemon.get("/images/json?all=1").body
        for path, text in (("/nothing", "Got HTTP status code >= 400: 404"), ("/cut", "")):
            objects = [json.loads(c) for c in self.daemon.post(f"/images/create?fromSrc={server.url}{path}&repo=bad").chunks]
            self.assertEqual(list(objects[-1]), ["error", "errorDetail"])
            self.assertIn(text, objects[-1]["error"])
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)

    def test_names_of_imports(self):
        before = self.daemon.get("/images/json?all=1").body
        for query, status, text in (
                ("repo=a&tag=b/c", 500, "Illegal tag name: b/c\n"), ("repo=a&tag=b:c", 500, "Illegal tag name: b:c\n"),
                ("repo=a%0ab", 400, "Bad parameter: repo holds control characters\n"),
                ("repo=a&tag=%fe", 400, "the query is malformed, or not UTF-8\n")):
            self.assert_status(self.daemon.post(f"/images/create?fromSrc=-&{query}", busybox_tar()), status, text)
        self.assertEqual(self.daemon.get("/images/json?all=1").body, before)
        self.assert_status(self.daemon.post("/images/create?fromSrc=-&repo=host:5000/x/y&tag=z", busybox_tar()), 200)
        self.assertEqual(self.daemon.run_container("echo", "hi", image="host:5000/x/y:z"), (0, b"hi\n", b""))
        self.assert_status(self.daemon.delete("/images/host:5000/x/y:z"), 200)

    def test_cut_uploads_never_make_an_image(self):
        data = busybox_tar()
        before = self.daemon.get("/images/json?all=1").body
        for n in range(200):
            size = len(data) * n // 200
            with self.daemon.connect() as c:
                head = ("Transfer-Encoding: chunked" if n % 2 else f"Content-Length: {len(data)}")
                body = b"%x\r\n%s" % (len(data), data[:size]) if n % 2 else data[:size]
                c.send_raw(f"POST /v1.6/images/create?fromSrc=-&repo=cut HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode() + body)
        # The daemon may still be reading the last ones.
        self.assertEqual(self.daemon.post("/images/create?fromSrc=-&repo=marker", data).status, 200)
        after = [i for i in self.daemon.get("/images/json?all=1").json() if i.get("Repository") != "marker"]
        import json
        self.assertEqual(after, json.loads(before))
        self.assertEqual(self.daemon.delete("/images/marker").status, 200)

    def test_whiteouts_and_odd_files_survive_in_a_container(self):
        extra = []
        for name, kind in (("dir with spaces/a", tarfile.REGTYPE), ("fifo", tarfile.FIFOTYPE)):
            info = tarfile.TarInfo(name)
            info.type = kind
            extra.append((info, b"data" if kind == tarfile.REGTYPE else None))
        suid = tarfile.TarInfo("bin/suid")
        suid.mode = 0o4755
        extra.append((suid, b"#!/bin/sh\n"))
        self.daemon.import_busybox("odd", extra)
        code, out, _ = self.daemon.run_container("sh", "-c", "cat '/dir with spaces/a'; test -p /fifo && test -u /bin/suid && echo ok",
                                                 image="odd")
        self.assertEqual((code, out), (0, b"dataok\n"))

    def test_delete(self):
        self.daemon.import_busybox("goner")
        self.assert_status(self.daemon.delete("/images/goner"), 200)
        self.assert_status(self.daemon.get("/images/goner/json"), 404)
        self.assert_status(self.daemon.delete("/images/goner"), 404)


class ImagesFlowOnVfs(ImagesFlow):
    storage = "vfs"


