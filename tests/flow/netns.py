"""Network namespaces of the tests' own: a daemon's bridge, rules and ports never touch the machine's network."""
import ctypes
import fcntl
import json
import os
import re
import socket
import struct
import subprocess
import threading

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 1
LIBC = ctypes.CDLL(None, use_errno=True)
ENTERED = threading.local()  # .stack: where this thread came from


def checked(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def open_current():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


class Namespace:
    """A new network namespace with loopback up; it lives as long as this object, or as processes in it.

    `with namespace:` puts the calling thread into it: sockets made and processes started meanwhile belong to it."""

    def __init__(self):
        self.fd, failure = None, []

        def make():
            try:
                checked(LIBC.unshare(CLONE_NEWNET))
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                    fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))
                self.fd = open_current()
            except OSError as e:
                failure.append(e)
        maker = threading.Thread(target=make)  # the namespace is the thread's, and gone with it but for the descriptor
        maker.start()
        maker.join()
        if failure:
            raise failure[0]

    def __del__(self):
        if self.fd is not None:
            os.close(self.fd)

    def __enter__(self):
        stack = ENTERED.__dict__.setdefault("stack", [])
        stack.append(open_current())
        checked(LIBC.setns(self.fd, CLONE_NEWNET))
        return self

    def __exit__(self, *_):
        came_from = ENTERED.stack.pop()
        checked(LIBC.setns(came_from, CLONE_NEWNET))
        os.close(came_from)

    @property
    def path(self):
        """For programs that take a namespace by its path."""
        return f"/proc/{os.getpid()}/fd/{self.fd}"

    def run(self, *argv, check=True, **more):
        """The standard output of a program run in here."""
        with self:
            done = subprocess.run(argv, capture_output=True, text=True, **more)
        if check and done.returncode != 0:
            raise AssertionError(f"{argv} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def connect(self, address, port, timeout=5):
        """A TCP connection from in here."""
        with self:
            return socket.create_connection((address, port), timeout)

    def ask(self, protocol, address, port, timeout=2):
        """What a server answers to a connection or datagram from in here; None: nothing, or refused."""
        kind = socket.SOCK_STREAM if protocol == "tcp" else socket.SOCK_DGRAM
        with self:
            s = socket.socket(socket.AF_INET, kind)
        with s:
            s.settimeout(timeout)
            try:
                s.connect((address, port))
                if protocol == "udp":
                    s.send(b"?")
                return s.recv(4096).decode() or None
            except OSError:
                return None

    def listener(self, address="0.0.0.0", port=0):
        with self:
            s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((address, port))
        s.listen(16)
        return s

    def interfaces(self):
        with self:
            return sorted(name for _, name in socket.if_nameindex())

    def veths(self):
        """The names of the virtual cables that end here."""
        return sorted(link["ifname"] for link in json.loads(self.run("ip", "-j", "link", "show", "type", "veth") or "[]"))

    def addresses(self, interface):
        """IPv4, as "address/prefix"."""
        links = json.loads(self.run("ip", "-j", "-4", "address", "show", "dev", interface) or "[]")
        return [f"{a['local']}/{a['prefixlen']}" for link in links for a in link.get("addr_info", [])]

    def rules(self):
        """The whole rule set as text, without what changes by itself: counters, handles, the mark of a daemon's process."""
        return re.sub(r"staithed[0-9a-f]{16,}", "staithed", self.run("nft", "-s", "list", "ruleset"))


class Outside(Namespace):
    """Another machine on the daemon's wire: `here` is its address, `there` the daemon's."""
    here, there = "192.0.2.2", "192.0.2.1"

    def __init__(self, daemon_side):
        super().__init__()
        daemon_side.run("ip", "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", self.path)
        for side, address in ((daemon_side, self.there), (self, self.here)):
            side.run("ip", "address", "add", address + "/24", "dev", "wire")
            side.run("ip", "link", "set", "wire", "up")
        self.run("ip", "route", "add", "default", "via", self.there)
