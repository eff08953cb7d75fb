"""Validates the WSDL of a server, and the recorded answers, against the published schemas: validate.py PROGRAM

What the schemas can't say is taken from WS-I's Basic Profile 1.1 and is named by the number of its requirement. The service
that is emulated doesn't keep everything that was written later or elsewhere, and that is left as it is:

- The profile knows SOAP 1.1 alone. The binding SyncSoap12 lies outside of it, and is held to the same rules here.
- SOAP 1.2 wants status 400 with a fault of the sender; ASP.NET answers 500.
- SOAP 1.2 would like a header `NotUnderstood` beside a MustUnderstand fault; ASP.NET sends none.
- HTTP wants `Allow` beside 405; ASP.NET sends none.
- XML allows no control characters, not even as references; ASP.NET quotes them in a fault as `&#x1;`. They are looked over.
- The WSDL says that a typed data set is an element of the data set's schema; .NET sends that schema and a diffgram. The schema has to
  be the one that is served, and the rows are put in their place, without the diffgram's own attributes, to be valid against both.
"""

import importlib.util
import re
import subprocess
import sys
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

from xmlschema import XMLSchema10, XMLSchemaException

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP11_BINDING = "http://schemas.xmlsoap.org/wsdl/soap/"
SOAP12_BINDING = "http://schemas.xmlsoap.org/wsdl/soap12/"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
SOAP11_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

OWN_NAMESPACE = "https://app.smartbutton.com/Services/Sync"
SHARED_NAMESPACE = "https://app.smartbutton.com/Services/"
OPERATIONS = [
    "AddToLoyaltyClub",
    "RemoveToLoyaltyClub",
    "RemoveFromLoyaltyClub",
    "MemberIsInLoyaltyClub",
    "FetchAccountCore",
    "SaveAccountCore",
    "FetchAccountAddress",
    "SaveAccountAddress",
    "SaveAccountEmail",
    "DeleteAccountEmailAddress",
    "SaveAccountPhone",
    "FetchAccountIds",
    "SaveAccountId",
    "DeleteAccountId",
    "SaveAccountCustomFields",
]
DATA_SET = "http://tempuri.org/dsAccountIds.xsd"
DIFFGRAM = "urn:schemas-microsoft-com:xml-diffgram-v1"
MSDATA = "urn:schemas-microsoft-com:xml-msdata"
PATH = "/Services/Sync.asmx"
FORBIDDEN_REFERENCE = re.compile(rb"&#x(?:[0-8BCEF]|1[0-9A-F]|FFF[EF]);")
EXCHANGES = Path(__file__).resolve().parents[2] / "fixtures" / "exchanges"


class Report:
    """Counts, and tells what failed."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, what, problems):
        """Takes a list of problems; an empty one is a pass."""
        problems = list(problems)
        if problems:
            self.failed += 1
            print(f"failed: {what}: {'; '.join(problems)}")
        else:
            self.passed += 1


def package(name):
    """The folder of an installed package, without running any of it."""
    return Path(importlib.util.find_spec(name).origin).parent


def wsdl_schema():
    """The schema of WSDL 1.1 with both bindings."""
    folder = package("xmlschema") / "schemas" / "WSDL"
    binding = (folder / "wsdl-soap.xsd").read_text(encoding="utf-8")
    schema = XMLSchema10(str(folder / "wsdl.xsd"), build=False)
    schema.add_schema(binding)
    # No package has the schema of the binding to SOAP 1.2. Its elements are those of the older binding under another name.
    schema.add_schema(binding.replace(f'"{SOAP11_BINDING}"', f'"{SOAP12_BINDING}"'))
    schema.build()
    return schema


class AnswerSchema:
    """The schemas of both envelopes, of the WSDL, and of its data set."""

    def __init__(self, wsdl, data_set):
        self.data_set = ElementTree.canonicalize(data_set, strip_text=True)
        self.schema = build_answer_schema(wsdl, data_set)

    def problems(self, text):
        """Why an answer isn't valid."""
        root = ElementTree.fromstring(text)
        data_sets = [element for element in root.iter() if element.find(f"{{{XSD}}}schema") is not None]
        for element in data_sets:
            yield from self.take_data_set(element)
        # Written anew only then: what prefixes a fault's code needs, the tree doesn't know.
        yield from errors(self.schema, ElementTree.tostring(root, encoding="unicode") if data_sets else text)

    def take_data_set(self, element):
        """Leaves the rows alone in a data set, and says what is wrong with what stood around them."""
        if [child.tag for child in element] != [f"{{{XSD}}}schema", f"{{{DIFFGRAM}}}diffgram"]:
            yield f"a data set has {[child.tag for child in element]}"
            return
        schema, diffgram = element
        if ElementTree.canonicalize(ElementTree.tostring(schema), rewrite_prefixes=True) != ElementTree.canonicalize(
            self.data_set, rewrite_prefixes=True
        ):
            yield "a data set's schema isn't the one that is served"
        rows = diffgram[0] if len(diffgram) else ElementTree.Element(f"{{{DATA_SET}}}dsAccountIds")
        for number, row in enumerate(rows):
            own = {name: row.attrib.pop(name, None) for name in (f"{{{DIFFGRAM}}}id", f"{{{MSDATA}}}rowOrder")}
            if list(own.values()) != [f"AccountIds{number + 1}", str(number)]:
                yield f"row {number} has {own}"
        element[:] = [rows]


