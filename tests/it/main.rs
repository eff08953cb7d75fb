//! The users' side: the running server from outside, and the public ledger trait. One file a subject.

mod harness;

mod exchanges;
mod pages;
mod program_settings;
mod rules;
mod start_and_stop;

mod backpressure;
mod connections;
mod crashes;
mod ledger_contract;
mod ledger_failures;
mod races;

mod hostile;

mod phone_numbers;
mod properties;
mod xml_reader;

mod crowd;
mod dice;
