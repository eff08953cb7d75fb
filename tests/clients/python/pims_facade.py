"""The facade of the Stellantis mobile SDK, against the emulator: pims_facade.py BASE_URL

Standard library only. The class Pims is what a test harness puts in place of `pims.get`, `pims.set` and `pims.subscribe`.
"""

import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

BASE_URL = sys.argv[1].rstrip("/")


class Pims:
    """One facade, as one process of an app has it."""

    def __init__(self):
        self.instance = f"pims-python-{uuid.uuid4()}"

    def initialize(self, parameters):
        return self.call("initialize", {"parameters": parameters})

    def release(self):
        return self.call("release", {})

    def get(self, api, **parameters):
        return self.call("get", {"api": api, "parameters": parameters})

    def set(self, api, **parameters):
        return self.call("set", {"api": api, "parameters": parameters})

    def unsubscribe(self, api):
        return self.call("unsubscribe", {"api": api})

    def subscribe(self, api, callback, **parameters):
        """Calls back with every message, on a thread that is given back."""
        answer = self.send("subscribe", {"api": api, "parameters": parameters})

        def read():
            with answer:
                for line in answer:
                    if line.startswith(b"data: "):
                        callback(json.loads(line[len(b"data: "):]))

        thread = threading.Thread(target=read, daemon=True)
        thread.start()
        return thread

    def call(self, method, body):
        with self.send(method, body) as answer:
            return json.load(answer)

    def send(self, method, body):
        headers = {"Content-Type": "application/json", "X-Pims-Instance": self.instance}
        request = urllib.request.Request(f"{BASE_URL}/pims/{method}", json.dumps(body).encode(), headers)
        return urllib.request.urlopen(request, timeout=60)


def emulator(method, path, body=None):
    """The control plane: JSON in, JSON out."""
    data = None if body is None else json.dumps(body).encode()
    url = f"{BASE_URL}/_emulator{path}"
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        text = answer.read()
        return json.loads(text) if text else None


def last_code(number):
    messages = emulator("GET", "/messages?to=" + urllib.parse.quote(number))["messages"]
    return messages[-1]["code"]


def check(name, expected, got):
    print(f"ok: {name}" if got == expected else f"failed: {name}: expected {expected}, got {got}")


def outcome(message):
    """What a callback would be told, without the id."""
    told = {name: value for name, value in message.items() if name != "transactionId"}
    return told["error"]["code"] if "error" in told else told


SUCCEEDED = {"status": "SUCCEEDED", "result": None}
SMS_CODE = "pims.authentication.smscode"
TRUSTED = "pims.authentication.trustedphonenumber"
PROGRAM = "pims-python"
LOGIN = "pims-python@example.com"
OLD, NEW, LATER = ("+33612345678", "0612345678"), ("+33612345679", "0612345679"), ("+33612345680", "0612345680")


def trusted(number):
    return {"status": "SUCCEEDED", "result": {"phoneNumber": number}}


def flow(pims):
    initialization = {
        "environnement": "Preproduction",
        "mode": "B2C",
        "credential": {
            "clientId": "client",
            "clientSecret": "secret",
            "webviewsRedirectURI": "app://webviews",
            "loginRedirectURI": "app://login",
        },
        "profile": {"brand": "Peugeot"},
    }
    check("no call goes before initialize", 2001, outcome(pims.get(TRUSTED)))
    check("the facade is initialised", SUCCEEDED, outcome(pims.initialize(initialization)))
    check("and not twice", 2007, outcome(pims.initialize(initialization)))
    check("nobody is logged in yet", 2204, outcome(pims.get(TRUSTED)))
    login = pims.set("pims.authentication.user", action="login", login=LOGIN, password="secret")
    check("somebody logs in", SUCCEEDED, outcome(login))
    account = pims.get("pims.authentication.account", actionType="strong", type="isDeviceActivated")
    check("the device is enrolled", {"isDeviceActivated": True}, account.get("result"))
    check("there is a trusted number", trusted(OLD[1]), outcome(pims.get(TRUSTED)))

    told = []
    stream = pims.subscribe(TRUSTED, told.append)
    wait_until(lambda: told)
    check("a subscription is acknowledged", {"status": "SUCCEEDED"}, outcome(told[0]))

    certify = {"type": "phoneNumberCertification", "phoneNumber": NEW[1]}
    check("a code is sent", SUCCEEDED, outcome(pims.get(SMS_CODE, **certify)))
    code = last_code(NEW[0])
    wrong = "0" * len(code) if code.strip("0") else "1" * len(code)
    modify = {"type": "modifyPhoneNumber", "phoneNumber": NEW[1]}
    check("a wrong code is refused", 2102, outcome(pims.set(SMS_CODE, smsCode=wrong, **modify)))
    check("the number is modified", SUCCEEDED, outcome(pims.set(SMS_CODE, smsCode=code, **modify)))
    check("a code counts once", 2102, outcome(pims.set(SMS_CODE, smsCode=code, **modify)))
    check("the trusted number is the new one", trusted(NEW[1]), outcome(pims.get(TRUSTED)))
    wait_until(lambda: len(told) > 1)
    check("the subscriber is told", {"status": "RESULT", "result": {"phoneNumber": NEW[1]}}, outcome(told[1]))
    check("with the same id", told[0]["transactionId"], told[1]["transactionId"])
    member = emulator("GET", f"/programs/{PROGRAM}/members/1")
    check("the member holds it", [NEW[0]], [phone["number"] for phone in member["phones"]])

    pims.get(SMS_CODE, type="phoneNumberCertification", phoneNumber=LATER[1])
    late = {"type": "modifyPhoneNumber", "phoneNumber": LATER[1], "smsCode": last_code(LATER[0])}
    clock = emulator("GET", "/clock")
    emulator("POST", "/clock/advance", {"seconds": 601})
    try:
        check("a code expires", 2102, outcome(pims.set(SMS_CODE, **late)))
    finally:
        restore(clock)

    check("a subscription ends", SUCCEEDED, outcome(pims.unsubscribe(TRUSTED)))
    stream.join(60)
    check("and its stream", False, stream.is_alive())
    check("the facade is released", SUCCEEDED, outcome(pims.release()))
    check("no call goes after it", 2001, outcome(pims.get(TRUSTED)))


def restore(clock):
    """The clock as it was: held at its time, or as far ahead as it was before ten minutes were added."""
    if clock["held"]:
        emulator("PUT", "/clock", clock)
    else:
        emulator("POST", "/clock/advance", {"seconds": -601})


def wait_until(is_so):
    until = time.monotonic() + 60
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)


emulator(
    "PUT",
    f"/programs/{PROGRAM}",
    {
        "name": PROGRAM,
        "phone_number_types": [{"external_reference": "MOBILE", "name": "Mobile"}],
        "members": [
            {"member_id": 1, "phones": [{"type": "MOBILE", "number": OLD[0], "carrier": None, "is_valid": True}]}
        ],
        "pims_accounts": [{"login": LOGIN, "password": "secret", "member_id": 1, "device_enrolled": True}],
    },
)
try:
    flow(Pims())
finally:
    emulator("DELETE", f"/programs/{PROGRAM}")
