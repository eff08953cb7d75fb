#!/usr/bin/env python3
"""Writes phone numbers with Google's own answers, as the PyPI package `phonenumbers` gives them.

    corpus.py OUT.tsv              the whole corpus, about 65,000 rows
    corpus.py OUT.tsv --sample     about 3,000 rows, even over countries and kinds of answer

The rows depend on nothing but the seed below and the version of `phonenumbers`: its metadata gives the example numbers
and its code the answers. Columns: see COLUMNS; `input` is a JSON string (quotes and escapes and all), the rest is plain
text, empty where Google refuses the input.
"""

import argparse
import json
import random
from collections import defaultdict

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat, ValidationResult

SEED = 20150715
COLUMNS = ["input", "default_region", "decision", "e164", "possible", "valid", "international", "national", "extension"]
NO_REGION = "ZZ"
DEFAULT_REGIONS = ["US", "DE", "GB", NO_REGION]
SAMPLE_ROWS = 3000
# The scheme behind the context: rlibphonenumber 2.2.15 panics, and whoever uses it has to guard against that.
PANICS = ["123456;phone-context=example.com;tel:", "5195550123;phone-context=+1;tel:5195550123", ";phone-context=a.b;tel:+15195550123"]
NUMBER_KINDS = [
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost", "personal_number", "voip", "pager", "uan", "voicemail",
]  # fmt: skip
PARSE_ERRORS = {
    value: name for name, value in vars(NumberParseException).items() if name.isupper() and isinstance(value, int)
}
POSSIBLE = {value: name for name, value in vars(ValidationResult).items() if name.isupper() and isinstance(value, int)}


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out")
    arguments.add_argument("--sample", action="store_true")
    options = arguments.parse_args()

    rows = [(country, [json.dumps(text), region, *answer(text, region)]) for country, text, region in inputs()]
    chosen = sample(rows) if options.sample else [row for _, row in rows]
    with open(options.out, "w", encoding="utf-8", newline="\n") as out:
        out.write(f"# Google's answers: phonenumbers {phonenumbers.__version__} (PyPI); made by benches/phone-library/corpus.py\n")
        out.write("\t".join(COLUMNS) + "\n")
        for row in chosen:
            assert not any(c in field for field in row for c in "\t\r\n"), row
            out.write("\t".join(row) + "\n")
    print(f"{len(chosen)} rows in {options.out}")


def answer(text, region):
    """What Google says about an input."""
    try:
        number = phonenumbers.parse(text, None if region == NO_REGION else region)
    except NumberParseException as refusal:
        return [PARSE_ERRORS[refusal.error_type], "", "", "", "", "", ""]

    def formatted(style):
        return phonenumbers.format_number(number, style)

    return [
        "READ",
        formatted(PhoneNumberFormat.E164),
        POSSIBLE[phonenumbers.is_possible_number_with_reason(number)],
        "VALID" if phonenumbers.is_valid_number(number) else "INVALID",
        formatted(PhoneNumberFormat.INTERNATIONAL),
        formatted(PhoneNumberFormat.NATIONAL),
        number.extension or "",
    ]


def inputs():
    """(country the number was made for, text, default region), each text and region once."""
    chance = random.Random(SEED)
    seen = set()

    def fresh(country, text, region):
        key = (text, region)
        if key in seen:
            return []
        seen.add(key)
        return [(country, text, region)]

    for country, number in examples():
        for text, is_national in writings(number, chance):
            # A number without country code means something in its own region, and something else in another.
            yield from fresh(country, text, chance.choice(DEFAULT_REGIONS))
            if is_national and country.isalpha():
                yield from fresh(country, text, country)
        for text in mutations(number, chance):
            yield from fresh(country, text, chance.choice(DEFAULT_REGIONS))
            if chance.random() < 0.2 and country.isalpha():
                yield from fresh(country, text.removeprefix(f"+{number.country_code}"), country)
    for text in north_american(chance):
        yield from fresh("US", text, chance.choice(["US", NO_REGION]))
    for text in nonsense(chance):
        for region in DEFAULT_REGIONS:
            yield from fresh(NO_REGION, text, region)


