"""Daily allowances: what was paid and its statements, and exports of the files begun in the former space."""
