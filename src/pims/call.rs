//! A call on its way: the checks that all have in common, in their order.

use actix_web::http::StatusCode;
use serde_json::Value;

use super::Endpoint;
use super::api::{Asked, SdkApi};
use super::caller::{Caller, Subject};
use super::error::{ErrorCode, Failure};
use super::instance::{self, Instance};
use super::method::Method;
use super::pims_error::PimsError;
use super::request::Request;
use super::run::{Who, run};
use super::{api, initialize};
use crate::calls::{self, Disconnect, FaultAnswer};
use crate::domain::phone_number::Region;
use crate::domain::program::PimsSettings;
use crate::domain::{E164, PhoneNumber, Reason};

/// A call that arrived whole.
pub struct Call<'c> {
    pub endpoint: &'c Endpoint,
    pub method: Method,
    /// `X-Pims-Instance`
    pub instance: &'c str,
    pub request: &'c Request,
    pub noted: calls::Call,
    /// Of the program, once it is known.
    pub settings: PimsSettings,
    /// Whether a rule wants the answer not to arrive.
    pub hangs_up: bool,
}

/// 2316, which says that the operation succeeded and what should follow it failed (inferred from its label). So it breaks a call that
/// has succeeded, where its page lists it; a call that fails has its own error, and the rule isn't used up.
const SYNCHRONIZATION_FAILED: u16 = 2316;

/// A call whose API is known.
pub struct Addressed {
    pub api: SdkApi,
    pub caller: Caller,
}

impl<'c> Call<'c> {
    /// A call by an instance; `noted` has begun when it came.
    pub fn new(
        endpoint: &'c Endpoint,
        method: Method,
        (instance, request): (&'c str, &'c Request),
        mut noted: calls::Call,
    ) -> Self {
        noted.context.operation = method.operation().or_else(|| api::operation(request));
        Self { endpoint, method, instance, request, noted, settings: PimsSettings::default(), hangs_up: false }
    }

    /// Begins what the instance keeps.
    ///
    /// # Errors
    /// 2007, 2101, 2102.
    pub async fn initialize(&mut self) -> Result<Value, PimsError> {
        let sessions = &*self.endpoint.platform.shared_state;
        let present = instance::find(sessions, self.instance).await?;
        initialize::begin(present.as_ref(), Instance::default())?; // 2007
        let instance = initialize::read(self.request.parameters())?; // 2101, 2102
        self.inject_fault(None).await?; // whatever a rule says
        let begin = |present: Option<Instance>| initialize::begin(present.as_ref(), instance.clone());
        instance::change(&*self.endpoint.platform.shared_state, self.instance, begin).await?;
        Ok(Value::Null)
    }

    /// Ends it.
    ///
    /// # Errors
    /// 2001.
    pub async fn release(&mut self) -> Result<Value, PimsError> {
        self.find_instance().await?; // 2001
        self.inject_fault(None).await?; // whatever a rule says
        let end = |present: Option<Instance>| match present {
            Some(_) => Ok(None),
            None => Err(ErrorCode::FacadeNotInitialized.into()),
        };
        instance::change(&*self.endpoint.platform.shared_state, self.instance, end).await?;
        Ok(Value::Null)
    }

    /// Does what an API is for.
    ///
    /// # Errors
    /// Those of the API, and before them 2001, 2006, 2002, 2344, 2101, 2102, 2201, 2202, 2204.
    pub async fn get_or_set(&mut self) -> Result<Value, PimsError> {
        let addressed = self.address().await?; // 2001, 2006, 2002
        let asked = self.read(&addressed)?; // 2344, 2101, 2102
        let number = asked.number().map(PhoneNumber::e164);
        self.noted.outcome.why = self.how_read(number, addressed.caller.reading.region);
        let lists_it = asked.documented_errors().contains(&SYNCHRONIZATION_FAILED);
        let is_late = |answer: &FaultAnswer| lists_it && *answer == FaultAnswer::ReturnCode(SYNCHRONIZATION_FAILED);
        self.inject_fault_where(number, |answer| !is_late(answer)).await?; // 2201, 2202, 2204, and whatever else a rule says
        let Caller { login, reading, settings, .. } = addressed.caller;
        let who = Who { instance: self.instance, login: login.as_deref(), begun: &self.noted.begun };
        let outcome = run(&self.endpoint.platform, who, &asked, reading.region).await;
        let result = outcome.map_err(|error| error.within(asked.documented_errors(), settings.error_list))?;
        self.inject_fault_where(number, is_late).await?; // 2316
        Ok(result)
    }

