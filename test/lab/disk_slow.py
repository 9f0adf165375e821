"""A disk that runs full under a lab with clients that write. Slow, so only by name: MariaDB looks
once a minute whether the disk has room again."""

import json
import threading
import unittest
import uuid
from http.client import HTTPException

from disk_test import FullDiskTest
from lab import Client, Lab, token_of_someone, wait_for


class Writers:
    """Clients that write all the time, and know what was acknowledged."""

    def __init__(self, lab: Lab, connections: int = 2) -> None:
        self.lab, self.acknowledged, self.refused = lab, set(), 0
        self.token = token_of_someone(lab)
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._threads = [threading.Thread(target=self._run) for _ in range(connections)]

    def _run(self) -> None:
        client = Client(self.lab)
        client.token = self.token
        while not self._stop.is_set():
            try:
                status, _, body = client.request(
                    "POST", "/api/v1/memos", {"title": "t", "content": "x" * 8000},
                    {"Idempotency-Key": str(uuid.uuid4())})
            except (OSError, HTTPException):
                status, body = 0, b""
            with self._lock:
                if status == 201:
                    self.acknowledged.add(json.loads(body)["id"])
                else:
                    self.refused += 1
        client.close()

    def __enter__(self) -> "Writers":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_unused) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


class FullWhileRunning(FullDiskTest):
    def test_nothing_acknowledged_is_lost_and_it_goes_on_when_there_is_room(self) -> None:
        self.lab.up()
        with Writers(self.lab) as writers:
            wait_for("some writes", lambda: len(writers.acknowledged) > 20)
            self.disk.fill()
            wait_for("a refusal", lambda: self.disk.fill() or writers.refused > 0, 60)
            self.assert_names_the_disk(self.lab.run("status").stdout)
            before = len(writers.acknowledged)
            self.disk.free()
            wait_for("writes again", lambda: len(writers.acknowledged) > before + 20, 90)
        reader = Client(self.lab)
        reader.token = writers.token
        lost = [memo for memo in writers.acknowledged
                if reader.request("GET", f"/api/v1/memos/{memo}")[0] != 200]
        reader.close()
        self.assertEqual(lost, [])
        self.assertEqual(self.lab.status()["warnings"], [])
        self.assert_whole()


if __name__ == "__main__":
    unittest.main(verbosity=2)
