"""The walls are proved: by a system check, and by the web process before it serves."""

import pytest
from django.conf import settings as configured
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, models, transaction
from django.test.utils import isolate_apps
from django.utils import translation

from organization import checks, walls
from organization.table_kinds import kinds
from personnel.models import Member

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def after():
    """Faults that the owner finds after a statement, which is undone."""

    def run(*statements):
        with transaction.atomic(using="owner"):
            with connections["owner"].cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
            found = checks.faults("owner")
            transaction.set_rollback(True, using="owner")
        return "\n".join(found)

    return run


def test_the_walls_stand():
    assert checks.faults() == []
    assert run_checks(tags=["database"], databases=["default", "owner"]) == []


def test_every_table_and_view_has_a_kind():
    with connections["owner"].cursor() as cursor:
        names = {info.name for info in connections["owner"].introspection.get_table_list(cursor)}
    assert names == set(kinds())


def test_a_new_table_without_protection_is_found(after):
    found = after("CREATE TABLE personnel_secret (id bigint, unit_id bigint)")
    assert "personnel_secret" in found


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW"])
def test_so_is_a_new_view(after, kind):
    assert "everybody" in after(f"CREATE {kind} everybody AS SELECT * FROM personnel_member")


FAULTS = {
    "ALTER TABLE personnel_member DISABLE ROW LEVEL SECURITY": "personnel_member: row-level security",
    "ALTER TABLE personnel_card NO FORCE ROW LEVEL SECURITY": "personnel_card: row-level security",
    "DROP POLICY of_owner ON personnel_member": "personnel_member: no policy for owner",
    "DROP POLICY of_whole ON personnel_card": "personnel_card: no policy for whole",
    "DROP POLICY of_staff ON personnel_bankaccount": "personnel_bankaccount: no policy for staff",
    "ALTER POLICY of_staff ON personnel_member USING (true)": "personnel_member: the policy of_staff",
    "CREATE POLICY more ON personnel_card FOR SELECT TO {staff} USING (sex = 'male')": "the policy more lets staff",
    "CREATE POLICY all_may ON personnel_card USING (true)": "the policy all_may is for a role that is not ours",
    "ALTER TABLE personnel_member DISABLE TRIGGER trail_update": "personnel_member: triggers",
    "DROP TRIGGER trail_delete ON organization_account": "organization_account: triggers",
    "ALTER TABLE personnel_healthrecord DISABLE TRIGGER key_never_changes": "personnel_healthrecord: triggers",
    "ALTER TABLE personnel_member ADD COLUMN nickname text": "the trail does not write the columns nickname",
    "ALTER TABLE personnel_assignment ALTER COLUMN cohort TYPE integer": "the trail does not write the columns cohort",
    "GRANT DELETE ON personnel_card TO {staff}": "personnel_card: staff has rights it should not have: DELETE",
    "DROP POLICY of_staff_undo ON personnel_member": "personnel_member: staff has rights it should not have: DELETE",
    "GRANT TRUNCATE ON personnel_card TO {whole}": "personnel_card: whole",
    "GRANT SELECT ON organization_trail TO {whole}": "organization_trail: whole",
    "GRANT SELECT ON organization_session TO {staff}": "organization_session: staff",
    "GRANT SELECT ON personnel_card TO {gate}": "personnel_card: gate",
    "GRANT SELECT ON organization_unit TO PUBLIC": "organization_unit: PUBLIC",
    "GRANT UPDATE ON organization_securityevent TO {whole}": "organization_securityevent: whole",
    "GRANT INSERT ON auth_permission TO {staff}": "auth_permission: staff",
    "GRANT SELECT ON personnel_member TO {heir}": "personnel_member: heir",
    "DROP POLICY of_heir ON personnel_assignment": "personnel_assignment: ",
    "CREATE POLICY too_much ON personnel_card FOR SELECT TO {heir} USING (true)": "too_much",
    "DROP POLICY of_duties ON personnel_disciplinecase": "personnel_disciplinecase: no policy keeps",
    "ALTER POLICY of_duties ON personnel_disciplinecase TO {whole}": "other duties of staff away",
    "ALTER POLICY of_duties ON personnel_disciplinecase USING (true)": "other duties of whole away",
    "ALTER POLICY of_duties ON personnel_disciplinecase"
    " USING (current_setting('app.duty') IN ('hr', 'governance', 'staff'))": "other duties of staff away",
    "CREATE POLICY writes ON personnel_assignment FOR UPDATE TO {heir}"
    " USING (unit_id::text = current_setting('app.inherited'))": "writes",
}


