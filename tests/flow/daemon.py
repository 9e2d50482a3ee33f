"""Starts the real staithed on a state directory of its own, and knows what it may not leave behind."""
import io
import json
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
import time

from http_client import Connection
from netns import Namespace

BUILD = os.environ["STAITHE_BUILD"]  # set by the runner
BUSYBOX = "/bin/busybox"
INSIDE = os.path.join(BUILD, "tests", "probe")  # the programs for containers


def program(name):
    for folder in ("daemon", "daemon/keeper", "bin", "cli"):
        path = os.path.join(BUILD, folder, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError(f"{name} is not in the build tree {BUILD}")


def busybox_tar(extra=()):
    """A root file system of one static binary; extra: (TarInfo, bytes or None) to add."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for folder in ("bin", "etc", "root", "tmp"):
            info = tarfile.TarInfo(folder)
            info.type, info.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(info)
        info = tarfile.TarInfo("bin/busybox")
        info.size, info.mode = os.path.getsize(BUSYBOX), 0o755
        with open(BUSYBOX, "rb") as f:
            tar.addfile(info, f)
        applets = subprocess.run([BUSYBOX, "--list"], capture_output=True, text=True, check=True).stdout.split()
        for applet in applets:
            if applet != "busybox":
                info = tarfile.TarInfo("bin/" + applet)
                info.type, info.linkname = tarfile.SYMTYPE, "busybox"
                tar.addfile(info)
        files = {"etc/passwd": "root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/tmp:/bin/sh\n",
                 "etc/group": "root:x:0:\nann:x:1000:\nwheel:x:10:ann\n"}
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content.encode()))
        for info, content in extra:
            if content is not None:
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content) if content is not None else None)
    return out.getvalue()


def program_inside(name, path):
    """An entry for busybox_tar() and import_busybox(): one of our own programs for containers."""
    info = tarfile.TarInfo(path)
    info.mode = 0o755
    with open(os.path.join(INSIDE, name), "rb") as f:
        return info, f.read()


def mountinfo():
    with open("/proc/self/mountinfo") as f:
        return f.read()


def cgroups_of_ours():
    found = []
    for folder, names, _ in os.walk("/sys/fs/cgroup"):
        if os.path.basename(folder) == "staithe":
            found += [os.path.join(folder, n) for n in names]
            names.clear()
    return found


def is_kept(group):
    """Does a living keeper, perhaps of another daemon on this machine, hold this container?"""
    try:
        with open(os.path.join(group, "cgroup.procs")) as f:
            pids = f.read().split()
        for pid in pids:
            while int(pid) > 1:
                with open(f"/proc/{pid}/status") as f:
                    status = f.read()
                if status.startswith(("Name:\tstaithe-keeper", "Name:\tkeeper:")):
                    return True
                pid = status.split("PPid:\t", 1)[1].split("\n", 1)[0]
    except OSError:
        return True  # it is going just now
    return False


def cgroups_left(before):
    """What is still there of containers made since; other daemons' short-lived ones are given time to go."""
    deadline = time.monotonic() + 5
    while True:
        left = {group for group in set(cgroups_of_ours()) - before if os.path.isdir(group) and not is_kept(group)}
        if not left or time.monotonic() > deadline:
            return left
        time.sleep(0.1)


class Daemon:
    """One staithed in a network namespace of its own. Use as a context manager: at the end it is terminated and
    everything it made is checked."""

    def __init__(self, *flags, storage="overlay", root=None, driver_dir=None, config=None, start=True, net=None):
        self.root = root or tempfile.mkdtemp(prefix="staithe-flow-", dir=os.environ.get("STAITHE_FLOW_DIR", "/tmp"))
        self.socket = os.path.join(self.root, "run", "staithe.sock")
        self.state, self.run = os.path.join(self.root, "state"), os.path.join(self.root, "run")
        self.flags, self.storage = list(flags), storage
        self.config = config  # the text of its configuration file
        self.driver_dir = driver_dir or os.path.join(BUILD, "drivers", "1")
        self.net = net or Namespace()  # the machine that it believes to be on; stays over restarts
        self.process = None
        self.log_path = os.path.join(self.root, "staithed.log")
        if start:
            self.start()

    # -- its life
    def start(self):
        os.makedirs(self.root, exist_ok=True)
        libexec = os.path.join(self.root, "libexec")
        if not os.path.isdir(libexec):
            os.makedirs(libexec)
            for name in ("staithe-keeper", "staithe-driver-host"):
                os.link(program(name), os.path.join(libexec, name)) if os.stat(program(name)).st_dev == os.stat(
                    libexec).st_dev else shutil.copy2(program(name), libexec)
        config = "/dev/null"
        if self.config is not None:
            config = os.path.join(self.root, "staithe.conf")
            with open(config, "w") as f:
                f.write(self.config)
        argv = [program("staithed"), f"--host=unix://{self.socket}", f"--state={self.state}", f"--run={self.run}",
                f"--config={config}", f"--driver-dir={self.driver_dir}", "--trust-driver-dir",
                f"--libexec-dir={libexec}", f"--storage-driver={self.storage}", *self.flags]
        with open(self.log_path, "ab") as log, self.net:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.wait_ready()

    def wait_ready(self):
        deadline = time.monotonic() + 60
        while True:
            try:
                with Connection(self.socket, 5) as c:
                    if c.request("GET", "/version").status == 200:
                        return
            except (OSError, EOFError):
                pass
            if self.process.poll() is not None:
                raise RuntimeError(f"staithed ended with {self.process.returncode}:\n{self.log()}")
            if time.monotonic() > deadline:
                raise RuntimeError(f"staithed does not answer:\n{self.log()}")
            time.sleep(0.005)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def terminate(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            return self.process.wait(60)
        return self.process.returncode if self.process else None

    def log(self):
        with open(self.log_path, errors="replace") as f:
            return f.read()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if self.process and self.process.poll() is None:
                self.remove_everything()
                code = self.terminate()
                if kind is None and code != 0:
                    raise AssertionError(f"staithed ended with {code}:\n{self.log()[-4000:]}")
        finally:
            if self.process and self.process.poll() is None:
                self.kill()
            self.reap()
            shutil.rmtree(self.root, ignore_errors=True)

    def remove_everything(self):
        for record in self.get("/containers/json?all=1").json():
            self.post(f"/containers/{record['Id']}/kill")
            self.delete(f"/containers/{record['Id']}")

    def keepers(self):
        """The keeper processes of this daemon, dead or alive daemon: their arguments name a socket below our root."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as f:
                    words = f.read().decode(errors="replace").split("\0")
            except OSError:
                continue
            if words[0].endswith("staithe-keeper") and any(word.startswith(self.root + "/") for word in words[1:]):
                found.append(int(pid))
        return found

    def keepers_left(self):
        """Those that stay: one whose container has ended still unmounts, which may take as long as the disk."""
        deadline = time.monotonic() + 5
        while self.keepers() and time.monotonic() < deadline:
            time.sleep(0.02)
        return self.keepers()

    def veths_left(self):
        """The containers' cables that stay; the kernel takes a moment to remove a namespace's."""
        deadline = time.monotonic() + 5
        while (left := [name for name in self.net.veths() if name != "wire"]) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def reap(self):
        for pid in self.keepers():
            os.kill(pid, signal.SIGKILL)

    # -- its API
    def connect(self, timeout=60):
        return Connection(self.socket, timeout)

    def request(self, method, target, body=None, headers=None, version="v1.6", **more):
        with self.connect() as c:
            return c.request(method, f"/{version}{target}" if version else target, body, headers, **more)

    def get(self, target, **more):
        return self.request("GET", target, **more)

    def post(self, target, body=None, **more):
        return self.request("POST", target, body, **more)

    def delete(self, target, **more):
        return self.request("DELETE", target, **more)

    def import_busybox(self, repository="busybox", extra=()):
        reply = self.post(f"/images/create?fromSrc=-&repo={repository}", busybox_tar(extra),
                          headers={"Content-Type": "application/tar"})
        if reply.status != 200 or b'"error"' in reply.body:
            raise AssertionError(f"import failed: {reply} \n{self.log()[-4000:]}")
        return reply

    def create(self, *command, name=None, image="busybox", **config):
        reply = self.post("/containers/create" + (f"?name={name}" if name else ""),
                          {"Image": image, "Cmd": list(command), **config})
        if reply.status != 201:
            raise AssertionError(f"create failed: {reply}\n{self.log()[-4000:]}")
        return reply.json()["Id"]

    def start_container(self, container, body=None):
        reply = self.post(f"/containers/{container}/start", body)
        if reply.status != 204:
            raise AssertionError(f"start failed: {reply}\n{self.log()[-4000:]}")

    def wait(self, container):
        return self.post(f"/containers/{container}/wait").json()["StatusCode"]

    def inspect(self, container):
        return self.get(f"/containers/{container}/json").json()

    def attach(self, container, query="logs=1&stream=1&stdout=1&stderr=1", version="v1.6", data=b""):
        """An open attach connection whose reply head has been read."""
        c = self.connect()
        c.send_raw(f"POST /{version}/containers/{container}/attach?{query} HTTP/1.1\r\nHost: flow\r\n"
                   f"Content-Type: plain/text\r\n\r\n".encode() + data)
        status, headers = c.head()
        if status not in (200, 101):
            raise AssertionError(f"attach failed: {status} {c.buffer!r}")
        return c

    def output(self, container, version="v1.6"):
        with self.attach(container, "logs=1&stdout=1&stderr=1", version) as c:
            return c.rest()

    def run_container(self, *command, **config):
        """create, attach, start, read, wait, remove: (exit code, stdout, stderr)."""
        from http_client import demultiplex
        container = self.create(*command, **config)
        with self.attach(container, "stream=1&stdout=1&stderr=1") as c:
            self.start_container(container)
            data = c.rest()
        code = self.wait(container)
        out, err = demultiplex(data) if not config.get("Tty") else (data, b"")
        reply = self.delete(f"/containers/{container}")
        if reply.status != 204:
            raise AssertionError(f"delete failed: {reply}")
        return code, out, err

    def cli(self, *argv, input=None, timeout=120, **more):
        return subprocess.run([program("staithe"), *argv], input=input, capture_output=True, timeout=timeout,
                              env={**os.environ, "STAITHE_HOST": f"unix://{self.socket}"}, **more)