def build_answer_schema(wsdl, data_set):
    soap11 = package("xmlschema") / "schemas" / "WSDL" / "soap-envelope.xsd"
    soap12 = package("onvif") / "wsdl" / "schema" / "common" / "soap-envelope"
    schema = XMLSchema10(str(soap11), build=False)
    schema.add_schema(str(soap12))
    schema.add_schema(data_set)
    for embedded in embedded_schemas(wsdl):
        schema.add_schema(embedded)
    schema.build()
    return schema


def embedded_schemas(wsdl):
    """The schemas in `wsdl:types`, each as a document of its own that knows all prefixes of the WSDL.

    The server that an import points at may be gone."""
    declarations = "".join(f' xmlns:{prefix}="{namespace}"' for prefix, namespace in prefixes(wsdl).items())
    for schema in re.findall(r"<s:schema\b.*?</s:schema>", wsdl, re.DOTALL):
        schema = re.sub(r' schemaLocation="[^"]*"', "", schema)
        yield schema.replace("<s:schema", f"<s:schema{declarations}", 1)


def prefixes(wsdl):
    """All prefixes are declared once, on the root."""
    return dict(re.findall(r'xmlns:(\w+)="([^"]*)"', wsdl))


def errors(schema, document):
    """Why a document isn't valid."""
    try:
        return [f"{error.path}: {error.reason}" for error in schema.iter_errors(document)]
    except (XMLSchemaException, ElementTree.ParseError) as error:
        return [str(error)]


# The WSDL.


def check_wsdl(report, schema, what, wsdl, namespace):
    """All that is asked of a WSDL."""
    report.check(f"{what}: valid against the schemas of WSDL 1.1", errors(schema, wsdl))
    root = ElementTree.fromstring(wsdl)
    report.check(f"{what}: its own schema is one", schema_problems(wsdl))
    for requirement, problems in PROFILE_OF_WSDL.items():
        report.check(f"{what}: {requirement}", problems(root))
    report.check(f"{what}: names refer to something", dangling(root, wsdl))
    expected = {f"{{{namespace}}}{name}{kind}" for name in OPERATIONS for kind in ("", "Response")}
    parts = {qualified(part.get("element"), wsdl) for part in root.iter(f"{{{WSDL}}}part")}
    report.check(f"{what}: its messages are of {namespace}", [f"{parts}"] if parts != expected else [])


def schema_problems(wsdl):
    schemas = list(embedded_schemas(wsdl))
    if not schemas:
        yield "there is none"
    for schema in schemas:
        try:
            XMLSchema10(schema)
        except XMLSchemaException as error:
            yield str(error)


def qualified(name, wsdl):
    """A name with its prefix resolved."""
    prefix, _, local = name.rpartition(":")
    return f"{{{prefixes(wsdl).get(prefix)}}}{local}"


def dangling(root, wsdl):
    own = root.get("targetNamespace")
    for tag, attribute, target in [
        ("input", "message", "message"),
        ("output", "message", "message"),
        ("binding", "type", "portType"),
        ("port", "binding", "binding"),
    ]:
        known = {f"{{{own}}}{element.get('name')}" for element in root.iter(f"{{{WSDL}}}{target}")}
        for element in root.iter(f"{{{WSDL}}}{tag}"):
            name = element.get(attribute)
            if name is not None and qualified(name, wsdl) not in known:
                yield f"no {target} {name}"
    elements = {
        f"{{{schema.get('targetNamespace')}}}{element.get('name')}"
        for schema in root.iter(f"{{{XSD}}}schema")
        for element in schema.findall(f"{{{XSD}}}element")
    }
    for part in root.iter(f"{{{WSDL}}}part"):
        if qualified(part.get("element"), wsdl) not in elements:
            yield f"no element {part.get('element')}"