@pytest.mark.parametrize("statement", FAULTS)
def test_a_hole_in_a_wall_is_found(after, statement):
    database = connections["owner"].settings_dict["NAME"]
    names = {part: f'"{database}_{part}"' for part in walls.WEB_ROLES}
    assert FAULTS[statement] in after(statement.format(**names))


def test_a_missing_role_is_found():
    with connections["owner"].cursor() as cursor:
        assert "elsewhere_staff" in "".join(walls.table_faults(cursor, "elsewhere"))


@isolate_apps("organization")
def test_a_model_with_a_unit_needs_a_protected_table():
    class Card(models.Model):
        unit = models.IntegerField()

        class Meta:
            app_label = "organization"
            db_table = "organization_installation"

        def __str__(self):
            return str(self.unit)

    assert "organization.Card" in "".join(walls.model_faults([Card]))
    assert not list(walls.model_faults([Member]))


# --- the site's login ------------------------------------------------------------------------------------------------


@pytest.fixture
def superuser():
    """A cursor of the administrator of the test server, whose changes are undone."""
    if not configured.EMBEDDED:
        pytest.skip("roles of somebody else's server are not changed")
    with configured.CLUSTER.connected(connections["default"].settings_dict["NAME"]) as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            yield cursor
        connection.rollback()


LOGINS = {
    "SELECT 1": "",
    'ALTER ROLE "{site}" INHERIT': "NOINHERIT",
    'ALTER ROLE "{site}" BYPASSRLS': "superuser",
    'ALTER ROLE "{site}" SUPERUSER': "superuser",
    'GRANT "{owner}" TO "{site}"': "owner",
    'GRANT SELECT ON personnel_card TO "{site}"': "without a scope: personnel_card",
    "GRANT INSERT ON personnel_card TO PUBLIC": "without a scope: personnel_card",
}


@pytest.mark.parametrize("statement", LOGINS)
def test_a_login_that_sees_something_by_itself_is_found(superuser, statement):
    site, owner = (connections[alias].settings_dict["USER"] for alias in ("default", "owner"))
    superuser.execute(statement.format(site=site, owner=owner))
    found = "".join(walls.login_faults(superuser, site))
    assert bool(found) == bool(LOGINS[statement])
    assert LOGINS[statement] in found


def test_the_site_does_not_start_as_the_owner_or_as_a_superuser(superuser):
    assert list(walls.login_faults(superuser, connections["owner"].settings_dict["USER"]))
    assert list(walls.login_faults(superuser, "postgres"))


# --- at the start ----------------------------------------------------------------------------------------------------


@pytest.fixture
def fresh(monkeypatch):
    monkeypatch.setattr(checks, "_proved", set())


def test_a_safe_site_starts_and_asks_only_once(fresh, django_assert_num_queries):
    assert checks.refuse_unsafe_start() is True
    with django_assert_num_queries(0):
        assert checks.refuse_unsafe_start() is True


def test_an_unsafe_site_does_not_start_and_says_why_in_a_sentence(fresh):
    with transaction.atomic(using="owner"):
        connections["owner"].cursor().execute("CREATE TABLE personnel_secret (id bigint)")
        with pytest.raises(ImproperlyConfigured, match="personnel_secret"):
            checks.refuse_unsafe_start("owner")
        transaction.set_rollback(True, using="owner")


def test_a_database_of_another_version_is_not_served(fresh):
    with transaction.atomic(using="owner"):
        connections["owner"].cursor().execute("DELETE FROM django_migrations WHERE app = 'personnel'")
        with pytest.raises(ImproperlyConfigured, match="migrate"):
            checks.refuse_unsafe_start("owner")
        transaction.set_rollback(True, using="owner")


def test_production_does_not_serve_a_demonstration(fresh, settings):
    settings.PRODUCTION = True
    with pytest.raises(ImproperlyConfigured, match="demonstration"):
        checks.refuse_unsafe_start()
