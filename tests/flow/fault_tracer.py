"""Faults in a daemon's system calls, by strace."""
import shutil
import subprocess
import tempfile
import time


class FaultTracer:
    """Attached to the daemon, lets the N-th of these calls fail, or kill: `fault` is what strace's inject= says."""

    def __init__(self, test, daemon, calls, fault, nth):
        if not shutil.which("strace"):
            test.skipTest("strace is not installed")
        self.trace = tempfile.NamedTemporaryFile("r")
        self.process = subprocess.Popen(
            ["strace", "-f", "-qq", "-o", self.trace.name, "-e", f"trace={calls}", "-e",
             f"inject={calls}:{fault}:when={nth}", "-p", str(daemon.process.pid)], stderr=subprocess.DEVNULL)
        self.await_attached(test, daemon)

    def await_attached(self, test, daemon):
        """It is there, or has killed the daemon at once: something goes on in the background too."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with open(f"/proc/{daemon.process.pid}/status") as f:
                status = f.read()
            if "TracerPid:\t0" not in status or "State:\tZ" in status:
                time.sleep(0.02)  # for the other threads
                return
            time.sleep(0.005)
        self.end()
        test.skipTest("strace cannot attach here")

    def end(self):
        """Lets go of the daemon; true if the fault was met."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:  # of a thread that was ending when it was attached to, strace waits for ever
            self.process.kill()
            self.process.wait()
        with self.trace:
            return "INJECTED" in self.trace.read()
