//! The control plane, from outside.

mod client;

mod clock;
mod guard;
mod members;
mod programs;
mod refusals;
mod resources;
mod suites;
mod tokens;
