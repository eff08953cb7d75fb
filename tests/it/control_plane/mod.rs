//! The control plane, from outside.

pub mod client;

mod clock;
mod guard;
mod members;
mod programs;
mod refusals;
mod resources;
mod suites;
mod tokens;
