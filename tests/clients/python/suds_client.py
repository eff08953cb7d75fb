"""suds-community (Python) makes the calls of the table in SOAP 1.1, the one version it speaks: suds_client.py BASE_URL"""

import sys

import suds
from calls import calls, check, words
from suds.client import Client

# Without a cache: suds would keep the WSDL in the temporary folder for a day.
client = Client(sys.argv[1] + "/Services/Sync.asmx?WSDL", cache=None)
client.set_options(port="SyncSoap")


def rows_of(data_set):
    """The rows of the diffgram: none of them is an empty text, one of them no list."""
    rows = data_set.diffgram.dsAccountIds.AccountIds if data_set.diffgram else []
    columns = ["AccountId", "AccountIdTypeExternalReference", "IsInactive", "IsInactiveForDevices"]
    return ", ".join("/".join(row[column] for column in columns) for row in (rows if isinstance(rows, list) else [rows]))


def outcome(operation, fields):
    """What came back, in words: a refusal thrown as an exception then reads as one."""
    try:
        return words(dict(getattr(client.service, operation)(fields)), rows_of)
    except suds.WebFault as error:
        return f"Fault: {error.fault.faultstring}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for name, operation, fields, expected in calls():
    check(f"SOAP 1.1: {name}", expected, outcome(operation, fields))

client.set_options(headers={"SOAPAction": "urn:nope"})
check(
    "SOAP 1.1: an unknown SOAPAction is a fault",
    "Fault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
    outcome("FetchAccountIds", {"SecurityToken": "TEST-TOKEN", "MemberId": 1002}),
)
