//! Typed data sets, as `DataSet` writes them: the schema on its own, and the rows with the schema before them (ASP.NET).

use askama::Template;

use super::write::{push, push_int, push_text};
use crate::contract::{DataSet, Output, Value};

#[derive(Template)]
#[template(path = "data_set.xsd", escape = "none")]
struct Schema {
    data_set: &'static DataSet,
}

/// The schema, as `?schema=` answers it, with the line ends of Windows.
///
/// # Errors
/// None that can happen: the template is compiled in, and writes to memory.
pub fn schema(data_set: &'static DataSet) -> askama::Result<String> {
    Ok(Schema { data_set }.render()?.replace('\n', "\r\n"))
}

/// Writes a data set into an answer: the schema again, with its attributes in another order, and a diffgram of the rows.
pub fn push_data_set(out: &mut String, element: &str, data_set: &DataSet, rows: &[Output]) {
    push(out, &["<", element, ">"]);
    push_schema(out, data_set);
    out.push_str("<diffgr:diffgram xmlns:msdata=\"urn:schemas-microsoft-com:xml-msdata\" xmlns:diffgr=\"urn:schemas-microsoft-com:xml-diffgram-v1\"");
    if rows.is_empty() {
        out.push_str(" />");
    } else {
        push(out, &["><", data_set.name, " xmlns=\"", data_set.namespace, "\">"]);
        for (order, row) in rows.iter().enumerate() {
            push_row(out, data_set, order, row);
        }
        push(out, &["</", data_set.name, "></diffgr:diffgram>"]);
    }
    push(out, &["</", element, ">"]);
}

fn push_schema(out: &mut String, DataSet { name, namespace, table }: &DataSet) {
    push(out, &["<xs:schema id=\"", name, "\" targetNamespace=\"", namespace, "\" xmlns:mstns=\"", namespace]);
    push(out, &["\" xmlns=\"", namespace, "\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\""]);
    out.push_str(" xmlns:msdata=\"urn:schemas-microsoft-com:xml-msdata\" attributeFormDefault=\"qualified\"");
    push(out, &[" elementFormDefault=\"qualified\"><xs:element name=\"", name, "\" msdata:IsDataSet=\"true\""]);
    out.push_str(
        " msdata:UseCurrentLocale=\"true\"><xs:complexType><xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\">",
    );
    push(out, &["<xs:element name=\"", table.name, "\"><xs:complexType><xs:sequence>"]);
    for column in table.fields {
        push(out, &["<xs:element name=\"", column.name, "\" type=\"xs:", column.type_name(), "\" minOccurs=\"0\" />"]);
    }
    out.push_str("</xs:sequence></xs:complexType></xs:element></xs:choice></xs:complexType></xs:element></xs:schema>");
}

