"""Pages of figures: they compose what the figures modules count."""

from django.contrib import messages
from django.contrib.admin import site
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from dashboards import contracts as contracts_page
from dashboards import discipline as discipline_page
from dashboards import merger as merger_page
from dashboards import realname as realname_page
from dashboards import strength as strength_page
from dashboards import turnover as turnover_page
from dashboards.asked import asked
from dashboards.kit_lists import KIT_LISTS
from dashboards.lists import LISTS
from dashboards.quality_lists import QUALITY_LISTS
from personnel.exports.contracts import Board
from personnel.exports.contracts import book as contract_book
from personnel.exports.export import ExportRefused
from personnel.exports.pages import as_file
from personnel.exports.turnover import book
from personnel.figures.turnover import TooMany

ROWS_A_PAGE = 100


def strength(request):
    """How strong the forces of a unit are on a day (D1)."""
    context = site.each_context(request) | {"title": _("Strength")}
    return render(request, "dashboards/strength.html", context | strength_page.context(asked(request)))


def realname(request):
    """How far the real names of a unit's people are proved on a day."""
    context = site.each_context(request) | {"title": _("Real names")}
    return render(request, "dashboards/realname.html", context | realname_page.context(asked(request)))


def contracts(request):
    """How those who serve are employed (D3): GET shows the board, POST answers with it as a workbook."""
    if not request.user.has_perm(contracts_page.NEEDED):
        raise PermissionDenied
    question = asked(request)
    told = contracts_page.context(question)
    if request.method == "POST":
        board = Board(told["table"], question.day, question.unit, question.within, question.force)
        try:
            return as_file(*contract_book(board, request.user))
        except ExportRefused:
            raise PermissionDenied from None
    context = site.each_context(request) | {"title": _("Contract board")}
    return render(request, "dashboards/contracts.html", context | told)


def discipline(request):
    """Discipline cases against the people there are (D5.2), for the offices that handle them."""
    if not request.user.has_perm(discipline_page.NEEDED):
        raise PermissionDenied
    context = site.each_context(request) | {"title": _("Discipline")}
    return render(request, "dashboards/discipline.html", context | discipline_page.context(asked(request)))


def merger(request):
    """How the merger of the forces stands in a unit on a day (D2)."""
    if not request.user.has_perm(merger_page.NEEDED):
        raise PermissionDenied
    context = site.each_context(request) | {"title": _("Merger")}
    return render(request, "dashboards/strength.html", context | merger_page.context(asked(request)))


def listing(request, slug):
    """The rows that a figure counts, where these are not simply people who serve."""
    question = asked(request)
    behind = (LISTS | KIT_LISTS | QUALITY_LISTS).get(slug)
    if behind is None or not request.user.has_perm(behind.right):
        raise Http404
    page = Paginator(behind.rows(question), ROWS_A_PAGE).get_page(request.GET.get("p"))
    table = {"title": behind.title, "headers": behind.headers, "rows": list(behind.show(list(page), question))}
    context = site.each_context(request) | {"title": behind.title, "table": table, "page": page}
    context |= {"unit": question.unit, "day": question.day, "back": question.page()}
    return render(request, "dashboards/listing.html", context)


def turnover(request):
    """Who came and who left between two days: GET shows them, POST answers with the workbook."""
    question = asked(request)
    try:
        told = turnover_page.found(request, question)
        if request.method == "POST":
            return as_file(*book(told, question.unit, question.force, request.user))
    except TooMany as refusal:
        messages.error(request, str(refusal))
        return redirect(question.page())
    except ExportRefused:
        raise PermissionDenied from None
    context = site.each_context(request) | {"title": _("Joiners and leavers"), "query": request.GET.urlencode()}
    return render(request, "dashboards/turnover.html", context | turnover_page.context(request, question, told))
