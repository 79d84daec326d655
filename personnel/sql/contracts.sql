-- Nobody signs on a day to come, by the day where the office is.
CREATE FUNCTION contract_is_not_signed_ahead() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  RAISE EXCEPTION 'a contract is signed by today' USING ERRCODE = 'check_violation', CONSTRAINT = 'contract_is_not_signed_ahead';
END $$;
CREATE TRIGGER contract_is_not_signed_ahead BEFORE INSERT OR UPDATE OF signed_on ON personnel_contract FOR EACH ROW
  WHEN (NEW.signed_on > (now() AT TIME ZONE 'Asia/Shanghai')::date) EXECUTE FUNCTION contract_is_not_signed_ahead();
