-- The calls of a store as recorded, one a line: line of the file, start, ring
-- and talk in ms, direction, status, and what else is set.
WITH named AS (
  SELECT c.*,
    (SELECT text FROM texts WHERE id = src) AS src_text,
    (SELECT text FROM texts WHERE id = dst) AS dst_text,
    (SELECT text FROM texts WHERE id = forwarded_by) AS forwarded_text,
    (SELECT text FROM texts WHERE id = dialled) AS dialled_text,
    (SELECT text FROM texts WHERE id = account) AS account_text,
    (SELECT text FROM texts WHERE id = user) AS user_text,
    (SELECT text FROM texts WHERE id = trunk_in) AS in_text,
    (SELECT text FROM texts WHERE id = trunk_out) AS out_text,
    (SELECT text FROM texts WHERE id = src_name) AS name_text,
    (SELECT text FROM texts WHERE id = currency) AS currency_text,
    (SELECT text FROM texts WHERE id = join_key) AS join_text,
    (SELECT text FROM texts WHERE id = auth_code) AS auth_text,
    (SELECT text FROM texts WHERE id = service) AS service_text
  FROM calls c
)
SELECT line || ' ' || strftime('%Y-%m-%dT%H:%M:%SZ', start / 1000, 'unixepoch')
  || printf(' %d+%d ', ring, duration)
  || CASE direction WHEN 1 THEN 'out' WHEN 2 THEN 'in'
       WHEN 3 THEN 'internal' WHEN 4 THEN 'transit' ELSE '-' END || ' '
  || CASE status WHEN 1 THEN 'answered' WHEN 2 THEN 'no-answer'
       WHEN 3 THEN 'busy' WHEN 4 THEN 'failed' WHEN 5 THEN 'cancelled'
       ELSE '-' END
  || CASE WHEN stated & 4 THEN ' side=in'
       WHEN stated & 8 THEN ' side=out' ELSE '' END
  || ' ' || coalesce(src_text, '') || '>' || coalesce(dst_text, '')
  || CASE WHEN dialled_text <> dst_text
       THEN ' dialled=' || dialled_text ELSE '' END
  || coalesce(' by=' || nullif(forwarded_text, ''), '')
  || coalesce(' name=' || nullif(name_text, ''), '')
  || coalesce(' account=' || nullif(account_text, ''), '')
  || coalesce(' auth=' || nullif(auth_text, ''), '')
  || CASE event WHEN 0 THEN '' WHEN 1 THEN ' admin=' || service_text
       WHEN 2 THEN ' forward-set=' || service_text
       ELSE ' event=' || event || '/' || quality END
  || coalesce(' user=' || nullif(user_text, ''), '')
  || CASE WHEN stated & 1 THEN ' trunk_in=' ELSE ' in=' END
  || coalesce(in_text, '')
  || CASE WHEN stated & 2 THEN ' trunk_out=' ELSE ' out=' END
  || coalesce(out_text, '')
  || CASE WHEN cost IS NOT NULL
       THEN printf(' cost=%.4f', cost / 1000000.0)
         || coalesce(currency_text, '') ELSE '' END
  || CASE WHEN cause > 0 THEN ' cause=' || cause ELSE '' END
  || coalesce(' join=' || nullif(join_text, ''), '')
FROM named ORDER BY line;
