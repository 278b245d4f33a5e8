-- The copy of what the portal says. Moments are microseconds since 1970, UTC. `number` is the change by which a row is known.

CREATE TABLE facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE feeds (
  space_id TEXT PRIMARY KEY,
  cursor TEXT NOT NULL
) STRICT;

-- Who the person is, and what she may see

CREATE TABLE person (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  person_id TEXT NOT NULL,
  civility TEXT NOT NULL,
  first_name TEXT NOT NULL,
  last_name TEXT NOT NULL,
  email TEXT NOT NULL
) STRICT;

CREATE TABLE companies (
  company_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  siren TEXT NOT NULL,
  former_member_number TEXT,
  former_count INTEGER NOT NULL
) STRICT;

CREATE TABLE spaces (
  space_id TEXT PRIMARY KEY,
  company_id TEXT NOT NULL,
  member_number TEXT NOT NULL,
  siret TEXT NOT NULL,
  label TEXT NOT NULL,
  rights TEXT NOT NULL, -- JSON list of codes
  administrator TEXT
) STRICT;

CREATE TABLE right_labels (
  "right" TEXT PRIMARY KEY,
  label TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

CREATE TABLE topics (
  code TEXT PRIMARY KEY,
  position INTEGER NOT NULL,
  theme TEXT NOT NULL,
  theme_label TEXT NOT NULL,
  label TEXT NOT NULL,
  body TEXT NOT NULL -- JSON of contract.catalogue.TopicRecord
) STRICT;

-- Requests

CREATE TABLE requests (
  key INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL UNIQUE,
  number INTEGER NOT NULL,
  space_id TEXT NOT NULL,
  file_number TEXT NOT NULL,
  topic TEXT NOT NULL,
  theme_label TEXT NOT NULL,
  topic_label TEXT NOT NULL,
  subject TEXT NOT NULL,
  state TEXT NOT NULL,
  closing TEXT,
  awaited TEXT NOT NULL, -- JSON list of [identifier, label]
  origin TEXT NOT NULL,
  author_id TEXT,
  author_name TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  moved_at INTEGER NOT NULL,
  state_version INTEGER NOT NULL,
  fields TEXT NOT NULL, -- JSON list of [label, value]
  -- What its messages and its read mark come to
  last_position INTEGER NOT NULL DEFAULT 0,
  adviser_position INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  files INTEGER NOT NULL DEFAULT 0,
  closed INTEGER NOT NULL DEFAULT 0,
  pill TEXT NOT NULL DEFAULT 'received'
) STRICT;

-- One index answers every filter of the list, and its counts, without touching the rows; hence no generated columns.
CREATE INDEX requests_list ON requests (
  moved_at DESC, key DESC, space_id, author_id, unread, closed, pill, files, theme_label, origin
);
CREATE INDEX requests_space ON requests (space_id);
CREATE INDEX requests_unread ON requests (space_id) WHERE unread > 0;

CREATE TABLE messages (
  message_id TEXT PRIMARY KEY,
  request_id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  position INTEGER NOT NULL,
  author TEXT NOT NULL,
  author_id TEXT,
  author_name TEXT NOT NULL,
  text TEXT NOT NULL,
  sent_at INTEGER NOT NULL,
  attachments TEXT NOT NULL, -- JSON list of contract.contact.AttachmentRecord
  files INTEGER NOT NULL
) STRICT;

CREATE INDEX messages_request ON messages (request_id, position, author, files);
CREATE INDEX messages_space ON messages (space_id);

CREATE TABLE read_marks (
  request_id TEXT PRIMARY KEY,
  space_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  through INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Things known to be gone, so that an older change that comes late does not bring them back.
CREATE TABLE gone (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  space_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- What can be searched of a request, folded; its rowid is the request's key.
CREATE VIRTUAL TABLE words USING fts5 (
  text, content = '', contentless_delete = 1, detail = none,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
);

-- By which names of a space its requests were indexed.
CREATE TABLE indexed_spaces (
  space_id TEXT PRIMARY KEY,
  names TEXT NOT NULL
) STRICT;

-- What the person wants of the portal

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  wish_id TEXT NOT NULL UNIQUE,
  lane TEXT NOT NULL,
  kind TEXT NOT NULL, -- the tag of contract.wishes.Wish
  body TEXT NOT NULL, -- its JSON
  request_id TEXT,
  state TEXT NOT NULL,
  topics TEXT NOT NULL, -- JSON list of what the bell says when it changes
  title TEXT NOT NULL,
  about TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  faults INTEGER NOT NULL DEFAULT 0,
  waited REAL NOT NULL DEFAULT 0, -- seconds slept after faults
  sentence TEXT NOT NULL DEFAULT '',
  problem TEXT NOT NULL DEFAULT '',
  version INTEGER
) STRICT;

CREATE INDEX outbox_lane ON outbox (lane, seq);
CREATE INDEX outbox_request ON outbox (request_id, seq);

-- What only this computer remembers

CREATE TABLE drafts (
  key TEXT PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;

CREATE TABLE favourites (
  space_id TEXT PRIMARY KEY
) STRICT;

CREATE TABLE visits (
  space_id TEXT PRIMARY KEY,
  turn INTEGER NOT NULL
) STRICT;
