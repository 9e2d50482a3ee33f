"""Whole clients against every version: Debian's docker module for Python, and what the command line of 2013 sent, byte by
byte."""
import io
import json
import socket
import tarfile
import unittest

from case import SharedDaemonCase
from daemon import busybox_tar
from http_client import demultiplex

try:
    import docker
    import docker.constants
    import docker.errors
except ImportError:
    docker = None

VERSIONS = [f"1.{minor}" for minor in range(7)]


@unittest.skipIf(docker is None, "python3-docker is not installed")
class PythonDocker(SharedDaemonCase):
    """What the module calls still has the routes and shapes of old; where it asks for newer ones, the older is used."""

    def tearDown(self):
        self.daemon.remove_everything()  # what a failed test left

    def client(self, version):
        docker.constants.MINIMUM_DOCKER_API_VERSION = "1.0"  # it speaks no older one by itself
        docker.api.client.MINIMUM_DOCKER_API_VERSION = "1.0"
        client = docker.APIClient(base_url=f"unix://{self.daemon.socket}", version=version, timeout=30)
        self.addCleanup(client.close)
        return client

    def test_the_module_against_every_version(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                self.life(self.client(version), version)
            self.daemon.remove_everything()

    def life(self, client, version):
        self.assertTrue(client.ping())
        self.assertIn("Version", client.version())
        self.assertEqual(client.info()["Containers"], 0)
        image = f"python{version.replace('.', '')}"
        client.import_image_from_data(busybox_tar(), repository=image)
        self.assertEqual([i["Repository"] for i in client.images(name=None) if i["Repository"] == image], [image])
        self.assertEqual(client.inspect_image(image)["comment"], "Imported from -")
        with self.assertRaises(docker.errors.ImageNotFound):
            client.create_container("nothing-here", "true")
        name = f"py{version.replace('.', '-')}"
        made = client.create_container(image, ["sh", "-c", "echo hello; read x; echo $x; exit 3"], name=name, tty=True,
                                       stdin_open=True, hostname="box", environment={"A": "1"}, working_dir="/tmp")
        container = made["Id"]
        stream = client.attach_socket(container, params={"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1})
        client.start(container)
        client.resize(container, 24, 80)
        self.assertEqual(client.containers()[0]["Image"], image + ":latest")
        details = client.inspect_container(name)
        self.assertTrue(details["State"]["Running"])
        self.assertEqual(details["Config"]["Hostname"], "box")
        if version >= "1.4":
            self.assertIn("sh", str(client.top(container)["Processes"]))
        seen = b""
        while b"hello\r\n" not in seen:
            seen += stream._sock.recv(4096)
        stream._sock.sendall(b"typed\n")
        self.assertEqual(client.wait(container)["StatusCode"], 3)
        while part := stream._sock.recv(4096):
            seen += part
        stream.close()
        self.assertTrue(seen.startswith(b"hello\r\n") and seen.endswith(b"typed\r\n"), seen)
        self.assertEqual(b"".join(client.attach(container, logs=True, stream=True)), seen)  # a stopped container's log
        self.assertEqual([c["Id"][:12] for c in client.containers(all=True)], [container[:12]])
        changed = [c["Path"] for c in client.diff(container) or []]
        self.assertEqual([path for path in changed if not path.startswith(("/dev", "/etc", "/proc", "/sys"))], [])
        names = tarfile.open(fileobj=io.BytesIO(b"".join(client.export(container)))).getnames()
        self.assertIn("bin/busybox", [n.removeprefix("./") for n in names])
        client.restart(container, timeout=0)
        client.stop(container, timeout=0)
        client.start(container)
        client.kill(container)
        client.start(container)
        client.kill(container, 9)
        client.wait(container)
        with self.assertRaises(docker.errors.NotFound):
            client.inspect_container("nope")
        with self.assertRaises(docker.errors.APIError):
            client.create_container(image, "true", name=name)
        seen = [e["status"] for e, _ in zip(client.events(since=1, decode=True), range(2))]
        self.assertEqual(len(seen), 2)
        client.remove_container(container, v=True)
        if version < "1.2":  # answers with nothing, where the module expects a list
            self.assertEqual(client.delete(client._url("/images/{0}", image)).status_code, 204)
        else:
            client.remove_image(image)
        self.assertEqual(client.containers(all=True), [])

    def test_what_runs_on_after_a_failed_start(self):
        client = self.client("1.6")
        container = client.create_container("busybox", ["sleep", "100"])["Id"]
        client.start(container)
        with self.assertRaises(docker.errors.APIError) as refused:
            client.start(container)
        self.assertIn("already running", str(refused.exception))
        with self.assertRaises(docker.errors.APIError) as refused:
            client.remove_container(container)
        self.assertEqual(refused.exception.response.status_code, 406)
        client.kill(container)
        client.remove_container(container)

    def test_images_are_made_at_every_version(self):
        for version in VERSIONS:
            with self.subTest(version=version):
                client, image = self.client(version), f"host:5000/made/{version}"
                container = client.create_container("busybox", ["sh", "-c", "echo made >/made"])["Id"]
                client.start(container)
                client.wait(container)
                made = client.commit(container, repository=image, tag="t", message="why", author="me", conf={"Cmd": ["cat", "/made"]})
                details = client.inspect_image(f"{image}:t")
                self.assertEqual(details["id"][:12], made["Id"])
                self.assertEqual((details["comment"], details["author"]), ("why", "me"))
                self.assertTrue(client.tag(f"{image}:t", "second/name", tag="x", force=True))
                history = client.history("second/name:x")
                self.assertEqual([step["Id"][:12] for step in history],
                                 [made["Id"], client.inspect_image("busybox")["id"][:12]])
                self.assertEqual(history[0]["CreatedBy"], "sh -c echo made >/made")
                client.remove_container(container)
                again = client.create_container("second/name:x", None)["Id"]
                client.start(again)
                self.assertEqual(client.wait(again)["StatusCode"], 0)
                self.assertEqual(self.daemon.output(again, "v1.5"), b"made\n")
                with self.assertRaises(docker.errors.APIError) as refused:
                    client.remove_image(made["Id"])
                self.assertEqual(refused.exception.response.status_code, 409)
                client.remove_container(again)
                if version < "1.2":
                    self.assertEqual(client.delete(client._url("/images/{0}", made["Id"])).status_code, 204)
                else:
                    self.assertEqual(client.remove_image(f"{image}:t"), [{"Untagged": made["Id"]}])
                    self.assertEqual(client.remove_image("second/name:x"), [{"Untagged": made["Id"]}, {"Deleted": made["Id"]}])
                with self.assertRaises(docker.errors.ImageNotFound):
                    client.history(image)

    def test_published_port(self):
        client = self.client("1.6")
        container = client.create_container("busybox", ["sleep", "100"], ports=[80])["Id"]
        url = client._url("/containers/{0}/start", container)
        client._raise_for_status(client._post_json(url, data={"PortBindings": {"80/tcp": [{"HostPort": "18000"}]}}))
        self.assertEqual(client.port(container, 80), [{"HostIp": "0.0.0.0", "HostPort": "18000"}])
        client.kill(container)
        client.remove_container(container)


class CommandLine:
    """A docker command line of its time: one connection per request, kept and closed by the client, as Go's httputil did.
    It fails where that failed."""

    def __init__(self, test, version):
        self.test, self.daemon = test, test.daemon
        self.prefix = "/v1.000000" if version == "1.0" else f"/v{version}"
        self.agent = "" if version < "1.2" else "User-Agent: Docker-Client/0.6.6\r\n"

    def call(self, method, path, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        kind = "application/json" if body is not None else "plain/text"
        head = f"{method} {self.prefix}{path} HTTP/1.1\r\nHost: \r\n{self.agent}"
        if method == "POST":
            head += f"Content-Length: {len(data)}\r\nContent-Type: {kind}\r\n"
        with self.daemon.connect() as c:
            c.send_raw(head.encode() + b"Accept-Encoding: gzip\r\n\r\n" + data)
            reply = c.reply(method)
            self.test.assertNotEqual(reply.headers.get("connection", "").lower(), "close", "persistent connection closed")
            self.test.assertTrue({"content-length", "transfer-encoding"} & set(reply.headers), reply.headers)
            return reply

    def hijack(self, path):
        c = self.daemon.connect()
        c.send_raw(f"POST {self.prefix}{path} HTTP/1.1\r\nHost: \r\n{self.agent}Content-Type: plain/text\r\n\r\n".encode())
        status, _ = c.head()
        self.test.assertEqual(status, 200)
        return c


class CommandLineReplay(SharedDaemonCase):
    """`docker run` as it was sent: create, attach and start in either order, resize, wait, inspect, delete."""
    image = False

    def tearDown(self):
        self.daemon.remove_everything()  # what a failed test left

    def replay(self, version, attach_first, tty):
        cli = CommandLine(self, version)
        image = f"cli{version.replace('.', '')}"
        config = {"Hostname": "", "User": "", "Memory": 0, "MemorySwap": 0, "CpuShares": 0, "AttachStdin": True,
                  "AttachStdout": True, "AttachStderr": True, "PortSpecs": None, "Tty": tty, "OpenStdin": True,
                  "StdinOnce": True, "Env": None, "Cmd": ["sh", "-c", "read x; echo got $x; echo bad >&2; exit 7"],
                  "Dns": None, "Image": image, "Volumes": {}, "VolumesFrom": ""}
        if self.daemon.get(f"/images/{image}/json").status == 404:
            reply = cli.call("POST", "/containers/create", config)
            self.assertEqual((reply.status, reply.text), (404, f"No such image: {image} (tag: latest)\n"))
            self.daemon.import_busybox(image)  # where it pulled
        reply = cli.call("POST", "/containers/create", config)
        self.assertEqual(reply.status, 201, reply)
        container = reply.json()["Id"]
        query = "stream=1&stdin=1&stdout=1&stderr=1" + ("" if attach_first else "&logs=1")
        stream = cli.hijack(f"/containers/{container}/attach?{query}") if attach_first else None
        reply = cli.call("POST", f"/containers/{container}/start", {"Binds": None} if version >= "1.3" else None)
        self.assertEqual(reply.status, 204, reply)
        stream = stream or cli.hijack(f"/containers/{container}/attach?{query}")
        if tty:
            self.assertEqual(cli.call("POST", f"/containers/{container}/resize?h=24&w=80").status, 200)
        stream.send_raw(b"word\n")
        if not tty:
            stream.sock.shutdown(socket.SHUT_WR)
        data = stream.rest()
        stream.close()
        if tty:
            self.assertTrue(data.endswith(b"got word\r\nbad\r\n"), data)
        elif version >= "1.6":
            self.assertEqual(demultiplex(data), (b"got word\n", b"bad\n"))
        else:
            self.assertEqual(sorted(data.splitlines()), [b"bad", b"got word"])
        reply = cli.call("POST", f"/containers/{container}/wait")
        self.assertEqual((reply.status, reply.body), (200, b'{"StatusCode":7}'))
        state = cli.call("GET", f"/containers/{container}/json").json()["State"]
        self.assertEqual((state["Running"], state["ExitCode"]), (False, 7))
        self.assertEqual(cli.call("GET", "/containers/ps?all=1" if version == "1.0" else "/containers/json?all=1").status, 200)
        self.assertEqual(cli.call("DELETE", f"/containers/{container}?v=1").status, 204)
        self.assertEqual(cli.call("GET", f"/containers/{container}/json").status, 404)

    def test_run_of_every_version(self):
        for version in VERSIONS:
            for attach_first in (True, False):
                for tty in (False, True):
                    with self.subTest(version=version, attach_first=attach_first, tty=tty):
                        self.replay(version, attach_first, tty)

    def test_commit_tag_history_and_rmi_of_every_version(self):
        self.daemon.import_busybox("committing")
        for version in VERSIONS:
            with self.subTest(version=version):
                cli = CommandLine(self, version)
                container = cli.call("POST", "/containers/create", {"Image": "committing", "Cmd": ["touch", "/f"]}).json()["Id"]
                cli.call("POST", f"/containers/{container}/start", {} if version >= "1.3" else None)
                cli.call("POST", f"/containers/{container}/wait")
                query = f"author=Me+%3Cme%40x%3E&comment=it+is&container={container}&repo=mine&tag="
                reply = cli.call("POST", f"/commit?{query}")
                self.assertEqual((reply.status, list(reply.json())), (201, ["Id"]))
                image = reply.json()["Id"]
                found = cli.call("GET", "/images/mine/json").json()
                self.assertEqual((found["id"][:12], found["author"], found["comment"]), (image, "Me <me@x>", "it is"))
                reply = cli.call("POST", "/images/mine/tag?repo=yours&tag=")
                self.assertEqual((reply.status, reply.body), (201, b""))
                reply = cli.call("GET", "/images/yours/history")
                self.assertEqual([step["Id"][:12] for step in reply.json()][0], image)
                self.assertIn(f' -> "{image}"\n', cli.call("GET", "/images/viz").text)
                self.assertEqual(cli.call("DELETE", f"/containers/{container}").status, 204)
                replies = [cli.call("DELETE", f"/images/{name}") for name in ("yours", "mine")]
                if version < "1.2":  # the first took the image, and its tags with it
                    self.assertEqual([r.status for r in replies], [204, 404])
                else:
                    self.assertEqual([r.json() for r in replies], [[{"Untagged": image}], [{"Untagged": image}, {"Deleted": image}]])

    def test_detached_run_with_ports_and_binds(self):
        """run -d -p 18080:80 -v … as each version's command line asked for it."""
        self.daemon.import_busybox("detached")
        for version in VERSIONS:
            with self.subTest(version=version):
                cli = CommandLine(self, version)
                config = {"Image": "detached", "Cmd": ["sleep", "100"], "Volumes": {"/b": {}}}
                host = {"Binds": [f"{self.daemon.root}:/b"]} if version >= "1.3" else None
                if version < "1.6":
                    config["PortSpecs"] = ["18080:80"]
                else:
                    config["ExposedPorts"] = {"80/tcp": {}}
                    host["PortBindings"] = {"80/tcp": [{"HostIp": "", "HostPort": "18080"}]}
                container = cli.call("POST", "/containers/create", config).json()["Id"]
                self.assertEqual(cli.call("POST", f"/containers/{container}/start", host).status, 204)
                details = self.daemon.inspect(container)
                self.assertEqual(details["NetworkSettings"]["Ports"], {"80/tcp": [{"HostIp": "0.0.0.0", "HostPort": "18080"}]})
                if host:
                    self.assertEqual(details["Volumes"], {"/b": self.daemon.root})
                self.assertEqual(cli.call("POST", f"/containers/{container}/stop?t=0").status, 204)
                self.assertEqual(cli.call("POST", f"/containers/{container}/kill").status, 204)
                self.assertEqual(cli.call("DELETE", f"/containers/{container}?v=1").status, 204)
