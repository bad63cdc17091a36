//! `cargo xtask docs`: runs what README.md, specs/README.md and docs/ tell a reader to type.
//!
//! In a fenced block `console`, a line that begins with `$ ` is a command, and what follows is what
//! it prints; `…` stands for anything. All commands of one document run in one shell, in the
//! workspace's root, with the placeholders for endpoint and key replaced by those of an emulator.
//! A fenced block below a comment `<!-- PATH -->` must stand in that file. A block `yaml` after a
//! block `hurl` says the same in no more lines.

use std::path::Path;
use std::process::{Command, ExitCode};

use aoai_emulator::{Config, Emulator};

use crate::tidy::{files, root};

const ENDPOINT: &str = "https://YOUR-RESOURCE.openai.azure.com";
const KEY: &str = "YOUR-KEY";

pub(crate) fn main() -> ExitCode {
    let root = root();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&format!("no runtime: {error}")),
    };
    let emulator = match runtime.block_on(start(&root)) {
        Ok(emulator) => emulator,
        Err(error) => return fail(&format!("the emulator does not start: {error}")),
    };
    let mut failures = 0;
    let documents = ["README.md", "specs/README.md"].map(|name| root.join(name));
    let documents = documents.into_iter().chain(files(&root.join("docs"), "md"));
    for path in documents {
        let name = path
            .strip_prefix(&root)
            .unwrap_or(&path)
            .display()
            .to_string();
        let found = match std::fs::read_to_string(&path) {
            Ok(text) => check(&root, &text, &emulator),
            Err(error) => vec![error.to_string()],
        };
        let state = if found.is_empty() { "ok" } else { "FAIL" };
        println!("{state:>4}  {name}");
        failures += found.len();
        for failure in found {
            println!("\n{name}: {failure}\n");
        }
    }
    if failures == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn start(root: &Path) -> Result<Emulator, Box<dyn std::error::Error>> {
    let config = std::fs::read_to_string(root.join("specs/emulator.yaml"))?;
    Ok(Emulator::start(Config::from_yaml(&config)?).await?)
}

fn fail(why: &str) -> ExitCode {
    eprintln!("error: {why}");
    ExitCode::FAILURE
}

fn check(root: &Path, text: &str, emulator: &Emulator) -> Vec<String> {
    let blocks = blocks(text);
    let mut failures: Vec<String> = blocks
        .iter()
        .filter_map(|block| check_excerpt(root, block))
        .chain(blocks.windows(2).filter_map(check_length))
        .collect();
    let commands: Vec<Typed> = blocks
        .iter()
        .filter(|block| block.language == "console")
        .flat_map(typed)
        .collect();
    failures.extend(run(root, &commands, emulator));
    failures
}

/// A fenced block and the comment above it.
#[derive(Debug, PartialEq)]
struct Block<'a> {
    line: usize,
    language: &'a str,
    from: Option<&'a str>,
    body: Vec<&'a str>,
}

fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks = Vec::new();
    let mut open: Option<Block<'_>> = None;
    let mut from = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => block.body.push(line),
            (None, Some(language)) => {
                open = Some(Block {
                    line: index + 1,
                    language,
                    from: from.take(),
                    body: Vec::new(),
                });
            }
            (None, None) => {
                let comment = line
                    .strip_prefix("<!-- ")
                    .and_then(|line| line.strip_suffix(" -->"));
                if comment.is_some() || !line.is_empty() {
                    from = comment;
                }
            }
        }
    }
    blocks
}

fn check_excerpt(root: &Path, block: &Block<'_>) -> Option<String> {
    let from = block.from?;
    let source = match std::fs::read_to_string(root.join(from)) {
        Ok(source) => source,
        Err(error) => return Some(format!("line {}: {from}: {error}", block.line)),
    };
    let source: Vec<&str> = source.lines().map(str::trim).collect();
    let wanted: Vec<&str> = block.body.iter().map(|line| line.trim()).collect();
    let stands = source.windows(wanted.len()).any(|window| window == wanted);
    (!stands).then(|| format!("line {}: this block does not stand in {from}", block.line))
}

/// A spec beside a Hurl file is not the longer of the two.
fn check_length(pair: &[Block<'_>]) -> Option<String> {
    let [hurl, yaml] = pair else {
        return None;
    };
    let lines = |block: &Block<'_>| {
        let lines = block.body.iter();
        lines.filter(|line| !line.trim().is_empty()).count()
    };
    let (theirs, ours) = (lines(hurl), lines(yaml));
    let compared = (hurl.language, yaml.language) == ("hurl", "yaml");
    (compared && ours > theirs).then(|| {
        format!(
            "line {}: {ours} lines, where Hurl takes {theirs}",
            yaml.line
        )
    })
}

/// A command and what it prints.
#[derive(Debug, PartialEq)]
struct Typed {
    line: usize,
    command: String,
    prints: Vec<String>,
}

