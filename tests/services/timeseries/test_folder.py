from __future__ import annotations

import gc
import threading
import weakref

import pytest

from services.debugcog.timeseries.folder import Folder


class Service:
    """Counts folds, and raises in the first ones."""

    def __init__(self, failures: int = 0) -> None:
        self.folds = 0
        self.enough = threading.Event()
        self._failures = failures

    def fold(self) -> None:
        self.folds += 1
        if self.folds <= self._failures:
            raise RuntimeError("fold")
        if self.folds >= self._failures + 3:
            self.enough.set()


def thread_of(folder: Folder) -> threading.Thread:
    assert folder._thread is not None
    return folder._thread


def test_it_folds_again_and_again_until_it_is_stopped() -> None:
    service = Service()
    folder = Folder(service, 0.001)
    folder.start()
    assert service.enough.wait(10)
    folder.stop()
    folds = service.folds
    assert not thread_of(folder).is_alive()
    folder.start()
    assert not thread_of(folder).is_alive()
    assert service.folds == folds


def test_starting_twice_starts_one_thread_and_it_is_a_daemon() -> None:
    service = Service()
    folder = Folder(service, 60.0)
    folder.start()
    thread = thread_of(folder)
    folder.start()
    assert thread_of(folder) is thread
    assert (thread.daemon, thread.name) == (True, "debugcog-metrics")
    folder.stop()
    folder.stop()


def test_a_fold_that_raises_is_logged_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    service = Service(failures=2)
    folder = Folder(service, 0.001)
    folder.start()
    assert service.enough.wait(10)
    folder.stop()
    assert {(r.name, r.levelname) for r in caplog.records} == {("debugcog.metrics", "ERROR")}
    assert len(caplog.records) == 2


def test_the_thread_ends_when_nobody_holds_the_service() -> None:
    service = Service()
    folder = Folder(service, 60.0)
    folder.start()
    reference = weakref.ref(service)
    del service
    gc.collect()
    assert reference() is None
    thread_of(folder).join(10)
    assert not thread_of(folder).is_alive()


def test_a_service_may_stop_its_folder_from_the_folders_own_thread() -> None:
    class Closing(Service):
        def fold(self) -> None:
            folder.stop()
            self.enough.set()

    service = Closing()
    folder = Folder(service, 0.001)
    folder.start()
    assert service.enough.wait(10)
    thread_of(folder).join(10)
    assert not thread_of(folder).is_alive()


def test_a_folder_that_never_started_stops_quietly() -> None:
    Folder(Service(), 60.0).stop()
