//! A run as one page that needs nothing else: no network, no other file.

use std::fmt::Write as _;

use super::{count, denied, drifts, ended_early, human, reason, verdicts};
use crate::duration::show;
use crate::run::{CellReport, Report, SpecReport, StepReport, Verdict};

/// The whole page.
pub(super) fn render(report: &Report) -> String {
    let mut page = String::with_capacity(64 * 1024);
    let title = format!("Specs against {}", report.profile);
    let (script, style) = (include_str!("html/page.js"), include_str!("html/page.css"));
    let _ = write!(
        page,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta \
         name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta \
         name=\"color-scheme\" content=\"light dark\">\n<meta \
         http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">\n<link rel=\"icon\" \
         href=\"data:,\">\n<title>{}</title>\n<style>\n{style}</style>\n</head>\n<body>\n",
        text(&title)
    );
    header(report, &title, &mut page);
    page.push_str("<main>\n");
    for spec in &report.specs {
        section(report, spec, &mut page);
    }
    rates(report, &mut page);
    drift(report, &mut page);
    coverage(report, &mut page);
    let _ = write!(
        page,
        "</main>\n<script>\n{script}</script>\n</body>\n</html>\n"
    );
    page
}

fn header(report: &Report, title: &str, page: &mut String) {
    // As the tests themselves show it: what they cannot be chosen by hides them for good.
    let [passed, failed, errors, skipped] = verdicts(report);
    let _ = write!(
        page,
        "<header>\n<h1>{}</h1>\n<ul class=\"counts\" aria-label=\"How the tests ended\">\n",
        text(title)
    );
    let counts = [
        (passed, "passed", "passed"),
        (failed, "failed", "failed"),
        (errors, "error", "could not run"),
        (skipped, "skipped", "skipped"),
    ];
    for (number, class, word) in counts {
        let _ = writeln!(page, "<li class=\"{class}\"><b>{number}</b> {word}</li>");
    }
    let money = report.usd().map(|usd| format!(" · ${usd:.4}"));
    let _ = write!(
        page,
        "</ul>\n<p>{} · {} · {}{}</p>\n",
        show(report.took),
        count(report.requests(), "request"),
        count(report.tokens(), "token"),
        money.unwrap_or_default(),
    );
    if let Some(why) = ended_early(report) {
        let _ = writeln!(page, "<p><b>{}</b></p>", text(&why));
    }
    // Without scripts everything is shown, and there is nothing to choose.
    page.push_str(
        "<form id=\"choose\" role=\"search\" hidden>\n<label>Find <input type=\"search\" \
         id=\"words\" placeholder=\"file, name, cell, reason\"></label>\n<fieldset>\n\
         <legend>Show</legend>\n",
    );
    for (number, class, word) in counts {
        if number > 0 {
            let _ = writeln!(
                page,
                "<label><input type=\"checkbox\" name=\"state\" value=\"{class}\" checked> \
                 {word}</label>"
            );
        }
    }
    page.push_str(
        "</fieldset>\n<output id=\"shown\" role=\"status\"></output>\n</form>\n</header>\n",
    );
}

fn section(report: &Report, spec: &SpecReport, page: &mut String) {
    let _ = writeln!(
        page,
        "<section>\n<h2><span class=\"file\">{}</span> {}</h2>",
        text(&spec.file),
        text(&spec.name)
    );
    for cell in &spec.cells {
        test(report, spec, cell, page);
    }
    page.push_str("</section>\n");
}

fn test(report: &Report, spec: &SpecReport, cell: &CellReport, page: &mut String) {
    let verdict = report.verdict(cell);
    let (class, word) = match verdict {
        Verdict::Passed => ("passed", "passed"),
        Verdict::Failed => ("failed", "failed"),
        Verdict::Error(_) => ("error", "could not run"),
        Verdict::Skipped(_) => ("skipped", "skipped"),
        Verdict::DeniedSkip(_) => ("failed", "skipped, which is denied"),
        Verdict::DeniedDrift(_) => ("failed", "drifted, which is denied"),
    };
    let bad = matches!(verdict, Verdict::Failed | Verdict::Error(_));
    let label = match cell.label() {
        label if label.is_empty() => "the one test of this spec".to_owned(),
        label => label,
    };
    let mut facts = vec![show(cell.took)];
    match cell.tokens() {
        0 => {}
        tokens => facts.push(count(tokens, "token")),
    }
    facts.extend(cell.first().map(|ms| format!("first text {ms:.0} ms")));
    match &verdict {
        Verdict::Skipped(reason) | Verdict::DeniedSkip(reason) => {
            facts = vec![(*reason).to_owned()];
        }
        Verdict::DeniedDrift(drift) => facts.push(denied(drift)),
        _ => {}
    }
    let _ = writeln!(
        page,
        "<details class=\"test {class}\" data-state=\"{class}\"{}>\n<summary><span \
         class=\"state\">{word}</span> <span class=\"label\">{}</span> <span \
         class=\"facts\">{}</span></summary>",
        if bad { " open" } else { "" },
        text(&label),
        text(&facts.join(" · ")),
    );
    let settings = cell.settings.iter();
    let settings = settings.map(|(name, value)| format!("{name} {value}"));
    let settings = settings.collect::<Vec<_>>().join(" · ");
    let _ = writeln!(page, "<p class=\"settings\">{}</p>", text(&settings));
    if bad {
        let _ = writeln!(page, "<p class=\"reason\">{}</p>", text(&reason(cell)));
        let whole = human::failure(spec, cell, &human::program(report));
        let _ = writeln!(
            page,
            "<pre class=\"failure\" role=\"region\" aria-label=\"what did not pass\" tabindex=\"0\">{}</pre>",
            text(whole.trim_end())
        );
    }
    for made in &cell.steps {
        step(spec, made, page);
    }
    page.push_str("</details>\n");
}

