"""At the first paint nothing heavy has been imported, and no keyring, store or network touched."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, sys
from pathlib import Path
from PySide6.QtWidgets import QApplication
from desktop.app import App, Options, keyring_of

qt = QApplication(["volet"])
folder = Path(sys.argv[1])
app = App(qt, Options(folder=folder, vault=keyring_of("test", folder), portal="https://127.0.0.1:9"))
app.window.painted.disconnect(app.open)

def painted():
    print(json.dumps([sorted(sys.modules), sorted(str(each.relative_to(folder)) for each in folder.rglob("*"))]))
    app.close()

app.window.painted.connect(painted)
app.start()
sys.exit(qt.exec())
"""
HEAVY = {"requests", "urllib3", "keyring", "truststore", "polars", "apsw", "msgspec", "sqlite3", "ssl", "http.client"}


def test_the_frame_is_painted_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    answer = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert answer.returncode == 0, answer.stderr
    modules, files = json.loads(answer.stdout)
    assert "desktop.app" in modules
    assert HEAVY & set(modules) == set()
    assert [each for each in files if each != "volet.ini"] == []
    if sys.platform != "win32":
        assert (tmp_path / "volet.ini").stat().st_mode & 0o777 == 0o600
