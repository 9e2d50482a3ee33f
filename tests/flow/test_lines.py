"""Campaign: containers of one line, thousands of them, several at once. Every output complete, every exit code right, and
afterwards the daemon holds what it held before. STAITHE_LINES says how many; 200 by default."""
import json
import os
import threading
import time

import sanitizers
from case import SharedDaemonCase
from daemon import cgroups_of_ours
from http_client import demultiplex

COUNT = int(os.environ.get("STAITHE_LINES", "200"))
WORKERS = 4
LIVE = "stream=1&stdout=1&stderr=1"


class Lines(SharedDaemonCase):
    def run_one(self, n):
        """One container in one of the orders that clients use; what was wrong with it, or None."""
        code = n % 7
        container = self.daemon.create("sh", "-c", f"echo line {n}; exit {code}", ExposedPorts={"80/tcp": {}},
                                       Volumes={"/v": {}} if n % 5 == 0 else {})
        body = {"PublishAllPorts": True} if n % 3 == 0 else None
        stream = None if n % 4 == 3 else self.daemon.attach(container, LIVE)
        self.daemon.start_container(container, body)
        with stream or self.daemon.attach(container, "logs=1&" + LIVE) as c:
            out = demultiplex(c.rest())
        ended = self.daemon.wait(container)
        reply = self.daemon.delete(f"/containers/{container}?v=1")
        if (out, ended, reply.status) != ((f"line {n}\n".encode(), b""), code, 204):
            return f"{n}: {out} {ended} {reply}"
        return None

    def run_range(self, numbers):
        failures, lock = [], threading.Lock()
        numbers = iter(numbers)

        def work():
            while True:
                with lock:
                    n = next(numbers, None)
                if n is None or len(failures) > 10:
                    return
                try:
                    if wrong := self.run_one(n):
                        failures.append(wrong)
                except Exception as e:  # noqa: BLE001 - told by the main thread
                    failures.append(f"{n}: {e!r}")
        workers = [threading.Thread(target=work) for _ in range(WORKERS)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.assertEqual("\n".join(failures), "")

    def held(self):
        """What the daemon holds that must not grow with the number of containers."""
        pid = self.daemon.process.pid
        return {"descriptors": len(os.listdir(f"/proc/{pid}/fd")), "threads": len(os.listdir(f"/proc/{pid}/task")),
                "cgroups": len(set(cgroups_of_ours()) - self.cgroups), "veths": self.daemon.net.veths(),
                "rules": self.daemon.net.rules(), "keepers": self.daemon.keepers(),
                "containers": os.listdir(os.path.join(self.daemon.state, "containers")),
                "volumes": os.listdir(os.path.join(self.daemon.state, "volumes")),
                "list": json.loads(self.daemon.get("/containers/json?all=1").body)}

    def at_least(self, before):
        """The same; fewer threads of a pool or idle connections than before are no leak."""
        now = self.held()
        return {**now, **{key: max(now[key], before[key]) for key in ("descriptors", "threads")}}

    def resident(self):
        with open(f"/proc/{self.daemon.process.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith("VmRSS:"))

    def test_every_line_comes_and_nothing_stays(self):
        self.run_range(range(40))  # pools and caches fill
        time.sleep(0.5)
        before, memory, began = self.held(), self.resident(), time.monotonic()
        self.run_range(range(40, 40 + COUNT))
        took = time.monotonic() - began
        deadline = time.monotonic() + 20
        while (after := self.at_least(before)) != before and time.monotonic() < deadline:
            time.sleep(0.2)
        self.assertEqual(after, before)
        print(f"    {COUNT} containers in {took:.1f} s, {COUNT / took:.1f} a second; daemon {memory} kB, then {self.resident()} kB")
        if not sanitizers.built_in():
            self.assertLess(self.resident(), memory + 32768 + COUNT)
