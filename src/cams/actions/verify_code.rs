//! GetMigrationVerifyCode: a code goes to the number.

use super::ActionError;
use super::parameters::{check_number, check_space, identity, required};
use crate::cams::answer::Done;
use crate::cams::error::Refusal;
use crate::cams::parameters::Parameters;
use crate::ledger::CamsCaller;
use crate::operations::{Migration, Platform};

/// Sends the code by text or by a call. It never stands in the answer.
pub async fn perform(
    platform: &Platform,
    caller: &CamsCaller<'_>,
    parameters: &Parameters<'_>,
) -> Result<Done, ActionError> {
    let [space, number, locale, method] = required(parameters, ["CustSpaceId", "PhoneNumber", "Locale", "Method"])?;
    let number = check_number(&number, "PhoneNumber", caller.program)?;
    if !is_locale(&locale) {
        return Err(Refusal::Invalid("Locale").into());
    }
    if !["sms", "voice"].contains(&&*method) {
        return Err(Refusal::Invalid("Method").into());
    }
    let space = check_space(caller, &space)?;
    let migration = Migration { program: caller.program, space, number };
    migration.send_code(platform, &method, |code| text(&locale, code)).await?;
    Ok(Done { message: "None", data: Some(identity(migration.number.e164()).into()) })
}

/// A language, and perhaps a country: `zh_CN`.
fn is_locale(text: &str) -> bool {
    let is_part = |part: &str| (2..=4).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let (language, country) = text.split_once(['_', '-']).unwrap_or((text, "CN"));
    is_part(language) && is_part(country)
}

/// In Chinese for Chinese locales, else in English (our choice; no text is documented).
fn text(locale: &str, code: &str) -> String {
    match locale.starts_with("zh") {
        true => format!("您的验证码是 {code}。请勿告知他人。"),
        false => format!("Your verification code is {code}. Don't share it."),
    }
}

#[cfg(test)]
mod tests {
    use super::is_locale;

    #[test]
    fn a_locale_is_a_language_and_perhaps_a_country() {
        for locale in ["zh_CN", "en", "en_US", "zh-HK", "fil"] {
            assert!(is_locale(locale), "{locale}");
        }
        for locale in ["", "z", "zh_", "_CN", "zh_CN_x", "中文", "chinese", "z1"] {
            assert!(!is_locale(locale), "{locale}");
        }
    }
}
