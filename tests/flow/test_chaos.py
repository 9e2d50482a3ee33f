"""Campaign: clients that do everything at once while the daemon is killed at random. What it acknowledged must be found
again, and nothing may be left. STAITHE_CHAOS says for how many seconds, 20 by default; STAITHE_SEED repeats a run."""
import collections
import os
import random
import re
import threading
import time

from case import OwnDaemonCase
from daemon import cgroups_of_ours

SECONDS = float(os.environ.get("STAITHE_CHAOS", "20"))
SEED = int(os.environ.get("STAITHE_SEED", str(random.SystemRandom().randrange(1 << 32))))
CLIENTS = 8
SETTLING = 5  # seconds
HISTORY = 12  # operations on a container that a failure tells


class Cut(Exception):
    """The daemon went away before it answered: the operation happened or not."""


class Client:
    """Does random things with containers of its own and knows what was acknowledged.

    known: name → "created", "running" or "ended"; None while it is uncertain."""

    def __init__(self, number, daemon, end):
        self.thread = threading.Thread(target=self.run)
        self.number, self.daemon, self.end = number, daemon, end
        self.random = random.Random(SEED * 1000 + number)
        self.known, self.gone, self.failures = {}, set(), []
        self.cut_at = {}  # name → when an operation on it was cut short: its outcome may show a moment later
        self.history = collections.defaultdict(lambda: collections.deque(maxlen=HISTORY))
        self.serial = self.done = self.cut = 0

    def run(self):
        actions = [self.create] * 3 + [self.start] * 3 + [self.stop, self.remove, self.remove, self.look, self.copy, self.line]
        while time.monotonic() < self.end and len(self.failures) < 5:
            action = self.random.choice(actions)
            try:
                action()
                self.done += 1
            except Cut:
                self.cut += 1
            except Exception as e:  # noqa: BLE001 - told by the main thread
                self.failures.append(f"client {self.number}, {action.__name__}: {e!r}")

    def call(self, method, target, body=None):
        try:
            return self.daemon.request(method, target, body)
        except (OSError, EOFError) as e:
            raise Cut from e

    def ask(self, method, target, body=None):
        """The same for what changes nothing: again until somebody answers."""
        while True:
            try:
                return self.call(method, target, body)
            except Cut:
                time.sleep(0.02)

    def wrong(self, text, name, reply=None):
        told = "\n    ".join(self.history[name])
        self.failures.append(f"client {self.number}: {text} {reply if reply else ''}\n    {told}")

    def note(self, name, what):
        self.history[name].append(f"{time.strftime('%T')} {what}")

    def pick(self, *states):
        names = [n for n, state in self.known.items() if state in states]
        name = self.random.choice(names) if names else None
        if self.is_unsure(name) and self.settle(name) not in states:
            return None
        return name

    def is_unsure(self, name):
        """Was an operation on it cut short lately? Also true once more after that, so that somebody looks. What was cut
        short and does not run may be about to be started again by the daemon, until it is stopped or started."""
        if name not in self.cut_at:
            return False
        if time.monotonic() > self.cut_at[name] + SETTLING and self.known.get(name) == "running":
            del self.cut_at[name]
        return True

    def acknowledged(self, name, state):
        self.known[name] = state
        self.cut_at.pop(name, None)

    def was_cut(self, name, what):
        self.note(name, f"{what}: cut short")
        self.cut_at[name] = time.monotonic()
        self.settle(name)

    def settle(self, name):
        """Finds out what became of an uncertain container."""
        reply = self.ask("GET", f"/containers/{name}/json")
        if reply.status == 404:
            self.known.pop(name, None)
            self.gone.add(name)
            return None
        state = reply.json()["State"]
        self.known[name] = "running" if state["Running"] else "ended"
        self.note(name, f"found {state}")
        return self.known[name]

    def output(self, name):
        """A raw stream says nothing of how it ended: one that a kill may have cut is read again."""
        while True:
            before = self.daemon.lives
            try:
                output = self.daemon.output(name, "v1.5")
                if before % 1 == 0 and self.daemon.lives == before:
                    return output
            except (OSError, EOFError):
                pass
            time.sleep(0.02)

    # -- what it does
    def create(self):
        if len(self.known) > 6:
            return
        self.serial += 1
        name = f"c{self.number}-{self.serial}"
        config = {"Image": "busybox", "Cmd": ["sleep", "1000"], "ExposedPorts": {"80/tcp": {}, "53/udp": {}}}
        if self.random.random() < 0.4:
            config["Volumes"] = {"/v": {}, "/etc": {}}
        self.known[name] = None
        try:
            reply = self.call("POST", f"/containers/create?name={name}", config)
        except Cut:
            self.was_cut(name, "create")
            raise
        if reply.status != 201:
            self.wrong(f"create of {name}", name, reply)
        self.acknowledged(name, "created")

    def start(self):
        if not (name := self.pick("created", "ended")):
            return
        host = {"PublishAllPorts": self.random.random() < 0.5}
        if (other := self.pick("running")) and self.random.random() < 0.3:
            host["Links"] = [f"{other}:other{self.random.randrange(3)}"]
        self.known[name] = None
        try:
            reply = self.call("POST", f"/containers/{name}/start", host)
        except Cut:
            self.was_cut(name, "start")
            raise
        self.note(name, f"start: {reply.status}")
        if reply.status == 204:
            self.acknowledged(name, "running")
            return
        late = "is already running" in reply.text and self.is_unsure(name)
        if "Cannot link to" not in reply.text and not late:
            self.wrong(f"start of {name}", name, reply)
        self.settle(name)

    def stop(self):
        if not (name := self.pick("running")):
            return
        self.known[name] = None
        try:
            reply = self.call("POST", f"/containers/{name}/" + self.random.choice(("stop?t=0", "kill")))
        except Cut:
            self.was_cut(name, "stop")
            raise
        self.note(name, f"stop: {reply.status}")
        if reply.status != 204:
            self.wrong(f"stop of {name}", name, reply)
        self.acknowledged(name, "ended")

    def remove(self):
        if not (name := self.pick("created", "ended")):
            return
        self.known[name] = None
        try:
            reply = self.call("DELETE", f"/containers/{name}?v=1")
        except Cut:
            self.was_cut(name, "delete")
            raise
        self.note(name, f"delete: {reply.status}")
        if reply.status == 204:
            del self.known[name]
            self.gone.add(name)
        elif reply.status == 406 and self.is_unsure(name):  # it is being started again
            self.settle(name)
        else:
            self.wrong(f"delete of {name}", name, reply)

    def look(self):
        """Everything acknowledged is as it was."""
        for name in list(self.known):
            self.verify(name)
        if self.gone:
            name = self.random.choice(sorted(self.gone))
            if self.ask("GET", f"/containers/{name}/json").status != 404:
                self.wrong(f"{name} was deleted and is there again", name)

    def verify(self, name):
        if self.is_unsure(name):
            self.settle(name)
            return
        reply = self.ask("GET", f"/containers/{name}/json")
        if reply.status != 200:
            self.wrong(f"{name} was {self.known[name]} and is lost", name, reply)
            del self.known[name]
            return
        running = reply.json()["State"]["Running"]
        if running != (self.known[name] == "running"):
            self.wrong(f"{name} was {self.known[name]} and is {reply.json()['State']}", name)
            self.settle(name)

    def copy(self):
        if name := self.pick("created", "running", "ended"):
            for reply in (self.call("POST", f"/containers/{name}/copy", {"Resource": "/etc/passwd"}),
                          self.call("GET", f"/containers/{name}/changes")):
                if reply.status != 200:
                    self.wrong(f"copy or changes of {name}", name, reply)

    def line(self):
        """A whole short life; its end is known even if the daemon died meanwhile."""
        self.serial += 1
        name, code = f"l{self.number}-{self.serial}", self.random.randrange(100)
        try:
            reply = self.call("POST", f"/containers/create?name={name}",
                              {"Image": "busybox", "Cmd": ["sh", "-c", f"echo {name}; exit {code}"]})
            started = reply.status == 201 and self.call("POST", f"/containers/{name}/start").status == 204
            if not started:
                self.wrong(f"line {name}", name, reply)
                return
            while True:
                reply = self.ask("POST", f"/containers/{name}/wait")
                if reply.status != 200 or reply.json()["StatusCode"] != code:
                    self.wrong(f"line {name} should end with {code}", name, reply)
                break
            output = self.output(name)
            if output != f"{name}\n".encode():
                self.wrong(f"line {name} said {output}", name)
        except (OSError, EOFError) as e:
            raise Cut from e
        finally:
            while self.ask("DELETE", f"/containers/{name}").status == 406:
                self.ask("POST", f"/containers/{name}/kill")
            self.gone.add(name)


