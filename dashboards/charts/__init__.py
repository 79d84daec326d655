"""Charts drawn on the server: pure functions from counts to geometry, which a template draws as SVG.

    chart = bar_chart("by-town", _("Members by town"), [Datum("东湖街道", 412, "/..."), ...])
    {% include "dashboards/charts/figure.html" with chart=chart only %}

Whoever wants the picture alone includes `chart.template`. Colours, fonts and focus rings are the style sheet's; a
chart carries neither script nor inline style.
"""

from dashboards.charts.bars import BarChart, bar_chart
from dashboards.charts.shapes import NARROW, WIDE, Chart, Datum, Table, TableRow, with_others
from dashboards.charts.stacked import Stack, StackedChart, stacked_chart
from dashboards.charts.strip import StripChart, strip_chart
from dashboards.charts.timeline import Timeline, timeline

__all__ = [
    "NARROW",
    "WIDE",
    "BarChart",
    "Chart",
    "Datum",
    "Stack",
    "StackedChart",
    "StripChart",
    "Table",
    "TableRow",
    "Timeline",
    "bar_chart",
    "stacked_chart",
    "strip_chart",
    "timeline",
    "with_others",
]