fn typed(block: &Block<'_>) -> Vec<Typed> {
    let mut found: Vec<Typed> = Vec::new();
    for (offset, line) in block.body.iter().enumerate() {
        if let Some(command) = line.strip_prefix("$ ") {
            let line = block.line + 1 + offset;
            found.push(Typed {
                line,
                command: command.to_owned(),
                prints: Vec::new(),
            });
        } else if let Some(last) = found.last_mut() {
            last.prints.push((*line).to_owned());
        }
    }
    found
}

fn run(root: &Path, commands: &[Typed], emulator: &Emulator) -> Vec<String> {
    if commands.is_empty() {
        return Vec::new();
    }
    // What a developer has set is not what a newcomer starts with.
    let mut script = String::from("unset OPENAI_API_VERSION ${!AZURE_OPENAI_*}\n");
    for typed in commands {
        let command = typed
            .command
            .replace(ENDPOINT, emulator.endpoint())
            .replace(KEY, "$FAKE_KEY");
        script.push_str(&command);
        script.push_str("\nprintf '\\n%s\\n' \"$MARK $?\"\n");
    }
    let mark = "-- end of command --";
    let out = Command::new("bash")
        .args(["-c", &script])
        .current_dir(root)
        .env("MARK", mark)
        .env("FAKE_KEY", &emulator.keys()[0])
        .output();
    let out = match out {
        Ok(out) => out,
        Err(error) => return vec![format!("bash: {error}")],
    };
    let printed = String::from_utf8_lossy(&out.stdout);
    let errors = String::from_utf8_lossy(&out.stderr);
    let mut segments = printed.split(mark);
    let mut failures = Vec::new();
    let mut before = segments.next().unwrap_or_default();
    for typed in commands {
        let after = segments.next().unwrap_or_default();
        let (status, rest) = after.split_once('\n').unwrap_or((after, ""));
        let actual: Vec<&str> = before.trim_matches('\n').lines().collect();
        let expected: Vec<&str> = typed.prints.iter().map(String::as_str).collect();
        if status.trim() != "0" {
            let status = status.trim();
            failures.push(format!(
                "line {}: `{}` ended with {status}\n{before}\n{errors}",
                typed.line, typed.command
            ));
        } else if !fits(&expected, &actual) {
            failures.push(format!(
                "line {}: `{}` prints\n{}\ninstead of\n{}",
                typed.line,
                typed.command,
                actual.join("\n"),
                expected.join("\n")
            ));
        }
        before = rest;
    }
    failures
}

/// Whether the lines are the expected ones; a line that is `…` stands for any number of lines, and
/// a `…` within a line for any text.
fn fits(expected: &[&str], actual: &[&str]) -> bool {
    let Some((line, rest)) = expected.split_first() else {
        return actual.is_empty();
    };
    if line.trim() == "…" {
        return (0..=actual.len()).any(|skipped| fits(rest, &actual[skipped..]));
    }
    actual
        .split_first()
        .is_some_and(|(found, others)| line_fits(line, found) && fits(rest, others))
}

fn line_fits(expected: &str, actual: &str) -> bool {
    let mut pieces = expected.trim_end().split('…');
    let actual = actual.trim_end();
    let Some(mut rest) = pieces.next().and_then(|first| actual.strip_prefix(first)) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, between)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in between {
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::{Block, blocks, check_length, fits, typed};

    #[test]
    fn blocks_know_their_line_language_and_source() {
        let text = "a\n\n<!-- x.rs -->\n```rust\nfn\n```\n\n```console\n$ b\nc\n$ d\n```\n";
        let found = blocks(text);
        assert_eq!(
            found[0],
            Block {
                line: 4,
                language: "rust",
                from: Some("x.rs"),
                body: vec!["fn"]
            }
        );
        assert_eq!(found[1].from, None);
        let commands: Vec<_> = typed(&found[1])
            .into_iter()
            .map(|t| (t.line, t.command, t.prints))
            .collect();
        let c = vec!["c".to_owned()];
        assert_eq!(
            commands,
            [(9, "b".to_owned(), c), (11, "d".to_owned(), Vec::new())]
        );
    }

    #[test]
    fn a_spec_longer_than_its_hurl_file_is_told() {
        let told = |text: &str| -> Vec<String> {
            let blocks = blocks(text);
            blocks.windows(2).filter_map(check_length).collect()
        };
        let equal = "```hurl\nGET x\n\nHTTP 200\n```\n\n```yaml\na\nb\n```\n";
        assert_eq!(told(equal), [] as [&str; 0]);
        let longer = equal.replace("b\n", "b\nc\n");
        assert_eq!(told(&longer), ["line 7: 3 lines, where Hurl takes 2"]);
        assert_eq!(told(&longer.replace("hurl", "text")), [] as [&str; 0]);
    }

    #[test]
    fn an_ellipsis_stands_for_anything() {
        assert!(fits(&["a … c", "…", "z"], &["a b c", "1", "2", "z"]));
        assert!(fits(&["…"], &[]));
        assert!(!fits(&["a … c"], &["a b d"]));
        assert!(!fits(&["a"], &["a", "b"]));
        assert!(!fits(&["a", "b"], &["a"]));
    }
}
