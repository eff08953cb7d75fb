"""The contract, from fixtures/contract/sync-operations.json. Run as a program, it writes the record types in C# for the oracle."""

import json
import pathlib

FACTS = pathlib.Path(__file__).resolve().parents[2] / "fixtures/contract/sync-operations.json"
# Lists and data sets aren't written: no method of the oracle has one yet.
CSHARP = {"String": "string", "Integer": "int", "Integer - 32bit": "int"}

OPERATIONS = {
    operation.get("documented_method_name", operation["name"]): operation
    for operation in json.loads(FACTS.read_text(encoding="utf-8"))["operations"]
}


def names(fields, kind=None):
    """The names of the fields of that type in C#, or of all."""
    return [field["name"] for field in fields if kind in (None, CSHARP.get(field["type"]))]


def record(name, fields, text):
    """A class; texts begin as said, since what is null is left out of an answer."""
    lines = []
    for field in fields:
        kind = CSHARP[field["type"]]
        lines.append(f"    public {kind} {field['name']}{text if kind == 'string' else ''};\n")
    return f"public class {name}\n{{\n{''.join(lines)}}}\n"


def main():
    for operation in OPERATIONS.values():
        request, response = operation["request_fields"], operation["response_fields"]
        if all(field["type"] in CSHARP for field in request + response):
            print(record(operation["request_type"], request, ""))
            print(record(operation["response_type"], response, ' = ""'))


if __name__ == "__main__":
    main()
