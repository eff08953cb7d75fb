//! Counts, times and memory of one library over a corpus.

use std::{
    env, fs,
    hint::black_box,
    panic::{catch_unwind, set_hook, take_hook},
    process::Command,
    time::{Duration, Instant},
};

use crate::{
    answer::Answer,
    corpus::Row,
    library::{self, NAME},
};

/// A chunk of work; what it returns only keeps it from being optimised away.
pub type Step = Box<dyn Fn() -> usize>;

const NORTH_AMERICAN_NUMBER: &str = "+15195550123";

/// Longer inputs are refused before the library sees them, as the service does and as Google's own code does.
const MAX_INPUT_CHARACTERS: usize = 250;

/// Numbers of all countries in the speed of mixed countries, taken evenly from the corpus.
const MIXED_NUMBERS: usize = 4000;

const FRESH_PROCESSES: usize = 11;

pub fn print_header() {
    println!(
        "| | inputs | same decision | wrong E.164 (both valid) | whole answer | panics | US number | mixed countries | memory growth | first number |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
}

pub fn print_row(rows: &[Row]) {
    silence_panics();
    let mixed = mixed_countries(rows);

    let before = resident_bytes();
    let (mut same_decision, mut wrong_e164, mut both_valid, mut whole_answer, mut panics) =
        (0, 0, 0, 0, 0);
    for row in rows {
        let answer = answer(row);
        same_decision += usize::from(answer.is_same_decision(&row.google));
        wrong_e164 += usize::from(answer.is_wrong_e164(&row.google));
        both_valid += usize::from(answer.is_another_valid_number(&row.google));
        whole_answer += usize::from(answer.is_whole_answer(&row.google));
        panics += usize::from(answer == Answer::Panicked);
    }
    let growth = resident_bytes().saturating_sub(before);

    let north_american = nanoseconds(2000, || library::save(black_box(NORTH_AMERICAN_NUMBER)));
    let mixed_pass = nanoseconds(1, || {
        mixed
            .iter()
            .map(|number| library::save(black_box(number)))
            .sum()
    });
    println!(
        "| {NAME} | {} | {} % | {wrong_e164} ({both_valid}) | {} % | {panics} | {} µs | {} µs | {} MiB | {} ms |",
        rows.len(),
        percent(same_decision, rows.len()),
        percent(whole_answer, rows.len()),
        micros(north_american),
        micros(mixed_pass / mixed.len() as f64),
        growth / (1 << 20),
        micros(median_first_number().as_nanos() as f64 / 1e3),
    );
}

pub fn print_differences(rows: &[Row]) {
    silence_panics();
    for row in rows {
        let ours = answer(row);
        if !ours.is_whole_answer(&row.google) {
            println!(
                "{:?} in {:?}\n  Google {:?}\n  {NAME} {ours:?}",
                row.input, row.default_region, row.google
            );
        }
    }
}

pub fn print_steps() {
    for (step, work) in library::steps(NORTH_AMERICAN_NUMBER) {
        println!("| {NAME} | {step} | {:.0} ns |", nanoseconds(5000, work));
    }
}

/// From nothing loaded to the first answer; only the first call in a process tells the truth.
pub fn first_number() -> Duration {
    let start = Instant::now();
    black_box(library::save(black_box(NORTH_AMERICAN_NUMBER)));
    start.elapsed()
}

fn median_first_number() -> Duration {
    let program = env::current_exe().expect("the path of this program");
    let mut times: Vec<Duration> = (0..FRESH_PROCESSES)
        .map(|_| {
            let output = Command::new(&program)
                .arg("--first-number")
                .output()
                .expect("this program runs again");
            let text = String::from_utf8(output.stdout).expect("digits");
            Duration::from_nanos(text.trim().parse().expect("nanoseconds"))
        })
        .collect();
    times.sort();
    times[times.len() / 2]
}

fn answer(row: &Row) -> Answer {
    if row.input.chars().count() > MAX_INPUT_CHARACTERS {
        return Answer::Refused("TOO_LONG".to_owned());
    }
    catch_unwind(|| library::answer(&row.input, row.default_region.as_deref()))
        .unwrap_or(Answer::Panicked)
}

/// Distinct possible numbers in E.164, evenly from all countries, and neighbours are of different countries.
fn mixed_countries(rows: &[Row]) -> Vec<&str> {
    let mut numbers: Vec<&str> = rows
        .iter()
        .filter_map(|row| match &row.google {
            Answer::Read(read) if read.possible.as_deref() == Some("IS_POSSIBLE") => {
                Some(read.e164.as_str())
            }
            _ => None,
        })
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let step = (numbers.len() / MIXED_NUMBERS).max(1);
    let numbers: Vec<&str> = numbers
        .into_iter()
        .step_by(step)
        .take(MIXED_NUMBERS)
        .collect();
    // A prime stride visits all of them, far apart.
    (0..numbers.len())
        .map(|index| numbers[index * 1009 % numbers.len()])
        .collect()
}

/// Of one run of the work: the best of several rounds, so that a busy neighbour counts least.
fn nanoseconds(runs: u32, work: impl Fn() -> usize) -> f64 {
    (0..6)
        .map(|_| {
            let start = Instant::now();
            for _ in 0..runs {
                black_box(work());
            }
            start.elapsed().as_nanos() as f64 / f64::from(runs)
        })
        .skip(1)
        .fold(f64::INFINITY, f64::min)
}

fn resident_bytes() -> usize {
    let statm = fs::read_to_string("/proc/self/statm").expect("/proc/self/statm");
    let pages: usize = statm
        .split(' ')
        .nth(1)
        .and_then(|field| field.parse().ok())
        .expect("resident pages");
    pages * 4096
}

fn percent(part: usize, whole: usize) -> String {
    // Rounded down, so that only all of them are 100.
    format!("{:.3}", (part as f64 / whole as f64 * 1e5).floor() / 1e3)
}

fn micros(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1e3;
    if micros < 20.0 {
        format!("{micros:.1}")
    } else {
        format!("{micros:.0}")
    }
}

fn silence_panics() {
    drop(take_hook());
    set_hook(Box::new(|_| ()));
}
