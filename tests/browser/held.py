"""How does a test keep back what a server says, and let it go when something else has happened meanwhile?"""

from __future__ import annotations

import re

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Held:
    """What stands between a page and its server: it hands on what both say, or keeps the server's part back."""

    def __init__(self) -> None:
        self.keeping = False
        self.kept: list[bytes] = []
        self.to: WebSocketRoute | None = None

    def stand_between(self, page: Page) -> None:
        """Do so from when the page opens."""
        page.route_web_socket(re.compile("_stcore/stream"), self._connect)

    def keep(self) -> None:
        """Keep back what the server says from now on."""
        self.keeping = True

    def answered(self, page: Page) -> None:
        """Wait until the server has run a page to its end, and that is kept back."""
        while not any(self._ends(message) for message in self.kept):
            page.wait_for_timeout(10)

    def let_go(self, page: Page) -> None:
        """Hand on what was kept back, once the server has run a page to its end."""
        self.answered(page)
        self.keeping = False
        kept, self.kept = self.kept, []
        for message in kept:
            self._hand_on(message)

    def _connect(self, to: WebSocketRoute) -> None:
        self.to = to
        to.connect_to_server().on_message(self._hear)

    def _hear(self, message: str | bytes) -> None:
        data = message if isinstance(message, bytes) else message.encode("latin-1")
        if self.keeping:
            self.kept.append(data)
        else:
            self._hand_on(data)

    def _hand_on(self, message: bytes) -> None:
        if self.to is not None:
            self.to.send(message)

    @staticmethod
    def _ends(message: bytes) -> bool:
        said = ForwardMsg()
        said.ParseFromString(message)
        return said.WhichOneof("type") == "script_finished"
