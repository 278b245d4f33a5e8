"""One start of a window, timed from the start of the process: `python -m benchmarks.windows KIND FOLDER STARTED`.

`bare` is an empty window of PySide6; `volet` the client on a profile. Prints milliseconds: until the first turn of the
event loop after the first paint, and for the client until the list is on the screen.
"""

import gc
import sys
import time


def since(started: float) -> float:
    return (time.time() - started) * 1000


def bare(started: float) -> None:
    from PySide6.QtCore import QTimer
    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication, QMainWindow

    class Window(QMainWindow):
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, interactive)

    def interactive() -> None:
        print(since(started), flush=True)
        qt.quit()

    qt = QApplication(["bare"])
    window = Window()
    window.resize(1280, 800)
    window.show()
    qt.exec()


def volet(started: float, folder: str) -> None:
    gc.disable()  # as `desktop.__main__` does
    from pathlib import Path

    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from desktop.app import App, Options

    qt = QApplication(["volet"])
    app = App(qt, Options(Path(folder), vault, portal="http://127.0.0.1:9"))
    look = QTimer()

    def listed() -> None:
        place = app.workplace
        if place is not None and place.contact.list.table.rows.rowCount() > 0:
            look.stop()
            print(since(started), flush=True)
            QTimer.singleShot(0, app.close)

    def interactive() -> None:
        print(since(started), flush=True)
        look.start(2)

    look.timeout.connect(listed)
    app.window.painted.connect(interactive)
    app.start()
    qt.exec()


def vault(_address: str) -> object:
    from pathlib import Path

    from desktop.services.vault import DemoVault

    return DemoVault(Path(sys.argv[2]))


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare(float(sys.argv[3]))
    else:
        volet(float(sys.argv[3]), sys.argv[2])
