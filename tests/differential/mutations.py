"""What is done to good requests to make them odd.

Every mutation takes a source of randomness and a request, and changes the request in place. One that doesn't find what it
would change leaves all as it is.
"""

import re

from contract import CSHARP, OPERATIONS, PAIR, PAIR_FIELDS, method_names
from edges import (
    ACTION, ATTRIBUTES, CHARACTERS, CONTENT_TYPES, DECLARATIONS, DTDS, INTS, NILS, NODES, NS, REFERENCES,
    SOAP11, SOAP12, SOAP_ACTIONS, TEXTS, TYPES, XSI, XSIS,
)  # fmt: skip

DECLARATION = re.compile(r"^\ufeff?<\?xml.*?\?>", re.S)


def mutate(random, request, mutations=None):
    """Does one thing to a request, and says what."""
    mutations = mutations or MUTATIONS
    mutation = random.choices(list(mutations), list(mutations.values()))[0]
    mutation(random, request)
    return mutation.__name__


# Helpers. Bytes that are no UTF-8 pass through unchanged.


def text_of(request):
    return request.body.decode("utf-8", "surrogateescape")


def set_text_of(request, text):
    request.body = text.encode("utf-8", "surrogateescape")


def insert_at(request, at, what):
    text = text_of(request)
    set_text_of(request, text[:at] + what + text[at:])


def insert_anywhere(random, request, what):
    insert_at(request, random.randrange(len(text_of(request)) + 1), what)


def behind_declaration(text):
    declaration = DECLARATION.match(text)
    return declaration.end() if declaration else 0


def edit_pieces(random, request, edit):
    """Has the text edited as a list, cut at its markup, well-formed or not."""
    pieces = re.split(r"(<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[^<>]*>)", text_of(request), flags=re.S)
    pieces = [piece for piece in pieces if piece]
    if pieces:
        edit(pieces, random.randrange(len(pieces)))
        set_text_of(request, "".join(pieces))


def set_value(random, request, names, values):
    name, value = random.choice(names), random.choice(values)
    field = rf"(<{name}\b[^<>]*?)(?:/>|>.*?</{name}\s*>)"
    replace_one(random, request, field, lambda match: f"{match[1]}>{value}</{name}>")


def set_header(request, name, value):
    request.headers = [header for header in request.headers if header[0].lower() != name.lower()]
    if value is not None:
        request.headers.append((name, value))


class Record:
    """The names of elements in a record; those of pairs are among its fields."""

    def __init__(self, name, operation):
        kinds = {field["name"]: CSHARP[field["type"]] for field in operation["request_fields"]}
        self.elements = [name, operation["request_parameter"]]
        self.ints = [field for field, kind in kinds.items() if kind == "int"]
        self.texts = [field for field, kind in kinds.items() if kind == "string"]
        self.array = [field for field, kind in kinds.items() if kind == PAIR + "[]"]
        if self.array:
            self.array.append(PAIR)
            self.texts += PAIR_FIELDS * 2
        self.fields = self.ints + self.texts + self.array


RECORDS = {name: Record(name, operation) for operation in OPERATIONS.values() for name in method_names(operation)}
ANY_OPERATION = re.compile(rf"<(?:\w+:)?({'|'.join(RECORDS)})[\s/>]")


def record_of(request):
    """The record of the operation that is called, as far as it can be made out."""
    operation = ANY_OPERATION.search(text_of(request))
    return RECORDS[operation[1] if operation else "SaveAccountPhone"]


def replace_one(random, request, pattern, replacement):
    """Replaces one of the places where a pattern is found."""
    text = text_of(request)
    found = list(re.finditer(pattern, text, re.S))
    if found:
        match = random.choice(found)
        set_text_of(request, text[: match.start()] + replacement(match) + text[match.end() :])


def whole(name):
    """An element with all that is in it, if no other of its name is inside."""
    return rf"<{name}(?=[\s/>])[^<>]*?(?:/>|>.*?</{name}\s*>)"


# Mutations of the text, first without regard to what it means.


def delete_piece(random, request):
    edit_pieces(random, request, lambda pieces, at: pieces.pop(at))


