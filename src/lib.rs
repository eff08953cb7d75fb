//! A stand-in for Kognitiv Loyalty's SOAP service `Services/Sync.asmx`.
//!
//! The map, in the direction of the arrows:
//!
//! - [`cli`] is the command line.
//! - [`server`] opens the ledger, mounts the APIs and runs until it is stopped; [`settings`] says how, and [`log`] what happens.
//! - [`soap`] is the API: envelopes, faults and WSDL, as ASP.NET has them. [`cams`] and [`pims`] are two more, for companions.
//! - [`contract`] is the vendor's contract as data: a row an operation, from which names, records and pages follow.
//! - [`admin`] is the control plane, for testers; [`calls`] is what surrounds every call: journal, faults on purpose, counters.
//! - [`operations`] is what the platform does, step by step; it knows no XML and no HTTP.
//! - [`ledger`] is the durable memory behind one trait, and what nodes share beside it behind another; only it knows SQL.
//! - [`domain`] holds the values (phone numbers, tokens, return codes), [`clock`] the time.
//! - `steps` counts what work on text from outside takes, in tests.
//! - [`testing`] is a running server for the tests of others.

pub mod admin;
mod body;
pub mod calls;
pub mod cams;
pub mod cli;
pub mod clock;
pub mod contract;
pub mod domain;
pub mod ledger;
pub mod log;
mod memory;
pub mod operations;
mod percent;
pub mod pims;
pub mod server;
pub mod settings;
pub mod soap;
mod steps;
pub mod testing;
