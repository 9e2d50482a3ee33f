"""The base of tests in which containers talk to one another and to the world: an image with tests/probe's peer in it, and
another machine on the daemon's wire."""
import os

from case import OwnDaemonCase, SharedDaemonCase
from daemon import INSIDE, Daemon, cgroups_of_ours, mountinfo, program_inside
from netns import Namespace, Outside


def peer_files():
    return [program_inside("staithe-peer", "bin/peer")]


class Talking:
    """What both bases share; self.daemon and self.outside are there."""

    def serve(self, *doors, name=None, host=None, daemon=None, **config):
        """A running container whose peer answers with that name at those doors ("tcp:80"); it has printed "ready"."""
        daemon = daemon or self.daemon
        exposed = {"/".join(reversed(door.split(":"))): {} for door in doors}
        container = daemon.create("/bin/peer", "serve", *doors, name=name, image="peer",
                                  **{"Env": [f"PEER_NAME={name or 'peer'}"], "ExposedPorts": exposed, **config})
        with daemon.attach(container, "stream=1&stdout=1", "v1.5") as c:
            daemon.start_container(container, host or {})
            while b"ready\n" not in c.buffer:
                self.assertTrue(c.more(), c.buffer)
        return container

    def ask_from_container(self, protocol, address, port, host=None, daemon=None, **config):
        """What a container of its own hears from a server; None: nothing."""
        daemon = daemon or self.daemon
        container = daemon.create("/bin/peer", "ask", protocol, address, str(port), image="peer", **config)
        daemon.start_container(container, host or {})
        code = daemon.wait(container)
        answer = daemon.output(container, "v1.5").decode()
        daemon.delete(f"/containers/{container}")
        return answer if code == 0 else None

    def address(self, container, daemon=None):
        return (daemon or self.daemon).inspect(container)["NetworkSettings"]["IPAddress"]

    def end(self, *containers, daemon=None):
        daemon = daemon or self.daemon
        for container in containers:
            daemon.post(f"/containers/{container}/kill")
            reply = daemon.delete(f"/containers/{container}")
            self.assertEqual(reply.status, 204, reply)


class SharedNetworkCase(Talking, SharedDaemonCase):
    image = False

    @classmethod
    def setUpClass(cls):
        if not os.path.exists(os.path.join(INSIDE, "staithe-peer")):
            raise FileNotFoundError("staithe-peer is not in the build tree")
        super().setUpClass()
        cls.outside = Outside(cls.daemon.net)
        cls.daemon.import_busybox("peer", peer_files())


class OwnNetworkCase(Talking, OwnDaemonCase):
    def daemon_on_a_wire(self, *flags, **more):
        """A daemon on a machine that another one can reach, self.outside."""
        self.mounts, self.cgroups = mountinfo(), set(cgroups_of_ours())
        net = Namespace()
        self.outside = Outside(net)
        daemon = self.daemon = Daemon(*flags, net=net, **more)
        self.addCleanup(self.check_clean, daemon)
        daemon.import_busybox("peer", peer_files())
        return daemon
