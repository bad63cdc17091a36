//! What the documentation of the wire types shows.

use std::path::Path;

use super::{Finding, files, relative};

/// The words after `pub` that begin an item.
const ITEMS: &[&str] = &["struct", "enum", "trait", "type", "fn"];

pub(super) fn check(root: &Path, findings: &mut Vec<Finding>) {
    for path in files(&root.join("crates/aoai-types/src"), "rs") {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        for (line, item) in bare_items(&text) {
            let place = format!("{}:{line}", relative(root, &path));
            let message = format!("`{item}` has neither an example nor a link to the reference");
            findings.push(Finding::new(place, message));
        }
    }
}

/// Public items whose documentation has neither an example nor a link, with their lines.
fn bare_items(text: &str) -> Vec<(usize, &str)> {
    let lines = text.lines().take_while(|line| *line != "#[cfg(test)]");
    let lines: Vec<&str> = lines.collect();
    let items = (0..lines.len()).filter_map(|at| Some((at, item(lines[at])?)));
    let bare = items.filter(|(at, _)| {
        // What belongs to an item stands above it without an empty line.
        let above = lines[..*at].iter().rev();
        let mut above = above.take_while(|line| !line.trim().is_empty());
        !above.any(|line| {
            line.contains("```")
                || line.contains("learn.microsoft.com")
                || line.contains("#[doc(hidden)]")
        })
    });
    bare.map(|(at, item)| (at + 1, item)).collect()
}

/// The name of the item that begins here: in a module, or in a macro that declares it.
fn item(line: &str) -> Option<&str> {
    let declared = line.strip_prefix("    ").unwrap_or(line);
    let (keyword, rest) = declared.strip_prefix("pub ")?.split_once(' ')?;
    // Four spaces in, a function is a method.
    let is_item = ITEMS.contains(&keyword) && (keyword != "fn" || declared == line);
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    let name = &rest[..end.unwrap_or(rest.len())];
    (is_item && !name.is_empty()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::bare_items;

    #[test]
    fn an_item_shows_an_example_or_a_link() {
        let text = "/// Shown.\n///\n/// ```\n/// Shown;\n/// ```\n#[derive(Debug)]\n\
                    pub struct Shown;\n\n\
                    union! {\n    /// [Reference](https://learn.microsoft.com/x)\n    \
                    pub enum Linked {\n        A,\n    }\n}\n\n\
                    /// Bare.\n#[expect(\n    clippy::x,\n    reason = \"y\"\n)]\npub enum Bare {}\n\n\
                    impl Shown {\n    pub fn method() {}\n}\n\n\
                    pub fn function<T>() {}\n\npub enum $name {}\n\n\
                    #[cfg(test)]\nmod tests {\n    pub struct Test;\n}\n";
        assert_eq!(bare_items(text), [(21, "Bare"), (27, "function")]);
    }
}
