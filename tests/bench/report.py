"""How a page is compared: a line of the table."""

from collections.abc import Callable

from tests.bench.clock import in_turns, timed
from tests.bench.pages import Page
from tests.bench.queries import Statements

HEADERS = ("页面", "范围", "中位 ms", "p95 ms", "最小 ms", "语句数", "÷空请求", "÷纯SQL", "÷原装列表")


def page_row(page: Page, empty: Callable[[], object], rounds: int) -> list[str]:
    """One line: the page, an empty request, its bare SQL and the stock list in turns; or why there is none."""
    try:
        return _measured(page, empty, rounds)
    except Exception as error:  # the other pages are measured all the same
        return [page.name, page.scope, f"失败：{error!r}", *[""] * (len(HEADERS) - 3)]


def _measured(page: Page, empty: Callable[[], object], rounds: int) -> list[str]:
    page.action()  # what is loaded on first use is no part of the page
    with Statements().heard() as statements:
        page.action()
    actions = {"page": page.action, "empty": timed(empty)}
    if page.has_sql:
        actions["sql"] = timed(statements.again)
    if page.stock:
        actions["stock"] = page.stock
    found = in_turns(actions, rounds)
    times = found["page"]
    ratios = [f"{times.median / found[name].median:.1f}" if name in found else "" for name in ("empty", "sql", "stock")]
    thousandths = [f"{1000 * value:.1f}" for value in (times.median, times.p95, times.least)]
    count = str(statements.count) if "保存" not in page.name else ""
    return [page.name, page.scope, *thousandths, count, *ratios]
