//! The users' side: the running server from outside, and the public ledger trait. One file a subject.

mod harness;

mod command_line;
mod emails;
mod exchanges;
mod fault_rules;
mod fetches;
mod journal;
mod pages;
mod program_settings;
mod routes;
mod rules;
mod start_and_stop;
mod stopping;

mod cams;
mod control_plane;
mod cross_api;
mod pims;

mod backpressure;
mod backups;
mod connections;
mod crashes;
mod hang_up;
mod ledger_contract;
mod ledger_failures;
mod logs;
mod personal_data;
mod proxies;
mod races;
mod redo_log;
mod resets;
mod tls;

mod nodes;
mod postgres_tls;
mod resilience;

mod hostile;

mod any_text;
mod phone_numbers;
mod properties;
mod xml_reader;

mod harness_itself;
mod hostile_server;
mod many_members;
mod seeded_random;
