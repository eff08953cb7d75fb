"""When two answers count as the same, and what kind of difference they have if they don't."""

import html
import re

from contract import OPERATIONS, method_names

METHODS = [name for operation in OPERATIONS.values() for name in method_names(operation)]

# Headers that a client may go by; all others are the web server's.
HEADERS = ["content-type", "cache-control"]


def kind(request, ours, oracle):
    """The kind of difference, or None. Differences of one kind probably have one cause."""
    if is_same(ours, oracle) or accepted(request, ours, oracle):
        return None
    found = f"ours: {gist(ours)}\noracle: {gist(oracle)}"
    # Places and quoted bits of the request are no kinds of their own.
    found = re.sub(r"\d+, \d+|(?<=Line )\d+|(?<=position )\d+|(?<=line )\d+", "#", found)
    return re.sub(r"'[^']*'|0x[0-9A-F]+", "'…'", found)


def is_same(ours, oracle):
    status, headers, text = comparable(ours)
    oracle_status, oracle_headers, oracle_text = as_dotnet(*comparable(oracle))
    if (status, headers) != (oracle_status, oracle_headers):
        return False
    # Mono doesn't fill in the values of the texts that are its own. What stands around the gaps has to be the same.
    if re.search(r"\{\d\}", oracle_text):
        pattern = ".*".join(re.escape(part) for part in re.split(r"\{\d\}", oracle_text))
        return re.fullmatch(pattern, text, re.S) is not None
    # A number that only our phone-number library can judge: the record was read, which is what counts here.
    if "<ReturnCode>-1</ReturnCode>" in oracle_text:
        return re.search("<ReturnCode>[0125]</ReturnCode>", text) is not None
    return text == oracle_text


def comparable(answer):
    # No blank in a header value means anything, but Mono and .NET set them differently.
    headers = [answer.headers.get(name, "").replace(" ", "").lower() for name in HEADERS]
    return answer.status, headers, answer.text()


def as_dotnet(status, headers, text):
    """The oracle's answer in the words of .NET, where Mono is known to have others."""
    # Mono's text lacks the full stop.
    text = re.sub("(Object reference not set to an instance of an object)(?=<)", r"\1.", text)
    # The limit is Mono's own code, and so is the text.
    text = text.replace("Upload size exceeds httpRuntime limit.", "Maximum request length exceeded.")
    # An argument's name stands on a line of its own, behind the line end of the machine: .NET's is the one of Windows.
    text = text.replace("\nParameter name:", "\r\nParameter name:")
    # Mono sets the header of a good answer before the header blocks are judged, and leaves it.
    if "MustUnderstand</" in text:
        headers = [headers[0], "private"]
    return status, headers, text


# In UTF-16 of either byte order: an encoding other than UTF-16.
CONTRARY_DECLARATION = b"e\0n\0c\0o\0d\0i\0n\0g\0=\0.\0(?!u\0t\0f\0-\0001\0006)"


def is_oddly_encoded(request):
    """UTF-32, UTF-16 with half a pair or not as declared, double-byte code pages, a declaration beyond ASCII."""
    content_type, body = (request.header("Content-Type") or "").lower(), request.body.lower()
    is_utf16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    names = "utf-16[lb]e|utf-32|unicode|gb|big5|shift_jis|euc"
    return (
        re.search("charset=[\"' ]*(utf-32|gb|big5|shift_jis|euc)", content_type) is not None
        or body.startswith((b"\0\0\xfe\xff", b"\xff\xfe\0\0", b"\0\0\0<", b"<\0\0\0"))
        or (is_utf16 and "\ufffd" in request.body.decode("utf-16", "replace"))
        or ((is_utf16 or body.startswith((b"\0<", b"<\0"))) and re.search(CONTRARY_DECLARATION, body) is not None)
        or re.match(rf"<\?xml [^>]*(encoding=.({names})|[\x80-\xff])".encode("latin-1"), body) is not None
    )


def without_decoding(answer):
    """The text without what depends on how many U+FFFD stand for some bad bytes."""
    return re.sub(r"position \d+|\(\d+, \d+\)", "#", re.sub("\ufffd+", "\ufffd", answer.text()))


# Differences that stay, each with its reason.
ACCEPTED = {
    "Mono gives JSON to a script handler of its own": lambda request, ours, oracle: (
        (request.header("Content-Type") or "").lower().startswith("application/json")
    ),
    "Mono's limit is in whole KiB, so some bytes too many pass": lambda request, ours, oracle: (
        4096 << 10 < len(request.body) < 4097 << 10
    ),
    "our server also knows the namespace that other services of the vendor share": lambda request, ours, oracle: (
        re.search(f"app\\.smartbutton\\.com/Services/({'|'.join(METHODS)}|[\"'])".encode(), request.bytes()) is not None
    ),
    "our server takes either name of the removal from a club, where the other one stands": lambda request, ours, oracle: (
        len(set(re.findall(rb"(?<!qSync)RemoveToL|RemoveFromL", request.bytes()))) > 1
        or b"preqSyncRemoveFromL" in request.bytes()
    ),
    "half a surrogate pair can't be written, and the oracle gives up with a page": lambda request, ours, oracle: (
        (ours.status, oracle.status) == (500, 500)
        and re.search("hexadecimal value 0x(D[89A-F]..|1.....),|[\U00010000-\U0010ffff]", ours.text()) is not None
        and "<!DOCTYPE html" in oracle.text()
    ),
    ".NET knows UTF-7, which no client sends and our library of encodings leaves out": lambda request, ours, oracle: (
        "utf-7" in (request.header("Content-Type") or "").lower() or b"utf-7" in request.body.lower()
    ),
    "no client sends encodings like these, and Mono's code pages are its own": lambda request, ours, oracle: (
        is_oddly_encoded(request)
    ),
    "decoders replace bad bytes by more or fewer U+FFFD, which is seen in texts only": lambda request, ours, oracle: (
        "\ufffd" in request.body.decode("utf-8", "replace")
        and ours.status == oracle.status
        and without_decoding(ours) == without_decoding(oracle)
    ),
}


def accepted(request, ours, oracle):
    """Why a difference stays, or None."""
    return next((reason for reason, fits in ACCEPTED.items() if fits(request, ours, oracle)), None)


def gist(answer):
    """What an answer says, in a line."""
    text = answer.text()
    code = re.search(r"<(?:faultcode|soap:Value)>(?:\w+:)?(\w+)<", text)
    reason = re.search(r"<(?:faultstring|soap:Text[^>]*)>(.*)</(?:faultstring|soap:Text)>", text, re.S)
    result = re.search(r"<ReturnCode>(-?\d+)<", text)
    if code and reason:
        what = f"{code[1]}: {html.unescape(reason[1])}"
    elif result:
        what = f"return code {result[1]}"
    else:
        what = text[:60]
    return " ".join([str(answer.status), *(answer.headers.get(name, "") for name in HEADERS), what])
