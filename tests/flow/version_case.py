"""The base of tests that go through the differences between the API versions: every check under every prefix, counted."""
import contextlib
import io
import tarfile
import urllib.parse

from case import SharedDaemonCase
from file_server import FileServer
from version_rows import ROWS

PREFIXES = [*((f"v1.{minor}", minor) for minor in range(7)), (None, 6)]
CHECKS = {}  # rows → function


def row(*numbers):
    """This function checks these rows at one version: check(test, version, minor); None is no prefix, which is 1.6."""
    def register(check):
        assert all(number in ROWS for number in numbers), numbers
        CHECKS[numbers] = check
        return check
    return register


def small_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        info = tarfile.TarInfo("file")
        info.size = 5
        tar.addfile(info, io.BytesIO(b"small"))
    return out.getvalue()


class VersionCase(SharedDaemonCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = FileServer(cls.daemon.net, file=b"inserted")
        cls.server.cut("/cut", 3 << 20, 2 << 20)
        cls.addClassCleanup(cls.server.close)

    # -- counted assertions
    def same(self, found, wanted, about=None):
        self.count += 1
        self.assertEqual(found, wanted, about)

    def true(self, what, about=None):
        self.count += 1
        self.assertTrue(what, about)

    def matches(self, text, pattern):
        self.count += 1
        self.assertRegex(text, pattern)

    def answers(self, reply, status, text=None, content_type=None):
        self.count += 1
        self.assert_status(reply, status, text)
        if content_type:
            self.same(reply.headers["content-type"], content_type)
        return reply

    # -- steps
    def call(self, method, target, version, body=None, status=200, **more):
        return self.answers(self.daemon.request(method, target, body, version=version, **more), status)

    @contextlib.contextmanager
    def created(self, version, *command, name=None, **config):
        """A container made at that version; removed at the end, running or not."""
        reply = self.daemon.post("/containers/create" + (f"?name={name}" if name else ""),
                                 {"Image": "busybox", "Cmd": list(command), **config}, version=version)
        self.answers(reply, 201)
        container = reply.json()["Id"]
        try:
            yield container
        finally:
            self.daemon.post(f"/containers/{container}/kill")
            self.daemon.delete(f"/containers/{container}?v=1")

    @contextlib.contextmanager
    def running(self, version, *command, host=None, **config):
        with self.created(version, *(command or ("sleep", "100")), **config) as container:
            self.start(container, version, host)
            yield container

    def start(self, container, version, host=None):
        self.call("POST", f"/containers/{container}/start", version, host, 204)

    def output(self, version, *command, host=None, **config):
        """What a container prints that is made and started at that version."""
        with self.created(version, *command, **config) as container:
            self.start(container, version, host)
            self.daemon.wait(container)
            return self.daemon.output(container, "v1.5").decode()

    def inspect(self, container, version):
        return self.call("GET", f"/containers/{container}/json", version).json()

    def listed(self, container, version, query="all=1"):
        records = self.call("GET", f"/containers/json?{query}", version).json()
        return next(r for r in records if r["Id"].startswith(container))

    def insert(self, image, url, path, version, status=200):
        query = urllib.parse.urlencode({"url": url if "://" in url else self.server.url + url, "path": path})
        return self.call("POST", f"/images/{image}/insert?{query}", version, status=status)

    @contextlib.contextmanager
    def committed(self, version, repository="", body=None, **more):
        """An image of a container that does nothing, committed at that version: the answer to the commit."""
        with self.created(version, "true", **more) as container:
            reply = self.daemon.post(f"/commit?container={container}&repo={repository}", body, version=version)
            self.answers(reply, 201)
            try:
                yield reply
            finally:
                self.daemon.delete(f"/images/{reply.json()['Id']}")
