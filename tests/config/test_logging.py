"""The log lines of production: one JSON object each, with the traceback of an error, without the values it ran on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FAILING = """
import logging, sys
from pathlib import Path
import structlog
from config.logging import configure_logging

configure_logging(Path("."), production=sys.argv[1] == "production")

def enter_a_person(number):
    remainder = len(number) % 0

try:
    enter_a_person("-".join(["440199", "19900101"]))
except ZeroDivisionError:
    {logger}.exception("a request failed")
"""


@pytest.fixture(params=['logging.getLogger("django.request")', 'structlog.get_logger("qunfang")'])
def logged(request):
    """What an error that holds a document number leaves in the log: logged("production")."""

    def run(kind):
        program = FAILING.replace("{logger}", request.param)
        done = subprocess.run(
            [sys.executable, "-c", program, kind], cwd=ROOT, capture_output=True, text=True, check=True
        )
        return done.stderr

    return run


def test_an_error_of_production_is_one_line_with_its_traceback(logged):
    (line,) = logged("production").splitlines()
    told = json.loads(line)
    assert (told["event"], told["level"]) == ("a request failed", "error")
    assert "in enter_a_person" in told["exception"]
    assert told["exception"].endswith("ZeroDivisionError: integer modulo by zero")
    assert "exc_info" not in told


@pytest.mark.parametrize("kind", ["production", "development"])
def test_a_traceback_names_the_error_and_not_the_values_it_ran_on(logged, kind):
    log = logged(kind)
    assert "ZeroDivisionError" in log
    assert "440199-19900101" not in log
