//! The values of the platform, and its documented codes. Nothing here waits.

pub mod address;
pub mod cams;
pub mod companions;
pub mod core;
pub mod custom_field;
mod defaults;
pub mod email_address;
pub mod external_reference;
pub mod member;
pub mod phone_number;
pub mod pims;
pub mod program;
pub mod reason;
pub mod return_code;
pub mod secret;
pub mod security_token;
pub mod text;
pub mod text_message;
pub mod verification;

pub use address::{Address, AddressError, AddressInput};
pub use companions::Companions;
pub use core::Gender;
pub use custom_field::CustomFieldType;
pub use email_address::EmailAddress;
pub use external_reference::ExternalReference;
pub use member::MemberId;
pub use phone_number::{E164, ParsePhoneNumberError, PhoneNumber};
pub use program::ProgramSettings;
pub use reason::Reason;
pub use return_code::ReturnCode;
pub use secret::Secret;
pub use security_token::{Permissions, SecurityToken};
pub use text_message::TextMessage;
pub use verification::{IssuedCode, Purpose, Verification, VerificationKey};
