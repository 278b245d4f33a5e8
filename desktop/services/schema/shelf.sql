CREATE TABLE IF NOT EXISTS files (
  sha256 TEXT PRIMARY KEY,
  received INTEGER NOT NULL, -- bytes held, from the first on without a hole
  whole INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS parts (
  sha256 TEXT NOT NULL,
  start INTEGER NOT NULL,
  content BLOB NOT NULL,
  PRIMARY KEY (sha256, start)
) STRICT;
