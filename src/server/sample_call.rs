//! A call to paste into a shell, for whoever has just started the server.

use super::Server;
use crate::contract::{Request, SAVE_ACCOUNT_PHONE};
use crate::domain::Permissions;
use crate::ledger::ItemKind;
use crate::soap::{self, Version};

impl Server {
    /// A call to paste into a shell, if the ledger has a token, a member and a type for one.
    pub async fn sample_call(&self) -> Option<String> {
        let request = self.sample_request().await?;
        let namespace = self.endpoint.contract.target_namespace();
        let action = soap::action(namespace, request.operation().name);
        // No certificate is made for "any address".
        let host = match self.address.ip().is_unspecified() {
            true => format!("localhost:{}", self.address.port()),
            false => self.address.to_string(),
        };
        let ca = self.ca_file().map_or_else(String::new, |file| format!("--cacert '{}' ", file.display()));
        Some(format!(
            "curl {ca}{}://{host}{} -H 'Content-Type: {}' -H 'SOAPAction: \"{action}\"' -d '{}'",
            self.endpoint.site.scheme(),
            soap::PATH,
            Version::Soap11.content_type(),
            soap::write_request(Version::Soap11, namespace, &request),
        ))
    }

    async fn sample_request(&self) -> Option<Request<'static>> {
        let platform = &self.endpoint.platform;
        let directory = platform.ledger.directory();
        let program = directory.programs().first()?;
        let is_usable = |(_, permissions): &(&str, &Permissions)| {
            permissions.check_usable(|| platform.clock.now()).is_ok()
                && permissions.check_method(SAVE_ACCOUNT_PHONE.name).is_ok()
        };
        let (token, _) = directory.tokens_of(program).filter(is_usable).min_by_key(|(token, _)| *token)?;
        let types = program.items.list(ItemKind::PhoneNumberType);
        let phone_number_type = types.map(|item| &item.external_reference).min()?;
        let member = platform.ledger.any_member(program.id).await.ok()??;
        let request = Request::new(&SAVE_ACCOUNT_PHONE)
            .with_text(const { SAVE_ACCOUNT_PHONE.request.text("SecurityToken") }, token)
            .with_int(const { SAVE_ACCOUNT_PHONE.request.int("MemberId") }, member.0)
            .with_text(const { SAVE_ACCOUNT_PHONE.request.text("PhoneNumberTypeExternalReference") }, phone_number_type)
            .with_text(const { SAVE_ACCOUNT_PHONE.request.text("PhoneNumber") }, "+1 (519) 555-0123")
            .with_text(const { SAVE_ACCOUNT_PHONE.request.text("MobileCarrierExternalReference") }, "")
            .with_int(const { SAVE_ACCOUNT_PHONE.request.int("IsValid") }, 1);
        Some(request.into_owned())
    }
}
