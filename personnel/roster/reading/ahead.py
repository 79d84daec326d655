"""What is wanted next is found in a thread while the last is worked on: calamine lets go of the interpreter."""

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any


class Ahead:
    """The thread. It is started before the ceilings are set: after that, the process can start no other."""

    def __init__(self) -> None:
        self._wanted: SimpleQueue = SimpleQueue()
        self._found: SimpleQueue = SimpleQueue()
        Thread(target=self._work, daemon=True).start()

    def each(self, function: Callable[[int], Any], count: int) -> Iterator[Any]:
        """function(0), function(1), ...: each while the one before it is worked on."""
        for at in range(count):
            if at == 0:
                self._wanted.put((function, at))
            result, error = self._found.get()
            if error is not None:
                raise error
            if at + 1 < count:
                self._wanted.put((function, at + 1))
            yield result

    def _work(self) -> None:
        while True:
            function, at = self._wanted.get()
            try:
                self._found.put((function(at), None))
            except BaseException as error:  # whoever wants it is told; a panic of calamine is no Exception
                self._found.put((None, error))
