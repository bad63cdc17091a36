//! The cells of a spec's matrix: one test each.

use std::fmt;

use serde_json::Value;

use crate::model::{Axis, Spec};
use crate::vars::as_text;

/// One combination of the axes' values.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    /// Axes and values, in the order of the matrix.
    pub(crate) values: Vec<(String, Value)>,
    /// The name that reports show: rows by their number.
    label: String,
}

impl Cell {
    /// The value of an axis as text, `v1`.
    pub(crate) fn text(&self, axis: &str) -> Option<String> {
        let found = self.values.iter().find(|(name, _)| name == axis)?;
        Some(as_text(&found.1))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label)
    }
}

/// All cells of a spec; one without values where it has no matrix.
pub(crate) fn all(spec: &Spec) -> impl Iterator<Item = Cell> {
    product(&spec.matrix)
}

/// The product of axes, the last one turning fastest.
pub(crate) fn product(axes: &[Axis]) -> impl Iterator<Item = Cell> {
    let count: usize = axes.iter().map(|axis| axis.values.len()).product();
    (0..count).map(move |number| {
        let mut rest = number;
        let mut picks = Vec::with_capacity(axes.len());
        for axis in axes.iter().rev() {
            picks.push((axis, rest % axis.values.len()));
            rest /= axis.values.len();
        }
        picks.reverse();
        let label = picks
            .iter()
            .map(|(axis, at)| format!("{}={}", axis.key.name, name(&axis.values[*at], *at)));
        Cell {
            label: label.collect::<Vec<_>>().join(" "),
            values: picks
                .iter()
                .map(|(axis, at)| (axis.key.name.clone(), axis.values[*at].clone()))
                .collect(),
        }
    })
}

/// What the value at a place of an axis is called: a row by its number.
pub(crate) fn name(value: &Value, at: usize) -> String {
    match value {
        Value::Object(_) | Value::Array(_) => at.to_string(),
        value => as_text(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::Span;
    use crate::value::Key;

    fn axis(name: &str, values: Vec<Value>) -> Axis {
        let key = Key {
            name: name.to_owned(),
            span: Span::default(),
        };
        Axis { key, values }
    }

    #[test]
    fn cells_are_the_product_of_the_axes() {
        let axes = [
            axis("api", vec![json!("2024-10-21"), json!("v1")]),
            axis("case", vec![json!({"a": 1}), json!({"a": 2})]),
        ];
        let labels: Vec<_> = product(&axes).map(|cell| cell.to_string()).collect();
        assert_eq!(
            labels,
            [
                "api=2024-10-21 case=0",
                "api=2024-10-21 case=1",
                "api=v1 case=0",
                "api=v1 case=1"
            ]
        );
        let none: Vec<_> = product(&[]).collect();
        assert_eq!(none.len(), 1);
        assert_eq!(none[0].to_string(), "");
    }
}
