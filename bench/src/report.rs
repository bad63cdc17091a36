//! Figures, and how they are shown: as Markdown on the screen, as JSON in a file.

use std::fmt::Write as _;

use serde::Serialize;

/// A table of figures of one kind.
#[derive(Debug, Serialize)]
pub struct Table {
    /// What was measured.
    pub title: &'static str,
    /// In what.
    pub unit: &'static str,
    /// The jobs.
    pub rows: Vec<Row>,
}

/// A job, and what it took each contestant.
#[derive(Debug, Serialize)]
pub struct Row {
    /// The job.
    pub name: String,
    /// One figure each.
    pub cells: Vec<Cell>,
}

/// One figure.
#[derive(Debug, Serialize)]
pub struct Cell {
    /// Whose it is.
    pub by: String,
    /// The figure; of several rounds the median.
    pub value: f64,
    /// What each round came to, where there were several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rounds: Vec<f64>,
}

impl Table {
    /// A table without rows.
    pub const fn new(title: &'static str, unit: &'static str) -> Self {
        Self {
            title,
            unit,
            rows: Vec::new(),
        }
    }

    /// Puts a figure where it belongs.
    pub fn put(&mut self, row: &str, by: &str, value: f64) {
        self.insert(row, by, value, Vec::new());
    }

    /// Puts the median of several rounds there.
    pub fn put_rounds(&mut self, row: &str, by: &str, rounds: Vec<f64>) {
        self.insert(row, by, quartile(&rounds, 2), rounds);
    }

    fn insert(&mut self, row: &str, by: &str, value: f64, rounds: Vec<f64>) {
        let cell = Cell {
            by: by.to_owned(),
            value,
            rounds,
        };
        match self.rows.iter_mut().find(|there| there.name == row) {
            Some(there) => there.cells.push(cell),
            None => self.rows.push(Row {
                name: row.to_owned(),
                cells: vec![cell],
            }),
        }
    }

    /// The figure of a row and a column.
    pub fn get(&self, row: &str, by: &str) -> Option<f64> {
        Some(self.row(row)?.get(by)?.value)
    }

    /// Our figure of a row as a multiple of another's.
    pub fn ratio(&self, row: &str, other: &str) -> Option<f64> {
        self.row(row)?.ratio(other)
    }

    fn row(&self, name: &str) -> Option<&Row> {
        self.rows.iter().find(|there| there.name == name)
    }

    /// The table in Markdown: the figures, with their spread where there is one, and ours as
    /// multiples of the others'.
    pub fn markdown(&self) -> String {
        let mut columns: Vec<&str> = Vec::new();
        for cell in self.rows.iter().flat_map(|row| &row.cells) {
            if !columns.contains(&cell.by.as_str()) {
                columns.push(&cell.by);
            }
        }
        let mut others: Vec<&str> = columns.clone();
        others.retain(|column| *column != OURS && columns.contains(&OURS));
        let mut text = format!("### {} ({})\n\n| |", self.title, self.unit);
        for column in &columns {
            let _ = write!(text, " {column} |");
        }
        for other in &others {
            let _ = write!(text, " × {other} |");
        }
        text.push_str("\n|---|");
        text.push_str(&"--:|".repeat(columns.len() + others.len()));
        for row in &self.rows {
            let _ = write!(text, "\n| {} |", row.name);
            for column in &columns {
                let cell = row.get(column);
                let _ = write!(text, " {} |", cell.map_or("–".into(), Cell::shown));
            }
            for other in &others {
                let ratio = row.ratio(other);
                let _ = write!(text, " {} |", ratio.map_or("–".into(), figure));
            }
        }
        text.push('\n');
        text
    }
}

impl Row {
    fn get(&self, by: &str) -> Option<&Cell> {
        self.cells.iter().find(|cell| cell.by == by)
    }

    /// Our figure as a multiple of another's. Of rounds it is the median of their ratios: what else
    /// the machine does for a while meets both in the same rounds.
    fn ratio(&self, other: &str) -> Option<f64> {
        let (own, other) = (self.get(OURS)?, self.get(other)?);
        if own.rounds.is_empty() || own.rounds.len() != other.rounds.len() {
            return (other.value > 0.0).then(|| own.value / other.value);
        }
        let pairs = own.rounds.iter().zip(&other.rounds);
        let ratios: Vec<f64> = pairs.map(|(own, other)| own / other).collect();
        Some(quartile(&ratios, 2))
    }
}

impl Cell {
    fn shown(&self) -> String {
        let mut text = figure(self.value);
        if !self.rounds.is_empty() {
            let [low, high] = [1, 3].map(|quarter| figure(quartile(&self.rounds, quarter)));
            let _ = write!(text, " ({low}–{high})");
        }
        text
    }
}

/// What so many quarters of the rounds do not exceed.
fn quartile(rounds: &[f64], quarters: usize) -> f64 {
    let mut sorted = rounds.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() - 1) * quarters / 4]
}

/// A number in three digits: `1.25`, `36.7`, `118 k`, `5.95 M`.
pub fn figure(value: f64) -> String {
    let (scaled, suffix) = match value.abs() {
        large if large >= 999_500.0 => (value / 1e6, " M"),
        large if large >= 9_995.0 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    let decimals = match scaled.abs() {
        big if big >= 99.95 => 0,
        big if big >= 9.995 => 1,
        _ => 2,
    };
    let text = format!("{scaled:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{text}{suffix}")
}

/// Whose figures are compared with everybody's.
pub const OURS: &str = "aoai";

#[cfg(test)]
mod tests {
    use super::{Table, figure};

    #[test]
    fn rounds_are_compared_with_those_of_their_time() {
        let mut table = Table::new("times", "s");
        table.put_rounds("a", "aoai", vec![2.0, 20.0, 4.0]);
        table.put_rounds("a", "raw", vec![1.0, 10.0, 5.0]);
        table.put("b", "aoai", 3.0);
        table.put("b", "raw", 2.0);
        table.put("b", "none", 0.0);
        assert_eq!(
            (table.get("a", "aoai"), table.get("a", "raw")),
            (Some(4.0), Some(5.0))
        );
        assert_eq!(
            (table.ratio("a", "raw"), table.ratio("b", "raw")),
            (Some(2.0), Some(1.5))
        );
        assert_eq!(
            (table.ratio("b", "none"), table.ratio("c", "raw")),
            (None, None)
        );
        assert!(
            table
                .markdown()
                .contains("| a | 4 (2–4) | 5 (1–5) | – | 2 | – |"),
            "{}",
            table.markdown()
        );
    }

    #[test]
    fn figures_have_three_digits_at_most() {
        let shown = [0.0, 1.254, 36.66, 118.4, 9_994.0, 117_800.0, 5_951_000.0].map(figure);
        assert_eq!(
            shown,
            ["0", "1.25", "36.7", "118", "9994", "118 k", "5.95 M"]
        );
    }
}
