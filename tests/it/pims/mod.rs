//! The mobile SDK as a service: its facade, called by an app's process.

mod accounts;
mod cors;
pub mod facade;
mod faults;
mod hostile;
mod instances;
mod nodes;
mod order;
mod phone_numbers;
mod subscriptions;
