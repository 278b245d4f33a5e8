-- Payments of daily allowances, each as the portal told it once; one stays when the portal shows it no more. Days are ISO
-- dates, amounts cents, the rate ten-thousandths of a euro.

CREATE TABLE payments (
  key INTEGER PRIMARY KEY,
  payment_id TEXT NOT NULL UNIQUE,
  space_id TEXT NOT NULL,
  number INTEGER NOT NULL,
  transfer_id TEXT NOT NULL,
  payer TEXT NOT NULL,
  leave_number TEXT NOT NULL,
  matricule TEXT NOT NULL,
  last_name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  nir TEXT NOT NULL,
  branch TEXT NOT NULL,
  code TEXT NOT NULL,
  label TEXT NOT NULL,
  sense TEXT NOT NULL,
  leave_start TEXT,
  start TEXT,
  "end" TEXT,
  days INTEGER NOT NULL,
  rate INTEGER NOT NULL,
  gross INTEGER NOT NULL,
  csg INTEGER NOT NULL,
  crds INTEGER NOT NULL,
  tax INTEGER NOT NULL,
  net INTEGER NOT NULL,
  payee TEXT NOT NULL,
  paid_on TEXT NOT NULL,
  reference TEXT NOT NULL,
  words TEXT NOT NULL -- what can be searched, folded, each word behind a space
) STRICT;

CREATE INDEX payments_day ON payments (paid_on, number);
CREATE INDEX payments_space ON payments (space_id, paid_on, number);
CREATE INDEX payments_transfer ON payments (transfer_id);
CREATE INDEX payments_leave ON payments (space_id, leave_number);

-- Up to which number of each space payments are told of, and read.
CREATE TABLE payment_feeds (
  space_id TEXT PRIMARY KEY,
  told INTEGER NOT NULL,
  reached INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Statements that were downloaded: which file of the shelf each is.
CREATE TABLE statements (
  transfer_id TEXT NOT NULL,
  format TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (transfer_id, format)
) STRICT, WITHOUT ROWID;

CREATE TABLE exports (
  export_id TEXT PRIMARY KEY,
  number INTEGER NOT NULL,
  space_id TEXT NOT NULL,
  state TEXT NOT NULL,
  asked_at INTEGER NOT NULL,
  body TEXT NOT NULL -- JSON of contract.allowances.ExportRecord
) STRICT;

-- Exports of which the person has been told that they are ready, or failed.
CREATE TABLE export_notices (
  export_id TEXT PRIMARY KEY
) STRICT;
