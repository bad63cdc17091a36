//! `0.5 * a + b / 2`: how several scores become one.

use std::collections::BTreeMap;

/// The value of a formula; else which of the service's flags says what is wrong with it.
pub(super) fn value(text: &str, names: &BTreeMap<String, f64>) -> Result<f64, &'static str> {
    let mut formula = Formula {
        tokens: tokens(text),
        at: 0,
        names,
    };
    // Parentheses are read by going deeper, so there may not be any number of them.
    if formula.tokens.len() > MOST {
        return Err(PARSE);
    }
    let value = formula.sum()?;
    if formula.at < formula.tokens.len() {
        return Err(PARSE);
    }
    Ok(value)
}

struct Formula<'a> {
    tokens: Vec<&'a str>,
    at: usize,
    names: &'a BTreeMap<String, f64>,
}

impl<'a> Formula<'a> {
    fn sum(&mut self) -> Result<f64, &'static str> {
        let mut value = self.product()?;
        while let Some(sign) = self.take(&["+", "-"]) {
            let other = self.product()?;
            value += if sign == "+" { other } else { -other };
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<f64, &'static str> {
        let mut value = self.factor()?;
        while let Some(sign) = self.take(&["*", "/"]) {
            let other = self.factor()?;
            value = if sign == "*" {
                value * other
            } else {
                value / other
            };
        }
        Ok(value)
    }

    fn factor(&mut self) -> Result<f64, &'static str> {
        if self.take(&["-"]).is_some() {
            return Ok(-self.factor()?);
        }
        if self.take(&["("]).is_some() {
            let value = self.sum()?;
            return self.take(&[")"]).map(|_| value).ok_or(PARSE);
        }
        let token = *self.tokens.get(self.at).ok_or(PARSE)?;
        self.at += 1;
        if let Ok(number) = token.parse() {
            return Ok(number);
        }
        if !token.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return Err(PARSE);
        }
        self.names
            .get(token)
            .copied()
            .ok_or("invalid_variable_error")
    }

    fn take(&mut self, wanted: &[&str]) -> Option<&'a str> {
        let token = *self.tokens.get(self.at)?;
        let found = wanted.contains(&token);
        self.at += usize::from(found);
        found.then_some(token)
    }
}

fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    while let Some(first) = rest.chars().next() {
        let length = match rest.find(|c: char| !is_word(c)) {
            Some(0) => first.len_utf8(),
            Some(length) => length,
            None => rest.len(),
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

const PARSE: &str = "formula_parse_error";

/// The most numbers, names and signs that a formula may have.
const MOST: usize = 1000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_formula_has_the_usual_rules() {
        let names = BTreeMap::from([("a".to_owned(), 1.0), ("b_2".to_owned(), 0.5)]);
        for (text, expected) in [
            ("a", Ok(1.0)),
            ("0.5 * a + 0.5 * b_2", Ok(0.75)),
            ("a-b_2-b_2", Ok(0.0)),
            ("2*(a + b_2)/3", Ok(1.0)),
            ("-a + 2", Ok(1.0)),
            ("a b_2", Err(PARSE)),
            ("(a", Err(PARSE)),
            ("a +", Err(PARSE)),
            ("", Err(PARSE)),
            ("a % 2", Err(PARSE)),
            ("c", Err("invalid_variable_error")),
        ] {
            assert_eq!(value(text, &names), expected, "{text}");
        }
    }
}
