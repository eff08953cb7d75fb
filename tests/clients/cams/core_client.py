"""The older core of Alibaba Cloud's SDKs (Python) moves a number to a space by generic calls: core_client.py BASE_URL"""

import json
import sys

from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest, RpcRequest

from emulator import Program, Wire, check


def call(program, method, action, parameters, key=None, secret="secret", address=None, form=False):
    request = CommonRequest()
    request.set_domain(address or program.address)
    request.set_protocol_type("http")
    request.set_version("2020-06-06")
    request.set_action_name(action)
    request.set_method(method)
    request.set_accept_format("json")
    for name, value in parameters.items():
        (request.add_body_params if form else request.add_query_param)(name, value)
    client = AcsClient(key or program.key("old"), secret, "ap-southeast-1", auto_retry=False)
    return json.loads(client.do_action_with_exception(request))


def said(*arguments, **more):
    try:
        return call(*arguments, **more)["Code"], 200
    except ServerException as error:
        return error.get_error_code(), error.get_http_status()


def moves(program, method, form, number):
    kind = f"{method}{' form' if form else ''}"
    both = {"CustSpaceId": program.space("old"), "PhoneNumber": number}

    def done(action, **more):
        return call(program, method, action, both | more, form=form)

    begun = done("CreateChatappMigrationInitiate", CountryCode=number[:1], MobileNumber=number[1:])
    check(f"{kind}: a number sets out", ("OK", number, "MIGRATING"),
          (begun["Code"], begun["Data"]["PhoneNumber"], begun["Data"]["Status"]))
    check(f"{kind}: a code is sent", "OK", done("GetMigrationVerifyCode", Locale="en_US", Method="voice")["Code"])
    code = program.code_of(number)
    verify = (program, method, "ChatappMigrationVerified")
    check(f"{kind}: a wrong code is refused", ("InvalidVerifyCode", 400), said(*verify, both | {"VerifyCode": "0"}, form=form))
    check(f"{kind}: an empty code is missing", ("MissingVerifyCode", 400), said(*verify, both | {"VerifyCode": ""}, form=form))
    check(f"{kind}: no code is missing", ("MissingVerifyCode", 400), said(*verify, both, form=form))
    right = both | {"VerifyCode": code}
    check(f"{kind}: a wrong secret is told", ("SignatureDoesNotMatch", 400), said(*verify, right, secret="another", form=form))
    check(f"{kind}: an unknown key is told", ("InvalidAccessKeyId.NotFound", 404), said(*verify, right, key="unknown", form=form))
    wire = Wire(program.address)
    check(f"{kind}: the right code counts", ("OK", 200), said(*verify, right, address=wire.address, form=form))
    again = wire.send_again()
    check(f"{kind}: the same call doesn't come twice", (True, True),
          (again.startswith("HTTP/1.1 400 "), '"Code":"SignatureNonceUsed"' in again))
    status = done("GetPhoneNumberVerificationStatus")
    check(f"{kind}: the number is proved", "VERIFIED", status["Data"]["CodeVerificationStatus"])
    check(f"{kind}: the number arrives", "OK", done("ChatappMigrationRegister")["Code"])
    check(f"{kind}: the member has the number", [f"+{number}"], program.numbers_of(2))


def conclusion(program):
    """What the core makes of a wrong secret: it finds in the answer what it has signed itself, so it must be the secret."""
    request = RpcRequest("cams", "2020-06-06", "ChatappMigrationVerified")
    request.set_endpoint(program.address)
    request.set_protocol_type("http")
    try:
        AcsClient(program.key("old"), "another", "ap-southeast-1", auto_retry=False).do_action_with_exception(request)
    except ServerException as error:
        return error.get_error_code()


for place, (method, form) in enumerate([("GET", False), ("POST", False), ("POST", True)]):
    # A program for each, so that calls are counted apart.
    with Program(sys.argv[1], f"cams-core-{place}") as program:
        moves(program, method, form, f"1519555031{place}")
        status = (program, method, "GetPhoneNumberVerificationStatus",
                  {"CustSpaceId": program.space("old"), "PhoneNumber": f"1519555031{place}"})
        answers = {said(*status, form=form) for _ in range(100)}
        check(f"{method}: too many calls are throttled", {("OK", 200), ("Throttling.User", 400)}, answers)

with Program(sys.argv[1], "cams-core") as program:
    check("a call that isn't generic knows that its secret is wrong", "InvalidAccessKeySecret", conclusion(program))