def double_piece(random, request):
    edit_pieces(random, request, lambda pieces, at: pieces.insert(random.randrange(len(pieces)), pieces[at]))


def swap_pieces(random, request):
    def edit(pieces, at):
        other = random.randrange(len(pieces))
        pieces[at], pieces[other] = pieces[other], pieces[at]

    edit_pieces(random, request, edit)


def insert_node(random, request):
    edit_pieces(random, request, lambda pieces, at: pieces.insert(at, random.choice(NODES)))


def insert_anything(random, request):
    insert_anywhere(random, request, random.choice(NODES + REFERENCES))


def insert_character(random, request):
    insert_anywhere(random, request, random.choice(CHARACTERS))


def replace_character(random, request):
    text = text_of(request)
    at = random.randrange(len(text) + 1)
    set_text_of(request, text[:at] + random.choice(CHARACTERS) + text[at + 1 :])


def delete_characters(random, request):
    text = text_of(request)
    at = random.randrange(len(text) + 1)
    set_text_of(request, text[:at] + text[at + random.choice([1, 1, 1, 2, 5, 20]) :])


def put_bytes(random, request):
    """Bytes that are no UTF-8, or UTF-8 of what should not be there."""
    odd = [
        b"\xc3", b"\xed\xa0\x80", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xef\xbf\xbe", b"\xf0\x9f\x98", b"\xe2\x82",
        b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3\xa9", b"\0", b"\x80", b"\xe9", b"\xff", bytes([random.randrange(256)]),
    ]
    at = random.randrange(len(request.body) + 1)
    request.body = request.body[:at] + random.choice(odd) + request.body[at + random.randrange(2) :]


def cut_short(random, request):
    request.body = request.body[: random.randrange(len(request.body) + 1)]


def pad(random, request):
    """So much of something harmless that what follows lies across the borders of a reader's buffer."""
    length = random.choice([1000, 4000, 4096, 8192]) + random.randrange(-120, 120)
    half = length // 2
    filler = random.choice([" " * length, "\r\n" * half, f"<!--{'-x' * half}-->", f"<?pi {'?' * length}?>"])
    edit_pieces(random, request, lambda pieces, at: pieces.insert(at, filler))


def nest(random, request):
    depth = random.choice([2, 10, 60, 200, 900])
    ends = depth if random.random() < 0.8 else random.randrange(depth)
    inner = "<a>" * depth + random.choice(["", "x", "<b/>"]) + "</a>" * ends
    edit_pieces(random, request, lambda pieces, at: pieces.insert(at, inner))


def mix(random, request):
    """Some edges in a row, most often before Body: what goes wrong there, the caller is told."""
    pool = NODES + CHARACTERS + REFERENCES + ATTRIBUTES + DECLARATIONS + DTDS
    mixed = "".join(random.choices(pool, k=random.choice([1, 2, 3, 5])))
    operation = "<" + record_of(request).elements[0]
    mark = random.choice(["", "<soap:Envelope", "<soap:Body", "<soap:Body", operation, None])
    if mark is None:
        set_text_of(request, mixed)
    else:
        insert_at(request, max(text_of(request).find(mark), 0), mixed)


def indent(random, request):
    """The same between all pieces, such as the white space of a client that indents."""
    white = random.choice([" ", "\n", "\r\n", "\r", "\t", "\n  ", "\n\n", "&#32;", "\xa0", "<!-- -->", "\n<!--\r\n-->"])
    text = text_of(request)
    start = behind_declaration(text)
    set_text_of(request, text[:start] + re.sub(r">(?=<)", ">" + white, text[start:]))


