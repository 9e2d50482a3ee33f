"""What the clients of 2013 really send and need, byte by byte over raw sockets: one test per trap they set.

Trap 10, clients that ask private registries themselves, and trap 20, fetching from the internet, ask nothing of this
daemon yet."""
import json
import socket
import threading

from case import SharedDaemonCase
from daemon import busybox_tar
from http_client import Connection, demultiplex
from test_version_deltas import small_tar

LIVE = "stream=1&stdout=1&stderr=1"
CLI_POST = "User-Agent: Docker-Client/0.6.6\r\nContent-Length: 0\r\nContent-Type: plain/text\r\n"


class ClientTraps(SharedDaemonCase):
    port = 4243
    flags = ("--allow-plain-tcp", f"--host=tcp://127.0.0.1:{port}")

    def tearDown(self):
        self.daemon.remove_everything()  # what a failed test left

    def raw(self, c, text, body=b""):
        """Sends those bytes and reads one reply."""
        c.send_raw(text.replace("\n", "\r\n").encode() + body)
        return c.reply(text.split(" ", 1)[0])

    def tcp(self):
        return Connection(self.daemon.net.connect("127.0.0.1", self.port))

    def remove(self, container):
        self.daemon.post(f"/containers/{container}/kill")
        self.assert_status(self.daemon.delete(f"/containers/{container}"), 204)

    def start_raw(self, container, prefix="/v1.6"):
        with self.daemon.connect() as c:
            reply = self.raw(c, f"POST {prefix}/containers/{container}/start HTTP/1.1\nHost: \n"
                                + CLI_POST.replace("\r\n", "\n") + "\n")
            self.assertEqual(reply.status, 204, reply)

    def test_01_connections_stay_and_bodies_have_an_end(self):
        container = self.daemon.create("echo", "x")
        asks = [("GET", "/version"), ("GET", "/info"), ("GET", "/containers/json?all=1"), ("GET", "/images/json"),
                ("GET", f"/containers/{container}/json"), ("GET", f"/containers/{container}/changes"),
                ("GET", f"/containers/{container}/export"), ("POST", f"/containers/{container}/start"),
                ("POST", f"/containers/{container}/wait"), ("GET", "/containers/nope/json"), ("GET", "/nowhere"),
                ("POST", f"/containers/{container}/stop?t=1"), ("GET", "/containers/json?all=maybe")]
        with self.daemon.connect() as c:
            for method, target in asks * 2:
                head = f"{method} /v1.6{target} HTTP/1.1\nHost: \nUser-Agent: Docker-Client/0.4.4\n"
                reply = self.raw(c, head + ("Content-Length: 0\nContent-Type: plain/text\n" if method == "POST" else "") + "\n")
                self.assertNotEqual(reply.headers.get("connection", "").lower(), "close", target)
                framed = {"content-length", "transfer-encoding"} & set(reply.headers)
                self.assertEqual(len(framed), 1, f"{target}: {reply.headers}")
                self.assertIn(b"HTTP/1.1 ", c.head_bytes[:9])
            tar = small_tar()
            reply = self.raw(c, f"POST /v1.6/images/create?fromSrc=-&repo=t1 HTTP/1.1\nHost: \nContent-Length: {len(tar)}\n\n", tar)
            self.assertEqual((reply.status, reply.headers.get("transfer-encoding")), (200, "chunked"))
            self.assertEqual(self.raw(c, "GET /v1.6/version HTTP/1.1\nHost: \n\n").status, 200)
            c.send_raw(b"GET /v1.6/events?since=1 HTTP/1.1\r\nHost: \r\n\r\n")
            status, headers = c.head()
            self.assertEqual((status, headers.get("transfer-encoding")), (200, "chunked"))
            self.assertNotEqual(headers.get("connection", "").lower(), "close")
            self.assertTrue(c.chunk().startswith(b'{"status":"'))
        self.daemon.delete("/images/t1")
        self.remove(container)

    def test_02_odd_hosts(self):
        for host in ("", " ", "/var/run/docker.sock", "localhost", "docker", "anything:1"):
            with self.daemon.connect() as c:
                self.assertEqual(self.raw(c, f"GET /v1.4/version HTTP/1.1\nHost:{host and ' '}{host}\n\n").status, 200, host)
        for host, status in (("", 200), ("localhost:4243", 200), ("127.0.0.1:4243", 200), ("evil.example", 403)):
            with self.tcp() as c:
                self.assertEqual(self.raw(c, f"GET /v1.4/version HTTP/1.1\nHost: {host}\n\n").status, status, host)

    def test_03_attach_before_start_and_early_half_close(self):
        container = self.daemon.create("sh", "-c", "sleep 0.2; echo out")
        with self.daemon.connect() as c:
            c.send_raw(f"POST /v1.6/containers/{container}/attach?{LIVE} HTTP/1.1\r\nHost: \r\n{CLI_POST}\r\n".encode())
            c.sock.shutdown(socket.SHUT_WR)
            want = b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n"
            self.assertEqual(c.take(len(want)), want)  # at once, though nothing runs
            self.start_raw(container)
            self.assertEqual(demultiplex(c.rest()), (b"out\n", b""))
        self.daemon.wait(container)
        self.remove(container)
        container = self.daemon.create("cat", OpenStdin=True, StdinOnce=True, AttachStdin=True)
        with self.daemon.connect() as c:
            c.send_raw(f"POST /v1.6/containers/{container}/attach?{LIVE}&stdin=1 HTTP/1.1\r\nHost: \r\n{CLI_POST}\r\n"
                       f"early ".encode())
            c.head()
            c.send_raw(b"bytes")
            c.sock.shutdown(socket.SHUT_WR)
            self.start_raw(container)
            self.assertEqual(demultiplex(c.rest()), (b"early bytes", b""))
        self.assertEqual(self.daemon.wait(container), 0)
        self.remove(container)

    def test_04_start_first_and_one_connection_per_stream(self):
        for _ in range(5):
            container = self.daemon.create("sh", "-c", "echo out; echo err >&2")
            self.start_raw(container, "/v1.1")
            seen = {}
            for stream in ("stdout", "stderr"):
                with self.daemon.connect() as c:
                    c.send_raw(f"POST /v1.1/containers/{container}/attach?logs=1&stream=1&{stream}=1 HTTP/1.1\r\nHost: \r\n"
                               f"{CLI_POST}\r\n".encode())
                    self.assertEqual(c.head()[0], 200)
                    self.daemon.wait(container)
                    seen[stream] = c.rest()
            self.assertEqual(seen, {"stdout": b"out\n", "stderr": b"err\n"})
            self.remove(container)

    def test_05_the_first_clients_paths(self):
        with self.daemon.connect() as c:
            for target in ("/containers/ps", "/containers/ps?all=1", "/images/json", "/version"):
                self.assertEqual(self.raw(c, f"GET /v1.000000{target} HTTP/1.1\nHost: 127.0.0.1:4243\n\n").status, 200, target)
            body = json.dumps({"Id": self.daemon.get("/images/busybox/json").json()["id"], "Cmd": ["x"]}).encode()
            reply = self.raw(c, f"POST /v1.000000/images/getCache HTTP/1.1\nHost: \nContent-Length: {len(body)}\n\n", body)
            self.assertEqual((reply.status, reply.body), (404, b""))
            tar = small_tar()
            reply = self.raw(c, f"POST /v1.000000/images/create?fromSrc=-&repo=t5 HTTP/1.1\nHost: \nContent-Length: {len(tar)}\n\n",
                             tar)
            self.assertTrue(reply.body.endswith(b"\r\n") and b"{" not in reply.body, reply)
        self.daemon.delete("/images/t5")

    def test_06_versions_are_what_they_say(self):
        with self.daemon.connect() as c:
            for version in ("1.24", "1.40", "1.41", "1.50"):
                reply = self.raw(c, f"GET /v{version}/version HTTP/1.1\nHost: \n\n")
                self.assertEqual(reply.status, 404, version)
                self.assertIn(version, reply.text)
            for version in ("1.7", "2", "0", "0.0"):
                reply = self.raw(c, f"GET /v{version}/version HTTP/1.1\nHost: \n\n")
                self.assertEqual((reply.status, reply.body), (404, b""), version)
            for version in ("1", "1.0", "1.000000", "1.60", "1.600000", "1.6"):
                status = self.raw(c, f"GET /v{version}/version HTTP/1.1\nHost: \n\n").status
                self.assertEqual(status, 404 if version == "1.60" else 200, version)

    def test_07_posts_without_a_body(self):
        container = self.daemon.create("sleep", "100")
        with self.daemon.connect() as c:
            for action, status in (("start", 204), ("stop?t=0", 204), ("restart?t=0", 204), ("kill", 204), ("wait", 200)):
                reply = self.raw(c, f"POST /v1.6/containers/{container}/{action} HTTP/1.1\nHost: \n"
                                    "User-Agent: Docker-Client/0.6.6\nContent-Length: 0\nContent-Type: plain/text\n\n")
                self.assertEqual(reply.status, status, action)
        self.remove(container)

    def test_08_chunked_uploads_with_a_tiny_first_chunk(self):
        data = busybox_tar()
        body = b"1\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (data[:1], len(data) - 1, data[1:])
        with self.daemon.connect() as c:
            reply = self.raw(c, "POST /v1.6/images/create?fromSrc=-&repo=t8 HTTP/1.1\nHost: \nContent-Type: application/tar\n"
                                "Transfer-Encoding: chunked\n\n", body)
            self.assertEqual(reply.status, 200)
            config = json.dumps({"Image": "t8", "Cmd": ["echo", "whole"]}).encode()
            body = b"1\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (config[:1], len(config) - 1, config[1:])
            reply = self.raw(c, "POST /v1.6/containers/create HTTP/1.1\nHost: \nTransfer-Encoding: chunked\n\n", body)
            self.assertEqual(reply.status, 201, reply)
        container = reply.json()["Id"]
        self.start_raw(container)
        self.daemon.wait(container)
        self.assertEqual(self.daemon.output(container, "v1.5"), b"whole\n")
        self.remove(container)
        self.daemon.delete("/images/t8")

    def test_09_credentials_where_nobody_wants_them(self):
        """Pushing is not served yet; that its bodies and headers hurt nothing is."""
        body = b'{"username":"u","password":"p","email":"e@example.org"}'
        with self.daemon.connect() as c:
            for _ in range(2):
                reply = self.raw(c, "POST /v1.6/images/busybox/push HTTP/1.1\nHost: \nContent-Type: plain/text\n"
                                    f"X-Registry-Auth: eyJ1c2VybmFtZSI6InUifQ==\nContent-Length: {len(body)}\n\n", body)
                self.assertNotIn(b"password", reply.body)
                self.assertEqual(self.raw(c, "GET /v1.6/version HTTP/1.1\nHost: \n\n").status, 200)

    def test_11_port_mappings_change_their_shape(self):
        container = self.daemon.create("sleep", "100", ExposedPorts={"80/tcp": {}})
        self.daemon.start_container(container, {"PortBindings": {"80/tcp": [{"HostPort": "18011"}]}})
        shapes = {"v1.0": '"PortMapping":{"80":"18011"}', "v1.2": '"PortMapping":{"80":"18011"}',
                  "v1.3": '"PortMapping":{"Tcp":{"80":"18011"},"Udp":{}}', "v1.5": '"PortMapping":{"Tcp":{"80":"18011"},"Udp":{}}',
                  "v1.6": '"PortMapping":null,"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"18011"}]}'}
        with self.daemon.connect() as c:
            for version, text in shapes.items():
                self.assertIn(text, self.raw(c, f"GET /{version}/containers/{container}/json HTTP/1.1\nHost: \n\n").text, version)
        self.remove(container)

    def test_12_resize_as_it_comes(self):
        container = self.daemon.create("sh", "-c", "read x; stty size", Tty=True, OpenStdin=True)
        with self.daemon.attach(container, LIVE + "&stdin=1") as stream, self.daemon.connect() as c:
            self.start_raw(container)
            for query, status in (("h=33&w=99", 200), ("h=&w=", 500), ("w=98&h=32", 200)):
                reply = self.raw(c, f"POST /v1.6/containers/{container}/resize?{query} HTTP/1.1\nHost: \nContent-Length: 0\n\n")
                self.assertEqual(reply.status, status, query)
            stream.send_raw(b"\n")
            self.assertIn(b"32 98\r\n", stream.rest())
        self.daemon.wait(container)
        self.remove(container)

    def test_13_one_object_per_chunk(self):
        tar = small_tar()
        for version in ("v1.1", "v1.6"):
            with self.daemon.connect() as c:
                reply = self.raw(c, f"POST /{version}/images/create?fromSrc=-&repo=t13 HTTP/1.1\nHost: \n"
                                    f"Content-Length: {len(tar)}\n\n", tar)
            self.assertGreater(len(reply.chunks), 0)
            for chunk in reply.chunks:
                self.assertTrue(chunk.startswith(b"{") and chunk.endswith(b"}"), chunk)
                self.assertIsInstance(json.loads(chunk), dict)
            self.daemon.delete("/images/t13")
        with self.daemon.connect() as c:
            c.send_raw(b"GET /v1.6/events?since=1 HTTP/1.1\r\nHost: \r\n\r\n")
            c.head()
            container = self.daemon.create("true")
            chunk = b""
            while container.encode() not in chunk:
                chunk = c.chunk()
                self.assertEqual(list(json.loads(chunk))[:2], ["status", "id"])
        self.remove(container)

    def test_14_booleans_of_python_and_its_lost_slash(self):
        with self.daemon.connect() as c:
            for query in ("all=True&size=False", "all=False&limit=-1&size=True"):
                self.assertEqual(self.raw(c, f"GET /v1.6/containers/ps?{query} HTTP/1.1\nHost: \n\n").status, 200, query)
            reply = self.raw(c, "GET /v1.6images/viz HTTP/1.1\nHost: \n\n")
            self.assertEqual((reply.status, reply.text), (404, "404 page not found\n"))

    def test_15_javascript(self):
        body = json.dumps({"Image": "busybox", "Cmd": ["cat"], "OpenStdin": True, "StdinOnce": True}).encode()
        with self.daemon.connect() as c:  # no content type; fields again in the query
            reply = self.raw(c, f"POST /containers/create?Image=busybox&Cmd=cat&OpenStdin=true HTTP/1.1\nHost: \n"
                                f"Content-Length: {len(body)}\n\n", body)
            self.assertEqual(reply.status, 201, reply)
        container = reply.json()["Id"]
        with self.daemon.connect() as c:  # what follows the head is stdin, whatever the length says
            c.send_raw(f"POST /containers/{container}/attach?{LIVE}&stdin=true HTTP/1.1\r\nHost: \r\n"
                       f"Content-Type: application/json\r\nContent-Length: 2\r\n\r\nfour".encode())
            self.assertEqual(c.head()[0], 200)
            self.start_raw(container)
            c.send_raw(b" and more")
            c.sock.shutdown(socket.SHUT_WR)
            self.assertEqual(demultiplex(c.rest())[0], b"four and more")
        self.daemon.wait(container)
        self.remove(container)
        container = self.daemon.create("echo", "out")
        with self.daemon.connect() as c:
            c.send_raw(f"POST /containers/{container}/attach?{LIVE} HTTP/1.1\r\nHost: \r\nTransfer-Encoding: chunked\r\n\r\n"
                       .encode())
            self.assertEqual(c.head()[0], 200)
            self.start_raw(container)
            self.assertEqual(demultiplex(c.rest())[0], b"out\n")
        self.daemon.wait(container)
        self.remove(container)

    def test_16_absolute_targets(self):
        with self.tcp() as c:
            reply = self.raw(c, "GET http://127.0.0.1:4243/v1.6/version HTTP/1.1\nHost: 127.0.0.1:4243\n\n")
            self.assertEqual(reply.status, 200)
            reply = self.raw(c, "GET http://127.0.0.1:4243/v1.6/containers/json?all=1 HTTP/1.1\nHost: 127.0.0.1:4243\n\n")
            self.assertEqual((reply.status, reply.body), (200, b"[]"))
        with self.daemon.connect() as c:
            self.assertEqual(self.raw(c, "GET http://localhost/version HTTP/1.1\nHost: localhost\n\n").status, 200)

    def test_17_the_exact_content_type_and_204(self):
        container = self.daemon.create("sleep", "100")
        with self.daemon.connect() as c:
            for target in ("/version", "/info", "/containers/json", "/images/json", f"/containers/{container}/json"):
                reply = self.raw(c, f"GET /v1.6{target} HTTP/1.1\nHost: \n\n")
                self.assertEqual(reply.headers["content-type"], "application/json", target)
            reply = self.raw(c, f"POST /v1.6/containers/{container}/start HTTP/1.1\nHost: \nContent-Length: 2\n"
                                "Content-Type: application/json\n\n{}")
            self.assertEqual(reply.status, 204)
        self.remove(container)

    def test_18_json_that_says_it_is_text(self):
        body = json.dumps({"Image": "busybox", "Cmd": ["true"]}).encode()
        head = f"POST /v1.6/containers/create HTTP/1.1\nHost: localhost\nContent-Type: text/plain\nContent-Length: {len(body)}\n"
        for connection in (self.daemon.connect, self.tcp):
            with connection() as c:
                reply = self.raw(c, head + "\n", body)
                self.assertEqual(reply.status, 201, reply)
                self.remove(reply.json()["Id"])
        with self.tcp() as c:  # but a browser that was lured here does the same
            self.assertEqual(self.raw(c, head + "Origin: http://evil.example\n\n", body).status, 403)

    def test_19_clients_of_today(self):
        with self.daemon.connect() as c:
            reply = self.raw(c, "HEAD /_ping HTTP/1.1\nHost: api.moby.localhost\nUser-Agent: Docker-Client/28.2.2 (linux)\n\n")
            self.assertEqual((reply.status, reply.headers["api-version"]), (200, "1.6"))
            reply = self.raw(c, "GET /_ping HTTP/1.1\nHost: api.moby.localhost\n\n")
            self.assertEqual((reply.status, reply.body), (200, b"OK"))
        container = self.daemon.create("cat", OpenStdin=True, StdinOnce=True)
        with self.daemon.connect() as c:
            c.send_raw(f"POST /v1.6/containers/{container}/attach?{LIVE}&stdin=1 HTTP/1.1\r\nHost: api.moby.localhost\r\n"
                       "Content-Length: 0\r\nConnection: Upgrade\r\nContent-Type: text/plain\r\nUpgrade: tcp\r\n\r\n".encode())
            status, headers = c.head()
            self.assertEqual((status, headers["upgrade"], headers["connection"].lower()), (101, "tcp", "upgrade"))
            self.assertTrue(c.head_bytes.startswith(b"HTTP/1.1 101 UPGRADED\r\n"), c.head_bytes)
            threading.Timer(0.1, self.start_raw, (container,)).start()
            c.send_raw(b"through")
            c.sock.shutdown(socket.SHUT_WR)
            self.assertEqual(demultiplex(c.rest())[0], b"through")
        self.daemon.wait(container)
        self.remove(container)
