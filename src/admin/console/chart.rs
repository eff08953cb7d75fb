//! The bars of the overview: numbers in, places in a drawing out.

use crate::calls::{Recent, SLOT_SECONDS};

use super::words;

/// Height and width of the drawing of calls per second, in its own units.
const HEIGHT: f64 = 100.0;
const STEP: f64 = 10.0;

/// Calls per second, one column a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct RateChart {
    pub columns: Vec<Column>,
    pub width: f64,
    /// Calls per second of late, and the most in any slot.
    pub now: f64,
    pub most: f64,
}

/// A column of three parts that stand on each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    pub x: f64,
    pub parts: [Part; 3],
}

/// A part of a column.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// `ok`, `refused` or `broken`
    pub kind: &'static str,
    pub y: f64,
    pub height: f64,
}

#[expect(clippy::cast_precision_loss, reason = "a drawing is no more exact than its pixels")]
impl RateChart {
    pub fn of(recent: &Recent) -> Self {
        let last = recent.slots.len().saturating_sub(1);
        let seconds = |place| if place == last { recent.last_seconds } else { SLOT_SECONDS } as f64;
        let rates: Vec<f64> =
            recent.slots.iter().enumerate().map(|(place, slot)| slot.calls as f64 / seconds(place)).collect();
        let most = rates.iter().copied().fold(0.0, f64::max);
        let scale = if most > 0.0 { HEIGHT / most } else { 0.0 };
        let columns = recent.slots.iter().enumerate().map(|(place, slot)| {
            let of_code = |wanted: &dyn Fn(u16) -> bool| -> u64 {
                slot.codes.iter().filter(|(code, _)| wanted(*code)).map(|(_, count)| count).sum()
            };
            let counts = [
                ("ok", of_code(&|code| code == 0)),
                ("refused", of_code(&|code| code != 0)),
                ("broken", slot.without_code),
            ];
            let mut y = HEIGHT;
            let parts = counts.map(|(kind, count)| {
                let height = count as f64 / seconds(place) * scale;
                y -= height;
                Part { kind, y, height }
            });
            Column { x: place as f64 * STEP, parts }
        });
        // The last slot has only begun, so it is taken together with the one before.
        let lately = recent.slots.iter().rev().take(2).map(|slot| slot.calls).sum::<u64>();
        let now = lately as f64 / (SLOT_SECONDS + recent.last_seconds) as f64;
        Self { columns: columns.collect(), width: recent.slots.len() as f64 * STEP, now, most }
    }

    /// How many minutes the columns cover.
    pub fn minutes(recent: &Recent) -> u64 {
        recent.slots.len() as u64 * SLOT_SECONDS / 60
    }
}

/// How often a return code was answered.
#[derive(Clone, Debug, PartialEq)]
pub struct CodeBar {
    /// `None` for faults, HTTP errors and closed connections.
    pub code: Option<u16>,
    pub text: &'static str,
    pub count: u64,
    /// Of the longest bar, in per cent.
    pub width: f64,
}

impl CodeBar {
    /// The bars of all codes that were answered, by code; those without one at the end.
    #[expect(clippy::cast_precision_loss, reason = "a drawing is no more exact than its pixels")]
    pub fn all(recent: &Recent) -> Vec<Self> {
        let mut counts = std::collections::BTreeMap::<u16, u64>::new();
        for (code, count) in recent.slots.iter().flat_map(|slot| &slot.codes) {
            *counts.entry(*code).or_default() += count;
        }
        let without_code: u64 = recent.slots.iter().map(|slot| slot.without_code).sum();
        let most = counts.values().copied().chain([without_code]).max().unwrap_or_default().max(1);
        let bar = |code: Option<u16>, text, count: u64| {
            let width = count as f64 * 100.0 / most as f64;
            Self { code, text, count, width }
        };
        let mut bars: Vec<_> =
            counts.into_iter().map(|(code, count)| bar(Some(code), words::of_code(code), count)).collect();
        if without_code > 0 {
            bars.push(bar(None, "No return code: fault, error of CAMS, HTTP error or closed connection", without_code));
        }
        bars
    }

    pub fn kind(&self) -> &'static str {
        match self.code {
            Some(0) => "ok",
            Some(_) => "refused",
            None => "broken",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::Slot;

    #[test]
    fn columns_are_rates_and_bars_are_counts() {
        let slots = vec![
            Slot { calls: 40, without_code: 10, codes: vec![(0, 20), (311, 10)] },
            Slot { calls: 2, without_code: 0, codes: vec![(0, 2)] },
        ];
        let recent = Recent { slots, last_seconds: 1 };
        let columns = RateChart::of(&recent);
        assert!((columns.most - 4.0).abs() < 1e-9 && (columns.now - 42.0 / 11.0).abs() < 1e-9, "{columns:?}");
        let heights = columns.columns.iter().map(|column| column.parts.iter().map(|part| part.height).sum::<f64>());
        assert_eq!(heights.map(f64::round).collect::<Vec<_>>(), [100.0, 50.0]);
        let bars = CodeBar::all(&recent);
        assert_eq!(
            bars.iter().map(|bar| (bar.code, bar.count)).collect::<Vec<_>>(),
            [(Some(0), 22), (Some(311), 10), (None, 10)]
        );
    }

    #[test]
    fn nothing_called_is_no_bar() {
        let recent = Recent { slots: vec![Slot::default(); 30], last_seconds: 1 };
        assert!(CodeBar::all(&recent).is_empty());
        assert!(RateChart::of(&recent).columns.iter().all(|column| column.parts.iter().all(|part| part.height == 0.0)));
    }
}
