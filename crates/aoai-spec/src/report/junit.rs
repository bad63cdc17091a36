//! A run as `JUnit` XML: a suite for each file, a test case for each test.

use quick_junit::{
    NonSuccessKind, Report as Xml, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::{denied, human, interruption, reason};
use crate::run::{CellReport, Report, SpecReport, Verdict};

/// The whole report.
pub(super) fn render(report: &Report) -> Result<String, SerializeError> {
    let mut xml = Xml::new("specs");
    xml.set_time(report.took);
    let mut suite: Option<TestSuite> = None;
    for spec in &report.specs {
        if suite
            .as_ref()
            .is_none_or(|suite| suite.name.as_str() != spec.file)
        {
            if let Some(done) = suite.take() {
                xml.add_test_suite(done);
            }
            let mut next = TestSuite::new(spec.file.clone());
            next.add_property(("profile", report.profile.as_str()));
            suite = Some(next);
        }
        if let Some(suite) = &mut suite {
            let cases = spec.cells.iter().map(|cell| case(report, spec, cell));
            suite.add_test_cases(cases);
        }
    }
    if let Some(done) = suite {
        xml.add_test_suite(done);
    }
    if let Some(why) = interruption(report) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(why);
        let mut suite = TestSuite::new("run");
        suite.add_test_case(TestCase::new("comes to its end", status));
        xml.add_test_suite(suite);
    }
    let mut text = xml.to_string()?;
    text.retain(is_of_xml);
    Ok(text)
}

/// Whether XML 1.0 has the character; it cannot even be escaped there.
fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

fn case(report: &Report, spec: &SpecReport, cell: &CellReport) -> TestCase {
    let mut case = TestCase::new(spec.title(cell), status(report, spec, cell));
    case.set_classname(spec.file.clone());
    case.set_time(cell.took);
    for (name, value) in &cell.settings {
        case.add_property((*name, value.as_str()));
    }
    case.add_property(("tokens", cell.tokens().to_string().as_str()));
    if let Some(usd) = cell.usd() {
        case.add_property(("usd", usd.to_string().as_str()));
    }
    if let Some(first) = cell.first() {
        case.add_property(("first_ms", first.to_string().as_str()));
    }
    for (name, id) in cell.request_ids() {
        case.add_property((name, id));
    }
    for drift in cell.results().flat_map(|result| &result.drift) {
        case.add_property(("drift", format!("{} ({})", drift.path, drift.kind).as_str()));
    }
    case
}

fn status(report: &Report, spec: &SpecReport, cell: &CellReport) -> TestCaseStatus {
    let (kind, message) = match report.verdict(cell) {
        Verdict::Passed => return TestCaseStatus::success(),
        Verdict::Skipped(reason) => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(reason);
            return skipped;
        }
        Verdict::DeniedDrift(drift) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(denied(&drift));
            return status;
        }
        Verdict::DeniedSkip(_) | Verdict::Failed => (NonSuccessKind::Failure, reason(cell)),
        Verdict::Error(_) => (NonSuccessKind::Error, reason(cell)),
    };
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(message);
    status.set_description(human::failure(spec, cell, &human::program(report)));
    status
}
