"""What a program finds inside a container that came all the way through the daemon, against tests/probe's golden files:
the same that the execution driver's own test compares. An image that knows nothing but the probe."""
import io
import os
import tarfile

from case import SharedDaemonCase
from daemon import BUILD

PROBE = os.path.join(BUILD, "tests", "probe", "staithe-probe")
GOLDEN = os.path.join(os.environ["STAITHE_SOURCE"], "tests", "probe")
NAMESPACES = ("mnt", "pid", "uts", "ipc", "net", "cgroup", "user")


def image():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        tar.add(PROBE, "probe")
    return out.getvalue()


class ProbeFlow(SharedDaemonCase):
    image = False

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        reply = cls.daemon.post("/images/create?fromSrc=-&repo=probe", image(),
                                headers={"Content-Type": "application/tar"})
        if b'"error"' in reply.body:
            raise AssertionError(reply)

    def probe(self, **config):
        host = [f"HOST_{n}={os.readlink('/proc/self/ns/' + n)}" for n in NAMESPACES]
        code, out, err = self.daemon.run_container("/probe", image="probe", Hostname="box", Env=host, **config)
        self.assertEqual((code, err), (0, b""))
        return out.decode().splitlines()

    def compare(self, golden, found):
        """Line by line; "missing", a file that this machine does not have, agrees with all."""
        with open(os.path.join(GOLDEN, golden)) as f:
            # A driver gets the groups that it is told; the daemon tells it root's primary one, as in the images' files.
            expected = [line.rstrip(",") for line in f.read().replace('"Groups": ""', '"Groups": "0"').splitlines()]
        found = self.without_generated_files([line.rstrip(",") for line in found])
        self.assertEqual(len(found), len(expected), "\n".join(found))
        pairs = [(f, e) for f, e in zip(found, expected) if '": "missing"' not in f]
        self.assertGreaterEqual(len(pairs), 60)
        self.assertEqual([f for f, _ in pairs], [e for _, e in pairs])

    def without_generated_files(self, found):
        """The daemon mounts three files more than a driver does; their type and options are the host's file system's."""
        files = {line.split('"')[1]: line for line in found if line.startswith('  "/etc/')}
        self.assertEqual(sorted(files), ["/etc/hostname", "/etc/hosts", "/etc/resolv.conf"])
        for line in files.values():
            self.assertRegex(line, '"[a-z0-9]+ ro,')
        return [line for line in found if line not in files.values()]

    def test_a_default_container_is_as_agreed(self):
        found = self.probe()
        self.compare("default.json", found)
        calls = found[next(i for i, line in enumerate(found) if '"calls"' in line):]
        self.assertEqual(sum('"EPERM"' in line or '"ENOSYS"' in line for line in calls), 67)

    def test_a_privileged_container_is_as_agreed(self):
        with open("/proc/self/status") as f:
            everything = next(line.split()[1] for line in f if line.startswith("CapPrm:"))
        found = [line.replace(f'"{everything}"', '"all"') for line in self.probe(Privileged=True)]
        self.compare("privileged.json", found)

    def test_with_an_open_stdin_there_is_no_descriptor_more(self):
        found = self.probe(OpenStdin=True)
        self.assertIn('  "open": "0 1 2"', found)


class DescriptorFlow(SharedDaemonCase):
    def test_keepers_hold_what_they_need_and_nothing_else(self):
        """No descriptor of the daemon, of another container or of a client of another gets into a keeper."""
        containers = [self.daemon.create("sleep", "60", OpenStdin=True) for _ in range(3)]
        streams = []
        for container in containers:
            streams.append(self.daemon.attach(container, "stream=1&stdin=1&stdout=1"))
            self.daemon.start_container(container)
        try:
            keepers = self.daemon.keepers()
            self.assertEqual(len(keepers), len(containers))
            held = [self.links(f"/proc/{pid}/fd") for pid in keepers]
            for links in held:
                self.assertEqual([link for link in links if "sqlite" in link or "staithed" in link], [])
                directories = [link for link in links if "/state/containers/" in link]
                self.assertEqual(len({d.split("/state/containers/")[1][:64] for d in directories}), 1, links)
            sockets = [{link for link in links if link.startswith(("socket:", "pipe:"))} for links in held]
            for i, mine in enumerate(sockets):
                for other in sockets[i + 1:]:
                    self.assertEqual(mine & other, set())
            for container in containers:
                pid = self.daemon.inspect(container)["State"]["Pid"]
                self.assertEqual(sorted(os.listdir(f"/proc/{pid}/fd")), ["0", "1", "2"])
        finally:
            for stream in streams:
                stream.close()
            for container in containers:
                self.daemon.post(f"/containers/{container}/kill")
                self.daemon.delete(f"/containers/{container}")

    @staticmethod
    def links(folder):
        found = []
        for name in os.listdir(folder):
            try:
                found.append(os.readlink(os.path.join(folder, name)))
            except OSError:
                continue
        return found

    def test_hosts_hold_nothing_of_the_daemon(self):
        children = []
        with open(f"/proc/{self.daemon.process.pid}/task/{self.daemon.process.pid}/children") as f:
            children += f.read().split()
        for task in os.listdir(f"/proc/{self.daemon.process.pid}/task"):
            with open(f"/proc/{self.daemon.process.pid}/task/{task}/children") as f:
                children += f.read().split()
        hosts = [pid for pid in set(children) if "driver-host" in open(f"/proc/{pid}/cmdline").read()]
        self.assertGreater(len(hosts), 0)
        for pid in hosts:
            links = self.links(f"/proc/{pid}/fd")
            self.assertEqual([link for link in links if "sqlite" in link or ".sock" in link or "/lock" in link], [])
            self.assertLessEqual(sum(link.startswith("socket:") for link in links), 1, links)
