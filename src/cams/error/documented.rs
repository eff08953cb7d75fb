//! Codes with their HTTP status and words.

use std::borrow::Cow;

/// Those that the operations' own pages list.
pub const BUSINESS: [&str; 4] =
    ["Product.Unsubscript", "Ram.PermissionDeny", "System.LimitControl", "Unknown.ResourceOwnerId"];

/// A code, the HTTP status that it comes with, and its message.
type Row = (&'static str, u16, &'static str);

/// The tables of the operations and of the gateway, with the messages that pages print or the live gateway was seen to send.
const DOCUMENTED: [Row; 21] = [
    ("Product.Unsubscript", 400, "You have not subscribed to the specified product."),
    ("Ram.PermissionDeny", 400, "You are not authorized to perform the operation."),
    ("System.LimitControl", 400, "The system is under flow control."),
    ("Unknown.ResourceOwnerId", 400, "The resource does not belong to the current user."),
    ("InvalidAccessKeyId.NotFound", 404, "Specified access key is not found."),
    ("InvalidAccessKeyId.Inactive", 400, "Specified access key is disabled."),
    (
        "SignatureDoesNotMatch",
        400,
        "Specified signature is not matched with our calculation. server string to sign is:",
    ),
    ("SignatureNonceUsed", 400, "Specified signature nonce was used already."),
    ("InvalidTimeStamp.Expired", 400, "Specified time stamp or date value is expired."),
    ("InvalidTimeStamp.Format", 400, "Specified time stamp or date value is not well formatted."),
    ("IncompleteSignature", 400, "The request signature does not conform to Aliyun standards."),
    ("InvalidSignatureMethod", 400, "Specified signature method is not valid."),
    ("InvalidAction.NotFound", 404, "Specified api is not found, please check your url and method."),
    ("InvalidApi.NotFound", 404, "Specified api is not found, please check your url and method."),
    ("Throttling.User", 400, "Request was denied due to user flow control."),
    ("Throttling.Api", 400, "Request was denied due to api flow control."),
    ("Throttling", 400, "Request was denied due to request throttling."),
    (
        "Forbidden.RAM",
        403,
        "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
    ),
    ("NoPermission", 403, "You are not authorized to do this action."),
    ("InternalError", 500, "The request processing has failed due to some unknown error."),
    ("ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."),
];

/// Our wording. The codes of the first five are documented, but no page has their messages; nothing is documented for bodies that
/// can't be had.
const OURS: [Row; 8] = [
    ("InvalidSecurityToken.Malformed", 400, "Specified SecurityToken is malformed."),
    ("InvalidSecurityToken.Expired", 400, "Specified SecurityToken is expired."),
    ("InvalidSecurityToken.MismatchWithAccessKey", 400, "Specified SecurityToken mismatches with the AccessKey."),
    ("MissingParameter", 400, "A required parameter is missing."),
    ("InvalidParameter", 400, "Specified parameter is not valid."),
    ("RequestTooLarge", 413, "The request body is longer than 65536 bytes."),
    ("RequestTimeout", 408, "The request body did not arrive in time."),
    ("IncompleteBody", 400, "The request body ended before its end."),
];

/// Status and words of a code. A parameter that is missing or invalid has them by rule (documented); any other code that isn't
/// known is 400, with itself as its words (our choice).
pub fn document(code: &str) -> (u16, Cow<'static, str>) {
    if let Some((_, status, message)) = DOCUMENTED.iter().chain(&OURS).find(|(known, ..)| *known == code) {
        return (*status, Cow::Borrowed(message));
    }
    let parameter = |prefix| code.strip_prefix(prefix).filter(|name: &&str| is_name(name));
    let message = match (parameter("Missing"), parameter("Invalid")) {
        (Some(name), _) => format!("{name} is mandatory for this action."),
        (_, Some(name)) => format!("Specified parameter {name} is not valid."),
        _ => code.to_owned(),
    };
    (400, message.into())
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_has_every_message_and_marks_our_wording() {
        let page = include_str!("../../../docs/cams.md");
        for (rows, mark) in [(&DOCUMENTED[..], "D"), (&OURS, "O")] {
            for (code, status, message) in rows {
                // What should have been signed follows its colon.
                let line = format!("| {status} | `{code}` | {} | {mark} |", message.trim_end_matches(':'));
                assert!(page.contains(&line), "{line}");
            }
        }
    }
}
