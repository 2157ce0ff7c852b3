"""An almanac of the whole numbers: as much true text as a demonstration of long answers needs."""

from __future__ import annotations

from itertools import count
from typing import Final

_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_CHAPTER_NUMBERS: Final = 25


def almanac(size_bytes: int) -> str:
    """Write about the numbers from 1 on until the text is at least this long; ends with a whole sentence."""
    parts = ["## An almanac of the whole numbers\n"]
    written_bytes = len(parts[0])
    for number in count(1):
        if written_bytes >= size_bytes:
            break
        part = _entry(number)
        if number % _CHAPTER_NUMBERS == 1:
            part = f"\n### From {number} to {number + _CHAPTER_NUMBERS - 1}\n\n{part}"
        parts.append(part)
        written_bytes += len(part.encode()) + 1
    return "\n".join(parts)


def _entry(number: int) -> str:
    factors = _factors(number)
    if number == 1:
        kind = "the unit: it divides everything and has no prime factor"
    elif len(factors) == 1:
        kind = "a prime"
    else:
        kind = "the product " + " · ".join(map(str, factors))
    divisors = [divisor for divisor in range(1, number + 1) if number % divisor == 0]
    ending = f" It has {len(divisors)} divisors, and they add up to {sum(divisors):,}." if len(factors) > 1 else ""
    return (
        f"- **{number:,}** is {kind}. Its square is {number**2:,}, its cube {number**3:,}; "
        f"in binary it is `{number:b}`, in Roman figures {_roman(number)}.{ending}"
    )


def _factors(number: int) -> list[int]:
    factors: list[int] = []
    divisor = 2
    while divisor * divisor <= number:
        while number % divisor == 0:
            factors.append(divisor)
            number //= divisor
        divisor += 1
    return [*factors, number] if number > 1 else factors


def _roman(number: int) -> str:
    letters: list[str] = []
    for value, sign in _ROMAN:
        times, number = divmod(number, value)
        letters.append(sign * times)
    return "".join(letters)
