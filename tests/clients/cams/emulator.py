"""What the Python clients of CAMS need of the emulator: a program of their own, the codes it sent, a look at the wire."""

import json
import socket
import threading
import urllib.parse
import urllib.request


class Program:
    """A program with two accounts, each with a key and a space, so that runs don't meet and calls are counted apart."""

    def __init__(self, base_url, name):
        self.base_url, self.name = base_url, name
        self.address = urllib.parse.urlsplit(base_url).netloc
        accounts = [
            {
                "account_id": account,
                "access_keys": [{"access_key_id": self.key(account), "access_key_secret": "secret"}],
                "spaces": [{"cust_space_id": self.space(account), "member_id": member}],
            }
            for member, account in enumerate(["new", "old"], 1)
        ]
        members = [{"member_id": member, "first_name": "A", "last_name": "A"} for member in (1, 2)]
        kinds = [{"external_reference": "MOBILE", "name": "Mobile"}]
        self.ask("PUT", f"/programs/{name}", {
            "name": name, "settings": {}, "security_tokens": [], "phone_number_types": kinds, "mobile_carriers": [],
            "cams_accounts": accounts, "members": members,
        })

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ask("DELETE", f"/programs/{self.name}")

    def key(self, account):
        return f"{self.name}-{account}"

    def space(self, account):
        return f"space {account} *+~é"

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"{self.base_url}/_emulator{path}", data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def code_of(self, number):
        return self.ask("GET", f"/messages?to={number}")["messages"][-1]["code"]

    def numbers_of(self, member):
        return [phone["number"] for phone in self.ask("GET", f"/programs/{self.name}/members/{member}")["phones"]]


class Wire:
    """A port that passes one connection on to the emulator, and keeps what the client sent."""

    def __init__(self, address):
        self.target = address.rsplit(":", 1)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        self.sent = b""
        threading.Thread(target=self.pass_on, daemon=True).start()

    def connect(self):
        return socket.create_connection((self.target[0], int(self.target[1])))

    def pass_on(self):
        client, _ = self.listener.accept()
        server = self.connect()

        def answer():
            while piece := server.recv(65536):
                client.sendall(piece)

        threading.Thread(target=answer, daemon=True).start()
        while piece := client.recv(65536):
            self.sent += piece
            server.sendall(piece)

    def send_again(self):
        """The whole answer to the same bytes."""
        with self.connect() as server:
            server.sendall(self.sent)
            server.settimeout(10)
            answer = b""
            while b'"Code":' not in answer and (piece := server.recv(65536)):
                answer += piece
        return answer.decode()


def check(name, expected, got):
    print(f"ok: {name}" if got == expected else f"failed: {name}: expected {expected!r}, got {got!r}")
