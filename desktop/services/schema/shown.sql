-- What the person sees: the copy with the outbox laid over it. Dropped and made anew at each start.

-- The wishes about requests whose effect the copy does not show yet: a message may come down before the answer to it.
CREATE VIEW pending AS
SELECT *, body ->> '$.message_id' AS message_id FROM outbox AS o
WHERE o.kind IN ('open_request', 'send_message', 'mark_read')
  AND NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.message_id = (o.body ->> '$.message_id'));

-- What the outbox says of each request.
CREATE VIEW wished AS
SELECT
  request_id,
  count(*) FILTER (WHERE kind = 'send_message' AND state NOT IN ('refused', 'conflict')) AS replies,
  count(*) FILTER (WHERE kind <> 'mark_read' AND state = 'refused') AS refused,
  count(*) FILTER (WHERE kind <> 'mark_read' AND state = 'conflict') AS conflicts,
  max(made_at) FILTER (WHERE kind <> 'mark_read') AS made_at,
  coalesce(sum(json_array_length(body, '$.attachments')), 0) AS files,
  max(seq) FILTER (WHERE kind = 'mark_read' AND state NOT IN ('refused', 'conflict')) AS mark
FROM pending
GROUP BY request_id;

CREATE VIEW named_spaces AS
SELECT s.space_id, s.company_id, c.name AS company, c.siren, s.siret, s.member_number, s.label, s.rights, s.administrator
FROM spaces AS s LEFT JOIN companies AS c USING (company_id);

-- A request of the copy, as it will be when its wishes are carried out. Here and where `requests.pill` is worked out is
-- all that is said of how a request stands: lists, counts, the open request and paper read it.
CREATE VIEW copied_requests AS
SELECT
  r.key, r.request_id, r.space_id, r.file_number, r.topic, r.theme_label, r.topic_label, r.subject,
  CASE WHEN coalesce(w.replies, 0) > 0 THEN 0 ELSE r.closed END AS closed,
  CASE
    WHEN w.refused > 0 THEN 'refused' WHEN w.conflicts > 0 THEN 'conflict' WHEN w.replies > 0 THEN 'waiting'
    ELSE r.pill
  END AS pill,
  r.origin, r.author_id, r.author_name, r.opened_at,
  max(r.moved_at, coalesce(w.made_at, r.moved_at)) AS moved_at,
  coalesce(m.unread, r.unread) AS unread,
  r.files + coalesce(w.files, 0) AS files,
  r.state_version, r.awaited, r.fields, 0 AS waits, r.adviser_position
FROM requests AS r
LEFT JOIN wished AS w ON w.request_id = r.request_id
LEFT JOIN marked AS m ON m.request_id = r.request_id;

-- What a wish to mark as read, or unread, makes of a request: of several the latest holds.
CREATE VIEW marked AS
SELECT
  o.request_id,
  (
    SELECT count(*) FROM messages AS m
    WHERE m.request_id = o.request_id AND m.author = 'adviser' AND m.position > (o.body ->> '$.through')
  ) AS unread
FROM wished AS w JOIN outbox AS o ON o.seq = w.mark;

-- A request made here that the copy does not hold yet.
CREATE VIEW opened_requests AS
SELECT
  -o.seq AS key, o.request_id, o.body ->> '$.space_id' AS space_id, NULL AS file_number,
  o.body ->> '$.topic' AS topic, coalesce(t.theme_label, '') AS theme_label, coalesce(t.label, '') AS topic_label,
  o.body ->> '$.subject' AS subject,
  0 AS closed,
  CASE WHEN w.refused > 0 THEN 'refused' WHEN w.conflicts > 0 THEN 'conflict' ELSE 'waiting' END AS pill,
  'new' AS origin, p.person_id AS author_id, p.first_name || ' ' || p.last_name AS author_name,
  o.made_at AS opened_at, coalesce(w.made_at, o.made_at) AS moved_at, 0 AS unread,
  coalesce(w.files, 0) + coalesce((SELECT sum(m.files) FROM messages AS m WHERE m.request_id = o.request_id), 0) AS files,
  0 AS state_version, '[]' AS awaited, o.body AS fields, 1 AS waits, 0 AS adviser_position
FROM outbox AS o
LEFT JOIN wished AS w ON w.request_id = o.request_id
LEFT JOIN topics AS t ON t.code = (o.body ->> '$.topic')
LEFT JOIN person AS p ON p.one = 1
WHERE o.kind = 'open_request' AND NOT EXISTS (SELECT 1 FROM requests AS r WHERE r.request_id = o.request_id);

