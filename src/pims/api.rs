//! The APIs by their names, and what may be asked of each.

mod account;
mod sms_code;
mod user;

use serde_json::Value;

use super::error::{ErrorCode, Failure};
use super::method::Method;
use super::parameters::{NumberReading, Parameters};
use super::request::Request;
use crate::domain::PhoneNumber;
use crate::operations::pims::TypedCode;
pub use user::Credentials;

/// An API, under one of the methods that it is offered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SdkApi {
    /// `get pims.authentication.smscode`
    SendSmsCode,
    /// `set pims.authentication.smscode`
    UseSmsCode,
    /// `get pims.authentication.trustedphonenumber`
    TrustedPhoneNumber,
    /// `get pims.authentication.account`
    Account,
    /// `set pims.authentication.user`
    User,
}

/// What is asked for, read from the parameters.
#[derive(Debug)]
pub enum Asked {
    /// A code to a number that is to be trusted.
    PhoneNumberCertification(PhoneNumber),
    /// A code to the trusted number, for enrolling the device.
    EnrollmentCode,
    /// A code to the trusted number, for a new PIN.
    ResetPin,
    ModifyPhoneNumber {
        code: TypedCode,
        number: PhoneNumber,
    },
    AddPhoneNumber {
        code: TypedCode,
        number: PhoneNumber,
    },
    Enrollment {
        code: TypedCode,
    },
    TrustedPhoneNumber,
    IsDeviceActivated,
    IsAccountBlocked,
    Username,
    Login(Credentials),
    Logout,
}

impl SdkApi {
    /// The API of that name under that method. Subscribed to can be what changes by itself: the trusted number, and whether
    /// device and account are in order (our choice; the documentation doesn't say).
    ///
    /// # Errors
    /// 2002 for any other one.
    pub fn named(method: Method, name: Option<&str>) -> Result<Self, ErrorCode> {
        match (method, name) {
            (Method::Get, Some("pims.authentication.smscode")) => Ok(Self::SendSmsCode),
            (Method::Set, Some("pims.authentication.smscode")) => Ok(Self::UseSmsCode),
            (Method::Set, Some("pims.authentication.user")) => Ok(Self::User),
            (Method::Get | Method::Subscribe | Method::Unsubscribe, Some("pims.authentication.trustedphonenumber")) => {
                Ok(Self::TrustedPhoneNumber)
            }
            (Method::Get | Method::Subscribe | Method::Unsubscribe, Some("pims.authentication.account")) => {
                Ok(Self::Account)
            }
            _ => Err(ErrorCode::ApiNotSupported),
        }
    }

    /// Reads what is asked for, if the component behind it is there.
    ///
    /// # Errors
    /// 2344, 2101 or 2102.
    pub fn read(self, parameters: &Value, reading: NumberReading, component: Component) -> Result<Asked, Failure> {
        if self == Self::UseSmsCode {
            component.check()?; // 2344
        }
        let parameters = Parameters::of(parameters)?; // 2101, then 2102
        match self {
            Self::SendSmsCode => sms_code::read_get(parameters, reading),
            Self::UseSmsCode => sms_code::read_set(parameters, reading),
            Self::TrustedPhoneNumber => Ok(Asked::TrustedPhoneNumber),
            Self::Account => account::read(parameters, component),
            Self::User => user::read(parameters),
        }
    }
}

/// The operation that a get or set asks for, as far as it says so: for calls that come to nothing before they are read.
pub fn operation(request: &Request) -> Option<&'static str> {
    let named = |name: &str| Asked::NAMES.into_iter().find(|known| *known == name);
    let parameters = request.parameters();
    let asked = ["type", "action"].into_iter().find_map(|name| named(parameters.get(name)?.as_str()?));
    asked.or_else(|| named(request.api()?.rsplit('.').next()?))
}

/// Whether StrongAuthentication is there for the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Component(pub bool);

impl Component {
    /// Checked where 2344 is documented: for sets of codes and for the strong account.
    fn check(self) -> Result<(), Failure> {
        if self.0 { Ok(()) } else { Err(ErrorCode::ComponentNotConfigured.into()) }
    }
}

impl Asked {
    /// All that may be asked for, as journal and rules name it: by its `type` or `action`.
    pub const NAMES: [&'static str; 11] = [
        "phoneNumberCertification",
        "modifyPhoneNumber",
        "addPhoneNumber",
        "enrollment",
        "resetPIN",
        "trustedphonenumber",
        "isDeviceActivated",
        "isAccountBlocked",
        "username",
        "login",
        "logout",
    ];

    /// One of [`NAMES`](Self::NAMES).
    pub fn name(&self) -> &'static str {
        match self {
            Self::PhoneNumberCertification(_) => "phoneNumberCertification",
            Self::ModifyPhoneNumber { .. } => "modifyPhoneNumber",
            Self::AddPhoneNumber { .. } => "addPhoneNumber",
            Self::EnrollmentCode | Self::Enrollment { .. } => "enrollment",
            Self::ResetPin => "resetPIN",
            Self::TrustedPhoneNumber => "trustedphonenumber",
            Self::IsDeviceActivated => "isDeviceActivated",
            Self::IsAccountBlocked => "isAccountBlocked",
            Self::Username => "username",
            Self::Login(_) => "login",
            Self::Logout => "logout",
        }
    }

    /// The errors that its page lists; none where the page has no list.
    pub fn documented_errors(&self) -> &'static [u16] {
        match self {
            Self::PhoneNumberCertification(_) | Self::EnrollmentCode | Self::ResetPin => {
                &[2001, 2006, 2101, 2102, 2201, 2202, 2204]
            }
            Self::ModifyPhoneNumber { .. } => {
                &[2001, 2006, 2101, 2102, 2201, 2202, 2204, 2308, 2309, 2310, 2311, 2312, 2313, 2314, 2316, 2317, 2344]
            }
            Self::AddPhoneNumber { .. } => &[2001, 2006, 2101, 2102, 2201, 2202, 2204, 2344],
            Self::Enrollment { .. } => {
                &[2001, 2006, 2102, 2201, 2202, 2204, 2308, 2309, 2310, 2311, 2312, 2313, 2314, 2316, 2317, 2344]
            }
            Self::TrustedPhoneNumber => &[2001, 2006, 2201, 2202, 2204, 2307],
            Self::IsDeviceActivated | Self::IsAccountBlocked => &[2001, 2101, 2102, 2344],
            Self::Username | Self::Login(_) | Self::Logout => &[],
        }
    }

    /// The number that it is about, if it names one.
    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::PhoneNumberCertification(number)
            | Self::ModifyPhoneNumber { number, .. }
            | Self::AddPhoneNumber { number, .. } => Some(number),
            _ => None,
        }
    }
}
