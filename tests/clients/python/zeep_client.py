"""zeep (Python) saves phone numbers and e-mail addresses in SOAP 1.1 and 1.2: zeep_client.py BASE_URL"""

import sys

import zeep

client = zeep.Client(sys.argv[1] + "/Services/Sync.asmx?WSDL")


def call_with(number):
    return {
        "SecurityToken": "TEST-TOKEN",
        "MemberId": 1001,
        "PhoneNumberTypeExternalReference": "WORK",
        "PhoneNumber": number,
        "MobileCarrierExternalReference": "ROGERS",
        "IsValid": 1,
    }


def cases(saved):
    """Name, what differs from a good call, expected return code, expected saved number."""
    return [
        ("a number is saved", {}, 0, saved),
        ("the carrier may be left out", {"MobileCarrierExternalReference": None}, 0, saved),
        ("an unknown phone number type is 308", {"PhoneNumberTypeExternalReference": "FAX"}, 308, ""),
        ("an unknown member is 311", {"MemberId": 9999}, 311, ""),
        ("another member's number is 315", {"PhoneNumber": "+1 519 555 0199"}, 315, ""),
        ("an unknown carrier is 316", {"MobileCarrierExternalReference": "NOBODY"}, 316, ""),
    ]


def outcome(service, call):
    """What came back, in words: a refusal thrown as an exception then reads as one."""
    try:
        result = service.SaveAccountPhone(call)
        # zeep reads an empty string element as None, and an absent one too.
        return f"{result.ReturnCode!r} {result.SavedPhoneNumber or ''!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def email_outcome(service, call):
    """The same for an e-mail address."""
    try:
        result = service.SaveAccountEmail(call)
        return f"{result.ReturnCode!r} {result.SavedEmailAddress or ''!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def check(name, expected, got):
    # The start decides: the text of some faults goes on with a position and a cause.
    print(f"ok: {name}" if got.startswith(expected) else f"failed: {name}: expected {expected}, got {got}")


for version, port, number, saved in [
    ("1.1", "SyncSoap", "+1 (519) 555-0111", "+1 519-555-0111"),
    ("1.2", "SyncSoap12", "15195550112", "+1 519-555-0112"),
]:
    service = client.bind("Sync", port)
    for name, changes, code, saved_number in cases(saved):
        check(f"SOAP {version}: {name}", f"{code!r} {saved_number!r}", outcome(service, call_with(number) | changes))

    check(
        f"SOAP {version}: a MemberId in letters is a fault",
        "Fault: Server was unable to read request. ---> There is an error in XML document (",
        outcome(service, call_with(number) | {"MemberId": "many"}),
    )

    email = {"SecurityToken": "TEST-TOKEN", "MemberId": 1001, "EmailTypeExternalReference": "WORK",
             "EmailAddress": "Zeep@Example.org", "IsValid": 1}
    for name, changes, expected in [
        ("an address is saved", {}, "0 'Zeep@example.org'"),
        ("another member's address is 314", {"EmailAddress": "alan@example.com"}, "314 ''"),
        ("an IsValid in letters is a fault", {"IsValid": "yes"}, "Fault: Server was unable to read request. ---> "),
    ]:
        check(f"SOAP {version}: {name}", expected, email_outcome(service, email | changes))

# In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
with client.settings(extra_http_headers={"SOAPAction": "urn:nope"}):
    check(
        "SOAP 1.1: an unknown SOAPAction is a fault",
        "Fault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
        outcome(client.bind("Sync", "SyncSoap"), call_with("15195550111")),
    )
