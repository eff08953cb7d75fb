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
    /// `Sync_SaveAccountEmail.htm`.
    InvalidEmailType = 307,
    /// `Sync_SaveAccountPhone.htm`.
    InvalidPhoneNumberType = 308,
    /// `Sync_FetchAccountAddress.htm`.
    InvalidAddressType = 309,
    /// `Sync_SaveAccountPhone.htm`.
    InvalidInternalMemberId = 311,
    /// `Sync_SaveAccountEmail.htm`.
    DuplicateEmailAddress = 314,
    /// `Sync_SaveAccountPhone.htm`.
    DuplicatePhoneNumber = 315,
    /// `Sync_SaveAccountPhone.htm`.
    InvalidMobileCarrier = 316,
    /// `Sync_SaveAccountId.htm`.
    DuplicateAccountId = 318,
    /// `Sync_SaveAccountId.htm`.
    InvalidAccountIdType = 319,
    /// `Sync_SaveAccountCustomFields.htm`: a partial success.
    InvalidPairsSkipped = 803,
    /// `Sync_AddToLoyaltyClub.htm`.
    InvalidLoyaltyClub = 1700,
}

impl ReturnCode {
    pub const ALL: [Self; 21] = [
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
        Self::InvalidEmailType,
        Self::InvalidPhoneNumberType,
        Self::InvalidAddressType,
        Self::InvalidInternalMemberId,
        Self::DuplicateEmailAddress,
        Self::DuplicatePhoneNumber,
        Self::InvalidMobileCarrier,
        Self::DuplicateAccountId,
        Self::InvalidAccountIdType,
        Self::InvalidPairsSkipped,
        Self::InvalidLoyaltyClub,
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
}

/// The documented table: `code<TAB>message`.
const DOCUMENTED: &str = include_str!("../../fixtures/return-codes.tsv");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_documented_words() {
        for code in ReturnCode::ALL {
            assert!(ReturnCode::documented(code.number()).is_some(), "{code:?} is not documented");
        }
    }
}
