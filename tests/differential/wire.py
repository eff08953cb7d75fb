"""HTTP as plainly as it goes: one request a connection, bytes in, bytes out."""

import re
import socket
from dataclasses import dataclass, field


@dataclass
class Request:
    """A POST. `Host`, `Content-Length` and `Connection` are added when it is sent."""

    headers: list  # of pairs
    body: bytes
    target: str = "/Services/Sync.asmx"
    chunked: bool = False

    def copy(self):
        return Request(list(self.headers), self.body, self.target, self.chunked)

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def bytes(self):
        headers = [("Host", "localhost")] + self.headers + [("Connection", "close")]
        body = self.body
        if self.chunked:
            headers.append(("Transfer-Encoding", "chunked"))
            pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
            body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        else:
            headers.append(("Content-Length", str(len(body))))
        head = f"POST {self.target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
        return head.encode("latin-1") + b"\r\n" + body


@dataclass
class Answer:
    status: int
    headers: dict = field(default_factory=dict)  # by lower-case name
    body: bytes = b""

    def text(self):
        return self.body.decode("utf-8", "backslashreplace")


def parse_request(raw):
    """Reads a recorded request."""
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    method, target, _ = lines[0].split(" ")
    headers = [tuple(line.split(": ", 1)) if ": " in line else (line.rstrip(":"), "") for line in lines[1:]]
    dropped = {"host", "content-length", "connection", "transfer-encoding", "expect"}
    chunked = any(name.lower() == "transfer-encoding" for name, _ in headers)
    if chunked:
        body = _join_chunks(body)
    headers = [(name, value) for name, value in headers if name.lower() not in dropped]
    return method, Request(headers, body, target, chunked)


def _join_chunks(body):
    whole = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size.split(b";")[0], 16)
        if length == 0:
            break
        whole, body = whole + body[:length], body[length + 2 :]
    return whole


def address(url):
    host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
    return host, int(port)


def send(address, request, timeout=30):
    """Sends a request and reads to the end of the connection. No answer is an answer of status 0."""
    received = b""
    try:
        with socket.create_connection(address, timeout=timeout) as connection:
            try:
                connection.sendall(request.bytes())
            except (BrokenPipeError, ConnectionResetError):
                pass  # A body that is too long may be answered before it is all sent.
            while piece := connection.recv(1 << 16):
                received += piece
    except OSError as error:
        return Answer(0, body=repr(error).encode())
    head, _, body = received.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.1 (\d{3})", head)
    if not status:
        return Answer(0, body=received)
    lines = head.decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(status[1]), headers, body)
