-- As before (kit_wanted.sql), but what was given is what was in people's hands on the day, so that a past day shows what stood then.
CREATE OR REPLACE FUNCTION kit_wanted(which bigint, day date)
RETURNS TABLE (member_id bigint, unit_id bigint, item_id bigint, scale_id bigint, pieces integer, is_given boolean, size varchar)
LANGUAGE sql STABLE AS $$
  SELECT r.member_id, r.unit_id, e.item_id, i.scale_id, e.count::integer, k.item_id IS NOT NULL, s.size
  FROM personnel_kitcampaign c
  JOIN personnel_kitrecipient r ON r.campaign_id = c.id
  JOIN personnel_kitsetentry e
    ON e.force = r.force AND e.valid_from <= c.in_use_on AND (e.valid_until IS NULL OR e.valid_until > c.in_use_on)
  JOIN personnel_kititem i ON i.id = e.item_id AND (i.scheme_id IS NULL OR i.scheme_id = c.scheme_id)
  LEFT JOIN (
    SELECT DISTINCT h.member_id, h.item_id FROM personnel_kitissue h
    WHERE h.campaign_id = which AND h.issued_on <= day AND (h.returned_on IS NULL OR h.returned_on > day)) k
    ON k.member_id = r.member_id AND k.item_id = e.item_id
  LEFT JOIN personnel_kitsize s ON s.member_id = r.member_id AND s.scale_id = i.scale_id
  WHERE c.id = which AND EXISTS (
    SELECT FROM personnel_assignment a
    WHERE a.member_id = r.member_id AND a.started_on <= day AND (a.ended_on IS NULL OR a.ended_on > day))
$$;

-- Recipients of a campaign who on a day since it is worn lack something of it, or hold something of another scheme.
CREATE FUNCTION kit_still_old(which bigint, day date)
RETURNS TABLE (member_id bigint, unit_id bigint, lacking bigint[], old bigint[])
LANGUAGE sql STABLE AS $$
  SELECT w.member_id, w.unit_id, w.lacking, o.items
  FROM (
    SELECT k.member_id, k.unit_id, array_agg(k.item_id ORDER BY k.item_id) FILTER (WHERE NOT k.is_given) AS lacking
    FROM kit_wanted(which, day) k GROUP BY 1, 2) w
  LEFT JOIN (
    SELECT h.member_id, array_agg(h.item_id ORDER BY h.item_id) AS items
    FROM personnel_kitissue h
    JOIN personnel_kititem i ON i.id = h.item_id
    JOIN personnel_kitcampaign c ON c.id = which AND c.scheme_id <> i.scheme_id
    WHERE h.issued_on <= day AND (h.returned_on IS NULL OR h.returned_on > day)
    GROUP BY 1) o ON o.member_id = w.member_id
  WHERE (w.lacking IS NOT NULL OR o.items IS NOT NULL)
    AND EXISTS (SELECT FROM personnel_kitcampaign c WHERE c.id = which AND c.in_use_on <= day)
$$;
