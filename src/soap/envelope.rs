//! From text to a call (ASP.NET).

use std::borrow::Cow;

use super::encoding::Decoded;
use super::fault::Fault;
use super::media_type::MediaType;
use super::record::{RecordError, read_body};
use super::version::Version;
use super::xml::{EntityHandling, Node, XmlError, XmlReader};
use crate::contract::{Contract, Method, Request, Route};

/// A call that was understood.
#[derive(Debug)]
pub struct Call<'a> {
    /// The version of the envelope, and so of the answer.
    pub version: Version,
    pub method: Method,
    /// The namespace of the operation element, and so of the answer.
    pub namespace: Cow<'a, str>,
    /// What was sent; `None` is .NET's null parameter.
    pub request: Option<Request<'a>>,
}

impl Call<'_> {
    /// The same, for those who let go of the message.
    pub fn into_owned(self) -> Call<'static> {
        Call {
            version: self.version,
            method: self.method,
            namespace: self.namespace.into_owned().into(),
            request: self.request.map(Request::into_owned),
        }
    }
}

/// Why a message gets no result, with the version of the answer.
#[derive(Debug, PartialEq, Eq)]
pub enum MessageError {
    /// 500 and a fault.
    Fault(Version, Fault),
    /// 400 without a body: the XML is ill-formed.
    IllFormed(Version, XmlError),
    /// 415 without a body: the media type isn't SOAP's, or not the one of this envelope.
    UnsupportedMediaType(Version),
}

/// Reads a message whose operation is known. Until the root tells the version, `guess` shapes the answer.
///
/// # Errors
/// [`MessageError`], the first that ASP.NET would report.
pub fn read<'a>(
    decoded: &'a Decoded<'_>,
    media_type: MediaType<'_>,
    guess: Version,
    contract: &'a Contract,
    route: Route<'a>,
) -> Result<Call<'a>, MessageError> {
    let mut reader = XmlReader::new(&decoded.text).cut_short_by(decoded.cut_short.clone());
    let reader = &mut reader;
    let ill_formed = |error: XmlError| MessageError::IllFormed(guess, error);
    reader.move_to_content().map_err(ill_formed)?;
    let version = version_of(reader.namespace())?;
    if version == Version::Soap11 && !media_type.is_of(Version::Soap11) {
        return Err(MessageError::UnsupportedMediaType(version));
    }
    let ill_formed = |error: XmlError| MessageError::IllFormed(version, error);
    if reader.local_name() != "Envelope" {
        return Err(MessageError::Fault(version, Fault::envelope_missing()));
    }
    if reader.is_empty_element() {
        return Err(MessageError::Fault(version, Fault::body_missing()));
    }
    reader.read().map_err(ill_formed)?;
    let not_understood = read_header(reader, version).map_err(ill_formed)?;
    if !reader.is_element(version.namespace(), "Body") {
        return Err(MessageError::Fault(version, Fault::body_missing()));
    }
    reader.read().map_err(ill_formed)?;
    let body = read_body(reader, contract, route).map_err(|error| match error {
        RecordError::Xml(error) => ill_formed(error),
        RecordError::Value { .. } => MessageError::Fault(version, Fault::unable_to_read(error)),
    })?;
    read_to_end(reader).map_err(ill_formed)?;
    match not_understood {
        Some(header) => Err(MessageError::Fault(version, Fault::header_not_understood(header))),
        None => {
            let Route { method, namespace } = body.route;
            Ok(Call { version, method, namespace: namespace.into(), request: body.request })
        }
    }
}

/// Finds the operation by the first content of Body, for a message that doesn't name one elsewhere. `action` is what the
/// media type named in vain.
///
/// # Errors
/// [`MessageError`]; what is ill-formed up to here is a fault of the server's, not 400 (ASP.NET).
pub fn route_by_body<'c>(
    decoded: &Decoded<'_>,
    action: Option<&str>,
    guess: Version,
    contract: &'c Contract,
) -> Result<Route<'c>, MessageError> {
    let mut reader = XmlReader::new(&decoded.text).cut_short_by(decoded.cut_short.clone());
    reader.move_to_content().map_err(|error| MessageError::Fault(guess, Fault::unable_to_process(error)))?;
    let namespace = reader.namespace().to_owned();
    let fault = match find_in_body(&mut reader, &namespace, contract) {
        Ok(Some(route)) => return Ok(route),
        Ok(None) => match action {
            None | Some("") => Fault::action_required(),
            Some(action) => Fault::action_not_recognized(action),
        },
        Err(fault) => fault,
    };
    // Only now, as an envelope of no known version may yet fail by its media type.
    Err(MessageError::Fault(version_of(&namespace)?, fault))
}

