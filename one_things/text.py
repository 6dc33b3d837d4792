"""A text in the two languages of the product."""

from one_things.model import Record


class Text(Record):
    """One text in Chinese (the default) and in English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The text in ``language`` ("zh" or "en"); anything else reads Chinese, the default of the product."""
        return self.en if language == "en" else self.zh
