#!/usr/bin/env python3
"""Writes a seed for sync-asmx to standard output: one program, many members, and as many phones as asked.

Member by member, so that ten million phones need no memory here. The first 100,000 members are those that
save_account_phone.lua saves for.
"""

import argparse
import json
import sys

FIRST_MEMBER = 100_001
TYPES = ["HOME", "WORK", "MOBILE"]
CARRIERS = ["ROGERS", "BELL", "TELUS"]
TOKENS = [
    {"token": "TEST-TOKEN", "methods": ["*"]},
    {"token": "READ-ONLY-TOKEN", "methods": ["Fetch*", "MemberIs*"]},
    {"token": "SUSPENDED-TOKEN", "methods": ["*"], "suspended": True},
    {"token": "TEMPLATE-TOKEN", "methods": ["*"], "template": True},
    {"token": "EXPIRED-TOKEN", "methods": ["*"], "expires_at": "2020-01-01T00:00:00Z"},
]

CUSTOM_FIELDS = [
    {"external_reference": "SHIRT_SIZE", "name": "Shirt size", "type": "dropdown", "options": ["S", "M", "L", "XL"]},
    {"external_reference": "CHILDREN", "name": "Children", "type": "integer"},
    {"external_reference": "MOTTO", "name": "Motto", "type": "text"},
]

# Ten-digit North American numbers: 800 area codes (200-999) by 8 million numbers (2000000-9999999) each.
AREA_SIZE = 8_000_000
NUMBERS = 800 * AREA_SIZE
# Prime to NUMBERS, so that every phone gets a number of its own, in no order: as an index meets them in real life.
STRIDE = 2_654_435_761


def number(phone: int) -> str:
    area, rest = divmod(phone * STRIDE % NUMBERS, AREA_SIZE)
    return f"+1{200 + area}{2_000_000 + rest}"


def member(index: int, members: int, phones: int) -> dict:
    """Phone 0 goes to the first member, phone 1 to the second; once each has one, the next type begins."""
    held = [(kind, kind * members + index) for kind in range(len(TYPES))]
    member_id = FIRST_MEMBER + index
    return {
        "member_id": member_id,
        "first_name": "Member",
        "last_name": str(member_id),
        "phones": [
            {"type": TYPES[kind], "number": number(phone), "carrier": None, "is_valid": True}
            for kind, phone in held
            if phone < phones
        ],
    }


def parts(index: int) -> dict:
    """What a member may have besides."""
    member_id = FIRST_MEMBER + index
    return {
        "nick_name": "No. " + str(index),
        "birthdate": f"{1940 + index % 60}-{1 + index % 12:02}-{1 + index % 28:02}",
        "gender": ["female", "male"][index % 2],
        "emails": [{"type": "PRIMARY", "address": f"member-{member_id}@example.org"}],
        "account_ids": [{"type": "CARD", "id": f"59{member_id}"}, {"type": "MOBILE", "id": f"60{member_id}"}],
        "loyalty_clubs": ["NEWS"],
    }


def account(index: int) -> dict:
    """An account of PIMS whose instance is logged in by itself."""
    member_id = FIRST_MEMBER + index
    return {"login": f"member-{member_id}", "member_id": member_id, "instances": [f"member-{member_id}"]}


def items(references: list[str]) -> list[dict]:
    return [{"external_reference": reference, "name": reference.capitalize()} for reference in references]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=100_000)
    parser.add_argument("--phones", type=int, default=50_000)
    parser.add_argument("--instances", type=int, default=0, help="members that an instance of PIMS may ask for")
    parser.add_argument("--parts", action="store_true", help="names, addresses, ids and clubs for each member")
    parser.add_argument("--phones-only", action="store_true", help="no other types: older binaries know none")
    arguments = parser.parse_args()
    if arguments.phones > len(TYPES) * arguments.members:
        parser.error("a member holds at most three phones")

    program = {
        "name": "demo",
        "settings": {"phone_mode": "international"},
        "security_tokens": TOKENS,
        "phone_number_types": items(TYPES),
        "mobile_carriers": items(CARRIERS),
        "pims_accounts": [account(index) for index in range(arguments.instances)],
    }
    if not arguments.phones_only:
        program |= {
            "email_types": items(["PRIMARY", "WORK"]),
            "address_types": items(["HOME", "WORK"]),
            "account_id_types": items(["CARD", "MOBILE"]),
            "loyalty_clubs": items(["GOLD", "NEWS"]),
            "custom_fields": CUSTOM_FIELDS,
        }
    write = sys.stdout.write
    write('{"programs":[' + json.dumps(program)[:-1] + ',"members":[')
    for index in range(arguments.members):
        write(",\n" if index else "\n")
        whole = member(index, arguments.members, arguments.phones) | (parts(index) if arguments.parts else {})
        write(json.dumps(whole, separators=(",", ":")))
    write("\n]}]}\n")


if __name__ == "__main__":
    main()
