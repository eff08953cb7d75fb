//! A stand-in for Kognitiv Loyalty's SOAP service `Services/Sync.asmx`.
//!
//! The map, in the direction of the arrows:
//!
//! - [`server`] opens the ledger, hangs the doors and runs until it is stopped; [`settings`] says how.
//! - [`soap`] is the door: envelopes, faults and WSDL, as ASP.NET has them.
//! - [`operations`] is what the platform does, step by step; it knows no XML and no HTTP.
//! - [`ledger`] is the durable memory behind one trait; only it knows SQL.
//! - [`domain`] holds the values (phone numbers, tokens, return codes), and [`clock`] the time.

pub mod clock;
pub mod domain;
pub mod ledger;
pub mod operations;
pub mod server;
pub mod settings;
pub mod soap;