-- A new request begun and not sent: its keys lie far below those of requests made here.
CREATE VIEW begun_requests AS
SELECT
  -1099511627776 - d.rowid AS key, d.key AS request_id, coalesce(d.body ->> '$.space_id', '') AS space_id,
  NULL AS file_number, d.body ->> '$.topic' AS topic,
  coalesce(t.theme_label, '') AS theme_label, coalesce(t.label, '') AS topic_label,
  coalesce(nullif(trim(d.body ->> '$.subject'), ''), trim(substr(d.body ->> '$.text', 1, 160))) AS subject,
  0 AS closed, 'draft' AS pill,
  'new' AS origin, p.person_id AS author_id, p.first_name || ' ' || p.last_name AS author_name,
  coalesce(d.body ->> '$.kept_at', 0) AS opened_at, coalesce(d.body ->> '$.kept_at', 0) AS moved_at, 0 AS unread,
  json_array_length(d.body, '$.files') AS files,
  0 AS state_version, '[]' AS awaited, '{}' AS fields, 1 AS waits, 0 AS adviser_position
FROM drafts AS d
LEFT JOIN topics AS t ON t.code = (d.body ->> '$.topic')
LEFT JOIN person AS p ON p.one = 1
WHERE d.key = 'new' OR d.key LIKE 'new:%';

CREATE VIEW shown_requests AS
SELECT * FROM copied_requests UNION ALL SELECT * FROM opened_requests UNION ALL SELECT * FROM begun_requests;

-- The messages of a conversation, those that wait after those that are there.
CREATE VIEW shown_messages AS
SELECT
  request_id, message_id, position, author, author_id, author_name, text, sent_at, attachments,
  'sent' AS state, NULL AS wish_id, '' AS sentence, 0 AS attempts
FROM messages
UNION ALL
SELECT
  o.request_id, o.message_id, 1000000000 + o.seq, 'clerk', p.person_id, p.first_name || ' ' || p.last_name,
  coalesce(o.body ->> '$.text', ''), o.made_at, coalesce(o.body -> '$.attachments', '[]'),
  o.state, o.wish_id, o.sentence, o.attempts
FROM pending AS o LEFT JOIN person AS p ON p.one = 1
WHERE o.kind <> 'mark_read';

-- The keys of the requests that some wish concerns: few, and shown through the views above.
CREATE VIEW touched_requests AS
SELECT r.key FROM requests AS r WHERE r.request_id IN (SELECT request_id FROM outbox)
UNION ALL
SELECT key FROM opened_requests;

-- What was written here and is not in the copy yet, to be searched.
CREATE VIEW waiting_words AS
SELECT
  request_id,
  group_concat(concat_ws(
    char(10), body ->> '$.text',
    (SELECT group_concat(value ->> '$.name', char(10)) FROM json_each(body, '$.attachments')),
    (SELECT group_concat(value, char(10)) FROM json_each(body, '$.fields'))
  ), char(10)) AS words
FROM pending
WHERE kind <> 'mark_read'
GROUP BY request_id;

-- What was begun here, to be searched.
CREATE VIEW begun_words AS
SELECT
  b.key, b.space_id, b.theme_label, b.topic_label, d.body ->> '$.subject' AS subject, d.body ->> '$.text' AS text,
  (SELECT group_concat(value ->> '$.name', char(10)) FROM json_each(d.body, '$.files')) AS files,
  (SELECT group_concat(value, char(10)) FROM json_each(d.body, '$.fields')) AS fields,
  n.company, n.member_number
FROM begun_requests AS b JOIN drafts AS d ON d.key = b.request_id
LEFT JOIN named_spaces AS n ON n.space_id = b.space_id;

-- Leaves. The wishes whose effect the copy does not show yet: what they make may come down before the answer to them.
CREATE VIEW leave_wishes AS
SELECT o.seq, o.wish_id, o.request_id AS leave_id, o.kind, o.body, o.state, o.title, o.sentence, o.attempts, o.made_at
FROM outbox AS o
WHERE o.kind IN ('declare_leave', 'prolong_leave', 'announce_return', 'complete_leave', 'withdraw_leave')
  AND NOT EXISTS (
    SELECT 1 FROM leaves AS l WHERE l.leave_id = o.request_id AND (
      o.kind = 'declare_leave'
      OR EXISTS (SELECT 1 FROM json_each(l.body, '$.prolongations') AS p
        WHERE p.value ->> '$.prolongation_id' = o.body ->> '$.prolongation_id')
      OR EXISTS (SELECT 1 FROM json_each(l.body, '$.files') AS f
        WHERE f.value ->> '$.attachment_id' = o.body ->> '$.attachments[0].attachment_id')
    )
  );

