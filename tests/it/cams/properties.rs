//! What holds for all signatures, tried on generated requests.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use sync_asmx::cams::bench::{encoded, is_signed, signature1, signature3};

const SECRET: &str = "secret";

/// How one of the SDKs writes what it has signed.
type Writing = fn(&str) -> String;

const WRITINGS: [Writing; 3] = [
    encoded,
    // Python's `quote_plus`.
    |text| encoded(text).replace("%20", "+"),
    // JavaScript's `encodeURIComponent`.
    |text| ["!", "'", "(", ")", "*"].iter().fold(encoded(text), |text, kept| text.replace(&encoded(kept), kept)),
];

fn parameters() -> impl Strategy<Value = Vec<(String, String)>> {
    let text = prop_oneof!["[ -~]{0,12}", "\\PC{0,8}", "[a-zA-Z0-9]{1,12}"];
    let name = text.clone().prop_filter("a name that means something", |name| {
        !name.is_empty() && !["Signature", "SignatureMethod", "SignatureVersion"].contains(&name.as_str())
    });
    prop::collection::btree_map(name, text, 0..12).prop_map(|pairs| pairs.into_iter().collect())
}

fn written(parameters: &[(String, String)], writing: Writing) -> String {
    let pairs: Vec<_> = parameters.iter().map(|(name, value)| writing(name) + "=" + &writing(value)).collect();
    pairs.join("&")
}

fn headers(signature: &str) -> HeaderMap {
    let authorization = format!(
        "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;x-acs-action;x-acs-content-sha256,Signature={signature}"
    );
    let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("host", "localhost"),
        ("x-acs-action", "A"),
        ("x-acs-content-sha256", hash),
        ("authorization", &authorization),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"));
    }
    headers
}

/// One byte of a written query, changed so that it means something else.
fn spoiled(query: &str, place: prop::sample::Index) -> String {
    let mut bytes = query.as_bytes().to_vec();
    let place = place.index(bytes.len());
    bytes[place] = if bytes[place] == b'~' { b'_' } else { b'~' };
    String::from_utf8(bytes).expect("ASCII")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn version_3_is_let_in_however_it_is_written_and_with_no_byte_changed(
        parameters in parameters(), place in any::<prop::sample::Index>(),
    ) {
        let signed = signature3("POST", &written(&parameters, encoded), &headers("x"), b"", SECRET).expect("a signature");
        let headers = headers(&signed);
        for writing in WRITINGS {
            let mut query = written(&parameters, writing);
            prop_assert!(is_signed("POST", &query, &headers, b"", SECRET), "{query}");
            prop_assert!(!is_signed("POST", &query, &headers, b"x", SECRET));
            prop_assert!(!is_signed("GET", &query, &headers, b"", SECRET));
            if !query.is_empty() {
                query = spoiled(&query, place);
                prop_assert!(!is_signed("POST", &query, &headers, b"", SECRET), "{query}");
            }
        }
    }

    #[test]
    fn version_1_is_let_in_however_it_is_written_and_with_no_byte_changed(
        mut parameters in parameters(), place in any::<prop::sample::Index>(), is_form: bool,
    ) {
        for (name, value) in [("SignatureMethod", "HMAC-SHA1"), ("SignatureVersion", "1.0")] {
            parameters.push((name.into(), value.into()));
        }
        let signature = encoded(&signature1("POST", &written(&parameters, encoded), "", SECRET));
        let mut headers = HeaderMap::new();
        if is_form {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8");
            headers.insert(HeaderName::from_static("content-type"), form);
        }
        let is_signed = |all: &str| match is_form {
            true => is_signed("POST", "", &headers, all.as_bytes(), SECRET),
            false => is_signed("POST", all, &headers, b"", SECRET),
        };
        for writing in WRITINGS {
            let query = written(&parameters, writing);
            let all = format!("Signature={signature}&{query}");
            prop_assert!(is_signed(&all), "{all}");
            let all = format!("Signature={signature}&{}", spoiled(&query, place));
            prop_assert!(!is_signed(&all), "{all}");
        }
    }

    #[test]
    fn whatever_comes_is_checked_without_a_panic(query in "\\PC{0,80}", authorization in "[ -~]{0,80}", body: Vec<u8>) {
        for form in ["application/x-www-form-urlencoded", "text/plain"] {
            let mut headers = headers("x");
            headers.insert(HeaderName::from_static("content-type"), HeaderValue::from_static(form));
            if let Ok(value) = HeaderValue::from_str(&authorization) {
                headers.insert(HeaderName::from_static("authorization"), value);
            }
            prop_assert!(!is_signed("POST", &query, &headers, &body, SECRET));
        }
    }
}