def bindings(root):
    """Each binding with the namespace of its SOAP elements."""
    for binding in root.findall(f"{{{WSDL}}}binding"):
        is_soap12 = binding.find(f"{{{SOAP12_BINDING}}}binding") is not None
        yield binding, SOAP12_BINDING if is_soap12 else SOAP11_BINDING


def not_bound_by_soap(root):
    known = {"binding", "operation", "body", "fault", "header", "headerfault", "address"}
    for binding, soap in bindings(root):
        if binding.find(f"{{{soap}}}binding") is None:
            yield f"{binding.get('name')} isn't bound"
    for element in root.iter():
        namespace, _, local = element.tag[1:].partition("}")
        if namespace in (SOAP11_BINDING, SOAP12_BINDING) and local not in known:
            yield f"the bindings have no element {local}"


def not_over_http(root):
    for binding, soap in bindings(root):
        transport = binding.find(f"{{{soap}}}binding").get("transport")
        if transport != "http://schemas.xmlsoap.org/soap/http":
            yield f"{binding.get('name')} goes over {transport}"


def not_document_style(root):
    for binding, soap in bindings(root):
        default = binding.find(f"{{{soap}}}binding").get("style", "document")
        styles = {operation.get("style", default) for operation in binding.iter(f"{{{soap}}}operation")}
        if styles != {"document"}:
            yield f"{binding.get('name')} has the styles {styles}"


def not_literal(root):
    for binding, soap in bindings(root):
        for body in binding.iter(f"{{{soap}}}body"):
            if body.get("use") != "literal" or body.get("namespace") is not None:
                yield f"{binding.get('name')} has a body of {body.attrib}"


def not_one_part_by_element(root):
    for message in root.findall(f"{{{WSDL}}}message"):
        parts = message.findall(f"{{{WSDL}}}part")
        if len(parts) != 1 or parts[0].get("element") is None or parts[0].get("type") is not None:
            yield message.get("name")


def operations_that_differ(root):
    types = {
        port_type.get("name"): [operation.get("name") for operation in port_type.findall(f"{{{WSDL}}}operation")]
        for port_type in root.findall(f"{{{WSDL}}}portType")
    }
    for name, operations in types.items():
        if len(set(operations)) != len(operations):
            yield f"{name} has an operation twice"
    for binding, _ in bindings(root):
        bound = [operation.get("name") for operation in binding.findall(f"{{{WSDL}}}operation")]
        if bound != types.get(binding.get("type").rpartition(":")[2]):
            yield f"{binding.get('name')} binds {bound}"


def same_wire_signature(root):
    elements = [
        part.get("element")
        for message in root.findall(f"{{{WSDL}}}message")
        for part in message
        if message.get("name").endswith("SoapIn")
    ]
    if len(set(elements)) != len(elements):
        yield f"{elements}"


def soap_action_missing(root):
    for binding, soap in bindings(root):
        for operation in binding.findall(f"{{{WSDL}}}operation"):
            action = operation.find(f"{{{soap}}}operation").get("soapAction", "")
            if not action.endswith(f"/{operation.get('name')}"):
                yield f"{operation.get('name')} has {action!r}"


def schemas_without_namespace(root):
    namespaces = [schema.get("targetNamespace") for schema in root.iter(f"{{{XSD}}}schema")]
    if None in namespaces or len(set(namespaces)) != len(namespaces):
        yield f"{namespaces}"


def encoded_arrays(root):
    for element in root.iter():
        if any(SOAP11_ENCODING in value or name.endswith("arrayType") for name, value in element.attrib.items()):
            yield element.tag


PROFILE_OF_WSDL = {
    "R2105, R2114: every embedded schema has a namespace, each another": schemas_without_namespace,
    "R2110: no encoded arrays": encoded_arrays,
    "R2201, R2204: each message has one part, by element": not_one_part_by_element,
    "R2304, R2718: no operation twice, and all are bound": operations_that_differ,
    "R2401: bound by SOAP": not_bound_by_soap,
    "R2701, R2702: over HTTP": not_over_http,
    "R2705: in document style": not_document_style,
    "R2706, R2716: literal": not_literal,
    "R2710: operations are told apart by their element": same_wire_signature,
    "operations have a soapAction": soap_action_missing,
}


# The answers.


