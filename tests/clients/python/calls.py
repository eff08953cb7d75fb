"""The calls of the table whose path is in CALLS, for clients that take dictionaries."""

import os


def calls():
    """Name, operation, fields that are sent, and what has to come back."""
    with open(os.environ["CALLS"], encoding="utf-8") as table:
        rows = [line.rstrip("\n").split(" | ") for line in table if " | " in line and not line.startswith("#")]
    for name, operation, sent, expected in rows:
        fields = dict(field.split("=", 1) for field in sent.split("; "))
        if "CustomFieldPairs" in fields:
            fields["CustomFieldPairs"] = array(fields["CustomFieldPairs"])
        yield name, operation, {"SecurityToken": "TEST-TOKEN"} | fields, expected


def array(text):
    pairs = [pair.split(":", 1) for pair in text.strip("{}").split(", ") if pair]
    pairs = [{"CustomFieldExternalReference": reference, "CustomFieldValue": value} for reference, value in pairs]
    return {"recCustomFieldKeyValuePair": pairs}


def words(result, rows_of):
    """What came back, as the table has it. An empty text and an absent one are both None; a data set is absent then."""
    fields = {name: rows_of(value) if name == "AccountIds" and value is not None else value for name, value in result.items()}
    fields = {name: value for name, value in fields.items() if (name, value) != ("AccountIds", None)}
    return "; ".join(f"{name}={'' if fields[name] is None else fields[name]}" for name in sorted(fields))


def check(name, expected, got):
    # The start of a fault decides: its text goes on with a position and a cause.
    is_right = got.startswith(expected) if expected.startswith("Fault: ") else got == expected
    print(f"ok: {name}" if is_right else f"failed: {name}: expected {expected}, got {got}")
