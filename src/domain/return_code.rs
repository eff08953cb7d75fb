//! What the platform answers: a number with a documented meaning.

/// A return code of Kognitiv Loyalty, as far as the served operations answer it. The doc of each variant is its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u16)]
pub enum ReturnCode {
    /// W472; the Services/Docs pages spell it "Sucess".
    Ok = 0,
    /// W472: the catch-all, also for a fault of the platform.
    UndefinedError = 1,
    /// W472: a parameter was not sent.
    RequiredFieldMissing = 2,
    /// W472: a value is probably out of range. Answered only where a program's settings ask for it (our choice).
    InvalidParameters = 5,
    /// W472: the token is unknown.
    InvalidSecurityToken = 100,
    /// W472: the role of the token lacks the method.
    InsufficientPermission = 101,
    /// W472.
    SecurityTokenSuspended = 102,
    /// W472: template tokens only serve to create temporary tokens.
    TokenIsATemplateToken = 103,
    /// W472: as 100, for tokens in the temporary format.
    InvalidTemporarySecurityToken = 104,
    /// W472.
    TemporaryTokenHasExpired = 105,
    /// `Sync_SaveAccountPhone.htm`.
    InvalidPhoneNumberType = 308,
    /// `Sync_SaveAccountPhone.htm`.
    InvalidInternalMemberId = 311,
    /// `Sync_SaveAccountPhone.htm`.
    DuplicatePhoneNumber = 315,
    /// `Sync_SaveAccountPhone.htm`.
    InvalidMobileCarrier = 316,
}

impl ReturnCode {
    pub const ALL: [Self; 14] = [
        Self::Ok,
        Self::UndefinedError,
        Self::RequiredFieldMissing,
        Self::InvalidParameters,
        Self::InvalidSecurityToken,
        Self::InsufficientPermission,
        Self::SecurityTokenSuspended,
        Self::TokenIsATemplateToken,
        Self::InvalidTemporarySecurityToken,
        Self::TemporaryTokenHasExpired,
        Self::InvalidPhoneNumberType,
        Self::InvalidInternalMemberId,
        Self::DuplicatePhoneNumber,
        Self::InvalidMobileCarrier,
    ];

    /// The number on the wire.
    pub fn number(self) -> u16 {
        self as u16
    }

    /// The documented words of a code, also of those that no operation answers here.
    pub fn documented(number: u16) -> Option<&'static str> {
        let words = |line: &'static str| {
            let (code, words) = line.split_once('\t')?;
            (code.parse() == Ok(number)).then_some(words)
        };
        DOCUMENTED.lines().find_map(words)
    }

    /// The documented words.
    pub fn text(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::UndefinedError => "Undefined Error",
            Self::RequiredFieldMissing => "Required Field Missing",
            Self::InvalidParameters => "Invalid Parameter(s)",
            Self::InvalidSecurityToken => "Invalid Security Token",
            Self::InsufficientPermission => "Insufficient Permission",
            Self::SecurityTokenSuspended => "Security Token Suspended",
            Self::TokenIsATemplateToken => "Token is a Template Token",
            Self::InvalidTemporarySecurityToken => "Invalid Security Token (Temporary)",
            Self::TemporaryTokenHasExpired => "Temporary Token Has Expired",
            Self::InvalidPhoneNumberType => "Invalid Phone Number Type External Reference",
            Self::InvalidInternalMemberId => "Invalid Internal Member Id",
            Self::DuplicatePhoneNumber => "Duplicate Phone Number - Already in use under another Member",
            Self::InvalidMobileCarrier => "Invalid Mobile Carrier External Reference",
        }
    }
}

/// The documented table: `code<TAB>message`.
const DOCUMENTED: &str = include_str!("../../fixtures/return-codes.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_documented_number_and_words() {
        for code in ReturnCode::ALL {
            let line = format!("{}\t{}", code.number(), code.text());
            assert!(DOCUMENTED.lines().any(|documented| documented == line), "{line} is not documented");
        }
    }
}
