"""Everything about what a message says, in one place to import from."""

from sync.policy.legal import full_text, mail_footer, sms_footer
from sync.policy.naming import form_of_address, sender_name, work_name
from sync.policy.sms import sms_segments, utf16_units
from sync.policy.templates import Draft, Template, no_words, render, template_for, templates
from sync.policy.wordcheck import (
    BLOCKING,
    LONGEST,
    Finding,
    blocking_codes,
    check_subject,
    check_words,
    repaired,
)

__all__ = [
    "BLOCKING",
    "LONGEST",
    "Draft",
    "Finding",
    "Template",
    "blocking_codes",
    "check_subject",
    "check_words",
    "form_of_address",
    "full_text",
    "mail_footer",
    "no_words",
    "render",
    "repaired",
    "sender_name",
    "sms_footer",
    "sms_segments",
    "template_for",
    "templates",
    "utf16_units",
    "work_name",
]