def encode(random, request):
    """The document in another encoding, with or without a byte order mark."""
    codec = random.choice(["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "latin-1", "cp1252"])
    mark = random.choice(["", "\ufeff"]) if codec.startswith("utf") else ""
    request.body = (mark + request.body.decode("utf-8", "replace")).encode(codec, "replace")


# Mutations of the XML.


def add_attribute(random, request):
    text = text_of(request)
    tags = [match.span() for match in re.finditer(r"<[A-Za-z][^<>]*>", text)]
    if not tags:
        return
    start, end = random.choice(tags)
    behind_name = start + len(re.match(r"<[^\s/>]*", text[start:end])[0])
    before_end = end - (2 if text[end - 2] == "/" else 1)
    insert_at(request, random.choice([behind_name, before_end]), random.choice(ATTRIBUTES))


def set_xsi_type(random, request):
    record = record_of(request)
    name = random.choice([record.elements[1]] * 3 + record.array * 3 + record.elements + record.fields)
    nil = random.choice(["", "", "", f" xsi:nil='{random.choice(NILS)}'"])
    set_instance_attributes(random, request, name, f"xsi:type='{random.choice(TYPES)}'{nil}")


def set_nil(random, request):
    record = record_of(request)
    name = random.choice(record.array * 5 + record.elements + record.fields)
    attributes = [f"xsi:{random.choice(['nil', 'nil', 'null', 'Nil', 'NIL', 'nill'])}='{random.choice(NILS)}'" for _ in range(2)]
    set_instance_attributes(random, request, name, " ".join(attributes[: random.choice([1, 1, 1, 2])]))


def set_instance_attributes(random, request, name, attributes):
    """Of one of the elements with that name, with content or emptied."""
    xsi = random.choice([XSI] * 4 + XSIS)
    start = f"<{name} xmlns:t='{NS}' xmlns:xsi='{xsi}' xmlns:xsd='http://www.w3.org/2001/XMLSchema' {attributes}"
    if random.random() < 0.3:
        replace_one(random, request, whole(name), lambda match: start + random.choice(["/>", f"></{name}>", f"> </{name}>"]))
    else:
        replace_one(random, request, rf"<{name}(?=[\s/>])", lambda match: start)


def rename(random, request):
    record = record_of(request)
    names = ["soap:Envelope", "soap:Body", "soap:Header"] + record.elements + record.fields
    name = random.choice(names)
    local = name.split(":")[-1]
    other = random.choice(names)
    new = random.choice([name.lower(), name + "x", "p:" + name, local, "soap:" + local, other, "_" + name])
    text = re.sub(rf"<{name}(?=[\s/>])", "<" + new, text_of(request))
    if random.random() < 0.8:
        text = re.sub(rf"</{name}(?=[\s/>])", "</" + new, text)
    set_text_of(request, text)


def use_prefixes(random, request):
    """The namespace by prefix rather than by default, here and there forgotten."""
    record = record_of(request)
    operation, names = record.elements[0], list(dict.fromkeys(record.elements + record.fields))
    forgotten = random.sample(names, random.choice([0, 0, 0, 1, 2]))
    text = re.sub(rf"<{operation} xmlns=(['\"]){NS}\1", f"<p:{operation} xmlns:p='{NS}'", text_of(request))
    for name in names:
        if name not in forgotten:
            text = re.sub(rf"(</?){name}(?=[\s/>])", rf"\1p:{name}", text)
    set_text_of(request, text)


def change_namespace(random, request):
    old = random.choice([NS, SOAP11, SOAP12, XSI])
    new = random.choice([
        SOAP11, SOAP12, NS, "", "urn:x", old.upper(), old + "/", " " + old, old.rstrip("/"), "a&amp;b&lt;", "\xe9",
        "http://www.w3.org/2001/12/soap-envelope", old.replace("s", "&#115;", 1),
    ])  # fmt: skip
    set_text_of(request, text_of(request).replace(old, new, random.choice([1, -1])))


def swap_version(random, request):
    text = text_of(request)
    set_text_of(request, text.replace(SOAP11, SOAP12) if SOAP11 in text else text.replace(SOAP12, SOAP11))


def change_declaration(random, request):
    set_text_of(request, random.choice(DECLARATIONS) + DECLARATION.sub("", text_of(request)))


def add_dtd(random, request):
    insert_at(request, behind_declaration(text_of(request)), random.choice(DTDS))


def add_tail(random, request):
    tails = [
        "\n\n", " x", " &#32;", " <x/>", " <!-- -->x", "\0\0", "\0<", "<!-- --><x/>", "<?pi?>x",
        " <?xml version='1.0'?>", " \ufeff", " </x>", "\n\x01",
    ]  # fmt: skip
    set_text_of(request, text_of(request) + random.choice(tails + NODES + CHARACTERS))


# Mutations of what the message says.


def set_int(random, request):
    set_value(random, request, record_of(request).ints, INTS)


def set_text(random, request):
    set_value(random, request, record_of(request).texts, TEXTS + REFERENCES)


def set_any(random, request):
    set_value(random, request, record_of(request).fields, NODES + CHARACTERS + REFERENCES)


def wrap_value(random, request):
    """An element around a value: the kind of value that is read through."""
    fields = record_of(request).fields
    name, inner = random.choice(fields), random.choice(fields + ["x"])
    behind = random.choice(["", "", " ", "x", "<!-- -->", "<x/>"])
    wrapped = f"<{name}><{inner}>{{}}</{inner}>{behind}</{name}>"
    replace_one(random, request, rf"<{name}>(.*?)</{name}>", lambda match: wrapped.format(match[1]))


def repeat_element(random, request):
    """The same once more: as it is, empty, nil or with another value, before it or behind it."""
    name = random.choice(record_of(request).fields + record_of(request).array * 4)
    other = random.choice([
        None, None, f"<{name}/>", f"<{name}></{name}>", f"<{name} xmlns:i='{XSI}' i:nil='{random.choice(NILS)}'/>",
        f"<{name}>{random.choice(TEXTS + INTS + NODES)}</{name}>", f"<{name} xmlns='{random.choice(XSIS + [''])}'/>",
    ])  # fmt: skip

    def twice(match):
        elements = [match[0], match[0] if other is None else other]
        random.shuffle(elements)
        return random.choice(["", "", " ", "x", "<!-- -->", "<x/>"]).join(elements)

    replace_one(random, request, whole(name), twice)


def move_element(random, request):
    """Into another place of the record, or of another element."""
    record = record_of(request)
    moved = None

    def take(match):
        nonlocal moved
        moved = match[0]
        return ""

    replace_one(random, request, whole(random.choice(record.fields)), take)
    if moved is not None:
        before = "|".join(record.elements + record.fields)
        replace_one(random, request, rf"</?(?:{before})(?=[\s/>])", lambda match: moved + match[0])


def drop_element(random, request):
    replace_one(random, request, whole(random.choice(record_of(request).fields)), lambda match: "")


def put_beside_element(random, request):
    """Something between the elements of a record, an array or a pair."""
    names = "|".join(record_of(request).elements[1:] + record_of(request).fields)
    odd = random.choice(NODES + REFERENCES + TEXTS)
    replace_one(random, request, rf"</?(?:{names})(?=[\s/>])", lambda match: odd + match[0])


def set_element_namespace(random, request):
    """Of one element alone; what is inside goes along."""
    name = random.choice(record_of(request).elements + record_of(request).fields)
    namespace = random.choice([NS, NS, "", "urn:x", NS + "/", NS.lower(), XSI, "http://tempuri.org/dsAccountIds.xsd", "null"])
    attribute = random.choice([f" xmlns='{namespace}'", f" xmlns='{namespace}'", f" xmlns:p='{namespace}'", " xmlns:p=''"])
    replace_one(random, request, rf"<{name}(?=[\s/>])", lambda match: match[0] + attribute)


def add_header_block(random, request):
    value = random.choice(["1", "true", "0", "false", "yes", " 1 ", "", "TRUE", "01", "&#49;", "tru&#101;", "2", "-1"])
    name = random.choice(["mustUnderstand", "mustUnderstand", "mustUnderstand", "mustunderstand", "actor", "role"])
    attributes = random.choice([
        f" xmlns:s='{SOAP11}' s:{name}='{value}'", f" xmlns:s='{SOAP12}' s:{name}='{value}'",
        f" xmlns:s='u' s:{name}='{value}'", f" {name}='{value}'",
        f" xmlns:s='{SOAP11}' s:{name}='{value}' s:actor='urn:x'", f" xmlns:s='{SOAP12}' s:{name}='1' s:role=''",
        f" xmlns:s='{SOAP11}' xmlns:z='{SOAP12}' s:{name}='{value}' z:mustUnderstand='1'",
        f" xmlns:s='{SOAP12}' xmlns:z='{SOAP11}' s:{name}='{value}' z:mustUnderstand='1'",
    ])  # fmt: skip
    block = random.choice([
        "<h:Security xmlns:h='urn:h'{}/>", "<h:A xmlns:h='urn:h'{}>text<x/></h:A>", "<A{}/>",
        "<A xmlns='urn:a'{}><B/></A>", "<h:A xmlns:h='urn:h'{}><h:B>&unknown;</h:B></h:A>",
    ]).format(attributes)  # fmt: skip
    around = random.choice([
        "{0}", "{0}", "{0}", "<!-- -->{0}", "{0}<?pi?>", " {0} ", "x{0}", "{0}x", "{0}<h2/>", "<h2/>{0}",
        "<![CDATA[ ]]>{0}", "&#32;{0}", "{0}{0}",
    ])  # fmt: skip
    blocks = around.format(block)
    text = text_of(request)
    if "<soap:Header>" in text:
        text = text.replace("<soap:Header>", "<soap:Header>" + blocks, 1)
    else:
        header = random.choice(["<soap:Header>{}</soap:Header>"] * 5 + ["<soap:Header/>{}", "{}"])
        text = text.replace("<soap:Body", header.format(blocks) + "<soap:Body", 1)
    set_text_of(request, text)


# Mutations of the head.


def change_content_type(random, request):
    set_header(request, "Content-Type", random.choice(CONTENT_TYPES + [None]))


def change_soap_action(random, request):
    set_header(request, "SOAPAction", random.choice(SOAP_ACTIONS))


def double_soap_action(random, request):
    request.headers.append(("SOAPAction", random.choice(SOAP_ACTIONS)))


def drop_soap_action(random, request):
    set_header(request, "SOAPAction", None)


def name_action(random, request):
    actions = [ACTION, ACTION, "wrong"] + SOAP_ACTIONS
    set_header(request, "Content-Type", f'application/soap+xml; charset=utf-8; action="{random.choice(actions)}"')


def edit_header(random, request):
    """One character of a value."""
    if not request.headers:
        return
    at = random.randrange(len(request.headers))
    name, value = request.headers[at]
    place = random.randrange(len(value) + 1)
    new = random.choice(list("\"' ;,=%+/:.&<>a1\t") + [""])
    value = value[:place] + new + value[place + random.randrange(2) :]
    request.headers[at] = (name, value.strip())


def change_target(random, request):
    path = "/Services/Sync.asmx"
    request.target = random.choice([path.lower(), path + "?WSDL", path + "?op=x&a=%zz", path + "?"])


def send_chunked(random, request):
    request.chunked = True


# Weighted by how much there is to find, and by how often something readable is left.
MUTATIONS = {
    delete_piece: 3, double_piece: 3, swap_pieces: 3, insert_node: 14, insert_anything: 5, insert_character: 5,
    replace_character: 5, delete_characters: 3, put_bytes: 3, cut_short: 3, pad: 2, nest: 1, mix: 8, indent: 5,
    encode: 3, add_attribute: 10, set_xsi_type: 4, rename: 4, use_prefixes: 3, change_namespace: 4, swap_version: 3,
    change_declaration: 5, add_dtd: 2, add_tail: 4, set_int: 8, set_text: 8, set_any: 6, wrap_value: 3,
    add_header_block: 8, change_content_type: 5, change_soap_action: 5, double_soap_action: 1, drop_soap_action: 8,
    name_action: 2, edit_header: 3, change_target: 1, send_chunked: 1, set_nil: 3, repeat_element: 3, move_element: 3,
    drop_element: 3, put_beside_element: 3, set_element_namespace: 3,
}  # fmt: skip
# What a record, an array and a pair are read by.
RECORD_MUTATIONS = {
    set_nil: 10, set_xsi_type: 8, repeat_element: 8, move_element: 4, drop_element: 4, put_beside_element: 8,
    set_element_namespace: 6, wrap_value: 4, set_int: 3, set_text: 4, set_any: 5, rename: 4, use_prefixes: 3,
    add_attribute: 6, indent: 2, double_piece: 3, delete_piece: 3, swap_pieces: 3, encode: 1,
}  # fmt: skip
