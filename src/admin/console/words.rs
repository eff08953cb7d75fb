//! How values are put into words.

use jiff::Timestamp;

use super::link::Link;
use crate::calls::{Api, Disconnect, Entry, FaultAnswer, FaultRule};
use crate::domain::ReturnCode;
use crate::pims;

/// The documented words of a return code, or of an error of PIMS; empty for one that isn't known here.
pub fn of_code(code: u16) -> &'static str {
    if let Some(label) = pims::label(code) {
        return label;
    }
    ReturnCode::documented(code).unwrap_or_default()
}

/// `311 Invalid Internal Member Id`
pub fn code_with_text(code: u16) -> String {
    format!("{code} {}", of_code(code)).trim_end().to_owned()
}

/// What a rule does to a call.
pub fn of_fault(answer: &FaultAnswer) -> String {
    match answer {
        FaultAnswer::ReturnCode(code) => format!("return code {}", code_with_text(*code)),
        FaultAnswer::Code { code, message: None } => format!("{code} of CAMS"),
        FaultAnswer::Code { code, message: Some(message) } => format!("{code} of CAMS, “{message}”"),
        FaultAnswer::DelayMs(delay) => format!("delay of {delay} ms"),
        FaultAnswer::HttpStatus(status) => format!("HTTP status {status}"),
        FaultAnswer::SoapFault(text) => format!("SOAP fault “{text}”"),
        FaultAnswer::Disconnect(Disconnect::Before) => "disconnect, nothing saved".to_owned(),
        FaultAnswer::Disconnect(Disconnect::After) => "disconnect after saving".to_owned(),
    }
}

/// Which calls a rule fits.
pub fn of_rule(rule: &FaultRule) -> String {
    let parts = [
        rule.program.as_ref().map(|name| format!("program {name}")),
        rule.operation.clone(),
        rule.member_id.map(|member| format!("member {member}")),
        rule.number.as_ref().map(|number| format!("number {number}")),
    ];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    if parts.is_empty() { "all".to_owned() } else { parts.join(", ") }
}

/// The style of an answer: `good`, `note` for a refusal, `bad` for what isn't the platform's.
pub fn kind(entry: &Entry) -> &'static str {
    match (entry.return_code, entry.http_status) {
        (Some(0), Some(_)) => "good",
        (Some(_), Some(_)) => "note",
        (None, Some(0..500)) if entry.api == Api::Cams && entry.fault.is_some() => "note",
        _ => "bad",
    }
}

/// What a call was answered.
pub fn of_answer(entry: &Entry) -> String {
    match (entry.return_code, &entry.fault, entry.http_status) {
        (_, _, None) => "no answer, disconnected".to_owned(),
        (Some(code), _, _) => code_with_text(code),
        (None, Some(code), Some(status)) if entry.api == Api::Cams => format!("{code}, HTTP {status}"),
        (None, Some(_), Some(status)) => format!("SOAP fault, HTTP {status}"),
        (None, None, Some(status)) => format!("HTTP {status}"),
    }
}

/// `2026-01-01 00:00:00`, in UTC.
pub fn of_time(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// `2026-01-01 00:00:00.123`, in UTC.
pub fn of_time_ms(at: &Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// The page of a call's member, if it is known of which program.
pub fn member_link(entry: &Entry) -> Option<Link> {
    let (program, member) = (entry.program.as_ref()?, entry.member_id?);
    Some(Link::to(&format!("members/{member}")).with("program", program))
}

/// A sentence in pieces, some of them with a link: the first member that it names has one.
pub fn linked(why: &str, program: Option<&String>) -> Vec<(String, Option<Link>)> {
    let whole = || vec![(why.to_owned(), None)];
    let Some(begin) = why.find("member ").map(|at| at + "member ".len()) else { return whole() };
    let digits = why[begin..].find(|character: char| !character.is_ascii_digit()).unwrap_or(why.len() - begin);
    let (Some(program), false) = (program, digits == 0) else { return whole() };
    let (before, rest) = why.split_at(begin);
    let (id, after) = rest.split_at(digits);
    let link = Link::to(&format!("members/{id}")).with("program", program);
    vec![(before.to_owned(), None), (id.to_owned(), Some(link)), (after.to_owned(), None)]
}

/// `512 B`, `1.5 KiB`, `3.0 MiB`
#[expect(clippy::cast_precision_loss, reason = "one decimal is shown")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub fn of_size(bytes: &u64) -> String {
    let bytes = *bytes;
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", bytes as f64 / 1_073_741_824.0),
    }
}

/// `0.27 ms`, `1.50 s`
#[expect(clippy::cast_precision_loss, reason = "two decimals are shown")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub fn of_duration(micros: &u64) -> String {
    let micros = *micros;
    match micros {
        0..1_000_000 => format!("{:.2} ms", micros as f64 / 1_000.0),
        _ => format!("{:.2} s", micros as f64 / 1_000_000.0),
    }
}

/// `3 days 4 h`, `2 h 5 min`, `3 min 7 s`
pub fn of_seconds(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min {} s", seconds / 60, seconds % 60),
        3_600..86_400 => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days {} h", seconds / 86_400, seconds % 86_400 / 3_600),
    }
}
