//! The discovery document, which leads `disco` and Visual Studio to the WSDL (ASP.NET).

use super::site::Address;
use super::wsdl::escape;
use crate::contract::Contract;

/// The document for callers of `address`.
pub fn disco(contract: &Contract, address: &Address) -> String {
    let (url, namespace) = (escape(&address.url()), escape(contract.target_namespace()));
    let binding = |prefix: &str, name: &str| {
        format!(
            "  <soap address=\"{url}\" xmlns:{prefix}=\"{namespace}\" binding=\"{prefix}:{name}\" xmlns=\"http://schemas.xmlsoap.org/disco/soap/\" />\r\n"
        )
    };
    [
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n",
        "<discovery xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns=\"http://schemas.xmlsoap.org/disco/\">\r\n",
        &format!("  <contractRef ref=\"{url}?wsdl\" docRef=\"{url}\" xmlns=\"http://schemas.xmlsoap.org/disco/scl/\" />\r\n"),
        &binding("q1", "SyncSoap"),
        &binding("q2", "SyncSoap12"),
        "</discovery>",
    ]
    .concat()
}
