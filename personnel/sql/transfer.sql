-- A request reaches the unit that keeps the file, if number and name fit; the asker learns neither whether nor where.
CREATE FUNCTION route_transfer_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO personnel_transferconsent (request_id, member_id, unit_id, to_unit_id, asked_by, asked_on, share, decision, reason)
  SELECT NEW.id, m.id, m.unit_id, NEW.unit_id, NEW.asked_by, NEW.asked_on, NEW.share, '', ''
  FROM personnel_member m WHERE m.id_digest = NEW.id_digest AND m.name = NEW.name;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION route_transfer_request() FROM PUBLIC;
CREATE TRIGGER route_transfer_request AFTER INSERT ON personnel_transferrequest
  FOR EACH ROW EXECUTE FUNCTION route_transfer_request();

-- Carry out what the keeping unit (or a superior of it) agreed to: the one statement that writes in two units. It ends the old
-- full-time service and begins the new one on the day of consent, and moves the file; a second service leaves the file where it is.
CREATE FUNCTION carry_out_transfer(consent bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  c personnel_transferconsent;
  r personnel_transferrequest;
  first_free integer;
BEGIN
  SELECT * INTO c FROM personnel_transferconsent t WHERE t.id = consent
    AND (current_setting('role') = current_database() || '_whole'
         OR t.unit_id BETWEEN NULLIF(current_setting('app.unit_low', true), '')::bigint
                          AND NULLIF(current_setting('app.unit_high', true), '')::bigint)
    FOR UPDATE;
  SELECT * INTO r FROM personnel_transferrequest t WHERE t.id = c.request_id AND t.answer = '' FOR UPDATE;
  IF r.id IS NULL OR c.decision <> 'agreed' THEN
    RAISE EXCEPTION 'no agreed transfer' USING ERRCODE = 'insufficient_privilege';
  END IF;
  PERFORM FROM personnel_member WHERE id = c.member_id FOR NO KEY UPDATE;
  IF c.share = 100 THEN
    UPDATE personnel_assignment SET ended_on = c.decided_on, ending = 'transferred'
      WHERE member_id = c.member_id AND ended_on IS NULL AND share > 0;
    UPDATE personnel_member SET unit_id = c.to_unit_id WHERE id = c.member_id;
    first_free := 0;
  ELSE
    SELECT COALESCE(max(share_from + share), 0) INTO first_free FROM personnel_assignment
      WHERE member_id = c.member_id AND (ended_on IS NULL OR ended_on > c.decided_on);
  END IF;
  INSERT INTO personnel_assignment (member_id, unit_id, force, category, sponsor, post, grade, badge, former_title, share, share_from,
                                    started_on, beginning, ending, ending_note)
  VALUES (c.member_id, c.to_unit_id, r.force, '', r.sponsor, r.post, '', '', '', c.share, first_free,
          c.decided_on, CASE c.share WHEN 100 THEN 'transferred' ELSE 'second' END, '', '');
  UPDATE personnel_transferrequest SET answer = 'agreed', answered_on = c.decided_on WHERE id = r.id;
END $$;
