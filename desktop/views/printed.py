"""The text of a PDF, page by page, for the readers of allowance files. Any thread but the GUI's may ask.

The library that reads PDF can be made to turn in circles, or to fall, by a file made for that: it works in a process
of its own, which is ended when it takes too long or too much, and which serves one file after the other.
"""

import json
import re
import struct
import subprocess
import sys
import threading
import time
import zlib
from contextlib import suppress
from types import TracebackType
from typing import BinaryIO, Final

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_PAGES: Final = 5_000
MOST_LETTERS: Final = 20_000_000
MOST_UNPACKED: Final = 256 * 1024 * 1024
"""Of all compressed streams together: a page of text takes some ten thousand bytes."""
MOST_SECONDS: Final = 30.0
MOST_MEMORY: Final = 1024 * 1024 * 1024
"""That the process may write to, where the system can bound it. (Not its address space: the library reserves much.)"""
_PART: Final = 1024 * 1024
_LENGTH: Final = struct.Struct(">Q")

_STREAM: Final = re.compile(rb"stream\r?\n")
_PACKED_TWICE: Final = re.compile(rb"/(?:Filter|F)\s*\[[^\]]{0,200}(?:Flate|Fl|LZW)[^\]]{0,200}(?:Flate|Fl|LZW)")
_SPLIT: Final = "Demandez-le en plusieurs périodes, ou donnez le fichier CSV ou XLSX."
_DAMAGED: Final = "Ce PDF est abîmé ou incomplet\u00a0: téléchargez-le de nouveau, puis réessayez."
_BOMB: Final = "Ce PDF grossit démesurément quand on l’ouvre\u00a0: il n’est pas lu. Téléchargez-le de nouveau."


class _Refused(Exception):
    """With a French sentence. (The process does not know `Unreadable`, which would bring all of polars with it.)"""


def printed_text(data: bytes) -> tuple[str, ...]:
    """What is printed on each page, in reading order, lines apart. Raises `Unreadable` for what is no PDF, is locked,
    or is beyond the limits. For many files, `PrintedTexts` is quicker."""
    with PrintedTexts() as texts:
        return texts(data)


class PrintedTexts:
    """The same for one file after the other, by one process, begun with the first file and ended by `close`."""

    def __init__(self, seconds: float = MOST_SECONDS) -> None:
        self._seconds = seconds
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PrintedTexts":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __call__(self, data: bytes) -> tuple[str, ...]:
        from desktop.services.review.whole import Unreadable

        with self._turn:
            try:
                admit(data)
                return self._asked(data)
            except _Refused as refused:
                raise Unreadable(str(refused)) from refused

    def close(self) -> None:
        """Ends the process, if there is one."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def _asked(self, data: bytes) -> tuple[str, ...]:
        if self._child is None:
            self._child = _begin()
        late = threading.Event()
        timer = threading.Timer(self._seconds, _end, (self._child, late))
        timer.start()
        try:
            answer = _exchange(self._child, data)
        finally:
            timer.cancel()
        if answer is None:
            self.close()
            raise _Refused(f"Ce PDF est trop long à lire. {_SPLIT}" if late.is_set() else _DAMAGED)
        found = json.loads(answer)
        if isinstance(found, str):
            raise _Refused(found)
        return tuple(found)


def _begin() -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-P", "-m", "desktop.views.printed"]
    return subprocess.Popen(  # noqa: S603 (this very module, by this very Python)
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _end(child: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    child.kill()


def _exchange(child: "subprocess.Popen[bytes]", data: bytes) -> bytes | None:
    """The answer to a file; None when the process ended before it came."""
    if child.stdin is None or child.stdout is None:
        return None
    with suppress(OSError):
        child.stdin.write(_LENGTH.pack(len(data)))
        child.stdin.write(data)
        child.stdin.flush()
        return _received(child.stdout)
    return None


def _received(pipe: BinaryIO | object) -> bytes | None:
    read = pipe.read  # type: ignore[union-attr]
    head = read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    body: bytes = read(length)
    return body if len(body) == length else None


# What is told without the library


def admit(data: bytes) -> None:
    """Looks how large the file is, and how large its streams grow before the library unpacks them."""
    if len(data) > MOST_BYTES:
        raise _Refused(f"Ce PDF dépasse {MOST_BYTES // 1024**2}\u00a0Mo. {_SPLIT}")
    if _PACKED_TWICE.search(data):
        raise _Refused(_BOMB)
    room = MOST_UNPACKED
    for found in _STREAM.finditer(data):
        room -= _unpacked(data, found.end(), room)
        if room < 0:
            raise _Refused(_BOMB)


def _unpacked(data: bytes, place: int, most: int) -> int:
    """How many bytes the stream there unpacks to, or somewhat more than `most`; 0 when it is not packed so."""
    unpacker, total, rest = zlib.decompressobj(), 0, b""
    with suppress(zlib.error):
        while not unpacker.eof and total <= most:
            if not rest:
                rest = data[place : place + _PART]
                place += len(rest)
                if not rest:
                    break
            total += len(unpacker.decompress(rest, _PART))
            rest = unpacker.unconsumed_tail
    return total


# In the process


def serve(asked: BinaryIO, answered: BinaryIO) -> None:
    """Answers each file with its pages or with why not, until nothing more is asked."""
    while (data := _received(asked)) is not None:
        try:
            answer: list[str] | str = _pages(data)
        except _Refused as refused:
            answer = str(refused)
        body = json.dumps(answer).encode()
        answered.write(_LENGTH.pack(len(body)) + body)
        answered.flush()


def _pages(data: bytes) -> list[str]:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice
    from PySide6.QtPdf import QPdfDocument

    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    try:
        document.load(buffer)
        if document.error() is QPdfDocument.Error.IncorrectPassword:
            raise _Refused("Ce PDF est protégé par un mot de passe\u00a0: enregistrez-le sans, puis réessayez.")
        if document.status() is not QPdfDocument.Status.Ready:
            raise _Refused(_DAMAGED)
        if document.pageCount() > MOST_PAGES:
            raise _Refused(f"Ce PDF compte plus de cinq mille pages. {_SPLIT}")
        pages: list[str] = []
        letters, until = 0, time.monotonic() + MOST_SECONDS
        for number in range(document.pageCount()):
            pages.append(document.getAllText(number).text().encode("utf-8", "replace").decode())
            letters += len(pages[-1])
            if letters > MOST_LETTERS or time.monotonic() > until:
                raise _Refused(f"Ce PDF est trop long à lire (arrêté à la page {number + 1}). {_SPLIT}")
        return pages
    finally:
        document.close()
        buffer.close()


def _bound_memory() -> None:
    """Where the system can."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))


def main() -> None:
    """The process: files in, pages out."""
    from PySide6.QtCore import QCoreApplication

    _bound_memory()
    application = QCoreApplication([])
    serve(sys.stdin.buffer, sys.stdout.buffer)
    del application


if __name__ == "__main__":
    main()