def examples():
    """Google's example of every kind of number, for every region and every calling code without a region."""
    regions = [(region, PhoneMetadata.metadata_for_region(region)) for region in sorted(phonenumbers.SUPPORTED_REGIONS)]
    codes = [
        (str(code), PhoneMetadata.metadata_for_nongeo_region(code))
        for code in sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    ]
    for country, metadata in regions + codes:
        for kind in NUMBER_KINDS:
            description = getattr(metadata, kind)
            if description is not None and description.example_number:
                yield country, phonenumbers.parse(f"+{metadata.country_code}{description.example_number}")


def writings(number, chance):
    """The ways in which people write a number; True for those without country code."""
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    international = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    significant = phonenumbers.national_significant_number(number)
    code = str(number.country_code)
    extension = str(chance.randrange(1, 10 ** chance.randrange(1, 8)))
    label = chance.choice([" ext. ", " x", "x", ";ext=", " #", " extn ", ",", ", ext ", " доб. ", " anexo ", " int ", "~"])
    return [
        (e164, False),
        (international, False),
        (phonenumbers.format_number(number, PhoneNumberFormat.RFC3966), False),
        ("00" + e164[1:], False),
        ("00 " + international[1:], False),
        ("011" + e164[1:], False),
        (e164[1:], False),
        (f"+{code} (0) {significant}", False),
        (f"(+{code}) {significant[:3]}-{significant[3:]}", False),
        (f"+{code}.{significant[:2]}.{significant[2:5]}.{significant[5:]}", False),
        (f"  +{code}/{significant[:3]} {significant[3:]} ", False),
        (international.replace("+", "＋").replace(" ", "\u00a0").replace("-", "\u2013"), False),
        (e164 + label + extension, False),
        (international + " ext. " + extension, False),
        (national, True),
        (significant, True),
        ("0" + significant, True),
        (national + label + extension, True),
        (f"tel:{significant};phone-context=+{code}", False),
    ]


def mutations(number, chance):
    """The number as E.164 with one thing wrong or merely different."""
    prefix = f"+{number.country_code}"
    digits = phonenumbers.national_significant_number(number)
    digit = lambda: chance.choice("0123456789")
    at = lambda: chance.randrange(len(digits))

    yield prefix + digits[1:]
    yield prefix + digits[:-1]
    yield prefix + digits[:-2]
    yield prefix + digits[: chance.randrange(1, 5)]
    yield prefix + digits + digit()
    yield prefix + digits + digit() + digit() + digit()
    i = at()
    yield prefix + digits[:i] + digits[i + 1 :]
    i = at()
    yield prefix + digits[:i] + digit() + digits[i:]
    for _ in range(3):
        i = at()
        yield prefix + digits[:i] + digit() + digits[i + 1 :]
    for first in "0123456789":
        yield prefix + first + digits[1:]
    for first in chance.sample("0123456789", 3):
        yield prefix + first + digits
    # Any number of digits, so that every limit of length is met.
    yield prefix + (digits * 2)[: chance.randrange(2, 18)]


def north_american(chance):
    """The commonest plan, and the one with a fast path: every length and every first digits."""
    for length in range(1, 19):
        for first in range(10):
            rest = "".join(chance.choice("0123456789") for _ in range(length - 1))
            yield f"+1{first}{rest}"
            yield f"1{first}{rest}"
            yield f"{first}{rest}"
    for area in range(1000):
        rest = "".join(chance.choice("0123456789") for _ in range(7))
        yield f"+1{area:03}{rest}"
        yield f"+1 ({area:03}) {rest[:3]}-{rest[3:]}"
    for area in range(0, 1000, 7):
        yield f"+1{area:03}0123"
        yield f"{area:03}-0123"


