"""Runs Python's unittest and gives its outcome as cases."""

import signal
import time
import unittest

from scv_tools.results import FAILED, PASSED, SKIPPED, Case


class Collector(unittest.TestResult):
    """One case per test; `cases` has them when the run is over."""

    def __init__(self) -> None:
        super().__init__()
        self.cases: list[Case] = []
        self.started = time.monotonic()

    def startTest(self, test) -> None:  # noqa: N802 (unittest's name)
        super().startTest(test)
        self.started = time.monotonic()

    def _add(self, test, status: str, message: str = "") -> None:
        self.cases.append(Case(test.id(), status, time.monotonic() - self.started, message))

    def addSuccess(self, test) -> None:  # noqa: N802
        self._add(test, PASSED)

    def addFailure(self, test, err) -> None:  # noqa: N802
        self._add(test, FAILED, self._exc_info_to_string(err, test))

    def addError(self, test, err) -> None:  # noqa: N802
        self._add(test, FAILED, self._exc_info_to_string(err, test))

    def addSubTest(self, test, subtest, err) -> None:  # noqa: N802
        if err is not None:
            self._add(subtest, FAILED, self._exc_info_to_string(err, subtest))

    def addSkip(self, test, reason: str) -> None:  # noqa: N802
        self._add(test, SKIPPED, reason)


class Ended(Exception):
    """Raised in the test that a SIGTERM meets, so that what it began is taken down."""


def run(suite: unittest.TestSuite, end_at_sigterm: bool = False) -> list[Case]:
    """With `end_at_sigterm` a SIGTERM is the end of the test that runs, which still cleans up, and
    no other follows. From the main thread only."""
    collector = Collector()

    def end(_number, _frame) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        collector.stop()
        raise Ended("the run was ended")

    if end_at_sigterm:
        signal.signal(signal.SIGTERM, end)
    suite.run(collector)
    return collector.cases
