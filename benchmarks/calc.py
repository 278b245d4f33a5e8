"""LibreOffice Calc opening a CSV without a window, driven by its own Python: what a clerk has today.

Where `soffice` or the system's `uno` is missing (Debian: libreoffice-calc-nogui, python3-uno), nothing is compared and
it is said aloud. `python3 benchmarks/calc.py FILE PROFILE` is the part that runs in the system's Python.
"""

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SYSTEM_PYTHON = "/usr/bin/python3"
_DAYS = "/".join(f"{column}/4" for column in (13, 14, 15, 23))
_TEXTS = "/".join(f"{column}/2" for column in (1, 2, 6, 8))
"""Columns read as dates of France and as texts; the others as Calc takes them."""
OPTIONS = f"59,34,76,1,{_TEXTS}/{_DAYS},1036,false,true,false"


def opened(path: Path) -> float | None:
    """Seconds until the whole file stands in the sheet, the program's own start not counted; None without it."""
    probe = [SYSTEM_PYTHON, "-c", "import uno"]
    there = Path(SYSTEM_PYTHON).exists() and subprocess.run(probe, capture_output=True, check=False).returncode == 0
    if not (shutil.which("soffice") and there):
        print("LibreOffice is not here: no comparison with Calc")
        return None
    with tempfile.TemporaryDirectory() as profile:
        command = [SYSTEM_PYTHON, str(Path(__file__).resolve()), str(path), profile]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return float(done.stdout.splitlines()[-1])


def main(path: str, profile: str) -> None:
    import uno  # of the system's Python
    from com.sun.star.beans import PropertyValue
    from com.sun.star.connection import NoConnectException

    def option(name: str, value: object) -> object:
        made = PropertyValue()
        made.Name, made.Value = name, value
        return made

    program = ["soffice", "--headless", "--nologo", "--norestore", f"-env:UserInstallation=file://{profile}"]
    child = subprocess.Popen([*program, "--accept=pipe,name=volet-bench;urp;"])
    here = uno.getComponentContext()
    resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
    context, until = None, time.monotonic() + 120
    while context is None:
        try:
            context = resolver.resolve("uno:pipe,name=volet-bench;urp;StarOffice.ComponentContext")
        except NoConnectException:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    desktop = context.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", context)
    filters = (option("FilterName", "Text - txt - csv (StarCalc)"), option("FilterOptions", OPTIONS))
    hidden = option("Hidden", value=True)
    begun = time.perf_counter()
    book = desktop.loadComponentFromURL(f"file://{path}", "_blank", 0, (hidden, *filters))
    took = time.perf_counter() - begun
    cursor = book.Sheets.getByIndex(0).createCursor()
    cursor.gotoEndOfUsedArea(False)  # noqa: FBT003 - UNO knows no names
    rows = cursor.RangeAddress.EndRow
    book.close(True)  # noqa: FBT003
    desktop.terminate()
    child.wait(60)
    if not rows:
        sys.exit("the sheet is empty")
    print(took)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
