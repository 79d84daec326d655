"""Logs as JSON lines on standard error; no personal data is ever passed to them."""

import logging.config
from pathlib import Path

import structlog
from structlog.typing import Processor


def configure_logging(var_dir: Path, *, production: bool) -> None:
    """One format for Django, gunicorn and our own log: JSON in production, short lines elsewhere."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_log_level,
    ]
    # Tracebacks as Python prints them; prettier ones would show the values of local variables, and so personal data.
    plain = structlog.dev.plain_traceback
    last: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if production
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "lines": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "foreign_pre_chain": shared,
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
                },
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "qunfang": {"level": "INFO"},
                "django.security": {"level": "WARNING"},
                # A request's own error is told with its traceback, without local values or the form's content.
                "django.request": {"level": "ERROR"},
            },
        }
    )
