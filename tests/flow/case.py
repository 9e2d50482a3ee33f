"""The bases of flow test cases: one daemon for a whole class, or one per test."""
import os
import time
import unittest

from daemon import Daemon, cgroups_left, cgroups_of_ours, mountinfo

LONG = os.environ.get("STAITHE_LONG") == "1"


class FlowCase(unittest.TestCase):
    def eventually(self, value, fits, seconds=10):
        """The first value that fits."""
        end = time.monotonic() + seconds
        while not fits(now := value()):
            self.assertLess(time.monotonic(), end, f"still {now}")
            time.sleep(0.01)
        return now


class SharedDaemonCase(FlowCase):
    """One daemon for all tests of a class; after the class nothing of it may be left on the host."""
    storage = "overlay"
    flags = ()
    image = True

    @classmethod
    def setUpClass(cls):
        cls.mounts, cls.cgroups = mountinfo(), set(cgroups_of_ours())
        cls.daemon = Daemon(*cls.flags, storage=cls.storage)
        cls.addClassCleanup(cls.check_clean)
        if cls.image:
            cls.daemon.import_busybox()

    @classmethod
    def check_clean(cls):
        cls.daemon.__exit__(None, None, None)
        if mountinfo() != cls.mounts:
            raise AssertionError(f"the host's mounts changed:\n{mountinfo()}")
        left = cgroups_left(cls.cgroups)
        if left:
            raise AssertionError(f"cgroups left behind: {left}")
        if cls.daemon.keepers_left():
            raise AssertionError(f"keepers left behind: {cls.daemon.keepers()}")
        if cls.daemon.veths_left():
            raise AssertionError(f"network interfaces left behind: {cls.daemon.veths_left()}")

    def assert_status(self, reply, status, text=None):
        self.assertEqual(reply.status, status, f"{reply}\n{self.daemon.log()[-3000:]}")
        if text is not None:
            self.assertEqual(reply.text, text)


class OwnDaemonCase(FlowCase):
    """For tests that kill, restart or break daemons: each makes its own with Daemon(…)."""

    def daemon_with_busybox(self, *flags, **more):
        self.mounts, self.cgroups = mountinfo(), set(cgroups_of_ours())
        daemon = Daemon(*flags, **more)
        self.addCleanup(self.check_clean, daemon)
        daemon.import_busybox()
        return daemon

    def check_clean(self, daemon):
        daemon.__exit__(None, None, None)
        self.assertEqual(mountinfo(), self.mounts)
        self.assertEqual(cgroups_left(self.cgroups), set())
        self.assertEqual(daemon.keepers_left(), [])
        self.assertEqual(daemon.veths_left(), [])
