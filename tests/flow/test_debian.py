"""A real distribution: Debian's minimal base, made once by debootstrap and kept in the build tree. STAITHE_DEBIAN_ROOTFS
names a directory that holds one already."""
import os
import shutil
import subprocess
import tempfile
import unittest

from case import SharedDaemonCase
from daemon import BUILD

SUITE, MIRROR = "bookworm", "http://deb.debian.org/debian"
CACHE = os.path.join(BUILD, "tests", f"debian-{SUITE}.tar")


def make_archive():
    """The archive's path. Skips where it cannot be made."""
    if os.path.exists(CACHE):
        return CACHE
    root = os.environ.get("STAITHE_DEBIAN_ROOTFS")
    with tempfile.TemporaryDirectory(dir=os.environ.get("STAITHE_FLOW_DIR")) as scratch:
        if not root:
            if not shutil.which("debootstrap"):
                raise unittest.SkipTest("debootstrap is not installed")
            root = os.path.join(scratch, "root")
            done = subprocess.run(["debootstrap", "--variant=minbase", SUITE, root, MIRROR], capture_output=True)
            if done.returncode != 0:
                raise unittest.SkipTest(f"debootstrap failed: {done.stdout[-300:].decode(errors='replace')}")
        elif not os.path.exists(os.path.join(root, "usr/bin/dpkg")):
            raise unittest.SkipTest(f"STAITHE_DEBIAN_ROOTFS '{root}' holds no Debian")
        subprocess.run(["tar", "-C", root, "--numeric-owner", "--xattrs", "--exclude=./var/cache/apt/archives/*.deb",
                        "-cf", CACHE + ".new", "."], check=True)
        os.rename(CACHE + ".new", CACHE)
    return CACHE


class DebianFlow(SharedDaemonCase):
    image = False

    @classmethod
    def setUpClass(cls):
        archive = make_archive()
        super().setUpClass()
        done = cls.daemon.cli("import", archive, "debian")
        if done.returncode != 0:
            raise AssertionError(done)

    def run_in(self, *command, user="", **config):
        return self.daemon.run_container(*command, image="debian", User=user, **config)

    def out_of(self, *command, **config):
        code, out, err = self.run_in(*command, **config)
        self.assertEqual((code, err), (0, b""), out)
        return out.decode()

    def test_dpkg_knows_its_packages(self):
        for user in ("", "nobody", "1000:1000"):
            listed = self.out_of("dpkg", "-l", user=user)
            self.assertRegex(listed, r"(?m)^ii +bash ")
            self.assertGreater(listed.count("\nii "), 50)

    def test_apt(self):
        self.assertTrue(self.out_of("apt-get", "--version").startswith("apt "))

    def test_dpkg_verifies_what_was_imported(self):
        """Checksums of every file of every package: the archive came through unharmed."""
        code, out, err = self.run_in("dpkg", "--verify")
        wrong = [line for line in out.decode().splitlines() if " c " not in line and "/usr/share/" not in line]
        self.assertEqual((code, wrong), (0, []), err)

    def test_su_is_setuid_root(self):
        self.assertEqual(self.out_of("su", "-s", "/bin/sh", "nobody", "-c", "id -un"), "nobody\n")
        self.assertEqual(self.out_of("stat", "-c", "%U %a", "/usr/bin/su"), "root 4755\n")
        code, _, err = self.run_in("su", "-c", "id -u", user="nobody")  # asks for a password that root has not
        self.assertEqual(code, 1)
        self.assertIn(b"uthentication failure", err)
        # What runs setuid has root's identity, as nobody's real one stays.
        self.assertEqual(self.out_of("sh", "-c", "cp /bin/cat /tmp/c; chmod 4755 /tmp/c; exec su -s /bin/sh nobody -c "
                                     "'/tmp/c /etc/shadow | head -c 4'"), "root")

    def test_users_are_the_images(self):
        self.assertEqual(self.out_of("id", "-un", user="daemon"), "daemon\n")
        self.assertEqual(self.out_of("sh", "-c", "id -u; id -g; pwd; echo $HOME", user="www-data").split()[:2],
                         ["33", "33"])
        reply = self.daemon.post("/containers/create", {"Image": "debian", "Cmd": ["id"], "User": "nonesuch"})
        if reply.status == 201:
            container = reply.json()["Id"]
            started = self.daemon.post(f"/containers/{container}/start")
            self.assertNotEqual(started.status, 204)
            self.assertIn("nonesuch", started.text)
            self.daemon.delete(f"/containers/{container}")

    def test_a_shell_at_work(self):
        script = """set -e
            useradd -m worker
            su - worker -c 'printf "%s\\n" b a c | sort > ~/sorted; cat ~/sorted'
            mkdir -p /srv/x && cd /srv/x && tar -cf - /etc/passwd 2>/dev/null | tar -xf - && test -s etc/passwd
            mkfifo pipe; (echo through > pipe &) ; cat pipe
            ln -s /etc/hostname link; readlink link
            perl -e 'print "perl\\n"'
            trap 'echo trapped' TERM; kill -TERM $$
            awk 'BEGIN { print 6 * 7 }'"""
        code, out, err = self.run_in("bash", "-c", script)
        self.assertEqual((code, out.decode().split()),
                         (0, ["a", "b", "c", "through", "/etc/hostname", "perl", "trapped", "42"]), err)

    def test_a_terminal_with_resize_through_the_command_line(self):
        import fcntl
        import pty
        import struct
        import termios
        from daemon import program
        master, slave = pty.openpty()
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 31, 97, 0, 0))
        process = subprocess.Popen([program("staithe"), "run", "-i", "-t", "--rm", "debian", "bash", "--norc"],
                                   stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
                                   preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
                                   env={**os.environ, "STAITHE_HOST": f"unix://{self.daemon.socket}"})
        os.close(slave)
        try:
            self.seen = b""
            self.expect(master, "# ")
            self.type(master, "tty; stty size\n", "31 97")
            self.assertIn(b"/dev/pts/0", self.seen)
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", 45, 120, 0, 0))
            self.type(master, "sleep 0.5; stty size\n", "45 120")
            self.type(master, "sh -c 'echo go; exec sleep 100'\n", "\rgo")
            self.type(master, "\x03", "# ")
            self.type(master, "echo $?\n", "130")
            self.type(master, "exit 5\n", "exit")
            self.assertEqual(process.wait(20), 5)
        finally:
            process.kill()
            process.wait()
            os.close(master)

    def type(self, master, text, answer):
        self.seen = b""
        os.write(master, text.encode())
        self.expect(master, answer)

    def expect(self, master, text):
        import select
        while text.encode() not in self.seen:
            self.assertTrue(select.select([master], [], [], 20)[0], (text, self.seen))
            self.seen += os.read(master, 4096)
