"""Sends odd requests to our server and to the oracle, and reports where they differ; see scripts/differential."""

import argparse
import pathlib
import random
import sys
import urllib.request
from collections import Counter, defaultdict
from xml.etree import ElementTree

import judge
import mutations
import wire
from edges import (
    ATTRIBUTES, CHARACTERS, CONTENT_TYPES, DECLARATIONS, DTDS, INTS, NILS, NODES, NS, REFERENCES, SOAP12, SOAP_ACTIONS,
    TEXTS, TYPES, XSI, XSIS,
)  # fmt: skip

FIXTURES = pathlib.Path(__file__).resolve().parents[2] / "fixtures/exchanges/sync"
# Mutated as often as all others together, since most of what is odd about these is the mutation.
GOOD = [
    "saved", "indented", "soapaction_missing", "soap12_with_action", "soap12_without_action", "email_is_saved",
    "email_removal_is_done",
]
# Of every operation, and often of those that have an array or answer with a data set.
RECORDS = [
    "custom_fields_are_saved", "custom_fields_are_saved", "custom_fields_in_soap_1_2", "custom_fields_one_is_skipped",
    "account_fetch_of_ids_of_alan", "account_ids_in_soap_1_2", "account_fetch_of_ids_of_grace_without_one",
    "account_id_is_saved", "account_id_removal_is_done", "core_of_ada", "core_save_is_done", "address_of_ada",
    "address_save_is_done", "address_save_of_all_lines", "email_is_saved", "email_removal_is_done",
    "club_join_of_a_member_not_in_it", "club_has_member_of_a_member_in_it", "club_leave_of_a_member_in_it",
    "club_leave_by_the_other_name",
]  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours", help="http://HOST:PORT of our server, run with seed.json of this folder")
    parser.add_argument("oracle", help="http://HOST:PORT of the oracle")
    parser.add_argument("--seed", type=int, default=1, help="other numbers, other requests")
    parser.add_argument("--count", type=int, default=3000, help="how many requests are made by mutation")
    parser.add_argument("--report", type=pathlib.Path, required=True, help="folder for one file a kind of difference")
    arguments = parser.parse_args()
    servers = Servers(arguments.ours, arguments.oracle)

    fixtures = dict(recorded_requests())
    check_oracle(servers, fixtures["saved"])
    differing_documents = [query for query in ("WSDL", "schema=dsAccountIds") if not servers.describe_alike(query)]
    kinds = defaultdict(list)
    accepted = Counter()
    total = 0
    for what, request in requests(fixtures, arguments.seed, arguments.count):
        total += 1
        answers = servers.ask(request)
        if judge.is_same(*answers):
            continue
        kind = judge.kind(request, *answers)
        if kind:
            kinds[kind].append((what, request))
        else:
            accepted[judge.accepted(request, *answers)] += 1
    report(servers, kinds, arguments.report)
    for reason, count in accepted.most_common():
        print(f"accepted {count} times: {reason}")
    for query in differing_documents:
        print(f"?{query} differs, even in canonical form")
    print(f"{total} requests, {sum(map(len, kinds.values()))} differ in {len(kinds)} ways")
    return 1 if kinds or differing_documents else 0


class Servers:
    """The two servers, asked the same in the same order."""

    def __init__(self, *urls):
        self.addresses = [wire.address(url) for url in urls]

    def ask(self, request):
        # The oracle remembers nothing.
        wire.send(self.addresses[0], wire.Request([], b"", "/_emulator/reset"))
        return [wire.send(address, request) for address in self.addresses]

    def describe_alike(self, query):
        """Whether both say the same, but for their address and what means nothing in XML."""
        documents = []
        for host, port in self.addresses:
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(f"http://{host}:{port}/Services/Sync.asmx?{query}", timeout=60) as answer:
                document = answer.read().decode("utf-8").replace(f":{port}", ":80")
            documents.append(ElementTree.canonicalize(document, strip_text=True))
        return documents[0] == documents[1]

    def kind_of_difference(self, request):
        return judge.kind(request, *self.ask(request))


