"""Directories of drivers made for one test: real ones, doubles from the build tree, and fronts that fail on demand."""
import os
import shutil
import tempfile

from daemon import BUILD

REAL = os.path.join(BUILD, "drivers", "1")
DOUBLES = os.path.join(BUILD, "tests", "doubles", "drivers")


class DriverDirectory:
    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="staithe-drivers-", dir=os.environ.get("STAITHE_FLOW_DIR", "/tmp"))
        os.chmod(self.path, 0o755)

    def file(self, name):
        return os.path.join(self.path, name)

    def add(self, *stems):
        """Drivers by the name of their files, for instance 'storage-vfs'; doubles too."""
        for stem in stems:
            source = REAL if os.path.exists(os.path.join(REAL, stem + ".so")) else DOUBLES
            for suffix in (".so", ".driver"):
                shutil.copyfile(os.path.join(source, stem + suffix), self.file(stem + suffix))
                os.chmod(self.file(stem + suffix), 0o644)
        return self

    def add_front(self, kind, real):
        """The driver '<kind>-front', which passes everything on to a real one until fail() says otherwise."""
        self.add(f"{kind}-front")
        shutil.copyfile(os.path.join(REAL, f"{kind}-{real}.so"), self.file(f"{kind}-front.so.behind"))
        return self

    def fail(self, kind, function=None, fault=None, only=""):
        """From now on calls of that function end so; without a function: no more faults."""
        line = f"{function} {fault} {only}\n" if function else ""
        with open(self.file("new"), "w") as f:
            f.write(line)
        os.rename(self.file("new"), self.file(f"{kind}-front.so.faults"))

    def remove(self):
        shutil.rmtree(self.path)
