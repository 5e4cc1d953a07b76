"""Everything that can go wrong, as people are told it: a sentence, a remedy, an exit code.

The tree is caught once, in `cxdesk.__main__`. A sentence says what is wrong, with the value;
a remedy says what to type. Neither ever carries a traceback or what a customer said.
"""

from __future__ import annotations


class CxdeskError(Exception):
    """One line that says what is wrong, one that says what to type, and how the process ends."""

    exit_code = 1
    code = "refused"

    def __init__(self, sentence: str, remedy: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.remedy = remedy


class RefusedError(CxdeskError):
    """What was asked for is understood, and not done."""


class UsageError(CxdeskError):
    """The words of the command line, a phrase among them, cannot be read."""

    exit_code = 2
    code = "usage"


class NotFoundError(CxdeskError):
    """No such thing, or several: the candidates are in the sentence."""

    exit_code = 3
    code = "not_found"


class UnusableError(CxdeskError):
    """The store or the configuration cannot be used as it is."""

    exit_code = 4
    code = "unusable"


class MailError(CxdeskError):
    """Mail was wholly or partly not done."""

    exit_code = 5
    code = "mail"
