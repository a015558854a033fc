//! `mailwhy rules check`: whether rules do what their author means.

use std::collections::BTreeMap;

use anyhow::Result;
use mailwhy::classify::{Classifier, Query, Verdict};
use mailwhy::codes::{self, BLOCKLISTS, CAUSES, Cause, CodePattern, PROVIDERS, Stage};
use mailwhy::report::printable;

use super::file::{Case, Rule, RuleFile};
use crate::cli::RulesCheckArgs;
use crate::commands::{Exit, Output, complain};

/// Runs the command.
pub fn run(args: &RulesCheckArgs) -> Result<Exit> {
    let file = RuleFile::read(&args.file)?;
    let rules: Vec<_> = file.rules.iter().map(|rule| rule.own.clone()).collect();
    let classifier = match Classifier::with_rules(rules) {
        Ok(classifier) => classifier,
        Err(error) => return Err(file.problem(&error)),
    };
    let mut problems = Vec::new();
    let mut remarks = Vec::new();
    for rule in &file.rules {
        let at = file.place(rule);
        problems.extend(examples(rule, &classifier).into_iter().map(|problem| format!("{at}: {problem}")));
        remarks.extend(beaten(rule, &classifier).into_iter().map(|remark| format!("{at}: {remark}")));
    }
    problems.extend(conflicts(&file));
    remarks.extend(shadows(&file, &classifier));

    let mut output = Output::new(None)?;
    let out = output.writer();
    let cases: usize = file.rules.iter().map(|rule| rule.examples.len() + rule.near_misses.len()).sum();
    let mut result = Ok(());
    for remark in &remarks {
        result = result.and_then(|()| writeln!(out, "{}", printable(remark.as_bytes())));
    }
    let counted =
        |count: usize, one: &str, more: &str| format!("{count} {}", if count == 1 { one } else { more });
    let summary = format!(
        "{}, {}, {}",
        counted(file.rules.len(), "rule", "rules"),
        counted(cases, "example or near miss", "examples and near misses"),
        counted(problems.len(), "problem", "problems"),
    );
    result = result.and_then(|()| writeln!(out, "{summary}")).and_then(|()| out.flush());
    output.context(result)?;
    for problem in &problems {
        complain(problem, None);
    }
    Ok(if problems.is_empty() { Exit::Found } else { Exit::Nothing })
}

/// Whether its examples give the rule, and its near misses do not.
fn examples(rule: &Rule, classifier: &Classifier) -> Vec<String> {
    let verdict = |case: &Case| {
        classifier.classify(&Query {
            stage: case.stage.map(|name| name.0),
            host: case.host.as_deref().map(str::as_bytes),
            ..Query::new(case.text.as_bytes())
        })
    };
    let id = &rule.own.id;
    let mut problems = Vec::new();
    for case in &rule.examples {
        let Verdict { rule: found, reason, .. } = verdict(case);
        if found != id {
            let reason = reason.as_str();
            problems.push(format!("rule `{id}`: its example gives `{found}` ({reason}): {}", case.text));
        }
    }
    for case in &rule.near_misses {
        if verdict(case).rule == id {
            problems.push(format!("rule `{id}`: its near miss gives the rule: {}", case.text));
        }
    }
    problems
}

/// Texts that the same reply would find in two rules of the file, neither of which is the stronger.
fn conflicts(file: &RuleFile) -> Vec<String> {
    let mut seen: BTreeMap<String, &Rule> = BTreeMap::new();
    let mut problems = Vec::new();
    for rule in &file.rules {
        let own = &rule.own;
        for text in own.marks.iter().chain(&own.texts).chain(&own.replies) {
            let folded = text.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
            let strength = (&own.provider, own.weak, own.weight, &own.only, &own.stages);
            let key = format!("{folded}\0{strength:?}");
            match seen.insert(key, rule) {
                Some(other) if other.own.id != own.id => problems.push(format!(
                    "{}: rules `{}` and `{}` both claim `{text}`; give one of them a higher `weight`",
                    file.place(rule),
                    other.own.id,
                    own.id,
                )),
                Some(_) => {
                    problems.push(format!("{}: rule `{}` has `{text}` twice", file.place(rule), own.id));
                }
                None => {}
            }
        }
    }
    problems
}

