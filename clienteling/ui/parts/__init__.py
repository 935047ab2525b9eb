"""Parts: props in, controls out. No hooks, no state, no I/O. Written once, used by every screen."""

from clienteling.ui.parts.base import (
    Tone,
    button,
    card,
    chip,
    chips,
    divided,
    field,
    heading,
    icon_button,
    search_field,
    soft,
    tappable,
    text,
    tone_colours,
)
from clienteling.ui.parts.facts import (
    dot,
    freshness,
    product_tile,
    stock_chip,
    sync_badge,
    sync_words,
    timeline_row,
)
from clienteling.ui.parts.panels import empty_state, error_panel
from clienteling.ui.parts.people import avatar, complaint_chip, customer_header, person_line, rank_chip
from clienteling.ui.parts.transfer import progress_bar, transfer_bar

__all__ = [
    "Tone",
    "avatar",
    "button",
    "card",
    "chip",
    "chips",
    "complaint_chip",
    "customer_header",
    "divided",
    "dot",
    "empty_state",
    "error_panel",
    "field",
    "freshness",
    "heading",
    "icon_button",
    "person_line",
    "product_tile",
    "progress_bar",
    "rank_chip",
    "search_field",
    "soft",
    "stock_chip",
    "sync_badge",
    "sync_words",
    "tappable",
    "text",
    "timeline_row",
    "tone_colours",
    "transfer_bar",
]
