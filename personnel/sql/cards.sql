-- A card for every unit that ever kept or employed a member; written by these triggers alone.
CREATE FUNCTION keep_cards_of_members() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = off AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM personnel_card c USING old_rows o WHERE c.member_id = o.id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    UPDATE personnel_card c
    SET name = n.name, pinyin = n.pinyin, initials = n.initials, other_pinyin = n.other_pinyin, mask = n.id_mask,
        sex = n.sex, birth_date = n.birth_date, education = n.education
    FROM new_rows n JOIN old_rows o ON o.id = n.id
    WHERE c.member_id = n.id
      AND (n.name, n.pinyin, n.initials, n.other_pinyin, n.id_mask, n.sex, n.birth_date, n.education)
          IS DISTINCT FROM (o.name, o.pinyin, o.initials, o.other_pinyin, o.id_mask, o.sex, o.birth_date, o.education);
    INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education)
    SELECT n.id, n.unit_id, n.name, n.pinyin, n.initials, n.other_pinyin, n.id_mask, n.sex, n.birth_date, n.education
    FROM new_rows n JOIN old_rows o ON o.id = n.id WHERE o.unit_id <> n.unit_id
    ON CONFLICT DO NOTHING;
    RETURN NULL;
  END IF;
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education)
  SELECT n.id, n.unit_id, n.name, n.pinyin, n.initials, n.other_pinyin, n.id_mask, n.sex, n.birth_date, n.education FROM new_rows n;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_cards_of_members() FROM PUBLIC;
CREATE TRIGGER cards_insert AFTER INSERT ON personnel_member REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION keep_cards_of_members();
CREATE TRIGGER cards_update AFTER UPDATE ON personnel_member REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION keep_cards_of_members();
CREATE TRIGGER cards_delete AFTER DELETE ON personnel_member REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION keep_cards_of_members();

CREATE FUNCTION keep_cards_of_services() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_nestloop = off AS $$
BEGIN
  INSERT INTO personnel_card (member_id, unit_id, name, pinyin, initials, other_pinyin, mask, sex, birth_date, education)
  SELECT DISTINCT m.id, n.unit_id, m.name, m.pinyin, m.initials, m.other_pinyin, m.id_mask, m.sex, m.birth_date, m.education
  FROM new_rows n JOIN personnel_member m ON m.id = n.member_id WHERE n.unit_id <> m.unit_id
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION keep_cards_of_services() FROM PUBLIC;
CREATE TRIGGER cards_of_services AFTER INSERT ON personnel_assignment REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION keep_cards_of_services();

-- Name parts at the top of the tree: the characters of a name, without any extension.
CREATE INDEX card_by_character ON personnel_card USING gin (string_to_array(name, NULL));