/// Texts of the rule on which another rule decides.
fn beaten(rule: &Rule, classifier: &Classifier) -> Vec<String> {
    let own = &rule.own;
    let provider = own.provider.as_deref().and_then(|id| PROVIDERS.iter().find(|p| p.id == id));
    let code = own.only.iter().find_map(|pattern| CodePattern::parse(pattern));
    let reply = |text: &str| Reply {
        text: sample(code.as_ref(), text),
        host: provider.and_then(|p| p.hosts.first().copied()),
        stage: own.stages.first().copied(),
    };
    let mut remarks = Vec::new();
    for text in own.marks.iter().chain(&own.texts) {
        let winner = reply(text).ask(classifier).rule;
        // A text that another rule's text is a part of still decides with more around it, but not by itself.
        if winner != own.id && codes::cause(winner).is_some() {
            remarks.push(format!("rule `{}`: on `{text}` the built-in rule `{winner}` is stronger", own.id));
        }
    }
    remarks
}

/// Built-in rules of which the file takes over some or all.
fn shadows(file: &RuleFile, classifier: &Classifier) -> Vec<String> {
    let built_in = Classifier::new();
    let mut remarks = Vec::new();
    for cause in &CAUSES {
        if let Some(rule) = file.rule(cause.id) {
            remarks.push(format!(
                "{}: rule `{}` takes the place of the built-in one",
                file.place(rule),
                cause.id
            ));
            continue;
        }
        let (mut taken, mut all) = (BTreeMap::<&str, (usize, String)>::new(), 0);
        for reply in replies(cause) {
            if reply.ask(&built_in).rule != cause.id {
                continue;
            }
            all += 1;
            let winner = reply.ask(classifier).rule;
            if winner != cause.id {
                let (count, _) = taken.entry(winner).or_insert((0, reply.text));
                *count += 1;
            }
        }
        for (winner, (count, text)) in taken {
            let Some(rule) = file.rule(winner) else { continue };
            let what = if count == all { "all".to_owned() } else { format!("{count} of {all} texts") };
            remarks.push(format!(
                "{}: rule `{winner}` shadows `{}` ({}): {what}, for example {text}",
                file.place(rule),
                cause.id,
                cause.reason.as_str(),
            ));
        }
    }
    for list in &BLOCKLISTS {
        if let Some(rule) = file.rule(list.id) {
            remarks.push(format!("{}: `{}` is the name of a blocklist too", file.place(rule), list.id));
        }
    }
    remarks
}

/// A reply made of a rule's text.
struct Reply {
    text: String,
    host: Option<&'static str>,
    stage: Option<Stage>,
}

impl Reply {
    fn ask(&self, classifier: &Classifier) -> Verdict {
        classifier.classify(&Query {
            stage: self.stage,
            host: self.host.map(str::as_bytes),
            ..Query::new(self.text.as_bytes())
        })
    }
}

/// A reply for each text of a built-in rule.
fn replies(cause: &'static Cause) -> impl Iterator<Item = Reply> {
    let reply = |text: &&str| Reply {
        text: sample(cause.only.first(), text),
        host: cause.provider.and_then(|p| p.hosts.first().copied()),
        stage: cause.stages.first().copied(),
    };
    cause.marks.iter().chain(cause.texts).map(reply)
}

/// A reply with a code of this set and this text.
fn sample(codes: Option<&CodePattern>, text: &str) -> String {
    let basic = codes.and_then(|p| p.basic).map_or(550, |(from, _)| from);
    let basic = if basic.is_multiple_of(100) { basic + 50 } else { basic };
    let enhanced = codes
        .and_then(|p| p.enhanced)
        .map(|e| format!("{}.{}.{} ", e.class.map_or(basic / 100, u16::from), e.subject, e.detail.0));
    format!("{basic} {}{}", enhanced.unwrap_or_default(), text.replace(" * ", " "))
}
