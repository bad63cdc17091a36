//! How long a file may be.

use std::path::Path;

use super::{Finding, files, relative};

/// Lines of code in one file: blank lines, comments, docs and the tests at its end do not count.
const BUDGET: usize = 400;

pub(super) fn check(root: &Path, findings: &mut Vec<Finding>) {
    for path in files(&root.join("crates"), "rs")
        .into_iter()
        .chain(files(&root.join("xtask"), "rs"))
    {
        if path
            .components()
            .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "target")
        {
            continue;
        }
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let lines = code_lines(&text);
        if lines > BUDGET {
            let message =
                format!("{lines} lines of code, {BUDGET} are enough: it is asking to be two files");
            findings.push(Finding::new(relative(root, &path).to_string(), message));
        }
    }
}

fn code_lines(text: &str) -> usize {
    text.lines()
        .map(str::trim)
        .take_while(|line| *line != "#[cfg(test)]")
        .filter(|line| !line.is_empty() && !line.starts_with("//"))
        .count()
}

#[cfg(test)]
mod tests {
    use super::code_lines;

    #[test]
    fn only_code_counts() {
        let text = "//! Doc.\n\nuse a;\n/// Doc.\nfn b() {\n    // Why.\n    c() // here\n}\n\n\
                    #[cfg(test)]\nmod tests {\n}\n";
        assert_eq!(code_lines(text), 4);
    }
}
