"""The emulator, for a test session: started on a free port, and stopped whatever happens."""

import json
import os
import subprocess
import urllib.request

import pytest
import zeep

SEED = {
    "security_tokens": [{"token": "SUITE", "methods": ["*"]}],
    "phone_number_types": [{"external_reference": "HOME", "name": "Home"}],
    "members": [
        {"member_id": 1, "first_name": "Ada"},
        {"member_id": 2, "first_name": "Alan", "phones": [{"type": "HOME", "number": "+15195550199"}]},
    ],
}


class Emulator:
    """Its address, and its control plane."""

    def __init__(self, url):
        self.url, self.wsdl = url, f"{url}/Services/Sync.asmx?WSDL"

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/_emulator/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            text = answer.read()
            return json.loads(text) if text else None


@pytest.fixture(scope="session")
def server():
    program = os.environ.get("SYNC_ASMX", "sync-asmx")
    arguments = [program, "--listen", "127.0.0.1:0", "--ledger", "memory:"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), line
            emulator = Emulator(line.removeprefix("listening on ").strip())
            emulator.ask("PUT", "programs/suite", SEED)
            yield emulator
        finally:
            process.terminate()


@pytest.fixture
def emulator(server):
    """The emulator with a program of this suite's own, as it was put: a reset clears its journal and faults, too."""
    server.ask("POST", "programs/suite/reset")
    return server


@pytest.fixture
def save(emulator):
    """What is tested: here a call by zeep, in your suite your own client."""
    client = zeep.Client(emulator.wsdl)

    def save(member, number):
        return client.service.SaveAccountPhone({
            "SecurityToken": "SUITE",
            "MemberId": member,
            "PhoneNumberTypeExternalReference": "HOME",
            "PhoneNumber": number,
            "IsValid": 1,
        })

    return save
