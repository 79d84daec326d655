"""What is drawn is checked in the drawing itself: each test renders the SVG and reads it back."""

from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.charts import WIDE, Datum, Stack, bar_chart, stacked_chart, strip_chart, timeline, with_others
from dashboards.charts.text import fit, measure

SVG = "{http://www.w3.org/2000/svg}"
labels = st.one_of(st.text(max_size=40), st.text("穗安区东湖街道巡逻队 ABCm", min_size=20, max_size=60))
counts = st.one_of(st.integers(0, 500), st.integers(0, 10**15), st.integers(10**35, 10**36))
data = st.lists(
    st.builds(Datum, labels, counts, st.sampled_from(["", "/members/?unit=1", "?on=2014-07-01"])), max_size=40
)


@st.composite
def stacks(draw):
    names = draw(st.lists(labels, min_size=1, max_size=6))
    part = st.tuples(*(st.builds(Datum, st.just(name), counts, st.sampled_from(["", "/a"])) for name in names))
    return draw(st.lists(st.builds(Stack, labels, part), max_size=12))


charts = st.one_of(
    st.builds(lambda d, w: bar_chart("c", "题", d, width=w), data, st.sampled_from([360, WIDE])),
    st.builds(lambda d, w: strip_chart("c", "题", d, width=w), data, st.sampled_from([360, WIDE])),
    st.builds(lambda d, w: timeline("c", "题", d, width=w), data, st.sampled_from([360, WIDE])),
    st.builds(lambda d, s: stacked_chart("c", "题", d, by_share=s), stacks(), st.booleans()),
)


def draw(chart):
    return ET.fromstring(render_to_string(chart.template, {"chart": chart}))


def numbers(element, *names):
    return [float(element.get(name, "0")) for name in names]


def extent(element):
    """Left, top, right, bottom of a drawn element; of text as far as the server can estimate it."""
    kind = element.tag.removeprefix(SVG)
    if kind == "rect":
        x, y, width, height = numbers(element, "x", "y", "width", "height")
        return x, y, x + width, y + height
    if kind == "circle":
        x, y, r = numbers(element, "cx", "cy", "r")
        return x - r, y - r, x + r, y + r
    if kind == "line":
        return tuple(numbers(element, "x1", "y1", "x2", "y2"))
    if kind == "text":
        x, y = numbers(element, "x", "y")
        width = measure("".join(element.itertext()))
        left = x - width * {"end": 1, "middle": 0.5}.get(element.get("text-anchor"), 0)
        return left, y - 11, left + width, y + 3
    pairs = [tuple(map(float, pair.split(","))) for pair in element.get("points").split()]
    xs, ys = zip(*pairs, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def drawn(svg, *kinds):
    return [element for kind in kinds for element in svg.iter(f"{SVG}{kind}")]


def rects(svg, name):
    return [e for e in drawn(svg, "rect") if name in e.get("class")]


def all_inside(chart):
    svg = draw(chart)
    _x, _y, width, height = map(float, svg.get("viewBox").split())
    for element in drawn(svg, "rect", "circle", "line", "polyline", "polygon", "text"):
        left, top, right, bottom = extent(element)
        assert left >= -1, ET.tostring(element)
        assert top >= -1, ET.tostring(element)
        assert right <= width + 1, ET.tostring(element)
        assert bottom <= height + 1, ET.tostring(element)


@settings(max_examples=200, deadline=None)
@given(charts.filter(lambda chart: not chart.empty))
def test_every_mark_and_every_text_lies_inside_the_picture(chart):
    all_inside(chart)


@pytest.mark.parametrize("months", range(1, 37))
def test_three_years_of_a_small_village_lie_inside_the_picture(months):
    all_inside(timeline("c", "题", [Datum(f"20{14 + i // 12}-{i % 12 + 1:02}", i % 5) for i in range(months)]))


@settings(max_examples=60, deadline=None)
@given(charts.filter(lambda chart: not chart.empty))
def test_the_picture_is_named_and_described(chart):
    svg = draw(chart)
    by_id = {e.get("id"): e for e in svg if e.get("id")}
    assert by_id[svg.get("aria-labelledby")].text == chart.title
    assert by_id[svg.get("aria-describedby")].text == chart.desc
    assert chart.desc


@settings(max_examples=60, deadline=None)
@given(charts.filter(lambda chart: not chart.empty))
def test_a_picture_with_links_is_not_hidden_behind_the_role_of_an_image(chart):
    svg = draw(chart)
    assert svg.get("role") == ("group" if drawn(svg, "a") else "img")


@settings(max_examples=60, deadline=None)
@given(charts)
def test_no_chart_carries_script_or_inline_style(chart):
    text = render_to_string("dashboards/charts/figure.html", {"chart": chart})
    assert "style=" not in text.replace("&quot;", "")
    assert "<script" not in text
    assert "<style" not in text


def test_an_address_with_quotes_stays_inside_its_attribute():
    evil = '/m/?q="><script>alert(1)</script>'
    chart = bar_chart("c", "题", [Datum("<b>东湖</b>", 1, evil)])
    text = render_to_string("dashboards/charts/figure.html", {"chart": chart})
    assert "<script" not in text
    assert "<b>" not in text
    assert drawn(draw(chart), "a")[0].get("href") == evil


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere"]
)
def test_a_mark_never_leads_off_the_site(href):
    with pytest.raises(ValueError, match="not an address"):
        Datum("东湖", 1, href)


