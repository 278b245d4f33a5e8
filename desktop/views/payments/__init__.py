"""« Indemnités journalières »: what was paid, its statements, and exports of the former space."""
