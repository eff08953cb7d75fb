//! Describes bodies that say a part of something (see [`crate::admin::partial`]), from the description of the whole.

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "/components/schemas";

/// Fields by which things are found; a body that is put may leave them out, and a patch doesn't change them.
const IDS: [&str; 5] = ["account_id", "access_key_id", "external_reference", "login", "token"];

/// Makes the bodies of `PATCH` merge patches, and lets those of `PUT` leave out their id.
pub fn describe(description: &mut Value) {
    let whole = description.pointer(SCHEMAS).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut partial = Map::new();
    let paths = description.get_mut("paths").and_then(Value::as_object_mut);
    for operations in paths.into_iter().flat_map(Map::values_mut) {
        for method in ["patch", "put"] {
            let body = format!("/{method}/requestBody/content/application~1json/schema/$ref");
            let Some(Value::String(reference)) = operations.pointer_mut(&body) else { continue };
            match method {
                "patch" => make_patch(reference, &whole, &mut partial),
                _ => make_body(reference, &whole, &mut partial),
            }
        }
    }
    if let Some(schemas) = description.pointer_mut(SCHEMAS).and_then(Value::as_object_mut) {
        schemas.extend(partial);
    }
}

/// What is put may leave out its id.
fn make_body(reference: &mut String, whole: &Map<String, Value>, partial: &mut Map<String, Value>) {
    let Some((name, mut schema)) = find(reference, whole) else { return };
    let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) else { return };
    let before = required.len();
    required.retain(|field| !field.as_str().is_some_and(|field| is_id(&name, field)));
    if required.len() < before {
        reference.push_str("Body");
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        properties.into_iter().flatten().filter(|(field, _)| is_id(&name, field)).for_each(|(_, id)| make_nullable(id));
        partial.insert(format!("{name}Body"), schema);
    }
}

/// Nothing is required, and null goes back to the default; groups of settings are patched, too.
fn make_patch(reference: &mut String, whole: &Map<String, Value>, partial: &mut Map<String, Value>) {
    let Some((name, mut schema)) = find(reference, whole) else { return };
    reference.push_str("Patch");
    if let Some(schema) = schema.as_object_mut() {
        schema.remove("required");
    }
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for (_, property) in properties.into_iter().flatten().filter(|(field, _)| !is_id(&name, field)) {
        if let Some(Value::String(group)) = property.get_mut("$ref")
            && group.ends_with("Settings")
        {
            make_patch(group, whole, partial);
        }
        make_nullable(property);
    }
    partial.insert(format!("{name}Patch"), schema);
}

/// Accounts have a `member_id`, too, but aren't found by it.
fn is_id(schema: &str, field: &str) -> bool {
    IDS.contains(&field) || (schema, field) == ("MemberState", "member_id")
}

fn make_nullable(property: &mut Value) {
    *property = json!({"anyOf": [{"type": "null"}, property.take()]});
}

fn find(reference: &str, whole: &Map<String, Value>) -> Option<(String, Value)> {
    let name = reference.rsplit('/').next()?;
    whole.get(name).map(|schema| (name.to_owned(), schema.clone()))
}
