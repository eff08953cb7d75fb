//! The rows that `corpus.py` writes.

use std::fs;

use crate::answer::{Answer, Read};

pub struct Row {
    pub input: String,
    /// Two letters; none for Google's `ZZ`.
    pub default_region: Option<String>,
    pub google: Answer,
}

pub fn read(path: &str) -> Vec<Row> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .map(row)
        .collect()
}

fn row(line: &str) -> Row {
    let fields: Vec<&str> = line.split('\t').collect();
    let [
        input,
        region,
        decision,
        e164,
        possible,
        valid,
        international,
        national,
        extension,
    ] = fields[..]
    else {
        panic!("not nine columns: {line}");
    };
    Row {
        input: serde_json::from_str(input).unwrap_or_else(|error| panic!("{input}: {error}")),
        default_region: (region != "ZZ").then(|| region.to_owned()),
        google: if decision == "READ" {
            Answer::Read(Read {
                e164: e164.to_owned(),
                possible: Some(possible.to_owned()),
                valid: valid == "VALID",
                international: international.to_owned(),
                national: national.to_owned(),
                extension: extension.to_owned(),
            })
        } else {
            Answer::Refused(decision.to_owned())
        },
    }
}
