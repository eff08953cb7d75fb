//! From text to a call, and from a result or a fault to bytes (ASP.NET).

use std::borrow::Cow;

use super::contract::{Contract, Route};
use super::encoding::Decoded;
use super::fault::Fault;
use super::media_type::MediaType;
use super::record::{Record, RecordError, read_body};
use super::version::Version;
use super::xml::{EntityHandling, Node, XmlError, XmlReader};

/// A call that was understood.
#[derive(Debug)]
pub struct Call<'a> {
    /// The version of the envelope, and so of the answer.
    pub version: Version,
    /// The namespace of the operation element, and so of the answer.
    pub namespace: Cow<'a, str>,
    /// The record; `None` is .NET's null parameter.
    pub record: Option<Record<'a>>,
}

impl Call<'_> {
    /// The same, for those who let go of the message.
    pub fn into_owned(self) -> Call<'static> {
        Call {
            version: self.version,
            namespace: self.namespace.into_owned().into(),
            record: self.record.map(Record::into_owned),
        }
    }
}

/// Why a message gets no result, with the version of the answer.
#[derive(Debug, PartialEq, Eq)]
pub enum Trouble {
    /// 500 and a fault.
    Fault(Version, Fault),
    /// 400 without a body: the XML is ill-formed.
    IllFormed(Version),
    /// 415 without a body: the media type isn't SOAP's, or not the one of this envelope.
    UnsupportedMediaType(Version),
}

/// Reads a message whose operation is known. Until the root tells the version, `guess` shapes the answer.
///
/// # Errors
/// [`Trouble`], the first that ASP.NET would report.
pub fn read<'a>(
    decoded: &'a Decoded<'_>,
    media_type: MediaType<'_>,
    guess: Version,
    contract: &'a Contract,
    route: Route<'a>,
) -> Result<Call<'a>, Trouble> {
    let mut reader = XmlReader::new(&decoded.text).cut_short_by(decoded.cut_short.clone());
    let reader = &mut reader;
    let ill_formed = |_: XmlError| Trouble::IllFormed(guess);
    reader.move_to_content().map_err(ill_formed)?;
    let version = version_of(reader.namespace())?;
    if version == Version::Soap11 && !media_type.is_of(Version::Soap11) {
        return Err(Trouble::UnsupportedMediaType(version));
    }
    let ill_formed = |_: XmlError| Trouble::IllFormed(version);
    if reader.local_name() != "Envelope" {
        return Err(Trouble::Fault(version, Fault::envelope_missing()));
    }
    if reader.is_empty_element() {
        return Err(Trouble::Fault(version, Fault::body_missing()));
    }
    reader.read().map_err(ill_formed)?;
    let not_understood = read_header(reader, version).map_err(ill_formed)?;
    if !reader.is_element(version.namespace(), "Body") {
        return Err(Trouble::Fault(version, Fault::body_missing()));
    }
    reader.read().map_err(ill_formed)?;
    let body = read_body(reader, contract, route).map_err(|error| match error {
        RecordError::Xml(error) => ill_formed(error),
        RecordError::Value { .. } => Trouble::Fault(version, Fault::unable_to_read(error)),
    })?;
    read_to_end(reader).map_err(ill_formed)?;
    match not_understood {
        Some(header) => Err(Trouble::Fault(version, Fault::header_not_understood(header))),
        None => {
            let namespace = body.namespace.unwrap_or(route.namespace).into();
            Ok(Call { version, namespace, record: body.record })
        }
    }
}

