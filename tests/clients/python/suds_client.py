"""suds-community (Python) saves phone numbers in SOAP 1.1, the one version it speaks: suds_client.py BASE_URL"""

import sys

import suds
from suds.client import Client

# Without a cache: suds would keep the WSDL in the temporary folder for a day.
client = Client(sys.argv[1] + "/Services/Sync.asmx?WSDL", cache=None)
client.set_options(port="SyncSoap")

GOOD_CALL = {
    "SecurityToken": "TEST-TOKEN",
    "MemberId": 1001,
    "PhoneNumberTypeExternalReference": "WORK",
    "PhoneNumber": "+1 (519) 555-0121",
    "MobileCarrierExternalReference": "BELL",
    "IsValid": 1,
}

# Name, what differs from a good call, expected return code, expected saved number.
CASES = [
    ("a number is saved", {}, 0, "+1 519-555-0121"),
    ("the carrier may be left out", {"MobileCarrierExternalReference": None}, 0, "+1 519-555-0121"),
    ("an unknown phone number type is 308", {"PhoneNumberTypeExternalReference": "FAX"}, 308, ""),
    ("an unknown member is 311", {"MemberId": 9999}, 311, ""),
    ("another member's number is 315", {"PhoneNumber": "+1 519 555 0199"}, 315, ""),
    ("an unknown carrier is 316", {"MobileCarrierExternalReference": "NOBODY"}, 316, ""),
]


def outcome(call):
    """What came back, in words: a refusal thrown as an exception then reads as one."""
    try:
        result = client.service.SaveAccountPhone(call)
        # suds reads an empty string element as None, and hands out its own subclass of str.
        return f"{result.ReturnCode!r} {str(result.SavedPhoneNumber or '')!r}"
    except suds.WebFault as error:
        return f"WebFault: {error.fault.faultstring}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def check(name, expected, got):
    # The start decides: the text of some faults goes on with a position and a cause.
    print(f"ok: {name}" if got.startswith(expected) else f"failed: {name}: expected {expected}, got {got}")


for name, changes, code, saved_number in CASES:
    check(f"SOAP 1.1: {name}", f"{code!r} {saved_number!r}", outcome(GOOD_CALL | changes))

check(
    "SOAP 1.1: a MemberId in letters is a fault",
    "WebFault: Server was unable to read request. ---> There is an error in XML document (",
    outcome(GOOD_CALL | {"MemberId": "many"}),
)

client.set_options(headers={"SOAPAction": "urn:nope"})
check(
    "SOAP 1.1: an unknown SOAPAction is a fault",
    "WebFault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
    outcome(GOOD_CALL),
)