/// The operation of the first content of Body, in an envelope of whatever namespace.
fn find_in_body<'c>(
    reader: &mut XmlReader<'_>,
    namespace: &str,
    contract: &'c Contract,
) -> Result<Option<Route<'c>>, Fault> {
    let ill_formed = |error: XmlError| Fault::unable_to_process(error);
    if reader.local_name() != "Envelope" {
        return Err(Fault::envelope_missing_while_routing());
    }
    if !move_to_body(reader, namespace).map_err(ill_formed)? {
        return Err(Fault::body_missing_while_routing());
    }
    if reader.is_empty_element() {
        return Ok(None);
    }
    reader.read().map_err(ill_formed)?;
    match reader.move_to_content().map_err(ill_formed)? {
        Node::Element => Ok(contract.by_element(reader.namespace(), reader.local_name())),
        _ => Ok(None),
    }
}

/// The version that the root's namespace stands for.
fn version_of(namespace: &str) -> Result<Version, MessageError> {
    Version::of_namespace(namespace)
        .ok_or_else(|| MessageError::Fault(Version::Soap11, Fault::version_mismatch(namespace)))
}

/// Goes to Body, past whatever stands before it, and says whether there is one: .NET looks even behind the envelope.
fn move_to_body(reader: &mut XmlReader<'_>, namespace: &str) -> Result<bool, XmlError> {
    if reader.is_empty_element() {
        return Ok(false);
    }
    reader.read()?;
    loop {
        match reader.move_to_content()? {
            Node::Element if reader.is_element(namespace, "Body") => return Ok(true),
            Node::End => return Ok(false),
            _ => reader.skip()?,
        };
    }
}

/// Reads the header blocks, if there are any, and gives the name of the first that must be understood: none is known here.
/// Leaves the reader on the content behind.
fn read_header<'a>(reader: &mut XmlReader<'a>, version: Version) -> Result<Option<&'a str>, XmlError> {
    reader.move_to_content()?;
    if !reader.is_element(version.namespace(), "Header") {
        return Ok(None);
    }
    // .NET keeps each block as a DOM, and that wants every entity resolved.
    reader.handle_entities(EntityHandling::Resolve);
    let mut not_understood = None;
    let is_empty = reader.is_empty_element();
    reader.read()?;
    while !is_empty && reader.move_to_content()? != Node::EndElement {
        if reader.node() == Node::Element && not_understood.is_none() && must_understand(reader) {
            not_understood = Some(reader.local_name());
        }
        reader.skip()?;
    }
    reader.handle_entities(EntityHandling::Keep);
    if !is_empty {
        reader.read()?;
    }
    reader.move_to_content()?;
    Ok(not_understood)
}

/// `1` and `true` count, whatever the actor or role. Of the attributes of both versions, that of SOAP 1.1 decides.
fn must_understand(reader: &XmlReader<'_>) -> bool {
    let of = |version: Version| reader.attribute(version.namespace(), "mustUnderstand");
    of(Version::Soap11).or_else(|| of(Version::Soap12)).is_some_and(|value| value == "1" || value == "true")
}

/// Reads on to the end of the envelope and one node further; what comes after that is never seen.
fn read_to_end(reader: &mut XmlReader<'_>) -> Result<(), XmlError> {
    while reader.node() != Node::End && !(reader.node() == Node::EndElement && reader.depth() == 0) {
        reader.read()?;
    }
    reader.read().map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{REMOVE_TO_LOYALTY_CLUB, TextField};
    use crate::soap::encoding;

    #[test]
    fn fields_are_read_by_name_in_any_order_under_each_name_of_the_operation() {
        const CLUB: TextField = REMOVE_TO_LOYALTY_CLUB.request.text("LoyaltyClubExternalReference");
        let contract = Contract::of("urn:mine", vec![&REMOVE_TO_LOYALTY_CLUB]);
        for name in REMOVE_TO_LOYALTY_CLUB.names() {
            let xml = format!(
                "<e:Envelope xmlns:e='http://schemas.xmlsoap.org/soap/envelope/'><e:Body><{name} xmlns='urn:mine'>\
                 <preqSyncRemoveToLoyaltyClub><MemberId>5</MemberId>\
                 <LoyaltyClubExternalReference>GOLD</LoyaltyClubExternalReference></preqSyncRemoveToLoyaltyClub>\
                 </{name}></e:Body></e:Envelope>"
            );
            let media_type = MediaType("text/xml; charset=utf-8");
            let decoded = encoding::decode(xml.as_bytes(), media_type);
            let route = contract.by_element("urn:mine", name).expect("a route");
            let call = read(&decoded, media_type, Version::Soap11, &contract, route).expect("a call");
            let request = call.request.expect("a request");
            assert_eq!(call.method.name, name);
            assert_eq!((request.member_id(), request.text(CLUB), request.security_token()), (Some(5), "GOLD", None));
        }
    }
}