-- What the outbox says of each leave; what was refused, or met other ground, promises nothing.
CREATE VIEW wished_leaves AS
SELECT
  leave_id,
  count(*) FILTER (WHERE state = 'refused') AS refused,
  count(*) FILTER (WHERE state = 'conflict') AS conflicts,
  count(*) FILTER (WHERE state NOT IN ('refused', 'conflict')) AS waits,
  max(body ->> '$.through') FILTER (WHERE kind = 'prolong_leave' AND state NOT IN ('refused', 'conflict')) AS through,
  substr(
    max(format('%020d', seq) || date(body ->> '$.returned_on', '-1 day'))
      FILTER (WHERE kind = 'announce_return' AND state NOT IN ('refused', 'conflict')),
    21
  ) AS returned, -- as announced last: a return may be announced again, to correct its day
  coalesce(sum(json_array_length(body, '$.attachments')), 0) AS files,
  max(made_at) AS made_at
FROM leave_wishes
GROUP BY leave_id;

-- A leave of the copy, as it will be when its wishes are carried out.
CREATE VIEW copied_leaves AS
SELECT
  l.key, l.leave_id, l.space_id, l.file_number, l.last_name, l.first_name, l.matricule, l.nir, l.motive, l.start,
  CASE -- who has returned is not absent for longer, whatever was prescribed
    WHEN w.returned IS NOT NULL THEN w.returned
    WHEN l.body ->> '$.returned_on' IS NOT NULL THEN l.last_day
    ELSE max(l.last_day, coalesce(w.through, l.last_day))
  END AS last_day,
  CASE
    WHEN w.refused > 0 THEN 'refused' WHEN w.conflicts > 0 THEN 'conflict' WHEN w.waits > 0 THEN 'waiting'
    ELSE l.state
  END AS pill,
  l.origin, l.subrogation, l.files + coalesce(w.files, 0) AS files,
  max(l.moved_at, coalesce(w.made_at, l.moved_at)) AS moved_at, l.body
FROM leaves AS l LEFT JOIN wished_leaves AS w ON w.leave_id = l.leave_id;

-- A leave declared here that the copy does not hold yet.
CREATE VIEW declared_leaves AS
SELECT
  -o.seq AS key, o.leave_id, o.body ->> '$.space_id' AS space_id, NULL AS file_number,
  o.body ->> '$.employee.last_name' AS last_name, o.body ->> '$.employee.first_name' AS first_name,
  o.body ->> '$.employee.matricule' AS matricule, o.body ->> '$.employee.nir' AS nir,
  o.body ->> '$.motive' AS motive, o.body ->> '$.start' AS start,
  coalesce(w.returned, max(o.body ->> '$.expected_end', coalesce(w.through, o.body ->> '$.expected_end'))) AS last_day,
  CASE WHEN w.refused > 0 THEN 'refused' WHEN w.conflicts > 0 THEN 'conflict' ELSE 'waiting' END AS pill,
  'new' AS origin, o.body ->> '$.subrogation' AS subrogation, coalesce(w.files, 0) AS files,
  coalesce(w.made_at, o.made_at) AS moved_at, o.body
FROM leave_wishes AS o LEFT JOIN wished_leaves AS w ON w.leave_id = o.leave_id
WHERE o.kind = 'declare_leave';

-- The declaration begun and not sent: its key lies far below those of leaves declared here.
CREATE VIEW begun_leaves AS
SELECT
  -1099511627776 - d.rowid AS key, d.key AS leave_id, coalesce(d.body ->> '$.space_id', '') AS space_id,
  NULL AS file_number, coalesce(d.body ->> '$.values.last_name', '') AS last_name,
  coalesce(d.body ->> '$.values.first_name', '') AS first_name,
  coalesce(d.body ->> '$.values.matricule', '') AS matricule, coalesce(d.body ->> '$.values.nir', '') AS nir,
  coalesce(d.body ->> '$.values.motive', '') AS motive, coalesce(d.body ->> '$.values.start', '') AS start,
  coalesce(d.body ->> '$.values.expected_end', '') AS last_day, 'draft' AS pill,
  'new' AS origin, coalesce(d.body ->> '$.values.subrogation', '') = 'yes' AS subrogation,
  json_array_length(d.body, '$.files') AS files, coalesce(d.body ->> '$.kept_at', 0) AS moved_at, d.body
FROM drafts AS d WHERE d.key = 'leave:new';

CREATE VIEW shown_leaves AS
SELECT * FROM copied_leaves UNION ALL SELECT * FROM declared_leaves UNION ALL SELECT * FROM begun_leaves;
