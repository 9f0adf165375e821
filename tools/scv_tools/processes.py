"""Child processes that cannot outlive a suite: each has its own session, ended as a whole."""

import os
import signal
import subprocess
from pathlib import Path

GRACE_SECONDS = 10

_running: set[subprocess.Popen] = set()
_closed = False


def run(command: list[str], log: Path, seconds_max: float, cwd: Path,
        env: dict[str, str] | None = None) -> int:
    """Runs a command to its end with its output appended to the log; its exit code.

    Raises TimeoutError when it takes longer than seconds_max; everything it started is ended.
    May be called by several threads; nothing starts any more after end_all().
    """
    if _closed:
        raise InterruptedError("the run is being ended")
    with log.open("a") as output:
        output.write(f"$ {' '.join(command)}\n")
        output.flush()
        process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, start_new_session=True,
                                   env={**os.environ, **(env or {})})
        _running.add(process)
        try:
            return process.wait(timeout=seconds_max)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"not finished after {seconds_max:.0f} s: {' '.join(command)}") \
                from None
        finally:
            end(process)


def end(process: subprocess.Popen) -> None:
    """Ends what is left of the process and of its session."""
    _running.discard(process)
    if process.poll() is None:
        _signal(process, signal.SIGTERM)
        try:
            process.wait(timeout=GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            pass
    _signal(process, signal.SIGKILL)
    process.wait()


def end_all() -> None:
    global _closed
    _closed = True
    for process in list(_running):
        end(process)


def _signal(process: subprocess.Popen, number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        pass
