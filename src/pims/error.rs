//! The errors of the SDK: its published table.

mod failure;

pub use failure::Failure;

/// An error of the SDK's table (documented, "Errors", shared by iOS and Android), those that are about phones. The rows from
/// [`InweboAccessRefused`](Self::InweboAccessRefused) to [`InweboForbidden`](Self::InweboForbidden) are the errors of the inWebo
/// mAccess library, word for word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// 2000
    Unknown,
    /// 2001: `initialize` hasn't been called, or `release` since.
    FacadeNotInitialized,
    /// 2002: no such API, or not under this method (our choice).
    ApiNotSupported,
    /// 2003
    ComponentNotLoaded,
    /// 2004
    ConfigurationFileInvalid,
    /// 2005: subscribed twice to the same API.
    DuplicateCommand,
    /// 2006: what `initialize` was given as credential or profile is of no use.
    CoreNotWellConfigured,
    /// 2007: `initialize` twice.
    FacadeAlreadyInitialized,
    /// 2010, since 2023
    ParameterNotSet,
    /// 2101
    MissingParameter,
    /// 2102
    InvalidParameter,
    /// 2201. Its label is that of 2022; since 2022-10 it is `Timeout`.
    Timeout,
    /// 2202
    NoInternet,
    /// 2203
    InvalidReturn,
    /// 2204
    ServerError,
    /// 2301: nobody is logged in.
    NeedBasicAuthentication,
    /// 2302: an OTP with PIN is needed. The published table ends it with a space.
    NeedStrongAuthentication,
    /// 2303
    FailedToLogout,
    /// 2305
    SmsCodeInvalid,
    /// 2306
    SmsCodeExpired,
    /// 2307
    NoPhoneNumber,
    /// 2308, mAccess 4
    InweboAccessRefused,
    /// 2309, mAccess 5
    InweboVersionError,
    /// 2310, mAccess 7. The published label ends with a space.
    InweboAccountBlocked,
    /// 2311, mAccess 8
    InweboStateNotCorrect,
    /// 2312, mAccess 9
    InweboDeviceUnknown,
    /// 2313, mAccess 10
    InweboNotActivated,
    /// 2314, mAccess 11
    InweboNoService,
    /// 2315, mAccess 12
    InweboPinReused,
    /// 2316, mAccess 13
    InweboSynchronizationFailed,
    /// 2317, mAccess 14
    InweboForbidden,
    /// 2344
    ComponentNotConfigured,
    /// 2346
    NoStep,
    /// 2350
    Deprecated,
    /// 2390
    PhoneNumberRegistered,
}

impl ErrorCode {
    /// The table, in its order: code, number, label as published.
    const TABLE: [(Self, u16, &str); 35] = [
        (Self::Unknown, 2000, "Unknown error"),
        (Self::FacadeNotInitialized, 2001, "Facade not initialized"),
        (Self::ApiNotSupported, 2002, "API not supported"),
        (Self::ComponentNotLoaded, 2003, "[Component] not loaded"),
        (Self::ConfigurationFileInvalid, 2004, "Configuration file invalid"),
        (Self::DuplicateCommand, 2005, "Duplicate command"),
        (Self::CoreNotWellConfigured, 2006, "Core not well configured"),
        (Self::FacadeAlreadyInitialized, 2007, "Facade already initialized"),
        (Self::ParameterNotSet, 2010, "[PARAMETER] not set"),
        (Self::MissingParameter, 2101, "Missing [PARAMETER] parameter"),
        (Self::InvalidParameter, 2102, "Invalid [PARAMETER] parameter"),
        (Self::Timeout, 2201, "Timeout/Polling Timeout/Command Timeout"),
        (Self::NoInternet, 2202, "Network problem : No internet"),
        (Self::InvalidReturn, 2203, "Invalid return [Parsing error] ou [No data] ou [invalid Data]"),
        (Self::ServerError, 2204, "Server Error"),
        (Self::NeedBasicAuthentication, 2301, "Need Basic Authentication (to get CVS token)"),
        (Self::NeedStrongAuthentication, 2302, "Need Strong Authentication "),
        (Self::FailedToLogout, 2303, "Failed to logout"),
        (Self::SmsCodeInvalid, 2305, "The sms code is invalid"),
        (Self::SmsCodeExpired, 2306, "The sms code is expired"),
        (Self::NoPhoneNumber, 2307, "User dont have a phone number"),
        (Self::InweboAccessRefused, 2308, "inwebo: access refused"),
        (Self::InweboVersionError, 2309, "inwebo: version error"),
        (Self::InweboAccountBlocked, 2310, "inwebo: account is blocked "),
        (Self::InweboStateNotCorrect, 2311, "inwebo: internal state not correct"),
        (Self::InweboDeviceUnknown, 2312, "inwebo: device is disabled or unknown"),
        (
            Self::InweboNotActivated,
            2313,
            "inwebo: User must activate inWebo helium or inWebo Desktop Token before achieving this operation",
        ),
        (Self::InweboNoService, 2314, "inwebo: No service is available"),
        (Self::InweboPinReused, 2315, "inwebo: the new password equals the previous one"),
        (
            Self::InweboSynchronizationFailed,
            2316,
            "inwebo: the operation succeeded but it required a post-synchronization which failed",
        ),
        (
            Self::InweboForbidden,
            2317,
            "inwebo: forbidden operation (due to activated state/blocked state/upgradable state)",
        ),
        (Self::ComponentNotConfigured, 2344, "[Component] not configured"),
        (Self::NoStep, 2346, "No Step for this stepsID [stepsID]"),
        (Self::Deprecated, 2350, "[Method] is deprecated since [version]"),
        (Self::PhoneNumberRegistered, 2390, "Phone number allready registered"),
    ];

    /// The numbers of the table.
    pub const NUMBERS: [u16; Self::TABLE.len()] = {
        let mut numbers = [0; Self::TABLE.len()];
        let mut place = 0;
        while place < numbers.len() {
            numbers[place] = Self::TABLE[place].1;
            place += 1;
        }
        numbers
    };

    /// As `error.code` has it.
    pub fn number(self) -> u16 {
        self.row().1
    }

    /// The error with this number, if it is one about phones.
    pub fn of(number: u16) -> Option<Self> {
        Self::TABLE.into_iter().find(|(_, known, _)| *known == number).map(|(code, ..)| code)
    }

    /// Its label as published, with brackets in place of names.
    pub fn label(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Self, u16, &'static str) {
        // Every variant has its row, as a test sees to.
        Self::TABLE.into_iter().find(|(code, ..)| *code == self).unwrap_or(Self::TABLE[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_a_row_of_its_own() {
        for (code, number, _) in ErrorCode::TABLE {
            assert_eq!((code.number(), ErrorCode::of(number)), (number, Some(code)));
        }
        let numbers: Vec<_> = ErrorCode::TABLE.iter().map(|(_, number, _)| *number).collect();
        assert!(numbers.is_sorted(), "{numbers:?}");
        // The last variant's place: as many rows as variants.
        assert_eq!(ErrorCode::PhoneNumberRegistered as usize + 1, ErrorCode::TABLE.len());
        assert_eq!(ErrorCode::of(1), None);
    }
}
