//! A Role or a ClusterRole: what it allows, a line for each resource.

use super::Story;
use super::story::{list, shown};
use orrery_apimachinery::{Order, Value};

/// What one line tells.
#[derive(Default)]
struct Rule {
    group: String,
    resource: String,
    urls: Vec<String>,
    names: Vec<String>,
    verbs: Vec<String>,
}

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nLabels:\t{+metadata.labels}\nAnnotations:\t{*metadata.annotations}
PolicyRule:\n  Resources\tNon-Resource URLs\tResource Names\tVerbs
  ---------\t-----------------\t--------------\t-----",
    );
    lines(list(&tree["rules"])).iter().for_each(|line| story.line(1, line));
}

/// What rules allow, a line for each resource and address.
pub(crate) fn lines(told: &[Value]) -> Vec<String> {
    let mut rules = Vec::new();
    told.iter().for_each(|rule| gather(&mut rules, rule));
    // Upstream sorts by what its rules print: the verbs stand in front there.
    rules.order_by(|a: &Rule, b: &Rule| text(a).cmp(&text(b)));
    let mut lines = Vec::new();
    for rule in &rules {
        lines.push([combined(rule), plain(&rule.urls), plain(&rule.names), plain(&rule.verbs)].join("\t"));
    }
    lines
}

/// Takes a rule apart, and adds its verbs to those of the lines that tell of the same (upstream: `BreakdownRule`,
/// `CompactRules`).
fn gather(rules: &mut Vec<Rule>, rule: &Value) {
    let texts = |field: &str| -> Vec<String> { list(&rule[field]).iter().map(shown).collect() };
    let (names, verbs) = (texts("resourceNames"), texts("verbs"));
    for group in texts("apiGroups") {
        for resource in texts("resources") {
            let mut each: Vec<Vec<String>> = names.iter().map(|name| vec![name.clone()]).collect();
            if each.is_empty() {
                each.push(Vec::new());
            }
            for names in each {
                let same = |r: &&mut Rule| {
                    r.urls.is_empty() && r.group == group && r.resource == resource && r.names == names
                };
                let known = match rules.iter_mut().find(same) {
                    Some(known) => known,
                    None => {
                        let (group, resource) = (group.clone(), resource.clone());
                        rules.push(Rule { group, resource, names, ..Rule::default() });
                        rules.last_mut().expect("it was pushed")
                    }
                };
                for verb in &verbs {
                    if !known.verbs.contains(verb) {
                        known.verbs.push(verb.clone());
                    }
                }
            }
        }
    }
    for url in texts("nonResourceURLs") {
        for verb in &verbs {
            rules.push(Rule { urls: vec![url.clone()], verbs: vec![verb.clone()], ..Rule::default() });
        }
    }
}

fn plain(words: &[String]) -> String {
    ["[", &words.join(" "), "]"].concat()
}

fn text(rule: &Rule) -> String {
    [
        &plain(&rule.verbs),
        ",APIGroups:[",
        &rule.group,
        "],",
        &rule.resource,
        &plain(&rule.names),
        &plain(&rule.urls),
    ]
    .concat()
}

/// `deployments.apps/scale` (upstream: `CombineResourceGroup`).
fn combined(rule: &Rule) -> String {
    let (resource, sub) = rule.resource.split_once('/').unwrap_or((&rule.resource, ""));
    let dot = if rule.group.is_empty() { "" } else { "." };
    [resource, dot, &rule.group, if sub.is_empty() { "" } else { "/" }, sub].concat()
}
