"""Finds and runs the flow tests, names every skip with its reason, and ends with one line of totals."""
import signal
import sys
import time
import unittest

import sanitizers


class Result(unittest.TextTestResult):
    passed = 0

    def startTest(self, test):
        self.began = time.monotonic()
        super().startTest(test)

    def addSuccess(self, test):
        self.passed += 1
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
            self.failures.append((test, f"sanitizers reported:\n{reports}"))


def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it, and would pass that on
    sanitizers.prepare()
    loader = unittest.TestLoader()
    names = [n for n in sys.argv[1:] if not n.startswith("-")]
    suite = loader.loadTestsFromNames(names) if names else loader.discover(".", pattern="test_*.py")
    result = unittest.TextTestRunner(verbosity=2, resultclass=Result, stream=sys.stdout).run(suite)
    if reports := sanitizers.take_reports():
        print(f"sanitizers reported after the last test:\n{reports}")
        result.errors.append((suite, reports))
    for test, reason in result.skipped:
        print(f"skipped {test.id()}: {reason}")
    failed = len(result.failures) + len(result.errors)
    print(f"flow: {result.passed} passed, {failed} failed, {len(result.skipped)} skipped")
    sys.exit(1 if failed or not result.passed else 0)


if __name__ == "__main__":
    main()
