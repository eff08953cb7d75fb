//! What is in a typed data set. The WSDL's imports, `?schema=` and the answers follow from it.
//!
//! Nothing of them is public but their names: table, columns, their types and the namespace are our choice.

use super::operation::{Field, Kind, RecordType};

/// A typed data set with its only table.
#[derive(Debug, PartialEq, Eq)]
pub struct DataSet {
    /// The name by which `?schema=` asks for it.
    pub name: &'static str,
    pub namespace: &'static str,
    /// The record is a row: its name is the table's, its elements are the columns.
    pub table: RecordType,
}

/// All account ids of a member.
pub static DS_ACCOUNT_IDS: DataSet = DataSet {
    name: "dsAccountIds",
    // What Visual Studio gives a new data set, whatever the namespace of the service.
    namespace: "http://tempuri.org/dsAccountIds.xsd",
    table: RecordType {
        name: "AccountIds",
        fields: &[
            Field::new("AccountId", Kind::Text),
            Field::new("AccountIdTypeExternalReference", Kind::Text),
            Field::new("IsInactive", Kind::Int),
            Field::new("IsInactiveForDevices", Kind::Int),
        ],
    },
};
