//! Whole ledgers, in and out.

mod export;
mod held;
mod place;
mod seed;

pub use export::Export;
pub use seed::Seed;
