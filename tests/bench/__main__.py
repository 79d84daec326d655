"""`python -m tests.bench`: prints the tables of docs/performance.md."""

import argparse
import os
import sys
from datetime import datetime
from platform import python_version

from tests.bench import markdown, site

PARTS = ("load", "pages", "server", "start", "rosters", "transfers", "merger")
LARGE = "scale"  # only when asked for


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, LARGE, []], help="all of them by default")
    parser.add_argument("--rounds", type=int, default=30, help="requests of each page after the warm-up")
    parser.add_argument("--only", default="", help="pages whose name contains this")
    parser.add_argument("--million", action="store_true", help="rosters: also export a million members")
    parser.add_argument("--size", choices=("city", "province"), default="city", help="scale: how large")
    parser.add_argument("--share", type=float, default=1.0, help="scale: fewer people of the same units")
    asked = parser.parse_args()
    parts = asked.parts or PARTS
    now, load = f"{datetime.now():%Y-%m-%d %H:%M}", os.getloadavg()[0]
    write(f"{now}，{os.cpu_count()} 核，负载 {load:.1f}，Python {python_version()}\n\n")
    if set(parts) & {"load", "pages", "server"}:
        with site.opened() as var_dir:
            _inside(parts, asked, var_dir)
    if LARGE in parts:
        with site.opened() as var_dir:
            from tests.bench import scale

            scale.run(var_dir, asked, say)
    if "start" in parts:
        from tests.bench import starting

        say("首次启动与再次启动", starting.tables())
    if "rosters" in parts:
        from tests.bench import rosters

        rosters.run(with_million=asked.million)
    if "transfers" in parts:
        from tests.bench import transfers

        transfers.run()
    if "merger" in parts:
        from tests.bench import merger

        merger.run()


def _inside(parts, asked, var_dir) -> None:
    from django.test import Client

    from tests.bench import loading, pages, report

    split, floor = loading.measured()
    if "load" in parts:
        say("演示区装载", markdown.table(loading.HEADERS, split))
        say("装载之下限：同样的行 COPY 进无索引、无触发器的表", markdown.table(loading.FLOOR_HEADERS, floor))
    if "pages" in parts:
        nobody = Client()
        say("页面", markdown.head(report.HEADERS), end="\n")
        for page in pages.all_pages():
            if asked.only in page.name:
                row = report.page_row(page, lambda: nobody.get("/health/"), asked.rounds)
                write(markdown.line(row) + "\n")
        write("\n")
    if "server" in parts:
        from tests.bench import serving

        say("真实服务器（gunicorn，本机回环）", serving.table(var_dir))


def say(title: str, text: str, end: str = "\n\n") -> None:
    write(f"## {title}\n\n{text}{end}" if title else f"{text}{end}")


def write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