/// Writes a row, of which columns that are null are left out.
fn push_row(out: &mut String, data_set: &DataSet, order: usize, row: &Output) {
    let table = &data_set.table;
    let (number, order) = ((order + 1).to_string(), order.to_string());
    push(out, &["<", table.name, " diffgr:id=\"", table.name, &number, "\" msdata:rowOrder=\"", &order, "\""]);
    if (0..table.fields.len()).all(|index| row.get(index).is_none()) {
        return out.push_str(" />");
    }
    out.push('>');
    for (index, column) in table.fields.iter().enumerate() {
        match row.get(index) {
            Some(Value::Text(text)) => push_text(out, column.name, text),
            Some(Value::Int(number)) => push_int(out, column.name, *number),
            _ => {}
        }
    }
    push(out, &["</", table.name, ">"]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{DS_ACCOUNT_IDS, IntField, TextField};

    const ID: TextField = DS_ACCOUNT_IDS.table.text("AccountId");
    const TYPE: TextField = DS_ACCOUNT_IDS.table.text("AccountIdTypeExternalReference");
    const IS_INACTIVE: IntField = DS_ACCOUNT_IDS.table.int("IsInactive");
    const IS_INACTIVE_FOR_DEVICES: IntField = DS_ACCOUNT_IDS.table.int("IsInactiveForDevices");

    /// What stands between the two tags.
    fn written(rows: &[Output]) -> String {
        let mut out = String::new();
        push_data_set(&mut out, "AccountIds", &DS_ACCOUNT_IDS, rows);
        let inside = out.strip_prefix("<AccountIds>").and_then(|out| out.strip_suffix("</AccountIds>"));
        inside.expect("the element").to_owned()
    }

    const SCHEMA: &str = "<xs:schema id=\"dsAccountIds\" targetNamespace=\"http://tempuri.org/dsAccountIds.xsd\" xmlns:mstns=\"http://tempuri.org/dsAccountIds.xsd\" xmlns=\"http://tempuri.org/dsAccountIds.xsd\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xmlns:msdata=\"urn:schemas-microsoft-com:xml-msdata\" attributeFormDefault=\"qualified\" elementFormDefault=\"qualified\"><xs:element name=\"dsAccountIds\" msdata:IsDataSet=\"true\" msdata:UseCurrentLocale=\"true\"><xs:complexType><xs:choice minOccurs=\"0\" maxOccurs=\"unbounded\"><xs:element name=\"AccountIds\"><xs:complexType><xs:sequence><xs:element name=\"AccountId\" type=\"xs:string\" minOccurs=\"0\" /><xs:element name=\"AccountIdTypeExternalReference\" type=\"xs:string\" minOccurs=\"0\" /><xs:element name=\"IsInactive\" type=\"xs:int\" minOccurs=\"0\" /><xs:element name=\"IsInactiveForDevices\" type=\"xs:int\" minOccurs=\"0\" /></xs:sequence></xs:complexType></xs:element></xs:choice></xs:complexType></xs:element></xs:schema>";
    const DIFFGRAM: &str = "<diffgr:diffgram xmlns:msdata=\"urn:schemas-microsoft-com:xml-msdata\" xmlns:diffgr=\"urn:schemas-microsoft-com:xml-diffgram-v1\"";

    #[test]
    fn a_data_set_without_rows_is_its_schema_and_an_empty_diffgram() {
        assert_eq!(written(&[]), format!("{SCHEMA}{DIFFGRAM} />"));
    }

    #[test]
    fn rows_are_numbered_and_null_columns_left_out() {
        let row = |id: &str| Output::default().text(ID, id.into());
        let rows = [
            row("590002").text(TYPE, "CARD".into()).int(IS_INACTIVE, 0).int(IS_INACTIVE_FOR_DEVICES, 1),
            // In whatever order they were given.
            Output::default().int(IS_INACTIVE, -1).text(ID, "<\"&'>\r\n\t\u{1}".into()),
            row(""),
            Output::default(),
        ];
        let expected = "><dsAccountIds xmlns=\"http://tempuri.org/dsAccountIds.xsd\">\
             <AccountIds diffgr:id=\"AccountIds1\" msdata:rowOrder=\"0\"><AccountId>590002</AccountId>\
             <AccountIdTypeExternalReference>CARD</AccountIdTypeExternalReference><IsInactive>0</IsInactive>\
             <IsInactiveForDevices>1</IsInactiveForDevices></AccountIds>\
             <AccountIds diffgr:id=\"AccountIds2\" msdata:rowOrder=\"1\">\
             <AccountId>&lt;\"&amp;'&gt;\r\n\t&#x1;</AccountId><IsInactive>-1</IsInactive></AccountIds>\
             <AccountIds diffgr:id=\"AccountIds3\" msdata:rowOrder=\"2\"><AccountId /></AccountIds>\
             <AccountIds diffgr:id=\"AccountIds4\" msdata:rowOrder=\"3\" /></dsAccountIds></diffgr:diffgram>";
        assert_eq!(written(&rows), format!("{SCHEMA}{DIFFGRAM}{expected}"));
    }

    #[test]
    fn the_schema_on_its_own_is_indented() {
        let expected = include_str!("../../fixtures/contract/dsAccountIds.xsd").replace('\n', "\r\n");
        assert_eq!(schema(&DS_ACCOUNT_IDS).expect("text"), expected.trim_end());
    }
}
