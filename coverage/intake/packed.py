"""What stands in a ZIP file (a workbook, a folder of files), opened without trusting what it says of itself."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator

from coverage.base.errors import FileRefused

BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError,
    KeyError, IndexError, OverflowError, OSError, RuntimeError, struct.error,
)  # fmt: skip
"""What Python's reader raises for a ZIP file that is damaged or tells lies; it has no one error for all of it."""
_CHUNK = 1 << 16
_MOST_PARTS = 20_000
_PART = b"PK\x01\x02"
"""What each entry of the list of parts begins with: it is counted before Python makes an object of each."""


class Packed:
    """The parts of a ZIP file by name, without regard to case and the kind of slash.

    Sizes are added up before anything is unpacked; no part gives more than it said.
    """

    def __init__(self, content: bytes, *, file: str, limit: int, broken: str = "workbook_broken") -> None:
        self._file, self._broken, self._limit = file, broken, limit
        self._unpacked = 0
        if (count := content.count(_PART)) > _MOST_PARTS:
            raise FileRefused("too_many_parts", file=file, found=count, allowed=_MOST_PARTS)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
            parts = [part for part in self._zip.infolist() if not part.is_dir()]
            size = sum(part.file_size for part in parts)
        except BROKEN as error:
            raise FileRefused(broken, file=file) from error
        if size > limit:
            raise FileRefused("unpacked_too_large", file=file, found=size, allowed=limit)
        self.parts = parts
        self._by_name = {_plain(part.filename): part for part in parts}

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._by_name

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield what a part holds, piece by piece; raise `FileRefused` where it is missing or damaged."""
        part = self._by_name.get(_plain(name))
        if part is None:
            raise FileRefused(self._broken, file=self._file)
        yield from self.unpacked(part)

    def unpacked(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        try:
            with self._zip.open(part) as stream:
                while chunk := stream.read(_CHUNK):
                    self._unpacked += len(chunk)
                    if self._unpacked > self._limit:  # many names may stand for one part
                        break
                    yield chunk
        except BROKEN as error:
            raise FileRefused(self._broken, file=self._file) from error
        if self._unpacked > self._limit:
            raise FileRefused("unpacked_too_large", file=self._file, found=self._unpacked, allowed=self._limit)

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
