-- Units that closed and whose place the open units of a range have taken, but whose codes lie outside it; as text with
-- commas. Successors of successors count, and a unit that went on elsewhere in the end does not.
CREATE FUNCTION inherited_units(low bigint, high bigint) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RETURN COALESCE((
    WITH RECURSIVE before AS (
      SELECT u.code FROM public.organization_unit u JOIN public.organization_unit heir ON heir.code = u.successor_id
      WHERE u.successor_id BETWEEN low AND high AND heir.successor_id IS NULL
      UNION
      SELECT u.code FROM public.organization_unit u JOIN before b ON u.successor_id = b.code
    )
    SELECT string_agg(code::text, ',' ORDER BY code) FROM before WHERE code NOT BETWEEN low AND high
  ), '');
END $$;
