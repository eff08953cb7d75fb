//! An error as it is answered: its label filled in, and as the API that was called lists it.

use super::ErrorCode;
use crate::domain::Reason;
use crate::domain::program::{PimsErrorList, PimsLabels};

/// The component behind all of this, as labels name it.
const COMPONENT: &str = "StrongAuthentication";

/// An error that is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: ErrorCode,
    /// The parameter that the label names.
    pub parameter: Option<&'static str>,
    /// For the journal: which of its causes the error has.
    pub why: Option<Reason>,
}

impl Failure {
    /// A parameter that isn't there, or is null.
    pub fn missing(parameter: &'static str) -> Self {
        Self { parameter: Some(parameter), ..ErrorCode::MissingParameter.into() }
    }

    /// A parameter of another type or value.
    pub fn invalid(parameter: &'static str) -> Self {
        Self { parameter: Some(parameter), ..ErrorCode::InvalidParameter.into() }
    }

    /// The label: that of the table, with what stands in brackets filled in unless the program has them as printed.
    pub fn label(&self, labels: PimsLabels) -> String {
        let (_, _, printed) = self.code.row();
        if labels == PimsLabels::Printed {
            return printed.to_owned();
        }
        let label = printed.replace("[Component]", COMPONENT);
        self.parameter.map_or(label.clone(), |parameter| label.replace("[PARAMETER]", parameter))
    }

    /// The error as an API with these documented errors answers it. One switch covers what is stated for no API in particular, or
    /// for another one: a code that doesn't count is an invalid `smsCode` then, and all else an error of the server.
    pub fn within(self, documented: &[u16], list: PimsErrorList) -> Self {
        use ErrorCode::{
            NeedBasicAuthentication, NoPhoneNumber, PhoneNumberRegistered, SmsCodeExpired, SmsCodeInvalid,
        };
        if list == PimsErrorList::Sdk || documented.contains(&self.code.number()) {
            return self;
        }
        let nearest = match self.code {
            SmsCodeInvalid | SmsCodeExpired => Self::invalid("smsCode"),
            NeedBasicAuthentication | NoPhoneNumber | PhoneNumberRegistered => ErrorCode::ServerError.into(),
            _ => return self,
        };
        if !documented.contains(&nearest.code.number()) {
            return self;
        }
        let own = self.why.map_or_else(|| self.code.label().to_owned(), |why| why.to_string());
        let why =
            Reason::of(format_args!("{own}: {} of the SDK, which this operation doesn't list", self.code.number()));
        Self { why: Some(why), ..nearest }
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Self {
        Self { code, parameter: None, why: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_as_published_with_their_brackets_filled_in() {
        let component = Failure::from(ErrorCode::ComponentNotConfigured);
        for (failure, filled, printed) in [
            (Failure::missing("smsCode"), "Missing smsCode parameter", "Missing [PARAMETER] parameter"),
            (Failure::invalid("type"), "Invalid type parameter", "Invalid [PARAMETER] parameter"),
            (component, "StrongAuthentication not configured", "[Component] not configured"),
            (ErrorCode::MissingParameter.into(), "Missing [PARAMETER] parameter", "Missing [PARAMETER] parameter"),
            (ErrorCode::InweboAccountBlocked.into(), "inwebo: account is blocked ", "inwebo: account is blocked "),
        ] {
            assert_eq!(failure.label(PimsLabels::Filled), filled);
            assert_eq!(failure.label(PimsLabels::Printed), printed);
        }
    }

    #[test]
    fn an_error_that_is_not_listed_becomes_the_nearest_that_is() {
        use ErrorCode::{NeedBasicAuthentication, ServerError, SmsCodeExpired, SmsCodeInvalid};
        let listed = [2001, 2102, 2204];
        for (code, expected) in [
            (SmsCodeInvalid, Failure::invalid("smsCode")),
            (SmsCodeExpired, Failure::invalid("smsCode")),
            (NeedBasicAuthentication, ServerError.into()),
            (ErrorCode::NoPhoneNumber, ServerError.into()),
            (ErrorCode::PhoneNumberRegistered, ServerError.into()),
            (ErrorCode::InweboForbidden, ErrorCode::InweboForbidden.into()),
        ] {
            let answered = Failure::from(code).within(&listed, PimsErrorList::Operation);
            assert_eq!((answered.code, answered.parameter), (expected.code, expected.parameter));
            // A code that stands in for another one says for which.
            let told = answered.why.map(|why| why.to_string());
            assert_eq!(told.is_some_and(|why| why.contains(&code.number().to_string())), answered.code != code);
            assert_eq!(Failure::from(code).within(&listed, PimsErrorList::Sdk), code.into());
            assert_eq!(Failure::from(code).within(&[code.number()], PimsErrorList::Operation), code.into());
            assert_eq!(Failure::from(code).within(&[2001], PimsErrorList::Operation), code.into());
        }
    }
}