/// Finds the operation by the first content of Body, for a message that doesn't name one elsewhere. `action` is what the
/// media type named in vain.
///
/// # Errors
/// [`Trouble`]; what is ill-formed up to here is a fault of the server's, not 400 (ASP.NET).
pub fn route_by_body<'c>(
    decoded: &Decoded<'_>,
    action: Option<&str>,
    guess: Version,
    contract: &'c Contract,
) -> Result<Route<'c>, Trouble> {
    let mut reader = XmlReader::new(&decoded.text).cut_short_by(decoded.cut_short.clone());
    reader.move_to_content().map_err(|error| Trouble::Fault(guess, Fault::unable_to_process(error)))?;
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
    Err(Trouble::Fault(version_of(&namespace)?, fault))
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
fn version_of(namespace: &str) -> Result<Version, Trouble> {
    Version::of_namespace(namespace).ok_or_else(|| Trouble::Fault(Version::Soap11, Fault::version_mismatch(namespace)))
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

/// Writes the result of a call, element by element, in declared order.
#[derive(Debug)]
pub struct ResultWriter {
    envelope: String,
    operation: &'static str,
}

const BODY_END: &str = "</soap:Body></soap:Envelope>";

impl ResultWriter {
    /// Begins the answer to a call of `operation`, in the caller's version and namespace.
    pub fn new(version: Version, namespace: &str, operation: &'static str) -> Self {
        let mut writer = Self { envelope: envelope_start(version), operation };
        writer.push(&["<soap:Body><", operation, "Response xmlns=\""]);
        push_escaped_attribute(&mut writer.envelope, namespace);
        writer.push(&["\"><", operation, "Result>"]);
        writer
    }

    /// An `xsd:int`, always written.
    pub fn int(&mut self, name: &str, value: i32) -> &mut Self {
        self.push(&["<", name, ">", &value.to_string(), "</", name, ">"])
    }

    /// An `xsd:string` that isn't null.
    pub fn text(&mut self, name: &str, value: &str) -> &mut Self {
        if value.is_empty() {
            return self.push(&["<", name, " />"]);
        }
        self.push(&["<", name, ">"]);
        push_escaped(&mut self.envelope, value);
        self.push(&["</", name, ">"])
    }

    /// Ends the answer.
    pub fn finish(mut self) -> String {
        let operation = self.operation;
        self.push(&["</", operation, "Result></", operation, "Response>", BODY_END]);
        self.envelope
    }

    fn push(&mut self, parts: &[&str]) -> &mut Self {
        for part in parts {
            self.envelope.push_str(part);
        }
        self
    }
}

/// The longest reason that is told, in bytes. A fault may quote four MiB of the request, and each of its characters may
/// become five; nobody reads that, and many such answers would fill the memory (our choice).
const MAX_REASON: usize = 64 << 10;

/// The envelope of a fault.
pub fn write_fault(version: Version, fault: &Fault) -> String {
    let mut out = envelope_start(version);
    if fault.code == super::fault::FaultCode::VersionMismatch {
        out.push_str("<soap:Header><soap12:Upgrade xmlns:soap12=\"http://www.w3.org/2003/05/soap-envelope\"><soap12:SupportedEnvelope qname=\"soap:Envelope\" xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" /><soap12:SupportedEnvelope qname=\"soap12:Envelope\" xmlns:soap12=\"http://www.w3.org/2003/05/soap-envelope\" /></soap12:Upgrade></soap:Header>");
    }
    let mut reason = String::new();
    push_escaped(&mut reason, &fault.reason[..fault.reason.floor_char_boundary(MAX_REASON)]);
    let code = version.fault_code(fault.code);
    let detail = match (fault.has_detail(), version) {
        (false, _) => "",
        (true, Version::Soap11) => "<detail />",
        (true, Version::Soap12) => "<soap:Detail />",
    };
    let inside = match version {
        Version::Soap11 => {
            format!("<faultcode>soap:{code}</faultcode><faultstring>{reason}</faultstring>{detail}")
        }
        Version::Soap12 => format!(
            "<soap:Code><soap:Value>soap:{code}</soap:Value></soap:Code><soap:Reason><soap:Text xml:lang=\"en\">{reason}</soap:Text></soap:Reason>{detail}"
        ),
    };
    out + "<soap:Body><soap:Fault>" + &inside + "</soap:Fault>" + BODY_END
}

fn envelope_start(version: Version) -> String {
    let mut out = String::with_capacity(640);
    out.push_str("<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"");
    out.push_str(version.namespace());
    out.push_str(
        "\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\">",
    );
    out
}

/// Text as ASP.NET writes it: `&`, `<` and `>` are escaped, quotes and line ends are not. Characters that XML doesn't allow
/// become references, which it doesn't allow either; .NET does so.
fn push_escaped(out: &mut String, text: &str) {
    let is_escaped = |character: char| {
        matches!(character, '&' | '<' | '>' | '\u{FFFE}' | '\u{FFFF}' | '\0'..=' ')
            && !matches!(character, ' ' | '\t' | '\r' | '\n')
    };
    let mut rest = text;
    while let Some(at) = rest.find(is_escaped) {
        out.push_str(&rest[..at]);
        let mut behind = rest[at..].chars();
        match behind.next() {
            Some('&') => out.push_str("&amp;"),
            Some('<') => out.push_str("&lt;"),
            Some('>') => out.push_str("&gt;"),
            Some(other) => out.extend(["&#x", &format!("{:X}", u32::from(other)), ";"]),
            None => {}
        }
        rest = behind.as_str();
    }
    out.push_str(rest);
}

/// Text as XML content.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    push_escaped_attribute(&mut escaped, text);
    escaped
}

fn push_escaped_attribute(out: &mut String, text: &str) {
    let mut escaped = String::new();
    push_escaped(&mut escaped, text);
    out.push_str(&escaped.replace('"', "&quot;"));
}
