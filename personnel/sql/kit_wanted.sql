-- What each recipient of a campaign who still serves is to get: what is mandatory for the force on the day from which it is worn, of
-- the scheme of the campaign or of none; whether it was given, and the size on record. It sees what the asker sees.
CREATE FUNCTION kit_wanted(which bigint, day date)
RETURNS TABLE (member_id bigint, unit_id bigint, item_id bigint, scale_id bigint, pieces integer, is_given boolean, size varchar)
LANGUAGE sql STABLE AS $$
  SELECT r.member_id, r.unit_id, e.item_id, i.scale_id, e.count::integer, k.id IS NOT NULL, s.size
  FROM personnel_kitcampaign c
  JOIN personnel_kitrecipient r ON r.campaign_id = c.id
  JOIN personnel_kitsetentry e
    ON e.force = r.force AND e.valid_from <= c.in_use_on AND (e.valid_until IS NULL OR e.valid_until > c.in_use_on)
  JOIN personnel_kititem i ON i.id = e.item_id AND (i.scheme_id IS NULL OR i.scheme_id = c.scheme_id)
  LEFT JOIN personnel_kitissue k
    ON k.campaign_id = c.id AND k.member_id = r.member_id AND k.item_id = e.item_id AND k.returned_on IS NULL
  LEFT JOIN personnel_kitsize s ON s.member_id = r.member_id AND s.scale_id = i.scale_id
  WHERE c.id = which AND EXISTS (
    SELECT FROM personnel_assignment a
    WHERE a.member_id = r.member_id AND a.started_on <= day AND (a.ended_on IS NULL OR a.ended_on > day))
$$;

-- What everybody who serves has to have on a day, and how many pieces of it they hold. Who serves in two forces needs an item once.
CREATE FUNCTION kit_of_sets(day date)
RETURNS TABLE (member_id bigint, unit_id bigint, item_id bigint, scale_id bigint, pieces integer, held integer, size varchar)
LANGUAGE sql STABLE AS $$
  SELECT m.id, m.unit_id, w.item_id, i.scale_id, w.pieces::integer, COALESCE(h.held, 0)::integer, s.size
  FROM (
    SELECT a.member_id, e.item_id, max(e.count) AS pieces
    FROM personnel_assignment a
    JOIN personnel_kitsetentry e ON e.force = a.force AND e.valid_from <= day AND (e.valid_until IS NULL OR e.valid_until > day)
    WHERE a.started_on <= day AND (a.ended_on IS NULL OR a.ended_on > day)
    GROUP BY 1, 2) w
  JOIN personnel_member m ON m.id = w.member_id
  JOIN personnel_kititem i ON i.id = w.item_id
  LEFT JOIN (
    SELECT k.member_id, k.item_id, sum(k.count) AS held FROM personnel_kitissue k
    WHERE k.issued_on <= day AND (k.returned_on IS NULL OR k.returned_on > day) GROUP BY 1, 2) h
    ON h.member_id = w.member_id AND h.item_id = w.item_id
  LEFT JOIN personnel_kitsize s ON s.member_id = w.member_id AND s.scale_id = i.scale_id
$$;
