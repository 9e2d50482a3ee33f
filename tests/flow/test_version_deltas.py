"""What differs between the API versions, row by row of version_rows, under every prefix and without one."""
import base64
import hashlib
import io
import json
import os
import re
import tarfile

import image_rows  # its checks join CHECKS
from version_case import CHECKS, PREFIXES, VersionCase, row, small_tar
from version_rows import ELSEWHERE, ROWS


def keys_of(record, *wanted):
    return [k for k in record if k in wanted]


class VersionDeltas(VersionCase):
    def test_every_row(self):
        counts = dict.fromkeys(CHECKS, 0)
        for numbers, check in CHECKS.items():
            for version, minor in PREFIXES:
                titles = "; ".join(ROWS[number].title for number in numbers)
                with self.subTest(rows=numbers, titles=titles, version=version):
                    self.count = 0
                    try:
                        check(self, version, minor)
                    finally:
                        counts[numbers] += self.count
        checked = [number for numbers, count in counts.items() for number in numbers if count]
        later = {n: r.later for n, r in ROWS.items() if r.later}
        for number, what in later.items():
            print(f"    row {number} ({ROWS[number].title}): not served yet: {what}")
        of_images = sum(counts[numbers] for numbers, check in CHECKS.items() if check.__module__ == image_rows.__name__)
        print(f"    version deltas: {sum(counts.values())} assertions, {of_images} of them about images; {len(checked)} rows "
              f"checked, {len(ELSEWHERE)} elsewhere, {len(later)} not served yet")
        self.assertEqual(sorted([*checked, *ELSEWHERE, *later]), list(range(1, 122)), "every row exactly once")
        self.assertGreaterEqual(sum(counts.values()), 400)
        self.assertGreaterEqual(of_images, 250)

    # -- 1.0 → 1.1
    @row(7)
    def list_paths(self, version, minor):
        for path in ("/containers/json", "/containers/ps"):
            reply = self.call("GET", path, version)
            self.same(reply.headers["content-type"], "application/json")
            self.same(reply.body, b"[]")

    @row(8)
    def resize(self, version, minor):
        with self.running(version, "sh", Tty=True, OpenStdin=True) as container:
            reply = self.call("POST", f"/containers/{container}/resize?h=20&w=80", version)
            self.same((reply.body, reply.headers["content-type"], reply.headers["content-length"]),
                      (b"", "text/plain; charset=utf-8", "0"))
            for query in ("h=x&w=80", "w=80", "h=20"):
                self.call("POST", f"/containers/{container}/resize?{query}", version, status=500)
        self.answers(self.daemon.post("/containers/nope/resize?h=1&w=1", version=version), 404, "No such container: nope\n")

    @row(9)
    def attach_to_nothing(self, version, minor):
        reply = self.daemon.post("/containers/nope/attach?stream=1&stdout=1", version=version)
        self.answers(reply, 404, "No such container: nope\n", "text/plain; charset=utf-8")

    @row(10)
    def impossible(self, version, minor):
        with self.running(version) as container:
            self.answers(self.daemon.delete(f"/containers/{container}", version=version), 406,
                         "Impossible to remove a running container, please stop it first\n")
            self.true(self.inspect(container, version)["State"]["Running"])

    @row(11, 86)
    def create_answer(self, version, minor):
        with self.committed(version) as reply:
            self.same(reply.headers["content-type"], "application/json")
            self.matches(reply.text, r'^\{"Id":"[0-9a-f]{12}"\}$')
        reply = self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["true"]}, version=version)
        self.answers(reply, 201, content_type="application/json")
        answer = reply.json()
        self.matches(answer["Id"], "^[0-9a-f]{12}$")
        self.true(list(answer) in (["Id"], ["Id", "Warnings"]), answer)
        if minor > 0:
            self.true(answer.get("Warnings", ["some"]), answer)
        else:
            self.true("Warnings" in answer, answer)
        self.daemon.delete(f"/containers/{answer['Id']}")

    @row(12, 55, 75)
    def info(self, version, minor):
        reply = self.call("GET", "/info", version)
        self.same(reply.headers["content-type"], "application/json")
        info = reply.json()
        from_1_4 = ("IPv4Forwarding", "NEventsListener", "KernelVersion", "IndexServerAddress", "LXCVersion")
        if minor == 0:
            self.same(keys_of(info, "Containers", "Version", "Images", "Debug", "GoVersion"),
                      ["Containers", "Version", "Images", "Debug", "GoVersion"])
            self.same(keys_of(info, "MemoryLimit", "SwapLimit", *from_1_4), [])
        else:
            self.same(keys_of(info, "Debug", "Containers", "Images", "NFd", "Version", "GoVersion"),
                      ["Debug", "Containers", "Images", "NFd"])
            self.same(keys_of(info, "KernelVersion", "IndexServerAddress"),
                      ["KernelVersion", "IndexServerAddress"] if minor >= 4 else [])
            if minor < 4:
                self.same(keys_of(info, *from_1_4), [])
            else:
                self.same(info["IndexServerAddress"], "https://index.docker.io/v1/")
                self.matches(info["KernelVersion"], r"^\d+\.\d+\.\d+")
        self.true(all(info.get(k, True) is True for k in ("MemoryLimit", "SwapLimit", "IPv4Forwarding")), info)
        self.true(isinstance(info["Debug"], bool) and isinstance(info["Images"], int))

    @row(13)
    def version_fields(self, version, minor):
        answer = self.call("GET", "/version", version).json()
        self.same([k for k in answer if k != "GitCommit"], ["Version", "GoVersion"])
        self.true(all(isinstance(v, str) and v for v in answer.values()), answer)

    @row(15)
    def attach_to_the_stopped(self, version, minor):
        with self.created(version, "echo", "later") as container:
            with self.daemon.attach(container, "stream=1&stdout=1", version or "v1.6") as c:
                self.start(container, version)
                self.true(c.rest().endswith(b"later\n"))

    # -- 1.1 → 1.2
    @row(23)
    def options(self, version, minor):
        for path in ("/whatever", "/containers/json"):
            self.answers(self.daemon.request("OPTIONS", path, version=version), 200, "")

    @row(24, 45, 90, 98)
    def inspect_keys(self, version, minor):
        folder = os.path.join(self.daemon.root, "row45")
        os.makedirs(folder, exist_ok=True)
        with self.running(version, host={"Binds": [f"{folder}:/b:ro"]}, Volumes={"/b": {}, "/v": {}}) as container:
            found = self.inspect(container, version)
            wanted = ["ID" if minor >= 2 else "Id", "Created", "Path", "Args", "Config", "State", "Image",
                      "NetworkSettings", "SysInitPath", "ResolvConfPath"]
            wanted += ["HostnamePath", "HostsPath"] if minor >= 5 else []
            wanted += ["Name"] if minor >= 6 else []
            wanted += ["Volumes"] + (["VolumesRW"] if minor >= 3 else [])
            self.same([k for k in found if k != "Id" or minor < 2], wanted)
            self.same(list(found["State"]), ["Running", "Pid", "ExitCode", "StartedAt",
                                             *(["FinishedAt"] if minor >= 6 else []), "Ghost"])
            network = found["NetworkSettings"]
            address = ("IPAddress", "IPPrefixLen") if minor >= 2 else ("IpAddress", "IpPrefixLen")
            self.same(list(network), [*address, "Gateway", "Bridge", "PortMapping", *(["Ports"] if minor >= 6 else [])])
            self.matches(network[address[0]], r"^\d+\.\d+\.\d+\.\d+$")
            self.true(network[address[1]] in (16, 24), network)
            self.same(network["Bridge"], "staithe0")
            self.same(len(found["ID" if minor >= 2 else "Id"]), 64)
            self.same(sorted(found["Volumes"]), ["/b", "/v"])
            self.same(found["Volumes"]["/b"], folder)
            self.true(os.path.isdir(found["Volumes"]["/v"]), found["Volumes"])
            if minor >= 3:
                self.same(found["VolumesRW"], {"/b": False, "/v": True})
            if minor >= 5:
                self.true(os.path.isfile(found["HostsPath"]) and os.path.isfile(found["HostnamePath"]))

    @row(27, 42)
    def container_sizes(self, version, minor):
        with self.created(version, "sh", "-c", "dd if=/dev/zero of=/f bs=1k count=300") as container:
            self.start(container, version)
            self.daemon.wait(container)
            plain = self.listed(container, version)
            asked = self.listed(container, version, "all=1&size=1")
            self.same(keys_of(plain, "SizeRw", "SizeRootFs"), ["SizeRw", "SizeRootFs"] if minor >= 2 else [])
            if minor >= 2:
                self.true(asked["SizeRw"] >= 300 * 1024, asked)
                self.true(plain["SizeRw"] == (asked["SizeRw"] if minor == 2 else 0), plain)

    @row(28)
    def memory_floor(self, version, minor):
        self.answers(self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["x"], "Memory": 1000},
                                      version=version),
                     500, "Memory limit must be given in bytes (minimum 524288 bytes)\n")

    @row(35, 104, 105)
    def port_specifications(self, version, minor):
        with self.running(version, PortSpecs=["18080:80", "81", ":18082"]) as container:
            network = self.inspect(container, version)["NetworkSettings"]
            now = self.daemon.inspect(container)["NetworkSettings"]["Ports"]
            if minor >= 6:
                self.same(network["PortMapping"], None)
                self.same(network["Ports"], {"80/tcp": None, "81/tcp": None, "18082/tcp": None})
                return
            self.same(now["80/tcp"], [{"HostIp": "0.0.0.0", "HostPort": "18080"}])
            self.same(now["18082/tcp"], [{"HostIp": "0.0.0.0", "HostPort": "18082"}])
            chosen = now["81/tcp"][0]["HostPort"]
            self.true(49153 <= int(chosen) <= 65534, chosen)
            flat = {"80": "18080", "81": chosen, "18082": "18082"}
            self.same(network["PortMapping"], flat if minor <= 2 else {"Tcp": flat, "Udp": {}})
            self.true("Ports" not in network)

    # -- 1.2 → 1.3
    @row(41)
    def booleans(self, version, minor):
        with self.created(version, "true"):
            for text in ("1", "t", "T", "true", "TRUE", "True", "tRuE"):
                self.same(len(self.call("GET", f"/containers/json?all={text}", version).json()), 1, text)
            for text in ("0", "f", "F", "false", "FALSE", "False", "fAlSe", ""):
                self.same(self.call("GET", f"/containers/json?all={text}", version).json(), [], text)
            for text in ("yes", "2", "-1", "maybe"):
                self.answers(self.daemon.get(f"/containers/json?all={text}", version=version), 400, "Bad parameter\n")

    @row(44, 79)
    def start_body(self, version, minor):
        folder = os.path.join(self.daemon.root, "row44")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, "f"), "w") as f:
            f.write("bound")
        body = json.dumps({"Binds": [f"{folder}:/b:ro"]}).encode()
        for content_type, seen in (("application/json", True), ("application/json; charset=utf-8", True)):
            with self.created(version, "sh", "-c", "cat /b/f; touch /b/x 2>&1") as container:
                self.call("POST", f"/containers/{container}/start", version, body, 204,
                          headers={"Content-Type": content_type})
                self.same(self.daemon.wait(container), 1, "the bind is read-only")
                self.same(self.daemon.output(container, "v1.5").startswith(b"bound"), seen, content_type)

    @row(46)
    def entry_point(self, version, minor):
        with self.created(version, "b", "c", Entrypoint=["echo", "a"]) as container:
            found = self.inspect(container, version)
            self.same((found["Path"], found["Args"]), ("echo", ["a", "b", "c"]))
            self.same(found["Config"].get("Entrypoint"), ["echo", "a"] if minor >= 3 else None)
            self.start(container, version)
            self.daemon.wait(container)
            self.same(self.daemon.output(container, "v1.5"), b"a b c\n")

    @row(48, 54, 117)
    def top(self, version, minor):
        with self.running(version, "sh", "-c", "sleep 98 & exec sleep 99") as container:
            path = f"/containers/{container}/top"
            if minor < 3:
                self.answers(self.daemon.get(path, version=version), 404, "404 page not found\n")
                return
            answer = self.eventually_top(path, version)
            if minor == 3:
                self.true(all(list(record) == ["PID", "Tty", "Time", "Cmd"] for record in answer), answer)
                self.same(sorted(record["Cmd"].split()[0] for record in answer), ["sleep", "sleep"])
                return
            self.same(list(answer), ["Titles", "Processes"])
            self.same(answer["Titles"], ["PID", "TTY", "TIME", "CMD"])
            self.true(all(len(cells) == 4 for cells in answer["Processes"]), answer)
            table = self.call("GET", path + "?ps_args=aux", version).json()
            self.same(table["Titles"],
                      ["USER", "PID", "%CPU", "%MEM", "VSZ", "RSS", "TTY", "STAT", "START", "TIME", "COMMAND"])
            self.same(sorted(cells[10] for cells in table["Processes"]), ["sleep 98", "sleep 99"])
            self.true(all(len(cells) == 11 for cells in table["Processes"]), table)
            self.answers(self.daemon.get("/containers/nope/top", version=version), 404, "No such container: nope\n")

    def eventually_top(self, path, version):
        """The shell needs a moment to become two sleeps."""
        while True:
            answer = self.call("GET", path, version).json()
            text = json.dumps(answer)
            if text.count("sleep") == 2 and '"sh"' not in text:
                return answer

    @row(49)
    def udp(self, version, minor):
        published = {"PortSpecs": ["18053:53/udp"]} if minor < 6 else {"ExposedPorts": {"53/udp": {}}}
        host = None if minor < 6 else {"PortBindings": {"53/udp": [{"HostPort": "18053"}]}}
        with self.running(version, host=host, **published) as container:
            mapping = self.inspect(container, version)["NetworkSettings"]["PortMapping"]
            self.same(mapping, {"53": "18053"} if minor <= 2 else {"Tcp": {}, "Udp": {"53": "18053"}} if minor < 6 else None)
            ports = self.listed(container, version)["Ports"]
            if minor < 3:
                self.true(ports in ("18053->53", "18053->53/udp"), ports)
            elif minor < 5:
                self.same(ports, "18053->53/udp")
            else:
                self.same((ports[0]["PrivatePort"], ports[0]["PublicPort"], ports[0]["Type"]), (53, 18053, "udp"))

    @row(52, 53, 72, 73, 119)
    def events(self, version, minor):
        with self.created(version, "true", name=f"row52-{version}") as container:
            with self.daemon.connect(10) as c:
                c.send("GET", f"/{version}/events" if version else "/events")
                status, headers = c.head()  # though nothing has happened
                self.same((status, headers["content-type"], headers.get("transfer-encoding")),
                          (200, "application/json", "chunked"))
                self.start(f"row52-{version}", version)
                event = json.loads(c.chunk())
                self.same(list(event), ["status", "id", *(["from"] if minor >= 4 else []), "time"])
                self.same((event["status"], event["id"], event.get("from", "busybox:latest")),
                          ("start", container, "busybox:latest"))
                self.same(json.loads(c.chunk())["status"], "die")
            with self.daemon.connect(10) as c:
                c.send("GET", f"/{version}/events?since=1" if version else "/events?since=1")
                c.head()
                self.true(json.loads(c.chunk())["time"] > 1)

    # -- 1.3 → 1.4
    @row(56)
    def no_network(self, version, minor):
        with self.running(version, NetworkDisabled=True) as container:
            found = self.inspect(container, version)
            network = found["NetworkSettings"]
            self.same(network["IPAddress" if minor >= 2 else "IpAddress"], "")
            self.same((network["Gateway"], network["Bridge"]), ("", ""))
            self.same(found["Config"].get("NetworkDisabled"), True if minor >= 4 else None)

    @row(57)
    def id_file(self, version, minor):
        path = os.path.join(self.daemon.root, "row57")
        with self.running(version, host={"ContainerIDFile": path}):
            self.true(not os.path.exists(path))

    @row(63)
    def websocket(self, version, minor):
        with self.running(version, "cat", OpenStdin=True) as container:
            key = base64.b64encode(os.urandom(16)).decode()
            want = base64.b64encode(hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
            with self.daemon.connect(10) as c:
                prefix = f"/{version}" if version else ""
                c.send_raw(f"GET {prefix}/containers/{container}/attach/ws?stream=1&stdout=1 HTTP/1.1\r\nHost: localhost\r\n"
                           f"Upgrade: websocket\r\nConnection: Upgrade\r\nOrigin: http://localhost\r\n"
                           f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
                status, headers = c.head()
                self.same((status, headers["upgrade"].lower(), headers["sec-websocket-accept"]), (101, "websocket", want))
        self.answers(self.daemon.get("/containers/nope/attach/ws?stream=1", version=version), 404)

    @row(64)
    def copy(self, version, minor):
        with self.created(version, "true") as container:
            reply = self.call("POST", f"/containers/{container}/copy", version, {"Resource": "/etc/passwd"})
            self.same(reply.headers["content-type"], "application/octet-stream")
            self.same(tarfile.open(fileobj=io.BytesIO(reply.body)).getnames(), ["passwd"])
            self.answers(self.daemon.post(f"/containers/{container}/copy", {"Resource": ""}, version=version), 500,
                         "Resource cannot be empty\n")

    @row(65)
    def working_directory(self, version, minor):
        with self.created(version, "pwd", WorkingDir="/made/here") as container:
            self.same(self.inspect(container, version)["Config"].get("WorkingDir"), "/made/here" if minor >= 4 else None)
            self.start(container, version)
            self.daemon.wait(container)
            self.same(self.daemon.output(container, "v1.5"), b"/made/here\n")

    @row(66, 113)
    def privileged(self, version, minor):
        probe = ("sh", "-c", "echo box 2>/dev/null >/proc/sys/kernel/hostname && echo -n yes; true")
        with self.created(version, *probe, Privileged=True) as container:
            self.same(self.inspect(container, version)["Config"].get("Privileged"), True if minor in (4, 5) else None)
            self.start(container, version)
            self.daemon.wait(container)
            self.same(self.daemon.output(container, "v1.5"), b"yes")
        self.same(self.output(version, *probe, host={"Privileged": True}), "yes")
        self.same(self.output(version, *probe, host={}), "")

    @row(67)
    def lxc(self, version, minor):
        for pairs in ([{"Key": "lxc.utsname", "Value": "box"}], {"lxc.utsname": "box"}):
            with self.running(version, host={"LxcConf": pairs}) as container:
                self.true(self.inspect(container, version)["State"]["Running"])

    @row(74)
    def unknown_image(self, version, minor):
        for image, tag in (("nothing", "latest"), ("nothing:old", "old")):
            self.answers(self.daemon.post("/containers/create", {"Image": image, "Cmd": ["x"]}, version=version), 404,
                         f"No such image: {image} (tag: {tag})\n", "text/plain; charset=utf-8")

    # -- 1.4 → 1.5
    @row(81, 102, 103)
    def listed_ports(self, version, minor):
        with self.running("v1.6", ExposedPorts={"80/tcp": {}, "81/tcp": {}}, name=f"row81-{minor}{version}",
                          host={"PortBindings": {"80/tcp": [{"HostPort": "18081"}]}}) as container:
            record = self.listed(container, version, "all=0")
            wanted = ["Id", "Image", "Command", "Created", "Status", "Ports"]
            wanted += ["SizeRw", "SizeRootFs"] if minor >= 2 else []
            self.same(list(record), wanted + (["Names"] if minor >= 6 else []))
            self.matches(record["Status"], r"^Up (Less than a second|\d+ seconds)$")
            if minor < 5:
                self.same(record["Ports"], "18081->80")
            elif minor == 5:
                self.same(record["Ports"], [{"PrivatePort": 80, "PublicPort": 18081, "Type": "tcp"}])
            else:
                self.same(record["Ports"], [{"PrivatePort": 80, "PublicPort": 18081, "Type": "tcp", "IP": "0.0.0.0"},
                                            {"PrivatePort": 0, "PublicPort": 81, "Type": "tcp", "IP": ""}])
                self.same(record["Names"], [f"/row81-{minor}{version}"])
            self.daemon.post(f"/containers/{container}/kill")
            self.true(not self.listed(container, version)["Ports"] or minor == 6)

    @row(84)
    def ambiguous(self, version, minor):
        with self.created(version, "true") as container:
            self.daemon.post(f"/images/create?fromSrc=-&repo={container}", small_tar())
            for path in (f"/containers/{container}/json", f"/images/{container}/json"):
                self.answers(self.daemon.get(path, version=version), 409, "Conflict between containers and images\n")
            self.daemon.delete(f"/images/{container}")

    @row(89)
    def domain_name(self, version, minor):
        with self.created(version, "cat", "/etc/hosts", Hostname="web", Domainname="example.org") as container:
            config = self.inspect(container, version)["Config"]
            self.same((config["Hostname"], config.get("Domainname")), ("web", "example.org" if minor >= 5 else None))
            self.start(container, version)
            self.daemon.wait(container)
            self.true(self.daemon.output(container, "v1.5").startswith(b"127.0.0.1\tweb.example.org web\n"))

    @row(94)
    def volumes_from_several(self, version, minor):
        with self.running(version, "sh", "-c", "echo one >/a/f; sleep 99", Volumes={"/a": {}}) as one, \
                self.running(version, "sh", "-c", "echo two >/b/f; sleep 99", Volumes={"/b": {}}) as two:
            text = self.output(version, "sh", "-c", "sleep 0.1; cat /a/f /b/f", VolumesFrom=f"{one},{two}")
            self.same(text, "one\ntwo\n")

    # -- 1.5 → 1.6
    @row(97)
    def framing(self, version, minor):
        with self.created(version, "sh", "-c", "echo out; sleep 0.05; echo err >&2") as container:
            with self.daemon.attach(container, "stream=1&stdout=1&stderr=1", version or "v1.6") as live:
                self.start(container, version)
                data = live.rest()
            want = b"out\nerr\n" if minor < 6 else b"\1\0\0\0\0\0\0\4out\n\2\0\0\0\0\0\0\4err\n"
            self.same(data, want)
            self.daemon.wait(container)
            with self.daemon.connect() as c:
                prefix = f"/{version}" if version else ""
                c.send_raw(f"POST {prefix}/containers/{container}/attach?logs=1&stdout=1&stderr=1 HTTP/1.1\r\nHost: \r\n\r\n"
                           .encode())
                self.same(c.rest(), b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\n" + want)
        with self.created(version, "echo", "out", Tty=True) as container:
            with self.daemon.attach(container, "stream=1&stdout=1&stderr=1", version or "v1.6") as live:
                self.start(container, version)
                self.same(live.rest(), b"out\r\n")

    @row(101)
    def names(self, version, minor):
        with self.created(version, "true", name="row101") as container:
            found = self.inspect("row101", version)
            self.same(found.get("Name"), "/row101" if minor >= 6 else None)
            self.same(self.inspect("row101", "v1.6")["ID"][:12], container)
            reply = self.daemon.post("/containers/create?name=row101", {"Image": "busybox", "Cmd": ["x"]}, version=version)
            self.answers(reply, 409, "Conflict, /row101 already exists.\n")
        with self.created(version, "true") as container:
            self.matches(self.daemon.inspect(container)["Name"], "^/[a-z]+_[a-z]+[0-9]*$")

    @row(106)
    def port_warning(self, version, minor):
        reply = self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["x"], "PortSpecs": ["8080:80"]},
                                 version=version)
        self.answers(reply, 201)
        text = "The mapping to public ports on your host has been deprecated. Use -p to publish the ports."
        if minor >= 6:
            self.true(text in reply.json()["Warnings"], reply)
        self.daemon.delete(f"/containers/{reply.json()['Id']}")

    @row(107, 109)
    def links(self, version, minor):
        with self.running(version, ExposedPorts={"5432/tcp": {}}, name="row107") as child, \
                self.created(version, "env", name="parent107") as parent:
            self.start(parent, version, {"Links": ["row107:db"]})
            self.daemon.wait(parent)
            environment = self.daemon.output(parent, "v1.5").decode().splitlines()
            self.true("DB_NAME=/parent107/db" in environment, environment)
            self.true(any(re.match(r"DB_PORT=tcp://\d+\.\d+\.\d+\.\d+:5432$", e) for e in environment), environment)
            self.same(self.inspect("parent107/db", version)["Id" if minor < 2 else "ID"][:12], child)
            self.answers(self.daemon.delete("/containers/parent107?link=1", version=version), 409,
                         "Conflict, cannot remove the default name of the container\n")
            self.answers(self.daemon.delete("/containers/parent107/none?link=1", version=version), 404,
                         "No such link: parent107/none\n")
            self.answers(self.daemon.delete("/containers/parent107/db?link=1", version=version), 204, "")
            self.same(self.daemon.get("/containers/parent107/db/json", version=version).status, 404)
            self.true(self.inspect(child, version)["State"]["Running"])

    @row(108)
    def kill_signal(self, version, minor):
        with self.running(version, "sh", "-c", "trap 'exit 5' USR1; echo ready; while :; do sleep 0.05; done") as container:
            while b"ready" not in self.daemon.output(container):
                pass
            self.call("POST", f"/containers/{container}/kill?signal=10", version, status=204)
            self.same(self.daemon.wait(container), 5)
            self.call("POST", f"/containers/{container}/kill?signal=SIGTERM", version, status=500)

    @row(111)
    def start_twice(self, version, minor):
        with self.running(version) as container:
            full = self.inspect(container, "v1.6")["ID"]
            self.answers(self.daemon.post(f"/containers/{container}/start", version=version), 500,
                         f"Cannot start container {container}: The container {full} is already running.\n")
            self.true(self.inspect(container, version)["State"]["Running"])

    @row(114)
    def publish_all(self, version, minor):
        with self.running(version, ExposedPorts={"80/tcp": {}, "53/udp": {}}, host={"PublishAllPorts": True}) as container:
            ports = self.daemon.inspect(container)["NetworkSettings"]["Ports"]
            self.same(sorted(ports), ["53/udp", "80/tcp"])
            for bound in ports.values():
                self.true(49153 <= int(bound[0]["HostPort"]) <= 65534, ports)

    @row(118)
    def bind_sources(self, version, minor):
        with self.created(version, "true") as container:
            for bind, why in (("/:/b", "source can't be '/'"), ("/no/such/place:/b", "source doesn't exist")):
                self.answers(self.daemon.post(f"/containers/{container}/start", {"Binds": [bind]}, version=version), 500,
                             f"Invalid bind mount '{bind}' : {why}\n")

    @row(121)
    def environment_is_no_argument(self, version, minor):
        with self.running(version, Env=["SECRET=row121"]):
            for pid in self.daemon.keepers():
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    self.true(b"row121" not in f.read())