    /// Finds the instance, and what it calls.
    ///
    /// # Errors
    /// 2001, 2006 or 2002.
    pub async fn address(&mut self) -> Result<Addressed, PimsError> {
        let (instance, caller) = self.find_instance().await?; // 2001
        instance.brand.ok_or(ErrorCode::CoreNotWellConfigured)?; // 2006
        let api = SdkApi::named(self.method, self.request.api())?; // 2002
        Ok(Addressed { api, caller })
    }

    /// Reads what is asked for, and notes it.
    ///
    /// # Errors
    /// 2344, 2101 or 2102.
    pub fn read(&mut self, addressed: &Addressed) -> Result<Asked, Failure> {
        let Caller { reading, component, .. } = addressed.caller;
        let asked = addressed.api.read(self.request.parameters(), reading, component)?;
        if self.method.operation().is_none() {
            self.noted.context.operation = Some(asked.name());
        }
        if let Asked::Login(credentials) = &asked {
            let directory = self.endpoint.platform.ledger.directory();
            self.concern(Subject::of(directory.find_pims_login(credentials.login())));
        }
        Ok(asked)
    }

    /// Breaks the call on purpose if a rule says so. `number` is the one that it is about.
    ///
    /// # Errors
    /// What the rule says. An error that isn't in the SDK's table is meant for another API's calls.
    pub async fn inject_fault(&mut self, number: Option<E164>) -> Result<(), PimsError> {
        self.inject_fault_where(number, |_| true).await
    }

    async fn inject_fault_where(
        &mut self,
        number: Option<E164>,
        is_wanted: impl Fn(&FaultAnswer) -> bool,
    ) -> Result<(), PimsError> {
        let answer = self.endpoint.calls.inject_fault_where(&mut self.noted, || number, is_wanted).await;
        let ledger = &self.endpoint.platform.ledger;
        self.noted.begun.check(&**ledger, &ledger.directory(), None).await?;
        match answer {
            Some(FaultAnswer::ReturnCode(code)) => ErrorCode::of(code).map_or(Ok(()), |code| Err(code.into())),
            Some(FaultAnswer::HttpStatus(status)) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
                Err(PimsError::Status(status))
            }
            Some(FaultAnswer::Disconnect(Disconnect::Before)) => Err(PimsError::HangUp),
            Some(FaultAnswer::Disconnect(Disconnect::After)) => {
                self.hangs_up = true;
                Ok(())
            }
            // A delay is over; anything else is for other APIs.
            _ => Ok(()),
        }
    }

    /// In which region a number was read that doesn't say its own.
    fn how_read(&self, number: Option<E164>, region: Region) -> Option<Reason> {
        let (number, given) = (number?, self.request.parameters().get("phoneNumber")?);
        let has_code = given.as_str().is_some_and(|text| text.trim_start().starts_with(['+', '＋']));
        let region = String::from(region);
        (!has_code)
            .then(|| Reason::of(format_args!("read as {number}: without +, numbers are of region {region} first")))
    }

    async fn find_instance(&mut self) -> Result<(Instance, Caller), PimsError> {
        let platform = &self.endpoint.platform;
        let instance = instance::find(&*platform.shared_state, self.instance).await?;
        let instance = instance.ok_or(ErrorCode::FacadeNotInitialized)?;
        let caller = Caller::of(&instance, self.instance, &platform.ledger.directory());
        self.settings = caller.settings;
        self.concern(caller.subject.clone());
        Ok((instance, caller))
    }

    fn concern(&mut self, subject: Subject) {
        self.noted.context.program = subject.program;
        self.noted.context.member_id = subject.member_id;
        self.noted.begun.program = subject.program_id;
    }
}
