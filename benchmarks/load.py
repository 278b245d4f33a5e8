"""A load of one kind of request on a loopback port, in answers a second.

A process of its own, so that the client never shares an interpreter with the server.
"""

import asyncio
import re
import shutil
import subprocess
import sys
import tempfile
import time

CONNECTIONS = 16
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


def rate(port: int, request: bytes, seconds: float = 3.0) -> float:
    """Answers a second, by wrk where it is installed. Raises `RuntimeError` when an answer is neither 2xx nor 3xx."""
    if shutil.which("wrk"):
        return by_wrk(port, request, seconds)
    command = [sys.executable, "-m", "benchmarks.load", str(port), str(seconds)]
    done = subprocess.run(command, input=request, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode())
    return float(done.stdout)


def by_wrk(port: int, request: bytes, seconds: float) -> float:
    head, _, body = request.decode().partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    script = [f"wrk.method = [[{method}]]", f"wrk.body = [[{body}]]" if body else ""]
    for line in lines:
        name, value = line.split(": ", 1)
        if name not in ("Host", "Content-Length"):
            script.append(f"wrk.headers[ [[{name}]] ] = [[{value}]]")
    with tempfile.NamedTemporaryFile("w", suffix=".lua") as file:
        file.write("\n".join(script))
        file.flush()
        command = [
            "wrk",
            "-t1",
            f"-c{CONNECTIONS}",
            f"-d{seconds:.0f}s",
            "-s",
            file.name,
            f"http://127.0.0.1:{port}{path}",
        ]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    return float(told.split("Requests/sec:")[1].split()[0])


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: bytes) -> None:
    writer.write(request)
    head = await reader.readuntil(b"\r\n\r\n")
    status = head.split(b" ", 2)[1]
    if status == b"304":
        return
    if not status.startswith(b"2"):
        raise RuntimeError(head.decode("latin-1"))
    length = LENGTH.search(head)
    await reader.readexactly(int(length.group(1)) if length else 0)


async def keep_asking(port: int, request: bytes, until: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < until:
        await ask(reader, writer, request)
        count += 1
    writer.close()
    return count


async def load(port: int, request: bytes, seconds: float) -> float:
    began = time.monotonic()
    counts = await asyncio.gather(*(keep_asking(port, request, began + seconds) for _ in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - began)


if __name__ == "__main__":
    print(asyncio.run(load(int(sys.argv[1]), sys.stdin.buffer.read(), float(sys.argv[2]))))
