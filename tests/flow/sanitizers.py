"""What a build with sanitizers finds must fail the tests, also in keepers and hosts, whose output nobody reads."""
import os
import re

SUPPRESSIONS = os.path.join(os.environ["STAITHE_SOURCE"], "tests", "sanitizers")
FOLDER = os.path.join(os.environ["STAITHE_FLOW_DIR"], "reports")
# All that a leak check says which a test killed together with its process.
KILLED = re.compile(r"(==\S+==\d+==Unable to get registers from thread \d+\.\n)+")


def prepare():
    """Sets where every sanitizer of every process writes its report; means nothing to other builds."""
    os.chmod(os.environ["STAITHE_FLOW_DIR"], 0o711)
    os.mkdir(FOLDER)
    os.chmod(FOLDER, 0o1777)  # registry hosts are nobody
    common = f"log_path={FOLDER}/report:log_exe_name=1:"
    os.environ["ASAN_OPTIONS"] = common
    os.environ["UBSAN_OPTIONS"] = common + "print_stacktrace=1"
    os.environ["LSAN_OPTIONS"] = f"suppressions={SUPPRESSIONS}/lsan.supp:print_suppressions=0"
    # Who ends by _exit(), as a host does when its daemon has died, joins no thread.
    os.environ["TSAN_OPTIONS"] = f"{common}report_thread_leaks=0:suppressions={SUPPRESSIONS}/tsan.supp"


def built_in():
    """Was the build made with sanitizers? Their memory is not the program's."""
    with open(os.path.join(os.environ["STAITHE_BUILD"], "CMakeCache.txt")) as f:
        return re.search(r"^STAITHE_SANITIZE:\w+=.", f.read(), re.MULTILINE) is not None


def spare_forks(test):
    """For tests in which many unpackers are forked at once."""
    if built_in():
        test.skipTest("g++ 12's sanitizers may keep their allocator's locks in a forked child, which then hangs")


def take_reports():
    """The reports since the last call, as one text."""
    text = ""
    for name in sorted(os.listdir(FOLDER)):
        path = os.path.join(FOLDER, name)
        with open(path, errors="replace") as f:
            report = f.read()
        os.unlink(path)
        if not KILLED.fullmatch(report):
            text += f"{name}:\n{report}\n"
    return text
