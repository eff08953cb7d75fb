"""The contract, from fixtures/contract/sync-operations.json. Run as a program, it writes records and methods in C# for the oracle."""

import json
import pathlib

FACTS = pathlib.Path(__file__).resolve().parents[2] / "fixtures/contract/sync-operations.json"
PAIR = "recCustomFieldKeyValuePair"
PAIR_FIELDS = ["CustomFieldExternalReference", "CustomFieldValue"]
CSHARP = {
    "String": "string",
    "Integer": "int",
    "Integer - 32bit": "int",
    "key/value pairs": PAIR + "[]",
    "dsAccountIds": "dsAccountIds",
}

OPERATIONS = {
    operation.get("documented_method_name", operation["name"]): operation
    for operation in json.loads(FACTS.read_text(encoding="utf-8"))["operations"]
}


def names(fields, kind=None):
    """The names of the fields of that type in C#, or of all."""
    return [field["name"] for field in fields if kind in (None, CSHARP[field["type"]])]


def method_names(operation):
    """What the WSDL calls an operation: one or two names, the documented one first."""
    return list(dict.fromkeys([*operation.get("aliases", []), operation["name"]]))


def record(name, fields, text=""):
    """A class; texts begin as said, since what is null is left out of an answer."""
    lines = [f"    public {kind} {field}{text if kind == 'string' else ''};\n" for field, kind in fields]
    return f"public class {name}\n{{\n{''.join(lines)}}}\n"


def method(name, operation):
    """A method: the checks that all operations begin with, then what Sync.cs has for this one."""
    request, parameter, answer = operation["request_type"], operation["request_parameter"], operation["response_type"]
    required = [f"call.{field['name']}" for field in operation["request_fields"] if field["required"]
                and CSHARP[field["type"]] == "string"]  # fmt: skip
    reference = next(
        (name for name in names(operation["request_fields"], "string") if name.endswith("TypeExternalReference")
         or name == "LoyaltyClubExternalReference"), None)  # fmt: skip
    item = f'"{reference}", call.{reference}' if reference else "null, null"
    description = f'<a href=\\"{operation["page"]}\\">Click Here For Method Documentation</a>'
    is_read = str(name.startswith(("Fetch", "MemberIs"))).lower()
    return f"""    [WebMethod(Description = "{description}")]
    public {answer} {name}({request} {parameter})
    {{
        var call = {parameter};
        var answer = new {answer}();
        answer.ReturnCode = call == null ? 1 : Check(call.SecurityToken, {is_read}, call.MemberId, {item}, new string[] {{ {", ".join(required)} }});
        if (answer.ReturnCode == 0) answer.ReturnCode = Answer(call, answer);
        return answer;
    }}
"""


def main():
    print("using System.Web.Services;\n")
    print(record(PAIR, [(name, "string") for name in PAIR_FIELDS]))
    methods = []
    for operation in OPERATIONS.values():
        for kind, text in [("request", ""), ("response", ' = ""')]:
            fields = [(field["name"], CSHARP[field["type"]]) for field in operation[f"{kind}_fields"]]
            print(record(operation[f"{kind}_type"], fields, text))
        methods += [method(name, operation) for name in method_names(operation)]
    print("public partial class Sync : WebService\n{\n" + "\n".join(methods) + "}")


if __name__ == "__main__":
    main()
