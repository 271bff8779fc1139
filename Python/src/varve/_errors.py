"""What can go wrong."""

from __future__ import annotations

from typing import Optional


class VarveError(Exception):
    """A question or a call that cannot be answered, in one line that says why."""

    def __init__(self, message: str, status: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status
        """The exit status of the command, where it said so."""


class RecordingError(VarveError):
    """Recording failed, and `on_error="raise"` asked to be told so."""


class RecordingWarning(UserWarning):
    """Recording failed or something was not recorded; the training goes on."""
