"""What a form gets to print: text as it is, and small values that print in Chinese.

Every value that is not a `str` has `__html__`: a form is rendered with autoescape, and so each of them hands over its
text as XML once, when it is made. A `Gap` prints between two marks (non-characters that facts may not hold), so that
generation can find it and highlight it.
"""

from datetime import date
from decimal import Decimal

from markupsafe import escape

GAP_OPEN, GAP_CLOSE = "\ufdd0", "\ufdd1"
#: A line break inside the text of a Word run.
LINE_BREAK = '</w:t><w:br/><w:t xml:space="preserve">'


class Value:
    """Prints `text`; equal to another of its text, and to the text itself."""

    __slots__ = ("_xml", "text")

    def __init__(self, text: str):
        self.text = text
        self._xml = str(escape(text))

    def __str__(self) -> str:
        return self.text

    def __html__(self) -> str:
        return self._xml

    def __eq__(self, other) -> bool:
        return self.text == (other.text if isinstance(other, Value) else other)

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class DateValue(Value):
    """2026年3月5日."""

    __slots__ = ("day", "iso", "month", "year")

    def __init__(self, day: date):
        super().__init__(f"{day.year}年{day.month}月{day.day}日")
        self.iso, self.year, self.month, self.day = day.isoformat(), day.year, day.month, day.day


class AmountValue(Value):
    """人民币叁万伍仟元整（¥35,000.00）."""

    __slots__ = ("capital", "figures", "number")

    def __init__(self, number: Decimal):
        from cn2an import an2cn  # a tenth of a second that a start without amounts needn't spend

        self.number = number.quantize(Decimal("0.01"))
        self.figures = f"{self.number:,.2f}"
        self.capital = an2cn(f"{self.number:.2f}", "rmb")
        super().__init__(f"人民币{self.capital}（¥{self.figures}）")


class Choice(Value):
    """Prints its Chinese label; `key` is what the form asks after."""

    __slots__ = ("key", "label")

    def __init__(self, key: str, label: str):
        super().__init__(label)
        self.key, self.label = key, label


class Flag(Value):
    """是 or 否; true or false in a condition."""

    __slots__ = ("_on",)

    def __init__(self, on: bool):
        super().__init__("是" if on else "否")
        self._on = on

    def __bool__(self) -> bool:
        return self._on


class Passage(Value):
    """Text of several paragraphs. Printed whole, its line breaks are Word's; `paragraphs` leaves blank lines out."""

    __slots__ = ("paragraphs",)

    def __init__(self, text: str):
        super().__init__(text)
        self._xml = self._xml.replace("\n", LINE_BREAK)
        self.paragraphs = [line.strip() for line in text.split("\n") if line.strip()]


class Record:
    """A group, or one item of a list: its facts are attributes, none of which hides behind a method of dict."""

    def __init__(self, values: dict):
        self.__dict__.update(values)

    def __eq__(self, other) -> bool:
        return isinstance(other, Record) and vars(self) == vars(other)

    __hash__ = None

    def __repr__(self) -> str:
        return f"Record({vars(self)!r})"


class Absent:
    """An optional fact that was not given: false, prints nothing, and so does anything inside it."""

    def __bool__(self) -> bool:
        return False

    def __str__(self) -> str:
        return ""

    def __html__(self) -> str:
        return ""

    def __len__(self) -> int:
        return 0

    def __iter__(self):
        return iter(())

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key) -> "Absent":
        return self

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


class Gap(Value):
    """A required fact that a draft still lacks: prints 【待补：…】, and so does anything inside it; one item."""

    __slots__ = ("label",)

    def __init__(self, label: str):
        super().__init__(f"{GAP_OPEN}【待补：{label}】{GAP_CLOSE}")
        self.label = label

    def __getattr__(self, name: str) -> "Gap":
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key) -> "Gap":
        return self

    def __iter__(self):
        return iter((self,))

    def __len__(self) -> int:
        return 1

    def _never(self, other) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _never
