"""`manage.py demo` as it is typed, at full size, on a server of its own."""

import json
import re
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from django.core.management import CommandError, call_command

from config.localpg import temporary_cluster
from organization import divisions
from tests.personnel.demo.conftest import DAY, SEED
from tests.personnel.demo.databases import ROOT, environment, manage

DEMO = ("demo", "--seed", str(SEED), "--day", DAY.isoformat(), "--json")


class Office:
    """An installation of its own: its server, and what the first demo said."""

    def __init__(self, cluster):
        self.cluster, self.var_dir = cluster, cluster.home.parent
        cluster.ensure_database("qunfang")
        self.unmigrated = manage(self.var_dir, *DEMO)
        self.migrated = manage(self.var_dir, "migrate", "--database", "owner", "--skip-checks", "-v0")
        self.left_by_killed = self.killed()
        self.first = manage(self.var_dir, *DEMO)

    def killed(self):
        """Whether it was writing when it was killed, and what is left: rows of the installation, of members."""
        command = [sys.executable, "manage.py", *DEMO]
        running = subprocess.Popen(
            command, cwd=ROOT, env=environment(self.var_dir), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        until = time.monotonic() + 60
        while time.monotonic() < until and not self.asked(WRITING):
            time.sleep(0.02)
        was_writing = bool(self.asked(WRITING))
        running.send_signal(signal.SIGKILL)
        running.wait()
        while self.asked(CONNECTED):
            time.sleep(0.05)
        rows = "SELECT (SELECT count(*) FROM organization_installation), (SELECT count(*) FROM personnel_member)"
        return was_writing, self.asked(rows)

    def asked(self, question):
        with self.cluster.connected("qunfang") as connection, connection.cursor() as cursor:
            cursor.execute(question)
            return cursor.fetchall()

    def number(self, question):
        return self.asked(question.replace("TODAY", f"date '{DAY}'"))[0]


CONNECTED = "SELECT FROM pg_stat_activity WHERE datname = 'qunfang' AND pid <> pg_backend_pid()"
WRITING = CONNECTED + " AND query LIKE 'INSERT INTO \"personnel_member\"%'"
SERVING = (
    "personnel_assignment a JOIN personnel_member m ON m.id = a.member_id "
    "LEFT JOIN organization_employer e ON e.id = a.employer_id "
    "WHERE a.started_on <= TODAY AND (a.ended_on IS NULL OR a.ended_on > TODAY)"
)


@pytest.fixture(scope="module")
def office():
    with temporary_cluster() as cluster:
        made = Office(cluster)
        assert made.migrated.returncode == 0, made.migrated.stderr
        assert made.first.returncode == 0, made.first.stderr
        yield made


def test_a_database_without_tables_is_refused_with_the_way_out(office):
    assert office.unmigrated.returncode == 2
    error = json.loads(office.unmigrated.stdout.splitlines()[-1])["error"]
    assert error["code"] == "database"
    assert "migrate --database owner" in error["message"]


def test_production_is_refused(settings, capsys):
    settings.PRODUCTION = True
    with pytest.raises(CommandError) as refused:
        call_command("demo")
    assert refused.value.returncode == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "production"


def test_killed_in_the_middle_it_leaves_nothing(office):
    assert office.left_by_killed == (True, [(0, 0)])


def test_the_last_line_says_day_units_and_accounts(office):
    said = json.loads(office.first.stdout.splitlines()[-1])
    assert said["day"] == DAY.isoformat()
    assert list(said) == ["day", "units", "accounts"]
    kinds = Counter(unit["kind"] for unit in said["units"])
    assert (kinds["district"], kinds["street"], kinds["town"], kinds["community"] + kinds["village"]) == (1, 8, 11, 257)
    accounts = {account["username"]: account for account in said["accounts"]}
    assert accounts["hr"] == {"username": "hr", "role": "hr", "unit": 440199_000_000}
    assert divisions.parents(accounts["village2"]["unit"])[0] == accounts["town2"]["unit"]


def test_the_password_is_told_to_people_and_not_to_scripts(office):
    password = re.search(r"\b(\w{4}-\w{4}-\w{4}-\w{4})$", office.first.stderr, re.MULTILINE)[1]
    assert password not in office.first.stdout


def test_a_second_time_it_is_refused(office):
    again = manage(office.var_dir, *DEMO)
    assert again.returncode == 2
    assert json.loads(again.stdout.splitlines()[-1])["error"]["code"] == "already_loaded"


def test_if_empty_it_does_nothing_and_says_nothing(office):
    again = manage(office.var_dir, *DEMO, "--if-empty")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


@pytest.mark.parametrize("day", ["2014-06-31", "yesterday", "1815-06-18"])
def test_a_day_that_is_none_is_refused(office, day):
    again = manage(office.var_dir, "demo", "--day", day)
    assert again.returncode == 2
    assert json.loads(again.stdout)["error"]["code"] == "day"


def test_people_of_the_four_forces_and_volunteers(office):
    assert office.number(f"SELECT count(DISTINCT m.id) FROM {SERVING} AND force <> 'volunteer'") == (24268,)
    assert office.number(f"SELECT count(DISTINCT m.id) FROM {SERVING} AND force = 'volunteer'") == (800,)


FORCES = {"auxiliary": 1732, "patrol": 1233, "joint_defence": 5131, "guard": 16172}


@pytest.mark.parametrize(("force", "people"), FORCES.items())
def test_people_of_each_force(office, force, people):
    assert office.number(f"SELECT count(DISTINCT m.id) FROM {SERVING} AND force = '{force}'") == (people,)


def test_sexes_and_schooling_of_joint_defence(office):
    conditions = ["sex = 'male'", "sex = 'female'", *(f"education ~ '^[{digits}]'" for digits in ("78", "46", "123"))]
    columns = ", ".join(f"count(DISTINCT m.id) FILTER (WHERE {condition})" for condition in conditions)
    assert office.number(f"SELECT {columns} FROM {SERVING} AND force = 'joint_defence'") == (4948, 183, 3177, 1657, 297)


def test_employers_of_guards_and_institutions_among_them(office):
    employers = f"SELECT count(DISTINCT e.id), count(DISTINCT m.id) FROM {SERVING} AND force = 'guard'"
    assert office.number(employers) == (2053, 16172)
    assert office.number(f"{employers} AND e.nature IN ('government', 'school')") == (165, 1419)


def test_teams_of_town_and_village(office):
    counts = "count(*) FILTER (WHERE unit_id % 1000 = 0), count(*) FILTER (WHERE unit_id % 1000 > 0)"
    teams = f"SELECT {counts} FROM organization_team"
    assert office.number(teams) == (20, 257)


def test_guards_are_seen_by_the_village_and_kept_by_the_town(office):
    cards = f"SELECT count(*) FROM {SERVING} AND force = 'guard' AND a.unit_id % 1000 > 0"
    both = (
        "2 <= (SELECT count(*) FROM personnel_card c WHERE c.member_id = m.id AND c.unit_id IN (a.unit_id, m.unit_id))"
    )
    kept = f" AND m.unit_id = a.unit_id / 1000 * 1000 AND {both}"
    assert office.number(cards) == office.number(cards + kept) > (15_000,)


def test_another_process_made_the_same_people(office, whole):
    names = office.asked("SELECT name, birth_date, unit_id FROM personnel_member ORDER BY id")
    assert names == [(p.name, p.birth_date, unit) for p, unit in zip(whole.people, whole.keepers, strict=True)]
