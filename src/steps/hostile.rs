//! Texts that are made to be expensive, and what work on them may cost.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};

use super::of;

/// How long the texts are: the longest message that the journal shows.
const LENGTH: usize = 16 << 10;
/// No text may take more than so many times the steps of an ordinary one.
const MOST: usize = 16;
/// Mixtures that are tried of each work.
const CASES: u32 = 16;

const ORDINARY: &str =
    "<Request><SecurityToken>T</SecurityToken><Name>Ada &amp; Alan</Name><Number>+1</Number></Request>";

/// What hostile texts are made of.
pub const PARTS: &[&str] = &[
    "</",
    "<",
    ">",
    "/>",
    "\"",
    "'",
    "=",
    "SecurityToken",
    "<SecurityToken>",
    "</SecurityToken",
    "</SecurityToken>",
    "SecurityToken=\"",
    "SecurityToken:[",
    "<SecurityToken a='",
    "<SecurityToken/>",
    "Signature",
    "Signature=",
    "password",
    "&#",
    "&#1",
    "&#x",
    ";",
    "&",
    "&a=",
    "&amp;",
    "a=1&",
    "%",
    "%25",
    "%41",
    "%u0041",
    "%2e%2e/",
    "54",
    "\\",
    "\\u",
    "\\\"",
    "x:",
    "<x:y:",
    "<a>",
    "<a></a>",
    "xmlns:",
    " xmlns:x='u'",
    "x-acs-",
    "host;",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "{",
    "{\"a\":",
    "{\"",
    "}",
    "[",
    "[[],",
    "]",
    ":",
    ",",
    ".",
    "../",
    "/.",
    "/",
    "+",
    "0",
    "-1",
    "1e9",
    " ",
    "\n",
    "\0",
    "a",
    "aaaaaaaa",
    "T1",
    "é",
    "\u{200B}",
];

/// Work on a text, and what it is called.
pub type Work<'w> = (&'w str, &'w dyn Fn(&str));

/// Checks that each work takes at most twice the steps for a text of twice the length, and for no text many more than for an
/// ordinary one.
pub fn assert_linear(works: &[Work<'_>]) {
    for work in works {
        assert_eq!(check(*work), Ok(()));
    }
}

fn check((name, work): Work<'_>) -> Result<(), String> {
    let ordinary = steps(work, ORDINARY, LENGTH).max(LENGTH);
    let check = |unit: &str| {
        let whole = steps(work, &unit.repeat(2), LENGTH);
        let half = |more: usize| steps(work, unit, LENGTH / 2 + more * unit.len());
        // Some steps more, for what the length of a text doesn't matter to.
        let is_twice = |half: usize| whole <= half * 22 / 10 + LENGTH / 16;
        // With one or two units more, quotes may close that were open, and more of the text makes sense.
        if (0..3).all(|more| !is_twice(half(more))) {
            return Err(format!("{name}: {unit:?} takes {whole} steps, far fewer for half the length"));
        }
        if whole > MOST * ordinary {
            return Err(format!("{name}: {unit:?} takes {whole} steps, an ordinary text {ordinary}"));
        }
        Ok(())
    };
    for part in PARTS {
        check(part)?;
        check(&[part, ORDINARY].concat())?;
    }
    // The same mixtures each time, so that what fails fails again.
    let config = ProptestConfig { cases: CASES, failure_persistence: None, ..ProptestConfig::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let checked = runner.run(&mixtures(), |unit| check(&unit).map_err(TestCaseError::fail));
    checked.map_err(|error| error.to_string())
}

/// Names that all differ, the more of them the longer the text is.
pub fn names(text: &str) -> impl Iterator<Item = String> {
    (0..text.len() / 8).map(|number| format!("a{number:x}"))
}

/// The steps of work on a text that is nothing but this unit, again and again.
fn steps(work: &dyn Fn(&str), unit: &str, length: usize) -> usize {
    let text = unit.repeat(length / unit.len());
    of(|| work(&text))
}

/// Some hostile parts, one behind the other.
pub fn mixtures() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PARTS), 1..12).prop_map(|parts| parts.concat())
}

#[test]
fn work_that_is_not_linear_is_noticed() {
    let all_behind = |text: &str| {
        for at in (0..text.len()).step_by(64) {
            super::over(&text.as_bytes()[at..]);
        }
    };
    let comments = |text: &str| {
        for (at, _) in text.match_indices("<!--") {
            super::find(&text[at..], "-->");
        }
    };
    let once = |text: &str| {
        super::each(text.bytes()).for_each(drop);
    };
    let many_times_some = |text: &str| {
        let times = if text.starts_with("]]>") { 20 } else { 1 };
        (0..times).for_each(|_| super::count(text.len()));
    };
    for (name, work, is_noticed) in [
        ("all that is left is looked at again and again", &all_behind as &dyn Fn(&str), true),
        ("an end that isn't there is looked for again and again", &comments, true),
        ("some texts are expensive", &many_times_some, true),
        ("each byte is looked at once", &once, false),
    ] {
        let checked = check((name, work));
        assert_eq!(checked.is_err(), is_noticed, "{checked:?}");
    }
}
