"""What the service and the worker beside it write of themselves: lines of text or of JSON, without words of letters."""

import json
import logging
from datetime import datetime, timezone

NAME = "objection_docs"
_OWN = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message, what the record brought along, and the kind of error."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds")
        line = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        line |= {name: value for name, value in vars(record).items() if name not in _OWN}
        if record.exc_info and record.exc_info[0]:
            line["error"] = record.exc_info[0].__name__
            line["trace"] = _places(record.exc_info[2])
        return json.dumps(line, ensure_ascii=False, default=str)


class TextLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created).strftime("%Y-%m-%d %H:%M:%S")
        more = " ".join(f"{name}={value}" for name, value in vars(record).items() if name not in _OWN)
        line = f"{at} {record.levelname} {record.getMessage()} {more}".rstrip()
        if record.exc_info and record.exc_info[0]:
            line += f" {record.exc_info[0].__name__}\n  " + "\n  ".join(_places(record.exc_info[2]))
        return line


def _places(trace) -> list[str]:
    """Where an error came from. Its message stays out: it may hold words of a letter."""
    places = []
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places[-12:]


def configuration(form: str) -> dict:
    """For logging.config.dictConfig. `form`: text | json."""
    formatter = {"()": JsonLines if form == "json" else TextLines}
    handler = {"class": "logging.StreamHandler", "formatter": "lines"}
    quiet = {"handlers": ["stderr"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": formatter},
        "handlers": {"stderr": handler},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            NAME: quiet,
            "gunicorn.error": quiet,
            "gunicorn.access": {"level": "CRITICAL"},
            "pdfminer": {"level": "ERROR"},
        },
    }
