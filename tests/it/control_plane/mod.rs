//! The control plane, from outside.

pub mod client;

mod clock;
mod companions;
mod guard;
mod members;
mod preconditions;
mod programs;
mod proofs;
mod refusals;
mod resources;
mod settings;
mod suites;
mod tokens;