def test_a_negative_count_is_refused():
    with pytest.raises(ValueError, match="never negative"):
        Datum("东湖", -1)


def test_each_bar_says_its_count_and_its_share_and_leads_to_its_people():
    with translation.override("zh-hans"):
        svg = draw(bar_chart("c", "题", [Datum("男", 4948, "/?sex=1"), Datum("女", 183, "/?sex=2")]))
    texts = [e.text for e in drawn(svg, "text")]
    assert texts == ["男", "4,948", "96.4%", "女", "183", "3.6%"]
    assert [a.get("href") for a in drawn(svg, "a")] == ["/?sex=1", "/?sex=2"]
    assert "183" in drawn(svg, "a")[1].get("aria-label")


@pytest.mark.parametrize("make", [bar_chart, strip_chart, timeline])
def test_every_mark_with_an_address_is_a_link_to_it(make):
    svg = draw(make("c", "题", [Datum("甲", 1, "/a"), Datum("乙", 2), Datum("丙", 3, "/c")]))
    assert [a.get("href") for a in drawn(svg, "a")] == ["/a", "/c"]
    assert all(a.get("aria-label") for a in drawn(svg, "a"))


def test_a_stacked_bar_and_each_of_its_parts_is_a_link():
    svg = draw(stacked_chart("c", "题", [Stack("甲", (Datum("男", 3, "/m"), Datum("女", 1, "/f")), "/all")]))
    assert [a.get("href") for a in drawn(svg, "a")] == ["/all", "/m", "/f"]


def test_bars_are_as_long_as_their_counts_are_large():
    svg = draw(bar_chart("c", "题", [Datum("a", 100), Datum("b", 50), Datum("c", 0)]))
    full, half, none = (float(e.get("width")) for e in rects(svg, "chart-mark"))
    assert half == pytest.approx(full / 2, abs=0.1)
    assert none == 0


def test_what_was_counted_stays_visible_beside_something_huge():
    svg = draw(bar_chart("c", "题", [Datum("a", 10**12), Datum("b", 1)]))
    assert float(rects(svg, "chart-mark")[1].get("width")) > 1


def test_a_long_name_is_cut_in_the_picture_and_whole_when_pointed_at():
    name = "穗安区东湖街道社会治安综合治理委员会办公室第一联合巡逻防控大队直属机动中队"
    svg = draw(bar_chart("c", "题", [Datum(name, 3)]))
    shown = [e.text for e in drawn(svg, "text")][:-2]
    assert len(shown) == 2
    assert shown[-1].endswith("…")
    assert any(name in (e.text or "") for e in drawn(svg, "title"))


def test_three_hundred_rows_do_not_touch_each_other():
    chart = bar_chart("c", "题", [Datum(f"村居{i}" * (1 + i % 6), i) for i in range(300)])
    hits = [extent(e) for e in rects(draw(chart), "chart-hit")]
    assert len(hits) == 300
    assert all(above[3] <= below[1] + 0.11 for above, below in pairwise(hits))


@settings(max_examples=60, deadline=None)
@given(stacks().filter(bool))
def test_the_figures_of_a_stacked_bar_do_not_lie_over_each_other(rows):
    boxes = [extent(e) for e in rects(draw(stacked_chart("c", "题", rows)), "chart-hit")]
    for i, a in enumerate(boxes):
        for b in boxes[i + 1 :]:
            assert a[2] <= b[0] + 0.2 or b[2] <= a[0] + 0.2 or a[3] <= b[1] + 0.2 or b[3] <= a[1] + 0.2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any))
