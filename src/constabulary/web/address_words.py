"""The words behind an address's question mark, which remember what a page read, so that it can say what it did not."""

from __future__ import annotations

from typing import Any

from django.http import QueryDict


class AddressWords(QueryDict):
    """The words of an address and their values; one is understood when a page asks for it by name.

    So a page need not declare its words: a form that reads its fields, or `request.GET.get("page")`, says them. What
    goes through all words and values (`items`, `dict`) has asked for all; copying or writing them asks for none.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        self._asked: set[str] = set()
        super().__init__(*args, **options)

    @classmethod
    def of(cls, given: QueryDict) -> AddressWords:
        """Return the words of a request, none of them asked for yet."""
        made = cls("", mutable=True, encoding=given.encoding)
        for word, values in given.lists():
            made.setlist(word, values)
        made._mutable = False
        return made

    def unread(self) -> tuple[str, ...]:
        """Words that stand in the address and were not asked for, in their order."""
        return tuple(word for word in self if word not in self._asked)

    def __getitem__(self, word: str) -> Any:
        """Return the last value of a word."""
        self._asked.add(word)
        return super().__getitem__(word)

    def __contains__(self, word: object) -> bool:
        """Tell whether the address has a word."""
        self._asked.add(str(word))
        return super().__contains__(word)

    def getlist(self, key: str, default: Any = None) -> list[Any]:
        """Return all values of a word."""
        self._asked.add(key)
        found: list[Any] = super().getlist(key, default)
        return found

    def copy(self) -> AddressWords:
        """Return the words to be changed; what is asked of the copy counts here too."""
        made: AddressWords = super().copy()
        made._asked = self._asked
        return made