def nonsense(chance):
    """What no telephone was ever called."""
    yield from ["", " ", "+", "++", "+0", "+00000000", "0", "00", "000", "1", "12", "123", "+1", "+12", "+123", "-", "()", "#", "*", "x"]
    yield from ["abc", "telephone", "no number", "null", "NaN", "None", "1e10", "0x1234567", "12:34:56", "2024-01-31", "a1b2c3d4e5"]
    yield from ["1-800-FLOWERS", "+1 800 FLOWERS", "1800 GOT JUNK", "+44 800 TAXI CAB", "0800 ABCDEFG", "+1-800-AB", "+49 800 PIZZA99"]
    yield from ["１５１９５５５０１２３", "＋１５１９５５５０１２３", "+١٥١٩٥٥٥٠١٢٣", "+४९३०१२३४५६७", "०३०१२३४५६७", "+𝟏𝟓𝟏𝟗𝟓𝟓𝟓𝟎𝟏𝟐𝟑"]
    yield from ["+15195550123\t", "+1519\t5550123", "+1519\n5550123", "\n+15195550123", "+1519\r\n5550123", "+1519\u00005550123", "\u200e+15195550123"]
    yield from ["+1+5195550123", "++15195550123", "+1 519 555 0123 +", "15195550123+", "+(1)5195550123", "+-15195550123", "+1 519 555 0123/0124"]
    yield from ["+1 519 555 0123 / x12", "+1 519 555 0123/x5550124", "(519) 555-0123 x302/x2303", "5195550123 x", "5195550123 ext", "x5195550123", "5195550123;ext="]
    yield from ["tel:", "tel:+15195550123", "tel:5195550123;phone-context=+1", "tel:5195550123;phone-context=example.com", "tel:5195550123;phone-context=", "tel:5195550123;phone-context=+", "tel:5195550123;phone-context=1"]
    yield from ["tel:5195550123;isub=12345", "tel:+15195550123;isub=1;phone-context=+44", ";phone-context=+15195550123", "5550123;phone-context=+1519", "TEL:+15195550123"]
    yield from PANICS
    yield from ["+15195550123😀", "😀+15195550123", "+1😀5195550123", "٫٬٪", "日本", "電話 03-1234-5678", "+81 3 1234 5678 内線 5"]
    yield from ["*100#", "*#06#", "**21*5195550123#", "911", "112", "999", "110", "+1911", "+49112", "0*5195550123"]
    for length in [17, 18, 19, 20, 30, 50, 100, 248, 249, 250, 251, 252, 300, 1000]:
        yield "1" * length
        yield "+1" + "5" * (length - 2)
        yield "a" * length
        yield "+15195550123" + " " * (length - 12)
        yield "+" * (length - 11) + "15195550123"
        yield "5195550123" + "x" * (length - 10)
    alphabet = "0123456789" * 6 + "+-() ./x#~,;*abcdefgTEL\u00a0\u2013０９٣é😀"
    for _ in range(1500):
        yield "".join(chance.choice(alphabet) for _ in range(chance.randrange(1, 24)))
    for _ in range(1500):
        yield "+" + "".join(chance.choice("0123456789") for _ in range(chance.randrange(2, 19)))


def sample(rows):
    """The known panics and rows taken in turn from every pair of country and kind of answer, in the order of the corpus."""
    piles = defaultdict(list)
    for index, (country, row) in enumerate(rows):
        kind = (row[COLUMNS.index("decision")], row[COLUMNS.index("possible")], row[COLUMNS.index("valid")])
        piles[country, kind].append(index)
    chance = random.Random(SEED)
    for pile in piles.values():
        chance.shuffle(pile)
    always = {json.dumps(text) for text in PANICS}
    chosen = [index for index, (_, row) in enumerate(rows) if row[0] in always and row[1] == NO_REGION]
    for pile in piles.values():
        pile[:] = [index for index in pile if index not in chosen]
    while len(chosen) < SAMPLE_ROWS and any(piles.values()):
        order = [pile for pile in piles.values() if pile]
        chance.shuffle(order)
        chosen += [pile.pop() for pile in order[: SAMPLE_ROWS - len(chosen)]]
    return [rows[index][1] for index in sorted(chosen)]


if __name__ == "__main__":
    main()
