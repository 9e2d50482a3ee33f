"""Finds and runs the flow tests, names every skip with its reason, and ends with one line of totals."""
import re
import signal
import sys
import time
import unittest

import sanitizers

REPORTED = "sanitizers reported:"


class Result(unittest.TextTestResult):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.passed = set()

    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        self.passed.add(test.id())
        super().addSuccess(test)

    def getDescription(self, test):
        return test.id()

    def stopTest(self, test):
        self.check_reports(test)
        took = time.monotonic() - self.began
        if took > 5:
            self.stream.writeln(f"    ({test.id()} took {took:.1f} s)")
        super().stopTest(test)

    def check_reports(self, test):
        """Blames the test during which a sanitizer reported, or, for what a daemon's end brought out, the next one."""
        if reports := sanitizers.take_reports():
            self.failures.append((test, f"{REPORTED}\n{reports}"))


def run(suite):
    return unittest.TextTestRunner(verbosity=2, resultclass=Result, stream=sys.stdout).run(suite)


def failed_classes(result):
    """Names of the classes in which something failed that is no report."""
    names = set()
    for test, text in result.failures + result.errors:
        case = getattr(test, "test_case", test)  # of a sub-test
        if text.startswith(REPORTED):
            continue
        if isinstance(case, unittest.TestCase):
            names.add(case.id().rpartition(".")[0])
        else:
            names.add(re.search(r"\((.*)\)", case.id())[1])  # "tearDownClass (test_commit.Commit)"
    return sorted(names)


def run_again(result, loader):
    """A program with g++ 12's sanitizers may hang in a forked child, which has its parent's allocator's locks: one more
    chance, but none for what they report."""
    names = failed_classes(result)
    if not names:
        return
    print(f"again, as a sanitizer may have hung a forked child: {', '.join(names)}")
    second = run(loader.loadTestsFromNames(names))
    result.failures = [f for f in result.failures if f[1].startswith(REPORTED)] + second.failures
    result.errors = second.errors
    result.passed |= second.passed


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and would pass that on
    sanitizers.prepare()
    loader = unittest.TestLoader()
    names = [n for n in sys.argv[1:] if not n.startswith("-")]
    suite = loader.loadTestsFromNames(names) if names else loader.discover(".", pattern="test_*.py")
    result = run(suite)
    if sanitizers.built_in():
        run_again(result, loader)
    if reports := sanitizers.take_reports():
        print(f"sanitizers reported after the last test:\n{reports}")
        result.errors.append((suite, reports))
    for test, reason in result.skipped:
        print(f"skipped {test.id()}: {reason}")
    failed = len(result.failures) + len(result.errors)
    print(f"flow: {len(result.passed)} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(1 if failed or not result.passed else 0)


if __name__ == "__main__":
    main()
