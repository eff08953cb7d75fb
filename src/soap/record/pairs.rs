//! Arrays of pairs.

use super::xsi::{check_type, read_nil, type_of};
use super::{RecordError, field_index, read_children, read_element_string};
use crate::contract::{Pair, RecordType};
use crate::soap::xml::XmlReader;

/// Reads an array; `None` for one that is nil. What isn't an item is passed over.
pub fn read_pairs<'a>(
    reader: &mut XmlReader<'a>,
    item: &'static RecordType,
    namespace: &str,
) -> Result<Option<Vec<Option<Pair<'a>>>>, RecordError> {
    if read_nil(reader)? {
        return Ok(None);
    }
    let mut pairs = Vec::new();
    read_children(reader, |reader| {
        let is_item = reader.is_element(namespace, item.name);
        if is_item {
            pairs.push(read_pair(reader, item, namespace)?);
        }
        Ok(is_item)
    })?;
    Ok(Some(pairs))
}

/// Reads an item as a record is read; `None` for one that is nil, of which .NET checks the type only when it is behind it.
fn read_pair<'a>(
    reader: &mut XmlReader<'a>,
    item: &'static RecordType,
    namespace: &str,
) -> Result<Option<Pair<'a>>, RecordError> {
    let given_type = type_of(reader)?;
    let is_nil = read_nil(reader)?;
    check_type(given_type.as_ref(), item, namespace, reader)?;
    if is_nil {
        return Ok(None);
    }
    let mut pair = Pair::default();
    read_children(reader, |reader| {
        let value = match field_index(reader, item, namespace) {
            Some(0) => &mut pair.reference,
            Some(_) => &mut pair.value,
            None => return Ok(false),
        };
        let is_wanted = value.is_none();
        if is_wanted {
            *value = Some(read_element_string(reader)?);
        }
        Ok(is_wanted)
    })?;
    Ok(Some(pair))
}

#[cfg(test)]
mod tests;