def check_oracle(servers, request):
    """A good request has to succeed at both, or all that follows says nothing."""
    for answer in servers.ask(request):
        if "<ReturnCode>0</ReturnCode>" not in answer.text():
            print(f"a good request was answered: {judge.gist(answer)}", file=sys.stderr)
            sys.exit(2)


def recorded_requests():
    for case in sorted(FIXTURES.iterdir()):
        raw = (case / "request.http").read_bytes()
        if (case / "fill").exists():
            raw = raw.replace(b"@@FILL@@", b"x" * int((case / "fill").read_text()))
        method, request = wire.parse_request(raw)
        # Pages, other methods, path info, and queries that are too long are answered by IIS or System.Web, which in Mono are no
        # code of .NET's. The longest query that .NET takes is one too long for Mono.
        path, _, query = request.target.partition("?")
        if method == "POST" and path.lower() == "/services/sync.asmx" and len(query) < 2048:
            yield case.name, request


def requests(fixtures, seed, count):
    """All requests, each with what it is."""
    yield from fixtures.items()
    yield from every_edge(fixtures)
    yield from every_edge_of_a_record(fixtures)
    short = [name for name, request in fixtures.items() if len(request.body) < 10_000]
    for number in range(count):
        source = random.Random(f"{seed}/{number}")
        names = source.choice([GOOD, RECORDS, short])
        name = source.choice(names)
        request = fixtures[name].copy()
        kinds = mutations.RECORD_MUTATIONS if names is RECORDS else mutations.MUTATIONS
        done = [mutations.mutate(source, request, kinds) for _ in range(source.choice([1, 1, 1, 2, 2, 3]))]
        yield f"{name}, then {', '.join(done)} (number {number})", request


def every_edge_of_a_record(fixtures):
    """Every edge once in every place of an array, of its items and their values, and in a record that is answered by a data set."""
    nodes = NODES + CHARACTERS + REFERENCES
    instance = [f" xmlns:i='{xsi}' i:{name}='true'" for xsi in XSIS for name in ["nil", "null", "type"]]
    nils = [f" xmlns:i='{XSI}' i:nil='{value}'" for value in NILS]
    types = [
        f" xmlns:t='{NS}' xmlns:i='{XSI}' xmlns:xsd='http://www.w3.org/2001/XMLSchema' i:type='{name}'{nil}"
        for name in TYPES for nil in ["", " i:nil='1'"]
    ]  # fmt: skip
    attributes = ATTRIBUTES + instance + nils + types
    for name, places in {
        "custom_fields_are_saved": [
            ("a node of the array", "<recCustomFieldKeyValuePair>", nodes, "{}<recCustomFieldKeyValuePair>"),
            ("a node of a pair", "<CustomFieldValue>", nodes, "{}<CustomFieldValue>"),
            ("a value of a pair", ">L<", TEXTS + nodes, ">{}<"),
            ("an attribute of the array", "<CustomFieldPairs>", attributes, "<CustomFieldPairs{}>"),
            ("an attribute of a pair", "<recCustomFieldKeyValuePair>", attributes, "<recCustomFieldKeyValuePair{}>"),
            ("an attribute of a value", "<CustomFieldValue>", ATTRIBUTES + nils, "<CustomFieldValue{}>"),
        ],
        "account_fetch_of_ids_of_alan": [
            ("a node of the record", "<MemberId>", nodes, "{}<MemberId>"),
            ("an attribute of the record", "<preqFetchAccountIds>", attributes, "<preqFetchAccountIds{}>"),
            ("an int", ">1002<", INTS, ">{}<"),
        ],
    }.items():
        for what, old, edges, new in places:
            for edge in edges:
                request = fixtures[name].copy()
                request.body = request.body.decode("utf-8").replace(old, new.format(edge), 1).encode("utf-8")
                yield f"{edge!r} as {what} of {name}", request


