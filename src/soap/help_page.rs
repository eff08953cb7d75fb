//! The pages that describe the service to people (ASP.NET, in the vendor's style): an index, and one for each operation.
//!
//! No page of this service was seen; its siblings' have the vendor's address, a link to the documentation in place of a
//! description, and no form. The form is what ASP.NET keeps for local callers, and works for records, too (our choice).

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use askama::Template;

use super::site::Address;
use super::version::Version;
use super::wsdl::escape;
use crate::contract::{Contract, Method, action};

/// Where the form's script lives: below a prefix that the original can't have.
pub const SCRIPT_PATH: &str = "/_emulator/call-form.js";

#[derive(Template)]
#[template(path = "index.html")]
struct Index<'a> {
    address: &'a Address,
    /// By name (our choice; the original's order is that of a hash table).
    methods: Vec<Method>,
}

#[derive(Template)]
#[template(path = "operation.html")]
struct OperationPage<'a> {
    address: &'a Address,
    method: Method,
    namespace: &'a str,
    /// The namespace as it stands in an attribute of the samples.
    xml_namespace: String,
    soap_action: String,
    versions: [Version; 2],
    script: &'static str,
}

#[derive(Template)]
#[template(path = "operation_unknown.html")]
struct OperationUnknown<'a> {
    address: &'a Address,
    name: &'a str,
}

/// The page of the operation `name`, or the index; for callers of `address`. An unknown operation has a page, too.
///
/// # Errors
/// None that can happen: the templates are compiled in, and write to memory.
pub fn help_page(contract: &Contract, address: &Address, name: Option<&str>) -> askama::Result<String> {
    let Some(name) = name else {
        let mut methods: Vec<_> = contract.methods().collect();
        methods.sort_by_key(|method| method.name);
        return Index { address, methods }.render();
    };
    let Some(method) = contract.method(name) else { return OperationUnknown { address, name }.render() };
    let namespace = contract.target_namespace();
    let page = OperationPage {
        address,
        method,
        namespace,
        xml_namespace: escape(namespace),
        soap_action: action(namespace, method.name),
        versions: Version::ALL,
        script: SCRIPT_PATH,
    };
    page.render()
}

/// The script of the form.
pub fn script() -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/javascript; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .body(include_str!("../../templates/call-form.js"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::OPERATIONS;

    #[test]
    fn the_index_and_a_page_have_every_operation_under_each_of_its_names() {
        let contract = Contract::of("urn:mine", OPERATIONS.to_vec());
        let address = Address { origin: "http://localhost".into(), path: "/Services/Sync.asmx".into() };
        let index = help_page(&contract, &address, None).expect("a page");
        let mut names: Vec<_> = contract.methods().map(|method| method.name).collect();
        names.sort_unstable();
        let places: Vec<_> = names.iter().map(|name| index.find(&format!(">{name}</a>"))).collect();
        assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{index}");
        for name in names {
            let page = help_page(&contract, &address, Some(name)).expect("a page");
            assert_eq!(page.matches(&format!("&lt;{name} xmlns=\"urn:mine\"&gt;")).count(), 2, "{page}");
            assert_eq!(page.matches(&format!("&lt;{name}Result&gt;")).count(), 2, "{page}");
        }
    }

    #[test]
    fn a_page_shows_an_item_twice_a_data_set_as_a_word_and_a_form_for_each_field() {
        let contract = Contract::of("urn:mine", OPERATIONS.to_vec());
        let address = Address { origin: "http://localhost".into(), path: "/Services/Sync.asmx".into() };
        let page = |name| help_page(&contract, &address, Some(name)).expect("a page");
        let item = "
          &lt;recCustomFieldKeyValuePair&gt;
            &lt;CustomFieldExternalReference&gt;<span class=\"value\">string</span>&lt;/CustomFieldExternalReference&gt;
            &lt;CustomFieldValue&gt;<span class=\"value\">string</span>&lt;/CustomFieldValue&gt;
          &lt;/recCustomFieldKeyValuePair&gt;";
        let array = format!(
            "&lt;/MemberId&gt;\n        &lt;CustomFieldPairs&gt;{item}{item}\n        &lt;/CustomFieldPairs&gt;\n      &lt;/preq"
        );
        assert_eq!(page("SaveAccountCustomFields").matches(&array).count(), 2, "{}", page("SaveAccountCustomFields"));
        let data_set = "
        &lt;AccountIds&gt;<span class=\"value\">dataset</span>&lt;/AccountIds&gt;
      &lt;/FetchAccountIdsResult&gt;";
        assert_eq!(page("FetchAccountIds").matches(data_set).count(), 2);
        for operation in OPERATIONS {
            let page = page(operation.name);
            for field in operation.request.fields {
                let kind = if field.item().is_some() { "textarea" } else { "input" };
                assert!(page.contains(&format!("<{kind} id=\"{0}\" name=\"{0}\"", field.name)), "{page}");
            }
            for part in ["&lt;?xml", "&lt;/soap:Envelope&gt;</pre>", "&lt;/soap12:Envelope&gt;</pre>"] {
                assert!(page.contains(part), "{page}");
            }
        }
    }
}
