"""A thread of its own for work that blocks, asked for from coroutines."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

T = TypeVar("T")


class Worker:
    """Does one piece of work after the other, in the order they were asked for.

    Its thread is a daemon: work that hangs does not keep the program from ending. Where work is rare, the thread leaves
    when all is done (`stays=False`).
    """

    def __init__(self, name: str, *, stays: bool = True) -> None:
        self._name = name
        self._stays = stays
        self._lock = threading.Lock()
        """Held while work is queued, and while a thread decides whether to leave."""
        self._tasks: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._is_stopped = False

    @property
    def is_used(self) -> bool:
        """Whether there is a thread that might be at work."""
        return self._thread is not None

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Queue a piece of work and give the future of its result.

        Raises:  RuntimeError after `stop`.
        """
        if self._is_stopped:
            raise RuntimeError(f"the thread “{self._name}” has been stopped")
        # Imported late, like asyncio below: the first paint does not wait for them.
        from concurrent.futures import Future

        future: Future[T] = Future()
        with self._lock:
            self._tasks.put((future, work))
            if self._thread is None:
                self.replace_thread()
        return future

    async def run(self, work: Callable[[], T]) -> T:
        """Do a piece of work and wait for its result.

        Cancel:  the work is done all the same; whoever asked is not told.
        """
        return await self.begin(work)

    def begin(self, work: Callable[[], T], patience_s: float = 0.0) -> asyncio.Future[T]:
        """Queue a piece of work for whoever waits for it later; `run` in all else.

        With patience it is waited for right here, so long at most: then its result is there when this returns.
        """
        import asyncio
        from concurrent.futures import wait

        future = self.submit(work)
        if not patience_s or not wait((future,), patience_s).done:
            return asyncio.shield(asyncio.wrap_future(future))
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        if (error := future.exception()) is not None:
            done.set_exception(error)
        else:
            done.set_result(future.result())
        return done

    def replace_thread(self) -> None:
        """Give up on the thread, should its work hang, and let a new one go on with what is queued."""
        self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread once everything asked for so far is done."""
        self._is_stopped = True
        self._tasks.put(None)

    def _serve(self) -> None:
        me = threading.current_thread()
        # A thread that was replaced while it hung ends as soon as it wakes.
        while self._thread is me and (task := self._tasks.get()) is not None:
            _do(*task)
            del task  # a result is not kept alive until the next piece of work
            if not self._stays and self._leaves(me):
                return

    def _leaves(self, me: threading.Thread) -> bool:
        with self._lock:
            leaves = self._thread is me and self._tasks.empty()
            if leaves:
                self._thread = None
            return leaves


def _do(future: Future[Any], work: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001  not swallowed: it is raised where the result is awaited
        future.set_exception(error)
    else:
        future.set_result(result)
