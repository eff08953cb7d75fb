//! Failures that a tester has ordered.

use std::time::Duration;

use super::operation::Subject;
use crate::calls::{Call, FaultAnswer, FaultRules};
use crate::domain::PhoneNumber;
use crate::operations::Platform;

/// Notes whom a call concerns, and gives what a rule makes of it, if one fits. A delay is over when this returns: meanwhile the
/// call has neither a lock nor a thread.
pub async fn interfere(
    platform: &Platform,
    rules: &FaultRules,
    noted: &mut Call,
    subject: Subject<'_>,
) -> Option<FaultAnswer> {
    noted.facts.member_id = subject.member_id;
    let rule = {
        let directory = platform.ledger.directory();
        let program = subject.security_token.and_then(|token| directory.find_token(token)).map(|(program, _)| program);
        noted.facts.program = program.map(|program| program.name.clone());
        let number = || {
            let settings = program.map(|program| &program.settings).cloned().unwrap_or_default();
            PhoneNumber::parse(subject.phone_number?, &settings).ok().map(|number| number.e164())
        };
        rules.apply(&noted.facts, number).await?
    };
    let answer = rule.answer;
    noted.outcome.fault_rule = Some((rule.id, answer.clone()));
    if let FaultAnswer::DelayMs(milliseconds) = answer {
        tokio::time::sleep(Duration::from_millis(milliseconds)).await;
    }
    Some(answer)
}