def every_edge(fixtures):
    """Every edge once in every place where its error is told, or its value read."""
    xml = [("Content-Type", "text/xml; charset=utf-8")]
    envelope = f'<soap:Envelope xmlns:soap="{SOAP12}">'
    nodes = NODES + CHARACTERS + REFERENCES
    tags = [f"<x{attribute}>" for attribute in ATTRIBUTES] + [f"<x{attribute}/>" for attribute in ATTRIBUTES]
    for edge in nodes + tags + DECLARATIONS + DTDS:
        for body in [
            edge,
            edge + envelope + "<soap:Body/></soap:Envelope>",
            envelope + edge,
            envelope + "<x>" + edge + "</x><soap:Body/></soap:Envelope>",
            envelope + edge + "<soap:Body/></soap:Envelope>",
            envelope + "<soap:Body>" + edge + "</soap:Body></soap:Envelope>",
        ]:
            yield f"{edge!r} in a small document", wire.Request(xml, body.encode("utf-8"))
    saved = fixtures["saved"]
    xsi = f'xmlns:t="{NS}" xmlns:xsi="{XSI}" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xsi:type'
    for what, old, edges, new in [
        ("an int", ">1001<", INTS + nodes, ">{}<"),
        ("a text", ">TEST-TOKEN<", TEXTS + nodes, ">{}<"),
        ("a node of the record", "<MemberId>", nodes, "{}<MemberId>"),
        ("a node of Body", "<SaveAccountPhone ", nodes, "{}<SaveAccountPhone "),
        ("an attribute of the record", "<preqSaveAccountPhone>", ATTRIBUTES, "<preqSaveAccountPhone{}>"),
        ("a type", "<preqSaveAccountPhone>", TYPES, f'<preqSaveAccountPhone {xsi}="{{}}">'),
    ]:
        for edge in edges:
            body = saved.body.decode("utf-8").replace(old, new.format(edge), 1)
            yield f"{edge!r} as {what}", wire.Request(saved.headers, body.encode("utf-8"))
    for name in GOOD + ["not_xml", "not_xml_without_action", "soap12_action_unknown_and_element_unknown"]:
        for header, edges in [("Content-Type", CONTENT_TYPES), ("SOAPAction", SOAP_ACTIONS)]:
            for edge in edges:
                request = fixtures[name].copy()
                mutations.set_header(request, header, edge)
                yield f"{name} with {header} {edge!r}", request


def report(servers, kinds, folder):
    """Prints the kinds, the commonest first, each with the smallest request that shows it, and writes them down."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("difference-*"):
        old.unlink()
    for number, (kind, cases) in enumerate(sorted(kinds.items(), key=lambda item: -len(item[1])), start=1):
        what, request = min(cases, key=lambda case: len(case[1].body))
        request = shrink(servers, request, kind)
        ours, oracle = servers.ask(request)
        print(f"{number}. {len(cases)} times, such as {what}")
        print(f"   ours    {judge.gist(ours)[:300]!r}")
        print(f"   oracle  {judge.gist(oracle)[:300]!r}")
        print(f"   sent    {request.headers} {request.body[:400]}")
        (folder / f"difference-{number}.request.http").write_bytes(request.bytes())
        answers = "\n\n".join(f"{name}\n{answer}" for name, answer in [("ours", ours), ("oracle", oracle)])
        (folder / f"difference-{number}.answers.txt").write_text(f"{what}\n\n{answers}\n", encoding="utf-8")


def shrink(servers, request, kind, patience=1500):
    """Takes away whatever may go without changing the kind of difference."""

    def still_differs(candidate):
        nonlocal patience
        patience -= 1
        return patience >= 0 and servers.kind_of_difference(candidate) == kind

    for header in list(request.headers):
        candidate = request.copy()
        candidate.headers.remove(header)
        if still_differs(candidate):
            request = candidate
    size = len(request.body) // 2 if len(request.body) < 20_000 else 0
    while size > 0:
        at = 0
        while at < len(request.body):
            candidate = request.copy()
            candidate.body = request.body[:at] + request.body[at + size :]
            if still_differs(candidate):
                request = candidate
            else:
                at += size
        size //= 2
    return request


if __name__ == "__main__":
    sys.exit(main())
