#!/usr/bin/env python3
"""Writes numbers of every country for save_account_phone.lua: E.164, one a line, the last digits open (`+4930123XXXX`).

A number parser builds its patterns country by country and keeps them, and which ones it needs depends on a number's first
digits. So each line comes from a valid number: Google's example for every region and kind of number, and
neighbours of it with other first digits. Needs the package `phonenumbers` from PyPI; the same input gives the same file.
"""

import random

import phonenumbers as p
from phonenumbers.phonemetadata import PhoneMetadata

NEIGHBOURS = 80  # of each example, which makes more than 20,000 lines
TRIES = 800
OPEN_DIGITS = 4  # leaves 200 million numbers, so that few saves meet a number in use

KINDS = [
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan", "voicemail",
]


def examples():
    """Calling code and national number, for every region and every kind of number."""
    regions = [PhoneMetadata.metadata_for_region(region) for region in sorted(p.SUPPORTED_REGIONS)]
    worldwide = [PhoneMetadata.metadata_for_nongeo_region(code) for code in sorted(p.COUNTRY_CODES_FOR_NON_GEO_REGIONS)]
    for metadata in regions + worldwide:
        for kind in KINDS:
            description = getattr(metadata, kind)
            if description is not None and description.example_number:
                yield metadata.country_code, description.example_number


def is_valid(e164: str) -> bool:
    try:
        return p.is_valid_number(p.parse(e164))
    except p.NumberParseException:
        return False


def neighbours(code: int, national: str, chance: random.Random) -> set[str]:
    found = {national}
    for _ in range(TRIES):
        if len(found) > NEIGHBOURS:
            break
        kept = chance.randrange(len(national))
        candidate = national[:kept] + "".join(chance.choice("0123456789") for _ in national[kept:])
        if is_valid(f"+{code}{candidate}"):
            found.add(candidate)
    return found


def main() -> None:
    chance = random.Random(1)
    lines = set()
    for code, national in examples():
        open_digits = min(OPEN_DIGITS, len(national) - 2)
        for neighbour in neighbours(code, national, chance):
            lines.add(f"+{code}{neighbour[:-open_digits]}{'X' * open_digits}")
    print("\n".join(sorted(lines)))


if __name__ == "__main__":
    main()
