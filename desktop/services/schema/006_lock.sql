-- A store is locked until the password was given. One that was at work before is as its person left it: open.

INSERT INTO facts (name, value) SELECT 'lock.open', '' FROM person LIMIT 1;
