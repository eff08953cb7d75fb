"""zeep (Python) makes the calls of the table in SOAP 1.1 and 1.2: zeep_client.py BASE_URL"""

import sys

import zeep
from calls import calls, check, words

# A data set has two elements where its WSDL says one, as .NET's has, and zeep is strict.
client = zeep.Client(sys.argv[1] + "/Services/Sync.asmx?WSDL", settings=zeep.Settings(strict=False))


def rows_of(data_set):
    """The rows of the diffgram, which zeep gives as an element of lxml; the schema before it is the value that it expected."""
    rows = data_set["_raw_elements"][0].iterfind(".//{*}AccountIds")
    return ", ".join("/".join(column.text for column in row) for row in rows)


def outcome(service, operation, fields):
    """What came back, in words: a refusal thrown as an exception then reads as one."""
    try:
        result = zeep.helpers.serialize_object(service[operation](fields))
        # Of a record with one field zeep gives the field.
        return words(result if isinstance(result, dict) else {"ReturnCode": result}, rows_of)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


for version, port in [("1.1", "SyncSoap"), ("1.2", "SyncSoap12")]:
    for name, operation, fields, expected in calls():
        check(f"SOAP {version}: {name}", expected, outcome(client.bind("Sync", port), operation, fields))

# In SOAP 1.1 only: a 1.2 call goes by its Body element whatever its action says.
with client.settings(extra_http_headers={"SOAPAction": "urn:nope"}):
    check(
        "SOAP 1.1: an unknown SOAPAction is a fault",
        "Fault: Server did not recognize the value of HTTP Header SOAPAction: urn:nope.",
        outcome(client.bind("Sync", "SyncSoap"), "FetchAccountIds", {"SecurityToken": "TEST-TOKEN", "MemberId": 1002}),
    )
