"""The builds of a test run: each once, and those for later while tests wait for other things."""

import shutil
import threading
import time
from collections.abc import Callable

MINUTE = 60
CONFIGURE_SECONDS = 5 * MINUTE
BUILD_SECONDS = 30 * MINUTE

# log name, command, seconds at most → exit code
Run = Callable[[str, list[str], float], int]


class Builds:
    """build() is called by one thread. What was told to build_ahead() is built by another one, one
    preset after the other, in time that the processors would be idle (SCHED_IDLE)."""

    def __init__(self, run: Run, begin_log: Callable[[str], None], say: Callable[[str], None],
                 jobs: int):
        self._run = run
        self._begin_log = begin_log
        self._say = say
        self._jobs = jobs
        self._built: dict[str, bool] = {}
        self._ahead: dict[str, threading.Event] = {}

    def build_ahead(self, presets: list[str]) -> None:
        """At most once."""
        presets = [preset for preset in presets if preset not in self._built]
        self._ahead = {preset: threading.Event() for preset in presets}
        threading.Thread(target=self._build_all, args=(presets,), daemon=True).start()

    def build(self, preset: str) -> bool:
        """Builds once per run; the same answer afterwards."""
        if preset in self._ahead:
            self._ahead[preset].wait()
        if preset not in self._built:
            self._built[preset] = self._build(preset, ["nice"])
        return self._built[preset]

    def _build_all(self, presets: list[str]) -> None:
        idle = ["chrt", "--idle", "0"] if shutil.which("chrt") else ["nice", "-n", "19"]
        for preset in presets:
            try:
                self._built[preset] = self._build(preset, idle)
            except (TimeoutError, OSError) as error:
                self._say(f"  FAILED to build {preset}: {error}")
                self._built[preset] = False
            finally:
                self._ahead[preset].set()

    def _build(self, preset: str, gently: list[str]) -> bool:
        started = time.monotonic()
        log = f"build-{preset}"
        self._begin_log(log)
        command = [*gently, "cmake", "--build", f"build/{preset}", "--parallel", str(self._jobs)]
        built = (self._run(log, [*gently, "cmake", "--preset", preset], CONFIGURE_SECONDS) == 0
                 and self._run(log, command, BUILD_SECONDS) == 0)
        verdict = "built" if built else "FAILED to build"
        self._say(f"  {verdict} {preset} in {time.monotonic() - started:.0f} s")
        return built
