//! The help text.

/// For somebody who has mistyped something.
pub(super) fn short(program: &str) -> String {
    format!("Usage: {program} [COMMAND] [PATH…] [OPTIONS]; `{program} --help` tells them all")
}

/// Everything there is.
pub(super) fn long(program: &str) -> String {
    format!("Usage: {program} [COMMAND] [PATH…] [OPTIONS]\n\n{TEXT}")
}

const TEXT: &str = "\
Runs the specs, or those named, against an emulator in this process.

Commands:
  check [PATH…]            read and check the files, without network
  list [PATH…] [--json]    every test, and why it would be skipped
  explain WORD             what an operation, a key, a result field or a matcher is
  explain SPEC             what it would send, test by test, and where each value comes from
  diff ONE OTHER [PATH…]   run against two profiles, `emulator` being one, and tell where the
                           answers do not have the same parts
  new OPERATION [PATH]     write a spec to begin with; `-` for PATH prints it
  new --from-curl FILE     print a spec that sends what a command of curl sends, which is in FILE
                           or, for `-`, is typed; a PATH is written to
  schema [run]             print the JSON Schema of specs, or of files for `run`, for editors

Where and what:
      --live[=PROFILE]     run against a profile of profiles.yaml (default: live)
      --record[=DIR]       with --live: keep what passes in cassettes, everything private masked
      --replay[=DIR]       play cassettes in the service's place (default: cassettes/)
      --filter EXPR        only what matches: text, tag:smoke, op:chat, api:v1, not tag:slow
      --set NAME=VALUE     set api, credential, endpoint, via, retries or timeout; pin an axis
      --across LIST        run each spec over all that the profile has of api, credential,
                           endpoint, via, unless it says itself which
      --var NAME=VALUE     give a variable a value
      --shard I/N          only the I-th of N parts; a test's part depends on its name only
      --failed             only what did not pass last time

How:
  -j, --jobs N             run so many files at once
      --fail-fast          stop at the first spec that does not pass
      --repeat N           run each test N times: pass rate, p50 and p95 of the first text
      --review             show each snapshot that does not fit, and ask whether to take it
      --update             take all snapshots that do not fit
      --watch              run again what changes, until interrupted
      --max-usd X          stop before the run spends more; also --max-tokens N, --max-requests N
      --deny LIST          take for failures: skips, warnings, drift

What is told:
      --report LIST        junit=FILE, json=FILE, html=FILE, md=FILE, tap=FILE, github=FILE;
                           md without a file is added to $GITHUB_STEP_SUMMARY
      --coverage[=DOC,…]   which operations were asserted, only called, never called; of each
                           OpenAPI document, too
      --fail-under PERCENT fail where fewer operations are asserted; needs --coverage
      --curl               for what fails, a command that sends it again, keys as $VARIABLES
  -v                       a line for each HTTP attempt; -vv each result; -vvv each event
  -q, --quiet              only what did not pass
      --color WHEN         auto, always or never; NO_COLOR is respected
  -h, --help               this

With GITHUB_ACTIONS=true, failures are also annotated at their lines.

Exit codes, of which the largest applies:
  0 all well                     4 an expectation failed, or too few operations are asserted
  1 wrong command line           5 a budget was reached
  2 wrong spec file              6 a secret was found in what was written
  3 could not run              130 it was interrupted, and has cleaned up
";
