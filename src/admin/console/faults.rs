//! Faults on purpose: the rules in force, and new ones.

use actix_web::web::{Data, Path, Query};
use askama::Template;
use serde::Deserialize;

use super::form::Form;
use super::link::Link;
use super::page::{self, Answer, FieldError, Frame, Refusal, Tab, View};
use super::page_error::PageError;
use super::words;
use crate::admin::ControlPlane;
use crate::admin::problem::Problem;
use crate::calls::{AddRuleError, Api, Disconnect, FaultAnswer, FaultRule, NewFaultRule};

#[derive(Template)]
#[template(path = "console/faults.html")]
struct Faults {
    frame: Frame,
    rules: RuleTable,
    operations: Vec<(Api, Vec<&'static str>)>,
    form: RuleForm,
    refused: Option<FieldError>,
}

/// The part that refreshes itself.
#[derive(Template)]
#[template(path = "console/faults_live.html")]
struct RuleTable {
    rules: Vec<FaultRule>,
    /// What rules can't be removed without: the picked program.
    program: Option<String>,
    is_live: bool,
}

impl RuleTable {
    fn of(plane: &ControlPlane, frame: &Frame) -> Self {
        Self { rules: plane.calls.fault_rules.all(), program: frame.program.clone(), is_live: frame.is_live }
    }

    fn again(&self) -> Link {
        Link::to("faults/live").with_some("program", self.program.as_ref())
    }
}

/// A rule to be added, as it was typed.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct RuleForm {
    program: Option<String>,
    only: String,
    operation: String,
    member_id: String,
    number: String,
    times: String,
    /// `return_code`, `code`, `delay_ms`, `http_status`, `soap_fault`, `disconnect_before` or `disconnect_after`.
    kind: String,
    value: String,
    /// Of a code of CAMS.
    message: String,
}

/// The kinds of answers with their labels.
const KINDS: [(&str, &str); 7] = [
    ("return_code", "Return code, or error of PIMS"),
    ("code", "Code of CAMS"),
    ("delay_ms", "Delay, in milliseconds"),
    ("http_status", "HTTP status"),
    ("soap_fault", "SOAP fault with this text"),
    ("disconnect_before", "Disconnect, nothing saved"),
    ("disconnect_after", "Disconnect after saving"),
];

impl Faults {
    fn of(plane: &ControlPlane, view: View, form: RuleForm, refused: Option<FieldError>) -> Result<Self, PageError> {
        let frame = Frame::new(Tab::Faults, plane, view)?;
        let operations = plane.operations_by_api();
        Ok(Self { rules: RuleTable::of(plane, &frame), frame, operations, form, refused })
    }
}

/// `GET /_emulator/console/faults`
pub async fn show(plane: Data<ControlPlane>, view: Query<View>) -> Answer {
    let form = RuleForm { times: "1".to_owned(), value: "1".to_owned(), ..RuleForm::default() };
    page::show(&Faults::of(&plane, view.into_inner(), form, None)?)
}

/// `GET /_emulator/console/faults/live`
pub async fn live(plane: Data<ControlPlane>, view: Query<View>) -> Answer {
    page::show(&RuleTable::of(&plane, &Frame::new(Tab::Faults, &plane, view.into_inner())?))
}

/// `POST /_emulator/console/faults`
pub async fn add(plane: Data<ControlPlane>, form: Form<RuleForm>) -> Answer {
    let form = form.into_inner();
    let view = View { program: form.program.clone(), ..View::default() };
    let added = match form.rule() {
        Ok(rule) => add_rule(&plane, rule).await?,
        Err(error) => Err(error),
    };
    match added {
        Ok(()) => Ok(page::go(&Frame::new(Tab::Faults, &plane, view)?.here().with("done", "fault-added"))),
        Err(error) => page::refuse(&Faults::of(&plane, view, form, Some(error))?),
    }
}

/// `POST /_emulator/console/faults/{id}/remove`
pub async fn remove(plane: Data<ControlPlane>, id: Path<u64>, view: Form<View>) -> Answer {
    let done = if plane.calls.fault_rules.remove(*id).await? { "fault-removed" } else { "gone" };
    Ok(page::go(&Frame::new(Tab::Faults, &plane, view.into_inner())?.here().with("done", done)))
}

/// `POST /_emulator/console/faults/clear`
pub async fn clear(plane: Data<ControlPlane>, view: Form<View>) -> Answer {
    plane.calls.fault_rules.clear(None).await?;
    Ok(page::go(&Frame::new(Tab::Faults, &plane, view.into_inner())?.here().with("done", "faults-removed")))
}

/// Says what is wrong with the rule, if something is.
async fn add_rule(plane: &ControlPlane, rule: NewFaultRule) -> Result<Result<(), FieldError>, Problem> {
    match plane.calls.fault_rules.add(rule, &plane.operations).await {
        Ok(_) => Ok(Ok(())),
        Err(AddRuleError::Wrong(error)) => {
            let field = match error.field {
                "answer" => "kind",
                "answer.message" => "message",
                field if field.starts_with("answer") => "value",
                field => field,
            };
            Ok(Err(FieldError::new(field, error.reason)))
        }
        Err(error) => Err(error.into()),
    }
}

impl RuleForm {
    fn rule(&self) -> Result<NewFaultRule, FieldError> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let member_id = given(&self.member_id).map(|text| text.parse()).transpose();
        Ok(NewFaultRule {
            program: given(&self.only),
            operation: given(&self.operation),
            member_id: member_id
                .map_err(|_| FieldError::new("member_id", "Give a whole number, or nothing for any."))?,
            number: given(&self.number),
            times: whole("times", &self.times)?,
            answer: self.answer()?,
        })
    }

    fn answer(&self) -> Result<FaultAnswer, FieldError> {
        Ok(match self.kind.as_str() {
            "return_code" => FaultAnswer::ReturnCode(whole("value", &self.value)?),
            "code" => FaultAnswer::Code {
                code: self.value.trim().to_owned(),
                message: Some(self.message.clone()).filter(|text| !text.is_empty()),
            },
            "delay_ms" => FaultAnswer::DelayMs(whole("value", &self.value)?),
            "http_status" => FaultAnswer::HttpStatus(whole("value", &self.value)?),
            "soap_fault" => FaultAnswer::SoapFault(self.value.clone()),
            "disconnect_before" => FaultAnswer::Disconnect(Disconnect::Before),
            "disconnect_after" => FaultAnswer::Disconnect(Disconnect::After),
            _ => return Err(FieldError::new("kind", "Choose one of the list.")),
        })
    }
}

fn whole<T: std::str::FromStr>(field: &'static str, text: &str) -> Result<T, FieldError> {
    text.trim().parse().map_err(|_| FieldError::new(field, "Give a whole number."))
}
