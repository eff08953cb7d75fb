use super::*;

const ONE_SECOND: Throttling = Throttling { limit: 10, left: Duration::from_secs(1) };

fn injected(code: &str) -> Refusal {
    Refusal::OnPurpose { code: code.into(), message: None, throttling: ONE_SECOND }
}

fn said(refusal: &Refusal) -> (u16, String, String) {
    (refusal.status(), refusal.code().into_owned(), refusal.message())
}

#[test]
fn refusals_say_what_is_documented() {
    for (refusal, status, code, message) in [
        (Refusal::Missing("AccessKeyId"), 400, "MissingAccessKeyId", "AccessKeyId is mandatory for this action."),
        (Refusal::Missing("VerifyCode"), 400, "MissingVerifyCode", "VerifyCode is mandatory for this action."),
        (Refusal::Invalid("Version"), 400, "InvalidVersion", "Specified parameter Version is not valid."),
        (Refusal::UnknownAccessKey, 404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
        (Refusal::InactiveAccessKey, 400, "InvalidAccessKeyId.Inactive", "Specified access key is disabled."),
        (
            Refusal::Mismatch { string_to_sign: "GET&%2F&a".into(), canonical_request: None },
            400,
            "SignatureDoesNotMatch",
            "Specified signature is not matched with our calculation. server string to sign is:GET&%2F&a",
        ),
        (
            Refusal::Mismatch { string_to_sign: "a".into(), canonical_request: Some("b".into()) },
            400,
            "SignatureDoesNotMatch",
            "Specified signature does not match our calculation. server StringToSign is [a] server CanonicalRequest is [b]",
        ),
        (Refusal::WrongCode(None), 400, "InvalidVerifyCode", "Specified parameter VerifyCode is not valid."),
        (
            Refusal::Unavailable("x"),
            503,
            "ServiceUnavailable",
            "The request has failed due to a temporary failure of the server.",
        ),
        (Refusal::TokenExpired, 400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
        (injected("My.Code"), 400, "My.Code", "My.Code"),
        (injected("System.LimitControl"), 400, "System.LimitControl", "The system is under flow control."),
        (
            injected("InternalError"),
            500,
            "InternalError",
            "The request processing has failed due to some unknown error.",
        ),
        (
            Refusal::OnPurpose { code: "isv.Foo".into(), message: Some("Oh.".into()), throttling: ONE_SECOND },
            400,
            "isv.Foo",
            "Oh.",
        ),
    ] {
        assert_eq!(said(&refusal), (status, code.to_owned(), message.to_owned()));
    }
}

#[test]
fn only_the_operation_itself_makes_business_refusals() {
    for refusal in [
        Refusal::NotTheirs("x".into()),
        Refusal::NotMigrating("x"),
        Refusal::WrongCode(None),
        injected("System.LimitControl"),
    ] {
        assert!(refusal.is_business(), "{refusal:?}");
    }
    for refusal in
        [Refusal::Invalid("PhoneNumber"), Refusal::NonceUsed, Refusal::Unavailable("x"), injected("Throttling")]
    {
        assert!(!refusal.is_business(), "{refusal:?}");
    }
}

#[test]
fn throttled_callers_hear_when_to_come_back_whoever_throttles_them() {
    assert_eq!(Refusal::Throttled(ONE_SECOND).throttling(), Some(ONE_SECOND));
    assert_eq!(injected("Throttling.Api").throttling(), Some(ONE_SECOND));
    assert_eq!(injected("System.LimitControl").throttling(), None);
}
