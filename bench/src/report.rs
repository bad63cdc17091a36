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
    /// The quartiles, where it comes from several rounds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quartiles: Option<(f64, f64)>,
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
    pub fn put(&mut self, row: &str, by: &str, value: f64, quartiles: Option<(f64, f64)>) {
        let cell = Cell {
            by: by.to_owned(),
            value,
            quartiles,
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
        let row = self.rows.iter().find(|there| there.name == row)?;
        row.get(by)
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
                let cell = row.cells.iter().find(|cell| cell.by == *column);
                let _ = write!(text, " {} |", cell.map_or("–".into(), Cell::shown));
            }
            for other in &others {
                let ratio = row.ratio(OURS, other);
                let _ = write!(text, " {} |", ratio.map_or("–".into(), figure));
            }
        }
        text.push('\n');
        text
    }
}

impl Row {
    fn get(&self, by: &str) -> Option<f64> {
        let cell = self.cells.iter().find(|cell| cell.by == by)?;
        Some(cell.value)
    }

    /// One's figure as a multiple of another's.
    fn ratio(&self, one: &str, other: &str) -> Option<f64> {
        let other = self.get(other).filter(|value| *value > 0.0)?;
        Some(self.get(one)? / other)
    }
}

impl Cell {
    fn shown(&self) -> String {
        let mut text = figure(self.value);
        if let Some((low, high)) = self.quartiles {
            let _ = write!(text, " ({}–{})", figure(low), figure(high));
        }
        text
    }
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
    use super::figure;

    #[test]
    fn figures_have_three_digits_at_most() {
        let shown = [0.0, 1.254, 36.66, 118.4, 9_994.0, 117_800.0, 5_951_000.0].map(figure);
        assert_eq!(
            shown,
            ["0", "1.25", "36.7", "118", "9994", "118 k", "5.95 M"]
        );
    }
}
