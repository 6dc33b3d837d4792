"""Linked changes (water, power, linked identity data) after the pivot: each fails alone."""

from typing import Literal

from one_things.events.vocabulary import ItemEvent


class LinkedChangeGivenUp(ItemEvent):
    """The department of a linked change has not answered for too long: it failed alone, and the case goes on."""

    type: Literal["linked_change_given_up"] = "linked_change_given_up"
    attempt: int


LinkedEvent = LinkedChangeGivenUp
