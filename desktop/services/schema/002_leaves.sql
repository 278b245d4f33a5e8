-- Sick leaves, as the portal told them, and what their contracts say. Days are ISO dates, so that they sort as text.

CREATE TABLE leaves (
  key INTEGER PRIMARY KEY,
  leave_id TEXT NOT NULL UNIQUE,
  number INTEGER NOT NULL,
  space_id TEXT NOT NULL,
  file_number TEXT NOT NULL,
  last_name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  matricule TEXT NOT NULL,
  nir TEXT NOT NULL,
  motive TEXT NOT NULL,
  start TEXT NOT NULL,
  last_day TEXT NOT NULL, -- the eve of the return, or the last day prescribed
  state TEXT NOT NULL,
  origin TEXT NOT NULL,
  subrogation INTEGER NOT NULL,
  files INTEGER NOT NULL,
  moved_at INTEGER NOT NULL,
  body TEXT NOT NULL -- JSON of contract.leave.LeaveRecord
) STRICT;

CREATE INDEX leaves_space ON leaves (space_id, start);

CREATE TABLE leave_motives (
  code TEXT PRIMARY KEY,
  label TEXT NOT NULL
) STRICT;

CREATE TABLE leave_terms (
  space_id TEXT PRIMARY KEY,
  body TEXT NOT NULL -- JSON of contract.leave.LeaveTerms
) STRICT;
