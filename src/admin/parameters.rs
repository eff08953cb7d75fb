//! Reads what stands behind the question mark.

use std::ops::RangeInclusive;
use std::str::FromStr;

use actix_web::HttpRequest;
use actix_web::web::Query;

use super::problem::Problem;
use crate::steps;

/// The parameters of a request. Each is there once at most, and known.
pub struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// # Errors
    /// 400 names the parameter that is unknown or there twice.
    pub fn read(request: &HttpRequest, known: &[&str]) -> Result<Self, Problem> {
        Self::parse(request.query_string(), known)
    }

    fn parse(query: &str, known: &[&str]) -> Result<Self, Problem> {
        let unreadable = |_| Problem::bad_request("the parameters can't be read");
        let all = Query::<Vec<(String, String)>>::from_query(steps::over(query)).map_err(unreadable)?.into_inner();
        for (place, (name, _)) in steps::each(&all).enumerate() {
            if !known.contains(&name.as_str()) {
                let detail = format!("there is no such parameter; there is {}", known.join(", "));
                return Err(Problem::bad_request(detail).at(name));
            }
            if steps::each(&all[..place]).any(|(other, _)| other == name) {
                return Err(Problem::bad_request("a parameter may be there only once").at(name));
            }
        }
        Ok(Self(all))
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        steps::each(&self.0).find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// # Errors
    /// 400 if it isn't a whole number in this range.
    pub fn number<T>(&self, name: &str, range: RangeInclusive<T>) -> Result<Option<T>, Problem>
    where
        T: FromStr + PartialOrd + std::fmt::Display,
    {
        let Some(text) = self.text(name) else { return Ok(None) };
        let number = text.parse().ok().filter(|number| range.contains(number));
        let wrong = || format!("expected a whole number, {} to {}", range.start(), range.end());
        number.map(Some).ok_or_else(|| Problem::bad_request(wrong()).at(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::steps::hostile::{assert_linear, names};

    #[test]
    fn work_on_hostile_queries_is_linear() {
        let read = |query: &str| {
            let Ok(parameters) = Parameters::parse(query, &["a", "b"]) else { return };
            drop((parameters.text("a"), parameters.number("b", 0..=9)));
        };
        assert_linear(&[
            ("a query", &read),
            ("a text", &|text| read(&format!("a={text}"))),
            ("a number", &|text| read(&format!("a=1&b={text}"))),
            ("many parameters", &|text| read(&names(text).map(|name| name + "=&").collect::<String>())),
        ]);
    }
}
