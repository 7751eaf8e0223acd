"""What the machine shows, and what it shows at first: the tokens of the name."""

from microgpt.study.live.slots import TOKENIZER, TOKENS, Slots, state_after
from sitemaker.walk import NAME

__all__ = ["IDS", "READ", "TOKENS", "Slots", "state_after"]

IDS = TOKENIZER.encode(NAME)
READ = [TOKENIZER.name(token) for token in IDS]
"""The tokens of the name."""
