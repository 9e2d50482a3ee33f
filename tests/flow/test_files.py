"""What the daemon makes inside a container: hosts, hostname, resolv.conf, environment, directories and users."""
import os

from case import SharedDaemonCase

HOSTS = """127.0.0.1\t{0}
::1\t\t{0}

127.0.0.1\tlocalhost
::1\t\tlocalhost ip6-localhost ip6-loopback
fe00::0\t\tip6-localnet
ff00::0\t\tip6-mcastprefix
ff02::1\t\tip6-allnodes
ff02::2\t\tip6-allrouters
"""


class GeneratedFiles(SharedDaemonCase):
    def out(self, *command, **config):
        code, out, err = self.daemon.run_container(*command, **config)
        self.assertEqual((code, err), (0, b""))
        return out.decode()

    def test_hosts(self):
        self.assertEqual(self.out("cat", "/etc/hosts", Hostname="web"), HOSTS.format("web"))
        self.assertEqual(self.out("cat", "/etc/hosts", Hostname="web", Domainname="example.org"),
                         HOSTS.format("web.example.org web"))

    def test_hostname(self):
        self.assertEqual(self.out("sh", "-c", "cat /etc/hostname; hostname", Hostname="web"), "web\nweb\n")
        container = self.daemon.create("sh", "-c", "cat /etc/hostname; hostname")
        self.daemon.start_container(container)
        self.daemon.wait(container)
        self.assertEqual(self.daemon.output(container, "v1.5").decode(), f"{container}\n{container}\n")
        self.assertEqual(self.daemon.inspect(container)["Config"]["Hostname"], container)
        self.daemon.delete(f"/containers/{container}")

    def test_resolv_conf(self):
        self.assertEqual(self.out("cat", "/etc/resolv.conf", Dns=["192.0.2.53", "192.0.2.54"]),
                         "nameserver 192.0.2.53\nnameserver 192.0.2.54\n")
        with open("/etc/resolv.conf") as f:
            host = f.read()
        plain = "\n".join(line.split("#")[0] for line in host.splitlines())
        if "nameserver" not in plain or "127.0.0.1" in plain or "127.0.1.1" in plain:
            host = "nameserver 8.8.8.8\nnameserver 8.8.4.4\n"
        self.assertEqual(self.out("cat", "/etc/resolv.conf"), host)

    def test_they_are_read_only_and_told_by_inspect(self):
        container = self.daemon.create("sh", "-c", "for f in hosts hostname resolv.conf; do echo evil >>/etc/$f && echo wrote; done; "
                                       "sleep 100", Hostname="web", Dns=["192.0.2.53"])
        self.daemon.start_container(container)
        details = self.daemon.inspect(container)
        for key, content in (("HostsPath", HOSTS.format("web")), ("HostnamePath", "web\n"),
                             ("ResolvConfPath", "nameserver 192.0.2.53\n")):
            with open(details[key]) as f:
                self.assertEqual(f.read(), content, key)
        self.daemon.post(f"/containers/{container}/kill")
        self.assertNotIn(b"wrote", self.daemon.output(container, "v1.5"))
        reply = self.daemon.delete(f"/containers/{container}")
        self.assertEqual(reply.status, 204, reply)
        self.eventually(lambda: os.path.exists(details["HostsPath"]), lambda there: not there)

    def test_evil_names_write_no_lines(self):
        for config in ({"Hostname": "a\nb"}, {"Hostname": "a b"}, {"Domainname": "x\n1.2.3.4 bank"}, {"Hostname": "a\0b"},
                       {"Dns": ["1.1.1.1\noptions evil"]}, {"Hostname": "h" * 300}):
            reply = self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["cat", "/etc/hosts", "/etc/resolv.conf"],
                                                            **config})
            if reply.status != 201:
                self.assertIn(reply.status, (400, 500), config)
                continue
            container = reply.json()["Id"]
            if self.daemon.post(f"/containers/{container}/start").status == 204:
                self.daemon.wait(container)
                out = self.daemon.output(container, "v1.5").decode()
                self.assertNotRegex(out, r"(?m)^(b|1\.2\.3\.4|options evil)", config)
            self.daemon.delete(f"/containers/{container}")

    def test_environment_in_order(self):
        found = self.out("env", Env=["B=2", "A=1", "NOVALUE", "TERM=mine"], Hostname="box").splitlines()
        self.assertEqual(found, ["HOME=/", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "container=lxc",
                                 "HOSTNAME=box", "B=2", "A=1", "NOVALUE=", "TERM=mine"])
        found = self.daemon.run_container("env", Tty=True)[1].decode().splitlines()
        self.assertIn("TERM=xterm", found)
        self.assertEqual(self.out("sh", "-c", "echo $HOME", Env=["HOME=/tmp"]), "/tmp\n")

    def test_working_directory_is_made(self):
        self.assertEqual(self.out("sh", "-c", "pwd; stat -c '%a %u' .", WorkingDir="/made/of/air"), "/made/of/air\n755 0\n")
        self.assertEqual(self.out("pwd", WorkingDir="/tmp/../root//"), "/root\n")
        self.assertEqual(self.out("pwd"), "/\n")
        for folder in ("/etc/passwd", "/proc/self/fd/7", "/proc/1/root/../../.."):
            container = self.daemon.create("pwd", WorkingDir=folder)
            reply = self.daemon.post(f"/containers/{container}/start")
            self.daemon.wait(container)
            out = self.daemon.output(container, "v1.5")
            self.assertTrue(reply.status == 500 or b"pwd" in out or out.startswith((b"/\n", b"")), (folder, reply, out))
            self.assertNotIn(self.daemon.root.encode(), out)
            self.daemon.delete(f"/containers/{container}")

    def test_users(self):
        for user, identity in (("", "0 0"), ("root", "0 0"), ("ann", "1000 1000"), ("1000", "1000 1000"), ("0", "0 0")):
            self.assertEqual(self.out("sh", "-c", "echo $(id -u) $(id -g) $HOME", User=user), f"{identity} /\n", user)

    def test_no_warnings_without_reason(self):
        warnings = self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["x"], "NetworkDisabled": True}).json()
        self.assertFalse([w for w in warnings.get("Warnings") or [] if "DNS" in w], warnings)

    def test_an_image_without_etc(self):
        """Nothing but one program in it: the files are there nevertheless."""
        import io
        import tarfile
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            tar.add("/bin/busybox", "busybox")
        self.daemon.post("/images/create?fromSrc=-&repo=bare", out.getvalue())
        self.assertEqual(self.out("/busybox", "cat", "/etc/hostname", image="bare", Hostname="web"), "web\n")


class DaemonsDns(SharedDaemonCase):
    flags = ("-dns=192.0.2.99",)

    def test_it_is_the_default(self):
        self.assertEqual(self.daemon.run_container("cat", "/etc/resolv.conf")[1], b"nameserver 192.0.2.99\n")
        self.assertEqual(self.daemon.run_container("cat", "/etc/resolv.conf", Dns=["192.0.2.1"])[1], b"nameserver 192.0.2.1\n")
        reply = self.daemon.post("/containers/create", {"Image": "busybox", "Cmd": ["x"]})
        self.assertNotIn("DNS", reply.text)
