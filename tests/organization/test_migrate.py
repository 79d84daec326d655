"""Migrating: constraints, indexes and new models leave built models as they are, and Django is left as it was."""

import pytest
from django.db import models
from django.db.migrations.state import ModelState, ProjectState

from organization.management.commands.migrate import NAMES, models_stay


@pytest.fixture
def state():
    made = ProjectState()
    made.add_model(ModelState("organization", "Thing", [("id", models.BigAutoField(primary_key=True))]))
    assert made.apps
    return made


def test_a_constraint_is_noted_and_forgotten_while_the_built_model_stays(state):
    built = state.apps.get_model("organization", "thing")
    rule = models.CheckConstraint(condition=models.Q(id__gt=0), name="thing_counts_from_one")
    with models_stay():
        state.add_constraint("organization", "thing", rule)
        assert state.models["organization", "thing"].options["constraints"] == [rule]
        assert state.apps.get_model("organization", "thing") is built
        state.remove_constraint("organization", "thing", "thing_counts_from_one")
    assert state.models["organization", "thing"].options["constraints"] == []


def test_a_field_builds_its_model_anew_all_the_same(state):
    built = state.apps.get_model("organization", "thing")
    with models_stay():
        state.add_field("organization", "thing", "name", models.TextField(default=""), preserve_default=True)
    assert state.apps.get_model("organization", "thing") is not built


def test_a_new_model_is_built_beside_the_others_and_finds_them(state):
    built = state.apps.get_model("organization", "thing")
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("thing", models.ForeignKey("organization.Thing", models.CASCADE)),
    ]
    with models_stay():
        state.add_model(ModelState("organization", "Part", fields))
    part = state.apps.get_model("organization", "part")
    assert part._meta.get_field("thing").related_model is built
    assert state.apps.get_model("organization", "thing") is built


def test_a_field_of_what_others_refer_to_builds_them_anew_as_well(state):
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("thing", models.ForeignKey("organization.Thing", models.CASCADE)),
    ]
    with models_stay():
        state.add_model(ModelState("organization", "Part", fields))
        state.add_field("organization", "thing", "name", models.TextField(default=""), preserve_default=True)
    thing = state.apps.get_model("organization", "thing")
    assert state.apps.get_model("organization", "part")._meta.get_field("thing").related_model is thing
    assert [relation.related_model.__name__ for relation in thing._meta.related_objects] == ["Part"]


def test_afterwards_django_is_as_it_was_whatever_happens():
    usual = [getattr(ProjectState, name) for name in NAMES]
    with pytest.raises(RuntimeError), models_stay():
        raise RuntimeError
    assert [getattr(ProjectState, name) for name in NAMES] == usual
