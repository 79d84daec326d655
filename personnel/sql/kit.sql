-- A size is one of the scale that the item is made in; what is made in one size for everybody has none. An erasure empties sizes.
CREATE FUNCTION kit_size_fits() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  sizes varchar[];
BEGIN
  IF TG_TABLE_NAME = 'personnel_kitsize' THEN
    SELECT s.sizes INTO sizes FROM personnel_kitscale s WHERE s.id = NEW.scale_id;
  ELSIF NEW.size = '' THEN
    RETURN NEW;
  ELSE
    SELECT s.sizes INTO sizes FROM personnel_kititem i JOIN personnel_kitscale s ON s.id = i.scale_id WHERE i.id = NEW.item_id;
  END IF;
  IF NEW.size = ANY (sizes) THEN RETURN NEW; END IF;
  RAISE EXCEPTION 'a size is one of its scale' USING ERRCODE = 'check_violation', CONSTRAINT = 'kit_size_is_of_its_scale';
END $$;
CREATE TRIGGER kit_size_fits BEFORE UPDATE OF size, scale_id ON personnel_kitsize FOR EACH ROW EXECUTE FUNCTION kit_size_fits();
CREATE TRIGGER kit_size_fits BEFORE UPDATE OF size ON personnel_kitissue FOR EACH ROW EXECUTE FUNCTION kit_size_fits();

-- Of new rows all at once: hundreds come in one statement.
CREATE FUNCTION kit_sizes_fit() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN personnel_kitscale s ON s.id = n.scale_id WHERE n.size <> ALL (s.sizes)) THEN
    RAISE EXCEPTION 'a size is one of its scale' USING ERRCODE = 'check_violation', CONSTRAINT = 'kit_size_is_of_its_scale';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER kit_sizes_fit AFTER INSERT ON personnel_kitsize REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION kit_sizes_fit();

-- Likewise; and in a campaign kit goes to its recipients, while it is open.
CREATE FUNCTION kit_issues_fit() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM new_rows n JOIN personnel_kititem i ON i.id = n.item_id LEFT JOIN personnel_kitscale s ON s.id = i.scale_id
             WHERE n.size <> ALL (COALESCE(s.sizes, ARRAY['']::varchar[]))) THEN
    RAISE EXCEPTION 'a size is one of its scale' USING ERRCODE = 'check_violation', CONSTRAINT = 'kit_size_is_of_its_scale';
  END IF;
  IF EXISTS (SELECT FROM new_rows n LEFT JOIN personnel_kitrecipient r ON r.campaign_id = n.campaign_id AND r.member_id = n.member_id
             JOIN personnel_kitcampaign c ON c.id = n.campaign_id
             WHERE r.id IS NULL OR c.closed_on IS NOT NULL) THEN
    RAISE EXCEPTION 'kit of a campaign goes to its recipients' USING ERRCODE = 'check_violation', CONSTRAINT = 'kit_goes_to_recipients';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER kit_issues_fit AFTER INSERT ON personnel_kitissue REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION kit_issues_fit();

-- What was issued in which campaign stays so; a wrong entry is ended, and the right one made.
CREATE TRIGGER kit_issue_stays BEFORE UPDATE OF item_id, campaign_id ON personnel_kitissue FOR EACH ROW
  WHEN ((OLD.item_id, OLD.campaign_id) IS DISTINCT FROM (NEW.item_id, NEW.campaign_id)) EXECUTE FUNCTION refuse_change('item');
CREATE TRIGGER kit_recipient_stays BEFORE UPDATE OF campaign_id, force ON personnel_kitrecipient FOR EACH ROW
  WHEN ((OLD.campaign_id, OLD.force) IS DISTINCT FROM (NEW.campaign_id, NEW.force)) EXECUTE FUNCTION refuse_change('campaign');

-- Recipients were found by these terms; only the day from which it is worn may still be put off.
CREATE TRIGGER kit_campaign_is_settled BEFORE UPDATE ON personnel_kitcampaign FOR EACH ROW
  WHEN (OLD.opened_on IS NOT NULL AND (OLD.unit_id, OLD.forces, OLD.scheme_id, OLD.issue_on, OLD.opened_on)
        IS DISTINCT FROM (NEW.unit_id, NEW.forces, NEW.scheme_id, NEW.issue_on, NEW.opened_on))
  EXECUTE FUNCTION refuse_change('terms');

-- A size that somebody takes or has stays in its scale, and an item that was issued in the scale it was made in.
CREATE FUNCTION kit_scale_keeps_used_sizes() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personnel_kitsize s WHERE s.scale_id = NEW.id AND s.size <> ALL (NEW.sizes))
    OR EXISTS (SELECT FROM personnel_kitissue k JOIN personnel_kititem i ON i.id = k.item_id
               WHERE i.scale_id = NEW.id AND k.size <> '' AND k.size <> ALL (NEW.sizes)) THEN
    RAISE EXCEPTION 'a size in use stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'kit_scale_keeps_used_sizes';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kit_scale_keeps_used_sizes BEFORE UPDATE OF sizes ON personnel_kitscale
  FOR EACH ROW EXECUTE FUNCTION kit_scale_keeps_used_sizes();
CREATE FUNCTION kit_item_keeps_its_make() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM personnel_kitissue k WHERE k.item_id = NEW.id) THEN
    RAISE EXCEPTION 'an issued item keeps scheme and scale' USING ERRCODE = 'check_violation', CONSTRAINT = 'kit_item_keeps_its_make';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER kit_item_keeps_its_make BEFORE UPDATE OF scheme_id, scale_id ON personnel_kititem FOR EACH ROW
  WHEN ((OLD.scheme_id, OLD.scale_id) IS DISTINCT FROM (NEW.scheme_id, NEW.scale_id)) EXECUTE FUNCTION kit_item_keeps_its_make();
