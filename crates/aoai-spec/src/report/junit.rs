//! A run as `JUnit` XML: a suite for each file, a test case for each cell.

use quick_junit::{
    NonSuccessKind, Report as Xml, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::human;
use crate::run::{CellReport, Report, SpecReport, State};

/// The whole report.
pub(crate) fn render(report: &Report) -> Result<String, SerializeError> {
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
            suite.add_test_cases(spec.cells.iter().map(|cell| case(spec, cell)));
        }
    }
    if let Some(done) = suite {
        xml.add_test_suite(done);
    }
    xml.to_string()
}

fn case(spec: &SpecReport, cell: &CellReport) -> TestCase {
    let name = match cell.cell.as_str() {
        "" => spec.name.clone(),
        cell => format!("{} [{cell}]", spec.name),
    };
    let mut case = TestCase::new(name, status(spec, cell));
    case.set_classname(spec.file.clone());
    case.set_time(cell.took);
    for (name, value) in &cell.settings {
        case.add_property((*name, value.as_str()));
    }
    case.add_property(("tokens", cell.tokens().to_string().as_str()));
    if let Some(first) = cell.first() {
        case.add_property(("first_ms", first.to_string().as_str()));
    }
    for result in cell.results() {
        for (name, id) in result.request_ids() {
            case.add_property((name, id));
        }
    }
    case
}

fn status(spec: &SpecReport, cell: &CellReport) -> TestCaseStatus {
    let told = || human::failure(spec, cell, "cargo xtask specs");
    let mut status = match &cell.state {
        State::Passed => return TestCaseStatus::success(),
        State::Skipped(reason) => {
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_message(reason.clone());
            return skipped;
        }
        State::Failed => TestCaseStatus::non_success(NonSuccessKind::Failure),
        State::Error(_) => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    let first = cell.steps.iter().flat_map(|step| &step.mismatches).next();
    let message = match (&cell.state, first) {
        (State::Error(error), _) => error.clone(),
        (_, Some(first)) => {
            format!(
                "{}: expected {}, got {}",
                first.path, first.expected, first.actual
            )
        }
        _ => String::new(),
    };
    status.set_message(message);
    status.set_description(told());
    status
}
