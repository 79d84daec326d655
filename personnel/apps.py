from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PersonnelConfig(AppConfig):
    name = "personnel"
    verbose_name = _("Personnel")

    def ready(self):
        """Tell the organization what moves when a unit closes, what is counted beside it, and what events mean."""
        from organization import counts, event_words
        from personnel import headcount, links, unit_closing, vacancies, words
        from personnel.roster import jobs

        event_words.learn(words.of_selections())
        unit_closing.register_movers()
        jobs.register()
        counts.register(
            "unit", _("people serving"), headcount.by_unit, right="personnel.view_card", link=links.people_of
        )
        counts.register(
            "unit",
            _("vacant chief posts"),
            vacancies.vacant_chiefs_by_unit,
            right="organization.view_post",
            link=links.vacant_chiefs_of,
        )
        counts.register("employer", _("guards by name"), headcount.guards, right="personnel.view_card")
