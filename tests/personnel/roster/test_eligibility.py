from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from personnel.identity import age_on, check_digit
from personnel.models import Force
from personnel.roster.eligibility import LEVELS, Eligibility, Rule, default_rules, judge
from personnel.roster.shapes import Line, Notice, Problem, Row
from personnel.roster.values import Context, clean

TODAY = date(2014, 9, 1)
RULE = Rule(
    force="auxiliary",
    valid_from=date(2010, 1, 1),
    valid_until=None,
    min_age=18,
    max_age=35,
    min_education="senior_or_vocational",
    is_max_age_hard=False,
    is_education_hard=False,
    source="试行办法第1条",
)


def row(**values):
    columns = {"id_number": "B", "education": "F"}
    return Row("表", 7, {"force": "auxiliary", "birth_date": date(1985, 3, 15)} | values, columns=columns)


def found(findings):
    return [(type(one), one.code) for one in findings]


def test_nobody_under_the_youngest_age_is_entered():
    (one,) = judge(row(birth_date=date(1996, 9, 2)), [RULE], TODAY)

    assert (type(one), one.row, one.column) == (Problem, 7, "B")
    with translation.override("en"):
        assert "Under 18 years" in str(one.message)
    assert judge(row(birth_date=date(1996, 9, 1)), [RULE], TODAY) == []


def test_the_age_is_that_on_the_day_of_joining():
    young, old = row(birth_date=date(1996, 3, 1)), row(birth_date=date(1978, 9, 1))
    young.values["started_on"], old.values["started_on"] = date(2014, 2, 28), date(2014, 8, 31)

    assert found(judge(young, [RULE], TODAY)) == [(Problem, "under_age")]
    assert judge(old, [RULE], TODAY) == []


def test_the_youngest_age_is_what_the_rule_says():
    assert judge(row(birth_date=date(1996, 1, 1)), [replace(RULE, min_age=20)], TODAY)


@pytest.mark.parametrize(("is_hard", "kind"), [(False, Notice), (True, Problem)])
def test_above_the_oldest_age_is_as_hard_as_the_rule_says(is_hard, kind):
    rule = replace(RULE, is_max_age_hard=is_hard)
    (one,) = judge(row(birth_date=date(1978, 8, 31)), [rule], TODAY)

    assert (type(one), one.code) == (kind, "over_age")
    assert "试行办法第1条" in str(one.message)
    assert judge(row(birth_date=date(1978, 9, 2)), [rule], TODAY) == []


@pytest.mark.parametrize(("is_hard", "kind"), [(False, Notice), (True, Problem)])
def test_low_education_is_as_hard_as_the_rule_says(is_hard, kind):
    rule = replace(RULE, is_education_hard=is_hard)
    (one,) = judge(row(education="71"), [rule], TODAY)

    assert (type(one), one.code, one.column) == (kind, "low_education", "F")
    assert "初中毕业" in str(one.message)


@pytest.mark.parametrize(
    ("needed", "code", "is_low"),
    [
        ("junior", "81", True),
        ("junior", "71", False),
        ("junior_or_below", "81", False),
        ("senior_or_vocational", "61", False),
        ("college_or_above", "61", True),
        ("college_or_above", "31", False),
        ("college_or_above", "90", False),
        ("college_or_above", None, False),
        ("", "81", False),
        (None, "81", False),
    ],
)
def test_educations_are_compared_by_level_and_the_unclassified_is_not_judged(needed, code, is_low):
    assert bool(judge(row(education=code), [replace(RULE, min_education=needed)], TODAY)) == is_low


@pytest.mark.parametrize(
    ("started_on", "limit"), [(date(2009, 12, 31), None), (date(2010, 1, 1), 19), (date(2012, 1, 1), 20), (None, 20)]
)
def test_the_newest_rule_of_the_force_on_the_day_of_joining_counts(started_on, limit):
    first = replace(RULE, max_age=None, min_age=19, valid_until=date(2012, 1, 1))
    rules = [replace(first, min_age=20, valid_from=date(2012, 1, 1), valid_until=None), first]
    rules += [replace(RULE, force="guard", min_age=50)]
    (*findings,) = judge(row(birth_date=date(1999, 1, 1), started_on=started_on), rules, TODAY)

    with translation.override("en"):
        assert [str(one.message).split()[1] for one in findings] == ([str(limit)] if limit else [])


def test_without_force_or_birth_date_nothing_is_judged():
    assert judge(row(force=None), [RULE], TODAY) == judge(row(birth_date=None), [RULE], TODAY) == []


def test_a_day_of_joining_before_majority_is_not_told_twice_to_a_grown_person():
    number = "44019919900315243"
    cells = ["王试一", number + check_digit(number), "2005-01-01"]
    joined_early = clean(Line(7, cells), "表", dict(enumerate(["name", "id_number", "started_on"])), Context(TODAY))
    joined_early.values["force"] = "auxiliary"

    assert [one.code for one in joined_early.findings] == ["started_too_young"]
    assert judge(joined_early, [replace(RULE, valid_from=date(1900, 1, 1))], TODAY) == []


def test_a_new_office_has_a_rule_for_every_force():
    rules = default_rules()

    assert {rule.force for rule in rules} == set(Force.values)
    assert all(rule.min_age >= 18 and len(rule.source) <= 120 for rule in rules)
    assert {rule.min_education for rule in rules} - {None} <= set(LEVELS)
    assert judge(row(force="guard", education="81"), rules, TODAY)


@given(st.dates(date(1940, 1, 1), TODAY), st.dates(date(2010, 1, 1), TODAY))
def test_a_person_is_either_too_young_or_old_enough(born, started):
    codes = [one.code for one in judge(row(birth_date=born, started_on=started), [RULE], TODAY)]
    age = age_on(born, started)

    assert ("under_age" in codes) == (age < 18)
    assert ("over_age" in codes) == (age > 35)


@given(
    born=st.none() | st.dates(date(1950, 1, 1), date(2000, 1, 1)),
    started=st.none() | st.dates(date(2009, 12, 1), TODAY),
    education=st.sampled_from([None, "10", "21", "41", "71", "81"]),
    force=st.sampled_from(["auxiliary", "guard", "volunteer"]),
)
def test_many_rows_are_judged_as_each_would_be_alone(born, started, education, force):
    rules = [RULE, replace(RULE, valid_from=date(2014, 1, 1), max_age=40, is_max_age_hard=True), *default_rules()]
    one = row(birth_date=born, started_on=started, education=education, force=force)
    many = Eligibility(rules, TODAY)
    for _ in range(2):
        assert found(many.judge(one)) == found(judge(one, rules, TODAY))
