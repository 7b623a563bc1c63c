"""How does a test take the network away from a page, and give it back?"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit


class Relay:
    """A door to a server that can be shut: what went through it breaks off, and nobody comes in."""

    def __init__(self, url: str) -> None:
        self.to = ("127.0.0.1", urlsplit(url).port or 80)
        self.open = True
        self.pairs: list[socket.socket] = []
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        threading.Thread(target=self._let_in, daemon=True).start()

    def shut(self) -> None:
        self.open = False
        for one in self.pairs:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.pairs.clear()

    def open_again(self) -> None:
        self.open = True

    def _let_in(self) -> None:
        while True:
            try:
                guest, _ = self.door.accept()
            except OSError:  # the door is taken away
                return
            if not self.open:
                guest.close()
                continue
            threading.Thread(target=self._stand_between, args=(guest,), daemon=True).start()

    def _stand_between(self, guest: socket.socket) -> None:
        with guest, socket.create_connection(self.to) as host:
            self.pairs += [guest, host]
            back = threading.Thread(target=_carry, args=(host, guest), daemon=True)
            back.start()
            _carry(guest, host)
            back.join()


def _carry(here: socket.socket, there: socket.socket) -> None:
    """Hand on what one side says until either side ends; then end both."""
    with contextlib.suppress(OSError):
        while data := here.recv(65_536):
            there.sendall(data)
    for one in (here, there):
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def relay(url: str) -> Iterator[Relay]:
    """Stand between a page and its server until the block ends."""
    made = Relay(url)
    try:
        yield made
    finally:
        made.shut()
        made.door.close()
