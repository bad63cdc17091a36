//! Tests that were run more than once.

use std::time::Duration;

use crate::run::{CellReport, Report, State};

/// What the repetitions of one test came to.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Rate {
    /// The test's id.
    pub id: String,
    /// How many of its runs passed.
    pub passed: usize,
    /// How many times it ran. Runs that an interrupt or the budget of the whole run cut short tell
    /// nothing of the test and do not count.
    pub runs: usize,
    /// The time to the first piece of text that half of the runs kept, in milliseconds.
    pub first_p50: Option<f64>,
    /// The time to the first piece of text that 95 of a hundred runs kept, in milliseconds.
    pub first_p95: Option<f64>,
    /// The time for the whole test that half of the runs kept.
    pub took_p50: Duration,
}

impl Rate {
    /// The share of runs that passed, from 0 to 100.
    pub fn percent(&self) -> f64 {
        let share = |n: usize| u32::try_from(n).map_or(f64::MAX, f64::from);
        100.0 * share(self.passed) / share(self.runs.max(1))
    }
}

pub(super) fn of(report: &Report) -> Vec<Rate> {
    let mut rates = Vec::new();
    for spec in &report.specs {
        let mut runs: Vec<(&str, Vec<&CellReport>)> = Vec::new();
        let ran = |cell: &&CellReport| !matches!(cell.state, State::Skipped(_)) && !cell.is_unpaid;
        let repeated = spec.cells.iter().filter(|cell| cell.repetition.is_some());
        for cell in repeated.filter(ran) {
            match runs.iter_mut().find(|(name, _)| *name == cell.cell) {
                Some((_, cells)) => cells.push(cell),
                None => runs.push((&cell.cell, vec![cell])),
            }
        }
        for (_, cells) in runs {
            let passed = cells.iter().filter(|cell| cell.state == State::Passed);
            let mut firsts: Vec<f64> = cells.iter().filter_map(|cell| cell.first()).collect();
            firsts.sort_by(f64::total_cmp);
            let mut took: Vec<Duration> = cells.iter().map(|cell| cell.took).collect();
            took.sort();
            rates.push(Rate {
                id: spec.test_id(cells[0]),
                passed: passed.count(),
                runs: cells.len(),
                first_p50: percentile(&firsts, 50).copied(),
                first_p95: percentile(&firsts, 95).copied(),
                took_p50: percentile(&took, 50).copied().unwrap_or_default(),
            });
        }
    }
    rates
}

/// The least of the sorted values that so many of a hundred do not exceed.
fn percentile<T>(sorted: &[T], hundredths: usize) -> Option<&T> {
    let rank = (sorted.len() * hundredths).div_ceil(100);
    sorted.get(rank.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::percentile;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let hundred: Vec<u32> = (1..=100).collect();
        assert_eq!(percentile(&hundred, 50), Some(&50));
        assert_eq!(percentile(&hundred, 95), Some(&95));
        assert_eq!(percentile(&[1, 2, 3], 50), Some(&2));
        assert_eq!(percentile(&[1, 2, 3], 95), Some(&3));
        assert_eq!(percentile(&[7], 95), Some(&7));
        assert_eq!(percentile::<u32>(&[], 50), None);
    }
}
