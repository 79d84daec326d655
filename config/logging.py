"""Logs as JSON lines on standard error; no personal data is ever passed to them."""

import logging.config
from pathlib import Path

import structlog


def configure_logging(var_dir: Path, *, production: bool) -> None:
    """One format for Django, gunicorn and our own log: JSON in production, short lines elsewhere."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_log_level,
    ]
    last = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if production
        else structlog.dev.ConsoleRenderer(colors=False)
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
                    "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
                },
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "qunfang": {"level": "INFO"},
                "django.security": {"level": "WARNING"},
                # A request's own error carries local values in its traceback text only, never the form's content.
                "django.request": {"level": "ERROR"},
            },
        }
    )
