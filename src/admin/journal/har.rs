//! Calls as an HTTP archive (HAR 1.2): what browsers' developer tools and many others open.

use serde_json::{Value, json};

use crate::calls::{Entry, Page};

/// The archive of these calls. Of answers it has status and text only, as the journal does.
pub fn archive(page: &Page) -> Value {
    let entries: Vec<_> = page.entries.iter().map(entry).collect();
    let creator = json!({"name": "sync-asmx", "version": env!("CARGO_PKG_VERSION")});
    json!({"log": {"version": "1.2", "creator": creator, "entries": entries}})
}

fn entry(entry: &Entry) -> Value {
    let header = |name: &str| entry.headers.iter().find(|header| header.name == name).map(|header| &*header.value);
    let target = match &entry.query {
        Some(query) => format!("{}?{query}", entry.path),
        None => entry.path.clone(),
    };
    let pairs = entry.query.iter().flat_map(|query| query.split('&')).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        json!({"name": name, "value": value})
    });
    let milliseconds = micros_to_ms(entry.duration_us);
    json!({
        "startedDateTime": entry.at.to_string(),
        "time": milliseconds,
        "request": {
            "method": entry.method,
            "url": format!("http://{}{target}", header("host").unwrap_or("localhost")),
            "httpVersion": entry.http_version,
            "cookies": [],
            "headers": entry.headers,
            "queryString": pairs.collect::<Vec<_>>(),
            "postData": {"mimeType": header("content-type").unwrap_or_default(), "params": [], "text": entry.request},
            "headersSize": -1,
            "bodySize": entry.request.len(),
        },
        "response": {
            // Browsers show a connection that was closed instead as 0.
            "status": entry.http_status.unwrap_or(0),
            "statusText": "",
            "httpVersion": entry.http_version,
            "cookies": [],
            "headers": [],
            "content": {"size": entry.response.len(), "mimeType": "", "text": entry.response},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": entry.response.len(),
        },
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "comment": entry.why.as_deref().unwrap_or_default(),
    })
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds with a fraction, as the format has them")]
fn micros_to_ms(micros: u64) -> f64 {
    micros as f64 / 1_000.0
}