fn step(spec: &SpecReport, step: &StepReport, page: &mut String) {
    let (at, of) = step.number;
    let part = if step.is_finally { "finally" } else { "step" };
    let state = if step.passed() { "passed" } else { "failed" };
    let (line, _) = step.file(spec).position(step.span.start);
    let _ = writeln!(
        page,
        "<div class=\"step\"><h3>{part} {at}/{of}: {} <span class=\"{state}\">{state}</span> \
         <span class=\"facts\">{} · {}:{line}</span></h3>",
        text(&step.name),
        show(step.took),
        text(step.file(spec).name()),
    );
    let Some(result) = &step.result else {
        page.push_str("</div>\n");
        return;
    };
    let attempts = result.attempts.iter().map(|attempt| match attempt.status {
        Some(status) => status.to_string(),
        None => attempt.error.clone().unwrap_or_default(),
    });
    let attempts = attempts.collect::<Vec<_>>().join(" → ");
    let request = result.sent.as_ref();
    let request = request.map(|sent| format!("{} {}", sent.method, sent.path));
    let _ = writeln!(
        page,
        "<p class=\"facts\">{} → {}</p>",
        text(&request.unwrap_or_default()),
        text(&attempts)
    );
    let ids = result
        .request_ids()
        .map(|(name, id)| format!("{name} {id}"));
    let ids = ids.collect::<Vec<_>>().join(" · ");
    if !ids.is_empty() {
        let _ = writeln!(page, "<p class=\"facts\">{}</p>", text(&ids));
    }
    // Masked before it is escaped: a mask knows secrets as they are, not in every mix of escapes.
    let document = spec.redactor.redact_value(&result.to_json());
    let _ = writeln!(
        page,
        "<details><summary>result document</summary>\n<pre role=\"region\" aria-label=\"result document\" tabindex=\"0\">{}</pre></details></div>",
        text(&format!("{document:#}"))
    );
}

fn rates(report: &Report, page: &mut String) {
    let rates = report.rates();
    if rates.is_empty() {
        return;
    }
    page.push_str(
        "<section>\n<h2>Rates</h2>\n<div class=\"wide\"><table><thead><tr><th \
         scope=\"col\">test</th><th scope=\"col\">passed</th><th scope=\"col\">first text, \
         p50</th><th scope=\"col\">first text, p95</th></tr></thead>\n<tbody>\n",
    );
    for rate in rates {
        let ms = |ms: Option<f64>| ms.map_or_else(String::new, |ms| format!("{ms:.0} ms"));
        let _ = writeln!(
            page,
            "<tr><th scope=\"row\">{}</th><td>{}/{} ({:.0} %)</td><td>{}</td><td>{}</td></tr>",
            text(&rate.id),
            rate.passed,
            rate.runs,
            rate.percent(),
            ms(rate.first_p50),
            ms(rate.first_p95),
        );
    }
    page.push_str("</tbody></table></div>\n</section>\n");
}

fn drift(report: &Report, page: &mut String) {
    let drifts = drifts(report);
    if drifts.is_empty() {
        return;
    }
    page.push_str(
        "<section>\n<h2>Drift</h2>\n<p>What the wire types lose of the answers.</p>\n<ul>\n",
    );
    for (operation, path) in drifts {
        let (operation, path) = (text(&operation), text(&path));
        let _ = writeln!(page, "<li>{operation}: <code>{path}</code></li>");
    }
    page.push_str("</ul>\n</section>\n");
}

fn coverage(report: &Report, page: &mut String) {
    let coverage = report.coverage();
    let _ = writeln!(
        page,
        "<section>\n<h2>Coverage</h2>\n<p>{}</p>\n<details><summary>by operation</summary>\n<pre \
         role=\"region\" aria-label=\"coverage by operation\" tabindex=\"0\">{}</pre></details>\n</section>",
        text(&coverage.summary()),
        text(coverage.table().trim_end()),
    );
}

/// Text as it stands in elements and in quoted attributes.
pub(super) fn text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            // No page may hold these, not even escaped.
            c if c.is_control() && !"\n\t".contains(c) => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn text_is_never_markup() {
        assert_eq!(
            text("<script>\"a\" & 'b'</script>\u{1b}\n"),
            "&lt;script&gt;&quot;a&quot; &amp; &apos;b&apos;&lt;/script&gt;\u{fffd}\n"
        );
    }
}
