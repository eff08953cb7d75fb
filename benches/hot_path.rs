//! What a call costs before and after the ledger: `cargo bench --bench hot_path`.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use divan::{Bencher, black_box};
use sync_asmx::cams::bench::{is_signed, signature1, signature3, write_answer};
use sync_asmx::domain::phone_number::Format;
use sync_asmx::domain::{PhoneNumber, ProgramSettings};
use sync_asmx::soap::bench::{parse_envelope, write_envelope};

fn main() {
    divan::main();
}

/// About 900 bytes, as `scripts/bench` sends them.
const ENVELOPE: &str = include_str!("load/envelope.xml");

#[divan::bench]
fn parse_envelope_of_900_bytes() -> bool {
    parse_envelope(black_box(ENVELOPE.as_bytes()))
}

#[divan::bench]
fn write_the_answer() -> String {
    write_envelope(black_box("+1 519-555-0123"))
}

/// A number of the plan that is read without the library, two that are not.
#[divan::bench(args = ["+15195550123", "+442079460123", "+54 (0341) 123-4567"])]
fn parse_and_format_a_number(bencher: Bencher, number: &str) {
    let settings = ProgramSettings::default();
    bencher.bench(|| {
        PhoneNumber::parse(black_box(number), &settings).map(|number| number.format(Format::International)).is_ok()
    });
}

/// As an SDK sends it: the signature is checked, the call is written down for the journal, the answer is made.
#[divan::bench]
fn cams_signature_version_3_and_answer(bencher: Bencher) {
    let query = "CustSpaceId=cams-demo&PhoneNumber=8613800000000";
    let headers = cams_headers("x");
    let signature = signature3("POST", query, &headers, b"", "testAccessKeySecret").unwrap_or_default();
    let headers = cams_headers(&signature);
    bencher.bench(|| {
        let is_signed = is_signed("POST", black_box(query), black_box(&headers), b"", "testAccessKeySecret");
        assert!(is_signed);
        write_answer(&headers, "8613800000000")
    });
}

/// The same by the older core of the SDKs.
#[divan::bench]
fn cams_signature_version_1_and_answer(bencher: Bencher) {
    let query = "AccessKeyId=testAccessKeyId&Action=GetPhoneNumberVerificationStatus&CustSpaceId=cams-demo&Format=JSON\
        &PhoneNumber=8613800000000&RegionId=ap-southeast-1&SignatureMethod=HMAC-SHA1\
        &SignatureNonce=c4fd0999cfb4309b91d996dce5b8a5ec&SignatureType=&SignatureVersion=1.0\
        &Timestamp=2026-11-22T15%3A42%3A59Z&Version=2020-06-06";
    let signature = signature1("GET", query, "", "testAccessKeySecret").replace('+', "%2B");
    let (query, headers) = (format!("{query}&Signature={signature}"), HeaderMap::new());
    bencher.bench(|| {
        assert!(is_signed("GET", black_box(&query), &headers, b"", "testAccessKeySecret"));
        write_answer(&headers, "8613800000000")
    });
}

fn cams_headers(signature: &str) -> HeaderMap {
    let authorization = format!(
        "ACS3-HMAC-SHA256 Credential=testAccessKeyId,SignedHeaders=accept;host;user-agent;x-acs-action;\
         x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature={signature}"
    );
    let headers = [
        ("host", "127.0.0.1:18973"),
        ("x-acs-version", "2020-06-06"),
        ("x-acs-action", "GetPhoneNumberVerificationStatus"),
        ("user-agent", "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2"),
        ("x-acs-date", "2026-11-22T15:42:59Z"),
        ("x-acs-signature-nonce", "c4fd0999cfb4309b91d996dce5b8a5ec"),
        ("accept", "application/json"),
        ("x-acs-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("x-acs-credentials-provider", "static_ak"),
        ("authorization", &authorization),
    ];
    let header = |(name, value)| Some((HeaderName::from_static(name), HeaderValue::from_str(value).ok()?));
    headers.into_iter().filter_map(header).collect()
}
