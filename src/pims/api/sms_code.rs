//! `pims.authentication.smscode`: codes are sent (get) and used (set).

use super::Asked;
use crate::pims::error::Failure;
use crate::pims::parameters::{NumberReading, Parameters, read_code, read_number};

/// Reads a get.
///
/// # Errors
/// 2101 or 2102.
pub fn read_get(parameters: Parameters<'_>, reading: NumberReading) -> Result<Asked, Failure> {
    let kind = parameters.word("type", &["phoneNumberCertification", "enrollment", "resetPIN"])?;
    match kind {
        "phoneNumberCertification" => {
            let number = parameters.required("phoneNumber")?;
            Ok(Asked::PhoneNumberCertification(read_number(number, reading)?))
        }
        "resetPIN" => Ok(Asked::ResetPin),
        _ => {
            // The tutorial gives the number, the reference page doesn't. The code goes to the trusted one in any case.
            if let Some(number) = parameters.optional("phoneNumber") {
                read_number(number, reading)?;
            }
            Ok(Asked::EnrollmentCode)
        }
    }
}

/// Reads a set. What is to be done is `type` on some pages and `action` on others, so either does.
///
/// # Errors
/// 2101 for what is absent, then 2102 for what is wrong, each in the order of the reference page.
pub fn read_set(parameters: Parameters<'_>, reading: NumberReading) -> Result<Asked, Failure> {
    let name = if parameters.optional("type").is_none() && parameters.optional("action").is_some() {
        "action"
    } else {
        "type"
    };
    match parameters.word(name, &["modifyPhoneNumber", "addPhoneNumber", "enrollment"])? {
        "enrollment" => {
            let code = parameters.required("smsCode")?;
            Ok(Asked::Enrollment { code: read_code(code)? })
        }
        "addPhoneNumber" => {
            let code = parameters.required("smsCode")?;
            // The pages of 2022 have a blank in the name.
            let number = match parameters.optional("Phone number") {
                Some(number) if parameters.optional("phoneNumber").is_none() => number,
                _ => parameters.required("phoneNumber")?,
            };
            Ok(Asked::AddPhoneNumber { code: read_code(code)?, number: read_number(number, reading)? })
        }
        _ => {
            let code = parameters.required("smsCode")?;
            let number = parameters.required("phoneNumber")?;
            Ok(Asked::ModifyPhoneNumber { code: read_code(code)?, number: read_number(number, reading)? })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::phone_number::Region;
    use crate::domain::program::PhoneCheck;

    fn read(is_set: bool, parameters: &Value) -> Result<&'static str, Failure> {
        let reading = NumberReading { region: Region::FRANCE, check: PhoneCheck::Possible };
        let parameters = Parameters::of(parameters)?;
        let asked = if is_set { read_set(parameters, reading) } else { read_get(parameters, reading) };
        asked.map(|asked| asked.name())
    }

    #[test]
    fn what_is_absent_comes_before_what_is_wrong() {
        for (parameters, expected) in [
            (
                json!({"type": "modifyPhoneNumber", "smsCode": "1234", "phoneNumber": "0612345678"}),
                Ok("modifyPhoneNumber"),
            ),
            (
                json!({"action": "modifyPhoneNumber", "smsCode": 1234, "phoneNumber": 612_345_678}),
                Ok("modifyPhoneNumber"),
            ),
            (json!({}), Err(Failure::missing("type"))),
            (json!({"type": null, "smsCode": "x"}), Err(Failure::missing("type"))),
            (json!({"type": "other"}), Err(Failure::invalid("type"))),
            (json!({"action": "other"}), Err(Failure::invalid("action"))),
            (json!({"type": 1}), Err(Failure::invalid("type"))),
            (json!({"type": "modifyPhoneNumber", "phoneNumber": "x"}), Err(Failure::missing("smsCode"))),
            (json!({"type": "modifyPhoneNumber", "smsCode": "x"}), Err(Failure::missing("phoneNumber"))),
            (
                json!({"type": "modifyPhoneNumber", "smsCode": "x", "phoneNumber": "x"}),
                Err(Failure::invalid("smsCode")),
            ),
            (
                json!({"type": "modifyPhoneNumber", "smsCode": "1", "phoneNumber": "x"}),
                Err(Failure::invalid("phoneNumber")),
            ),
            (
                json!({"type": "modifyPhoneNumber", "smsCode": "1", "Phone number": "0612345678"}),
                Err(Failure::missing("phoneNumber")),
            ),
            (json!({"action": "addPhoneNumber", "smsCode": "1", "Phone number": "0612345678"}), Ok("addPhoneNumber")),
            (json!({"type": "addPhoneNumber", "smsCode": "1", "phoneNumber": "0612345678"}), Ok("addPhoneNumber")),
            (json!({"type": "addPhoneNumber", "smsCode": "1"}), Err(Failure::missing("phoneNumber"))),
            (json!({"action": "enrollment", "smsCode": "1"}), Ok("enrollment")),
            (json!({"type": "enrollment"}), Err(Failure::missing("smsCode"))),
        ] {
            assert_eq!(read(true, &parameters), expected, "{parameters}");
        }
        for (parameters, expected) in [
            (json!({"type": "phoneNumberCertification", "phoneNumber": "0612345678"}), Ok("phoneNumberCertification")),
            (json!({"type": "phoneNumberCertification"}), Err(Failure::missing("phoneNumber"))),
            (json!({"type": "enrollment"}), Ok("enrollment")),
            (json!({"type": "enrollment", "phoneNumber": "0612345678"}), Ok("enrollment")),
            (json!({"type": "enrollment", "phoneNumber": "06"}), Err(Failure::invalid("phoneNumber"))),
            (json!({"type": "resetPIN"}), Ok("resetPIN")),
            (json!({"type": "modifyPhoneNumber"}), Err(Failure::invalid("type"))),
        ] {
            assert_eq!(read(false, &parameters), expected, "{parameters}");
        }
    }
}