class Recorded:
    """A recorded answer."""

    def __init__(self, file):
        head, _, body = file.read_bytes().partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100 "):
            head, _, body = body.partition(b"\r\n\r\n")
        status, *headers = head.decode().split("\r\n")
        self.name = file.parent.name
        self.status = int(status.split(" ")[1])
        self.headers = dict(header.split(": ", 1) for header in headers)
        self.bytes = FORBIDDEN_REFERENCE.sub(b"?", body)

    def root(self):
        """The name of its root; empty where it isn't XML."""
        if not self.bytes.startswith(b"<?xml"):
            return ""
        try:
            return ElementTree.fromstring(self.bytes).tag
        except ElementTree.ParseError:
            return "ill-formed"


def recorded_answers():
    """All of them, in the order of their names."""
    return [Recorded(file) for file in sorted(EXCHANGES.glob("sync/*/response.http"))]


def check_answer(report, schemas, answer):
    """All that is asked of an envelope."""
    text = answer.bytes.decode("utf-8")
    root = ElementTree.fromstring(text)
    soap = root.tag[1:].partition("}")[0]
    body = root.find(f"{{{soap}}}Body")
    content = list(body) if body is not None else []
    namespace, _, local = content[0].tag[1:].partition("}") if len(content) == 1 else ("", "", "")
    is_fault = (namespace, local) == (soap, "Fault")
    schema = schemas.get(OWN_NAMESPACE if is_fault else namespace)
    if schema is None or local not in ["Fault", *(f"{name}Response" for name in OPERATIONS)]:
        report.check(f"{answer.name}: R2712: its Body has the element of the contract", [f"{{{namespace}}}{local}"])
        return
    report.check(f"{answer.name}: valid against the schemas of SOAP and of the WSDL", schema.problems(text))
    report.check(f"{answer.name}: keeps the profile", profile_of_answer(answer, text, root, soap, content[0], is_fault))


def profile_of_answer(answer, text, root, soap, content, is_fault):
    """What the profile asks of an envelope and of the HTTP around it."""
    media_type = {SOAP11: "text/xml", SOAP12: "application/soap+xml"}[soap]
    if answer.headers["content-type"] != f"{media_type}; charset=utf-8":
        yield f"R1012, R1018: it came as {answer.headers['content-type']}"
    if answer.status != (500 if is_fault else 200):
        yield f"R1111, R1126: status {answer.status}"
    if "<!DOCTYPE" in text or "<?" in text[2:]:
        yield "R1008, R1009: a document type or an instruction"
    if [child.tag for child in root if child.tag != f"{{{soap}}}Header"] != [f"{{{soap}}}Body"]:
        yield "R1011: something stands behind Body"
    if not content.tag.startswith("{"):
        yield f"R1014: {content.tag} is in no namespace"
    for element in root.iter():
        if f"{{{soap}}}encodingStyle" in element.attrib:
            yield f"R1005: {element.tag} has an encodingStyle"
        if f"{{{XSI}}}nil" in element.attrib:
            yield f"{element.tag} is nil, which nothing in the contract may be"
    if not is_fault or soap != SOAP11:
        return
    children = [child.tag for child in content]
    if not set(children) <= {"faultcode", "faultstring", "faultactor", "detail"}:
        yield f"R1000, R1001: the fault has {children}"
    code = content.findtext("faultcode", "").rpartition(":")[2]
    if code not in ("VersionMismatch", "MustUnderstand", "Client", "Server"):
        yield f"R1004: the fault's code is {code}"


# The schemas have to bite, or all of the above says nothing.

