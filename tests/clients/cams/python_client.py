"""Alibaba Cloud's SDK of CAMS (Python) moves a number to a space: python_client.py BASE_URL"""

import sys

from alibabacloud_cams20200606 import models
from alibabacloud_cams20200606.client import Client
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException, ThrottlingException
from alibabacloud_tea_openapi.models import Config

from emulator import Program, Wire, check


def client(program, account, address=None, **changes):
    config = {
        "access_key_id": program.key(account), "access_key_secret": "secret",
        "endpoint": address or program.address, "protocol": "http",
    }
    if account == "old":
        config["signature_algorithm"] = "v2"
    return Client(Config(**config | changes))


def said(call):
    """The code of the answer, and its HTTP status."""
    try:
        answer = call()
        return answer.body.code, answer.status_code
    except AlibabaCloudException as error:
        return error.code, error.status_code


def moves(program, account, number):
    sdk = client(program, account)
    space = program.space(account)
    both = {"cust_space_id": space, "phone_number": number}

    def status():
        answer = sdk.get_phone_number_verification_status(models.GetPhoneNumberVerificationStatusRequest(**both))
        return answer.body.data.code_verification_status

    def verify(by=sdk, **more):
        return said(lambda: by.chatapp_migration_verified(models.ChatappMigrationVerifiedRequest(**both | more)))

    begun = sdk.create_chatapp_migration_initiate(models.CreateChatappMigrationInitiateRequest(
        cust_space_id=space, country_code=number[:1], mobile_number=number[1:]))
    check(f"{account}: a number sets out", ("OK", number, "MIGRATING"),
          (begun.body.code, begun.body.data.phone_number, begun.body.data.status))
    check(f"{account}: it isn't proved", "NOT_VERIFIED", status())
    sent = sdk.get_migration_verify_code(models.GetMigrationVerifyCodeRequest(**both, locale="zh_CN", method="sms"))
    check(f"{account}: a code is sent", ("OK", begun.body.data.id), (sent.body.code, sent.body.data.id))
    code = program.code_of(number)

    check(f"{account}: a wrong code is refused", ("InvalidVerifyCode", 400), verify(verify_code="x" + code))
    check(f"{account}: no code is missing", ("MissingVerifyCode", 400), verify())
    check(f"{account}: an empty code is missing", ("MissingVerifyCode", 400), verify(verify_code=""))
    wrong = client(program, account, access_key_secret="another")
    check(f"{account}: a wrong secret is told", ("SignatureDoesNotMatch", 400), verify(wrong, verify_code=code))
    unknown = client(program, account, access_key_id="unknown")
    check(f"{account}: an unknown key is told", ("InvalidAccessKeyId.NotFound", 404), verify(unknown, verify_code=code))

    wire = Wire(program.address)
    check(f"{account}: the right code counts", ("OK", 200),
          verify(client(program, account, wire.address), verify_code=code))
    again = wire.send_again()
    check(f"{account}: the same call doesn't come twice", (True, True),
          (again.startswith("HTTP/1.1 400 "), '"Code":"SignatureNonceUsed"' in again))

    check(f"{account}: the number is proved", "VERIFIED", status())
    registered = sdk.chatapp_migration_register(models.ChatappMigrationRegisterRequest(**both))
    check(f"{account}: the number arrives", "OK", registered.body.code)
    check(f"{account}: a space of others is refused", ("Unknown.ResourceOwnerId", 400), said(
        lambda: sdk.chatapp_migration_register(models.ChatappMigrationRegisterRequest(
            cust_space_id="elsewhere", phone_number=number))))

    def is_throttled():
        try:
            for _ in range(200):
                status()
        except ThrottlingException as error:
            return error.code, error.status_code, 0 < error.retry_after <= 1000
        return None

    check(f"{account}: too many calls are throttled", ("Throttling.User", 400, True), is_throttled())


with Program(sys.argv[1], "cams-python") as program:
    for member, (account, number) in enumerate([("new", "15195550301"), ("old", "15195550302")], 1):
        moves(program, account, number)
        check(f"{account}: the member has the number", [f"+{number}"], program.numbers_of(member))
