//! The contract of `Sync.asmx` as data: one row an operation, as its page documents it (`Sync_*.htm`).
//!
//! From the rows follow reading and answering, the WSDL and the help pages, permissions, the command line's `call` and the
//! envelopes of the tests. The names of the wire stand here and nowhere else.

mod data_set;
mod operation;
mod rows;
mod service;
mod values;

pub use data_set::{DS_ACCOUNT_IDS, DataSet};
pub use operation::{DataSetField, Field, IntField, Kind, Operation, PairsField, RecordType, Served, TextField};
pub use rows::*;
pub use service::{Contract, DEFAULT_NAMESPACE, Method, Route, action};
pub use values::{Output, Pair, Request, Value};

/// All documented operations, in the order of the WSDL.
pub static OPERATIONS: [&Operation; 14] = [
    &ADD_TO_LOYALTY_CLUB,
    &REMOVE_TO_LOYALTY_CLUB,
    &MEMBER_IS_IN_LOYALTY_CLUB,
    &FETCH_ACCOUNT_CORE,
    &SAVE_ACCOUNT_CORE,
    &FETCH_ACCOUNT_ADDRESS,
    &SAVE_ACCOUNT_ADDRESS,
    &SAVE_ACCOUNT_EMAIL,
    &DELETE_ACCOUNT_EMAIL_ADDRESS,
    &SAVE_ACCOUNT_PHONE,
    &FETCH_ACCOUNT_IDS,
    &SAVE_ACCOUNT_ID,
    &DELETE_ACCOUNT_ID,
    &SAVE_ACCOUNT_CUSTOM_FIELDS,
];

#[cfg(test)]
mod tests;