BROKEN_WSDL = [
    ('<soap:body use="literal"', '<soap:body use="by heart"'),
    ('<soap12:body use="literal"', '<soap12:body use="by heart"'),
    ("<soap12:address location=", "<soap12:address place="),
    ('<wsdl:part name="parameters"', "<wsdl:part"),
    ("<wsdl:message name=", "<wsdl:massage name="),
]
BROKEN_ANSWERS = [
    ("saved", "<ReturnCode>0<", "<ReturnCode>zero<"),
    ("saved", "<ReturnCode>0</ReturnCode>", ""),
    ("saved", "SavedPhoneNumber", "PhoneNumberSaved"),
    ("email_is_saved", "SavedEmailAddress", "EmailAddressSaved"),
    ("email_removal_is_done", "<ReturnCode>0<", "<ReturnCode><"),
    ("core_of_ada", "<NickName>Countess</NickName>", "<NickName>Countess</NickName><NickName/>"),
    ("address_of_ada", "<City>Kitchener</City><Region>Ontario</Region>", "<Region>Ontario</Region><City>Kitchener</City>"),
    ("club_has_member_of_a_member_in_it", "<MemberIsInLoyaltyClub>1</MemberIsInLoyaltyClub>", ""),
    ("custom_fields_are_saved", "</SaveAccountCustomFieldsResult>", "<x/></SaveAccountCustomFieldsResult>"),
    ("account_fetch_of_ids_of_alan", "<IsInactive>1<", "<IsInactive>yes<"),
    ("account_fetch_of_ids_of_alan", "<AccountId>590002</AccountId>", "<Id>590002</Id>"),
    ("account_fetch_of_ids_of_alan", '"xs:int"', '"xs:boolean"'),
    ("account_fetch_of_ids_of_alan", 'msdata:rowOrder="1"', 'msdata:rowOrder="2"'),
    ("account_fetch_of_ids_of_alan", 'diffgr:id="AccountIds2"', 'diffgr:id="AccountIds2" diffgr:hasChanges="inserted"'),
    ("account_fetch_of_ids_of_alan", "</diffgr:diffgram>", "</diffgr:diffgram><x/>"),
    ("account_fetch_of_ids_of_grace_without_one", "</AccountIds>", "</AccountIds><AccountIds/>"),
    ("saved", "soap:Body", "soap:Corpus"),
    ("soap12_with_action", "<ReturnCode>0<", "<ReturnCode>4294967296<"),
    ("soap12_with_action", "SaveAccountPhoneResult", "Result"),
    ("int_of_letters", "faultcode", "code"),
    ("int_of_letters", "soap:Client", "nobody:Client"),
    ("soap12_int_of_letters", ' xml:lang="en"', ""),
    ("soap12_int_of_letters", "soap:Sender", "soap:Thrower"),
]


def check_that_schemas_bite(report, schema, wsdl, answers, schema_of_answers):
    for right, wrong in BROKEN_WSDL:
        broken = wsdl.replace(right, wrong)
        refused = broken != wsdl and errors(schema, broken)
        report.check(f"a WSDL with {wrong} is refused", [] if refused else ["it wasn't"])
    for name, right, wrong in BROKEN_ANSWERS:
        answer = next(answer.bytes.decode("utf-8") for answer in answers if answer.name == name)
        broken = answer.replace(right, wrong)
        refused = broken != answer and list(schema_of_answers.problems(broken))
        report.check(f"{name} with {wrong!r} in place of {right!r} is refused", [] if refused else ["it wasn't"])


class Server:
    """The program on a free port, with a ledger in memory."""

    def __init__(self, program, *arguments):
        self.command = [program, "--listen", "127.0.0.1:0", "--ledger", "memory:", *arguments]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on "):
            raise SystemExit(f"{self.command[0]} doesn't start")
        self.address = line.removeprefix("listening on ").strip()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def get(self, path):
        # The server is close by; a proxy that a machine may have set isn't.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(self.address + path, timeout=30) as answer:
            return answer.read().decode("utf-8")


def main():
    report = Report()
    schema = wsdl_schema()
    schemas = {}
    for namespace in (OWN_NAMESPACE, SHARED_NAMESPACE):
        with Server(sys.argv[1], "--namespace", namespace) as server:
            for path in (f"{PATH}?WSDL", f"{PATH}?wsdl", f"{PATH}?x=1&wsdl", f"{PATH.upper()}?WSDL"):
                check_wsdl(report, schema, path, server.get(path), namespace)
            wsdl = server.get(f"{PATH}?WSDL")
            schemas[namespace] = AnswerSchema(wsdl, server.get(f"{PATH}?schema=dsAccountIds"))

    answers = recorded_answers()
    envelopes = 0
    answered = set()
    for answer in answers:
        root = answer.root()
        if root in (f"{{{SOAP11}}}Envelope", f"{{{SOAP12}}}Envelope"):
            envelopes += 1
            check_answer(report, schemas, answer)
            answered.update(re.findall(rb"<(\w+)Response [^>]*><\w+><ReturnCode>0<", answer.bytes))
        elif root == f"{{{WSDL}}}definitions":
            check_wsdl(report, schema, answer.name, answer.bytes.decode("utf-8"), OWN_NAMESPACE)
        elif root:
            report.check(f"{answer.name}: well-formed", ["it isn't"] if root == "ill-formed" else [])
    report.check("there are recorded answers", [] if envelopes > 100 else ["there are hardly any"])
    report.check("every operation has answered 0", set(OPERATIONS) - {name.decode() for name in answered})
    check_that_schemas_bite(report, schema, wsdl, answers, schemas[OWN_NAMESPACE])
    print(f"{report.passed} passed, {report.failed} failed")
    sys.exit(report.failed > 0)


if __name__ == "__main__":
    main()
