-- The people whose rights one administers, as the portal told them.

CREATE TABLE users (
  key INTEGER PRIMARY KEY,
  person_id TEXT NOT NULL UNIQUE,
  number INTEGER NOT NULL,
  civility TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  function TEXT NOT NULL,
  state TEXT NOT NULL,
  whole INTEGER NOT NULL,
  invited_at INTEGER,
  signed_in_at INTEGER,
  masks BLOB NOT NULL, -- one byte a place of user_places: the rights held there, as services/users/masks.py counts them
  uses TEXT NOT NULL -- JSON list of contract.users.RightUse
) STRICT;

-- Where a space stands in the masks. A place is never given to another space.
CREATE TABLE user_places (
  place INTEGER PRIMARY KEY,
  space_id TEXT NOT NULL UNIQUE
) STRICT;

-- Which of the rights in the masks have an end, and their last day.
CREATE TABLE user_ends (
  person_id TEXT NOT NULL,
  place INTEGER NOT NULL,
  ends_on TEXT NOT NULL,
  mask INTEGER NOT NULL,
  PRIMARY KEY (person_id, place, ends_on)
) STRICT, WITHOUT ROWID;

-- Who is no longer to be seen: what an outcome that was long on its way tells of her stays out.
CREATE TABLE users_gone (
  person_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Rights that were withdrawn while one worked, until the person has read that they were.
CREATE TABLE lost_rights (
  space_id TEXT PRIMARY KEY,
  company TEXT NOT NULL,
  member_number TEXT NOT NULL,
  administrator TEXT,
  rights TEXT NOT NULL, -- JSON list of codes
  whole INTEGER NOT NULL -- the space itself is seen no more
) STRICT, WITHOUT ROWID;