class Chaos(OwnDaemonCase):
    def test_killed_at_random_under_eight_clients(self):
        print(f"    STAITHE_SEED={SEED}")
        daemon = self.daemon_with_busybox()
        daemon.lives = 0  # a half while it dies and comes back
        empty = daemon.net.rules()
        chance = random.Random(SEED)
        end = time.monotonic() + SECONDS
        clients = [Client(n, daemon, end) for n in range(CLIENTS)]
        for client in clients:
            client.thread.start()
        kills = 0
        while any(client.thread.is_alive() for client in clients):
            time.sleep(chance.uniform(0.3, 4))
            daemon.lives += 0.5  # said before: the streams it cuts end before anybody can see that it has died
            daemon.kill()
            daemon.start()
            daemon.lives += 0.5
            kills += 1
        for client in clients:
            client.thread.join()
        for client in clients:
            client.look()
        if failures := [failure for client in clients for failure in client.failures]:
            self.fail("\n".join(failures))
        print(f"    {sum(c.done for c in clients)} operations, {sum(c.cut for c in clients)} cut short, {kills} kills")
        self.check_list(daemon, clients)
        self.remove_all(daemon)
        daemon.kill()
        daemon.start()  # what a deletion did not finish goes now
        self.check_empty(daemon, empty)

    def check_list(self, daemon, clients):
        """No half-dead entries: everything that is listed is somebody's, can be inspected, and has a proper state."""
        names = {name for client in clients for name in client.known}
        listed = daemon.get("/containers/json?all=1").json()
        self.assertEqual({record["Names"][0].lstrip("/") for record in listed if record["Names"]}, names)
        self.assertEqual(len(listed), len(names))
        for record in listed:
            self.assertRegex(record["Status"], r"^(Up .+|Exit -?\d+)$")
            details = daemon.inspect(record["Id"])
            self.assertEqual(details["State"]["Running"], record["Status"].startswith("Up "), record)
            self.assertFalse(details["State"]["Ghost"])
            if details["State"]["Running"]:
                self.assertTrue(os.path.exists(f"/proc/{details['State']['Pid']}"))
                self.assertTrue(re.match(r"\d+\.", details["NetworkSettings"]["IPAddress"]))
        running = [daemon.inspect(r["Id"])["NetworkSettings"]["IPAddress"] for r in listed if r["Status"].startswith("Up ")]
        self.assertEqual(len(set(running)), len(running), "an address was given twice")
        self.assertEqual(len(daemon.keepers()), len(running))

    def remove_all(self, daemon):
        for record in daemon.get("/containers/json?all=1").json():
            daemon.post(f"/containers/{record['Id']}/kill")
            reply = daemon.delete(f"/containers/{record['Id']}?v=1")
            self.assertEqual(reply.status, 204, reply)

    def check_empty(self, daemon, rules):
        self.assertEqual(daemon.get("/containers/json?all=1").json(), [])
        self.assertEqual(daemon.keepers_left(), [])
        self.assertEqual(daemon.veths_left(), [])
        self.eventually(daemon.net.rules, lambda now: now == rules)
        for folder in ("containers", "volumes"):
            self.eventually(lambda: os.listdir(os.path.join(daemon.state, folder)), lambda left: not left)
        self.eventually(lambda: set(cgroups_of_ours()) - self.cgroups, lambda left: not left)
        container = daemon.create("sleep", "100", name="c0-1")  # names, addresses and ports are free again
        daemon.start_container(container, {"PublishAllPorts": True})
        self.assertEqual(daemon.wait(daemon.create("true")), 0)