def test_the_pieces_of_a_strip_fill_it_in_order_without_overlap(numbers_):
    chart = strip_chart("c", "题", [Datum(str(i), n) for i, n in enumerate(numbers_)])
    pieces = [part.mark for part in chart.parts if part.mark.width]
    assert len(pieces) == sum(1 for n in numbers_ if n)
    assert all(a.x + a.width <= b.x + 0.11 for a, b in pairwise(pieces))
    assert pieces[-1].x + pieces[-1].width == pytest.approx(chart.track.width, abs=1.2)


def test_each_row_of_a_stacked_chart_is_divided_by_its_own_total():
    chart = stacked_chart(
        "c", "题", [Stack("青年", (Datum("男", 3), Datum("女", 1))), Stack("老年", (Datum("男", 0), Datum("女", 0)))]
    )
    assert [segment.share for bar in chart.bars for segment in bar.segments] == ["75.0%", "25.0%", "0.0%", "0.0%"]
    assert chart.table.total.cells == ("3", "75.0%", "1", "25.0%", "4")


def test_stacked_by_share_every_bar_with_people_is_full_length():
    rows = [Stack("甲", (Datum("男", 900), Datum("女", 100))), Stack("乙", (Datum("男", 1), Datum("女", 1)))]
    for bar in stacked_chart("c", "题", rows, by_share=True).bars:
        last = bar.segments[-1].mark
        assert last.x + last.width == pytest.approx(bar.track.width, abs=1.2)


def test_rows_with_different_series_are_refused():
    with pytest.raises(ValueError, match="same series"):
        stacked_chart("c", "题", [Stack("甲", (Datum("男", 1),)), Stack("乙", (Datum("女", 1),))])


def test_a_timeline_starts_at_zero_and_ends_with_the_latest_count_and_its_change():
    chart = timeline("c", "题", [Datum("2014-06", 100), Datum("2014-07", 110)])
    assert chart.rules[0].label.text == "0"
    assert "110 +10.0%" in [note.text for note in chart.values]
    assert chart.points[1].y < chart.points[0].y
    assert [row.cells for row in chart.table.rows] == [("100", "—"), ("110", "+10.0%")]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(Datum, st.just("2014-07"), counts), min_size=1, max_size=60))
def test_the_months_of_a_timeline_are_evenly_spaced_and_do_not_collide(months):
    chart = timeline("c", "题", months)
    assert chart.months[-1].x == chart.points[-1].x
    assert all(b.x - a.x >= measure(a.text) for a, b in pairwise(chart.months))


@pytest.mark.parametrize("largest", [0, 1, 3, 7, 99, 24_268, 10**15])
def test_the_scale_of_a_timeline_is_short_round_and_reaches_the_largest_count(largest):
    marks = [int(rule.label.text.replace(",", "")) for rule in timeline("c", "题", [Datum("m", largest)]).rules]
    assert len(marks) <= 5
    assert marks[0] == 0
    assert marks[-1] >= largest
    assert str(marks[1])[0] in "125"


@pytest.mark.parametrize("make", [bar_chart, strip_chart, timeline, stacked_chart])
def test_without_data_there_is_a_sentence_and_no_picture(make):
    text = render_to_string("dashboards/charts/figure.html", {"chart": make("c", "题", [])})
    assert "<svg" not in text
    assert "chart-empty" in text


@pytest.mark.parametrize("make", [bar_chart, strip_chart, timeline])
def test_the_table_behind_a_chart_has_the_same_figures_and_links(make):
    text = render_to_string(
        "dashboards/charts/figure.html", {"chart": make("c", "题", [Datum("东湖街道", 1234, "/?unit=1")])}
    )
    table = text[text.index("<details") :]
    assert '<a href="/?unit=1">东湖街道</a>' in table
    assert "1,234" in table


def test_the_rest_beyond_the_largest_is_put_together_with_nobody_lost():
    everything = [Datum(f"村{i}", i) for i in range(300)]
    shown = with_others(everything, 20, "其余%(n)d个")
    assert [d.count for d in shown[:2]] == [299, 298]
    assert len(shown) == 21
    assert shown[-1].label == "其余280个"
    assert sum(d.count for d in shown) == sum(d.count for d in everything)


def test_a_rest_of_one_is_shown_by_its_name():
    assert [d.label for d in with_others([Datum("甲", 1), Datum("乙", 2)], 1, "其余")] == ["乙", "甲"]


@given(st.text(max_size=60), st.floats(12, 300), st.integers(1, 3))
def test_fitted_text_keeps_to_its_lines_and_its_width(text, width, lines):
    result = fit(text, width, lines)
    assert len(result) <= lines
    assert all(measure(line) <= max(width, 24) for line in result)


def test_latin_words_are_not_torn_when_there_is_a_space_to_break_at():
    assert fit("Public security patrol", 110)[0] == "Public security"
