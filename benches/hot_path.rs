//! What a call costs before and after the ledger: `cargo bench --bench hot_path`.

use divan::{Bencher, black_box};
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
