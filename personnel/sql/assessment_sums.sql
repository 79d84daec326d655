-- Sums that constraints and a generated column need: exact, in whole numbers.
CREATE FUNCTION array_total(numbers integer[]) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT COALESCE(sum(n), 0)::integer FROM unnest(numbers) AS n
$$;
-- Scores in hundredths of a point times whole percents: ten-thousandths of a point; nothing while an item is not scored.
CREATE FUNCTION weighted_total(scores integer[], weights integer[]) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN array_position(scores, NULL) IS NULL
              THEN (SELECT sum(s * w)::integer FROM unnest(scores, weights) AS t (s, w)) END
$$;
