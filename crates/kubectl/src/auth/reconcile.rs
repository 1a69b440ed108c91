//! `auth reconcile`: roles and bindings are made to hold what files say, and keep what else they hold
//! (upstream: `pkg/cmd/auth/reconcile.go`, `component-helpers/auth/rbac/reconciliation`).

use super::Question;
use crate::command::{Cx, DryRun};
use crate::manifest::{self, Manifest};
use crate::printer::done;
use crate::{Args, Failure};
use orrery_api::{Kind, Object, PolicyRule};
use orrery_apimachinery::decode::{decode, encode};
use orrery_apimachinery::{Str, Value};
use orrery_apiserver::{DeleteOptions, Key};
use serde_json::json;

/// The annotation by which an object stays as it is.
const AUTO_UPDATE: &str = "rbac.authorization.kubernetes.io/autoupdate";

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let refusal = if args.all("filename").is_empty() {
        "must specify one of -f and -k"
    } else if !args.words.is_empty() {
        "no arguments are allowed"
    } else if cx.dry_run == DryRun::Server {
        "--dry-run=server for command reconcile is not supported yet"
    } else {
        ""
    };
    if !refusal.is_empty() {
        return Err(Failure::usage(refusal));
    }
    for manifest in manifest::read(cx, args)? {
        let list = match manifest.key.kind {
            Kind::Role | Kind::ClusterRole => "rules",
            Kind::RoleBinding | Kind::ClusterRoleBinding => "subjects",
            _ => continue,
        };
        let plan = Plan::new(cx, args, &manifest, list);
        let object = if cx.dry_run.sends() && !plan.protected {
            plan.carry_out(cx, &manifest.key)?
        } else {
            Object::decode(manifest.key.kind, &plan.tree).0
        };
        done(cx, args, &object, "reconciled")?;
        plan.tell(cx, args, list);
    }
    Ok(())
}

/// What has to be done with one object.
struct Plan {
    /// The object as it is to be.
    tree: Value,
    /// `create`, `update` or `recreate`; empty when nothing has to be done.
    operation: &'static str,
    /// Whether the object says that it must not be done.
    protected: bool,
    missing: Vec<Value>,
    extra: Vec<Value>,
}

impl Plan {
    fn new(cx: &Cx<'_>, args: &Args, manifest: &Manifest, list: &'static str) -> Plan {
        let expected = Object::decode(manifest.key.kind, &manifest.placed()).0.to_value();
        let items = |tree: &Value| tree[list].as_array().cloned().unwrap_or_default();
        let wanted = items(&expected);
        let Ok(live) = cx.get(&manifest.key) else {
            return Plan::made_new(expected, "create", wanted);
        };
        let protected = live.metadata().annotations.get(AUTO_UPDATE).is_some_and(|value| **value == *"false");
        let live = live.to_value();
        if live["roleRef"] != expected["roleRef"] {
            return Plan { protected, ..Plan::made_new(expected, "recreate", Vec::new()) };
        }
        let mut tree = live.clone();
        for map in ["annotations", "labels"] {
            let own = live["metadata"][map].as_object().into_iter().flatten();
            let given = expected["metadata"][map].as_object().into_iter().flatten();
            let merged: serde_json::Map<_, _> =
                given.chain(own).map(|(k, v)| (k.clone(), v.clone())).collect();
            if !merged.is_empty() {
                tree["metadata"][map] = merged.into();
            }
        }
        let has = items(&live);
        let [missing, mut extra] = match list {
            "rules" => [uncovered(&has, &wanted), uncovered(&wanted, &has)],
            _ => [lacking(&has, &wanted), lacking(&wanted, &has)],
        };
        let selectors = ["aggregationRule"].map(|field| (&expected[field], &live[field]));
        if selectors.iter().any(|(wanted, has)| !wanted.is_null() && !has.is_null()) {
            extra.clear();
        }
        if args.on(remove_flag(list)) && !(missing.is_empty() && extra.is_empty()) {
            tree[list] = wanted.into();
        } else if !missing.is_empty() {
            tree[list] = has.into_iter().chain(missing.iter().cloned()).collect();
        }
        for (wanted, has) in selectors.into_iter().filter(|(wanted, has)| wanted != has) {
            aggregate(&mut tree, wanted, has, args.on(remove_flag(list)));
        }
        let operation = if tree == live { "" } else { "update" };
        Plan { tree, operation, protected, missing, extra }
    }

    fn made_new(tree: Value, operation: &'static str, missing: Vec<Value>) -> Plan {
        Plan { tree, operation, protected: false, missing, extra: Vec::new() }
    }

    fn carry_out(&self, cx: &mut Cx<'_>, key: &Key) -> Result<Object, Failure> {
        if self.operation == "recreate" {
            cx.send(|api, request| api.delete(request, key, &DeleteOptions::default()))?;
        }
        let namespace = Key::new(Kind::Namespace, "", key.namespace.clone());
        if self.operation == "create" && !key.namespace.is_empty() && cx.get(&namespace).is_err() {
            cx.create(&namespace, &json!({"metadata": {"name": key.namespace}}))?;
        }
        Ok(match self.operation {
            "" => cx.get(key)?,
            "update" => cx.replace(key, &self.tree)?,
            _ => cx.create(key, &self.tree)?,
        })
    }

    /// Prints what was necessary.
    fn tell(&self, cx: &mut Cx<'_>, args: &Args, list: &str) {
        if self.operation.is_empty() {
            return;
        }
        let caveat = match self.protected {
            true => [", but object opted out (", AUTO_UPDATE, ": false)"].concat(),
            false => String::new(),
        };
        let mut text = format!("\treconciliation required {}{caveat}\n", self.operation);
        let extra: &[Value] = if args.on(remove_flag(list)) { &self.extra } else { &[] };
        for (items, words) in [(&self.missing[..], ["missing", "added"]), (extra, ["extra", "removed"])] {
            if items.is_empty() {
                continue;
            }
            text += &["\t", words[0], " ", list, " ", words[1], ":\n"].concat();
            items.iter().for_each(|item| text += &["\t\t", &shown(item, list), "\n"].concat());
        }
        cx.output.tell(&text);
    }
}

fn remove_flag(list: &str) -> &'static str {
    if list == "rules" { "remove-extra-permissions" } else { "remove-extra-subjects" }
}

/// The rule by which a ClusterRole takes rules of others: what is wanted, with what it has besides unless that goes.
fn aggregate(tree: &mut Value, wanted: &Value, has: &Value, remove: bool) {
    let selectors = |rule: &Value| rule["clusterRoleSelectors"].as_array().cloned().unwrap_or_default();
    let Some(fields) = tree.as_object_mut() else { return };
    if wanted.is_null() {
        fields.remove("aggregationRule");
        return;
    }
    let mut all = if remove { Vec::new() } else { selectors(has) };
    all.extend(lacking(&all, &selectors(wanted)));
    fields.insert("aggregationRule".into(), json!({"clusterRoleSelectors": all}));
}

/// Which of the wanted are not there.
fn lacking(has: &[Value], wanted: &[Value]) -> Vec<Value> {
    let mut lacking: Vec<Value> = Vec::new();
    for item in wanted {
        if !has.contains(item) && !lacking.contains(item) {
            lacking.push(item.clone());
        }
    }
    lacking
}

/// What the wanted rules allow and the others do not, each alone.
fn uncovered(has: &[Value], wanted: &[Value]) -> Vec<Value> {
    let has: Vec<PolicyRule> = has.iter().map(|rule| decode(rule).0).collect();
    let wanted = wanted.iter().map(|rule| decode::<PolicyRule>(rule).0);
    let single = wanted.flat_map(|rule| alone(&rule));
    let open = single.filter(|(question, _)| !has.iter().any(|rule| question.is_allowed_by(rule)));
    open.map(|(_, rule)| encode(&rule)).collect()
}

/// A rule as rules that each allow one thing (upstream: `BreakdownRule`).
fn alone(rule: &PolicyRule) -> Vec<(Question, PolicyRule)> {
    let mut all = Vec::new();
    let one = |word: &Str| vec![word.clone()];
    let nameless = [Str::from("")];
    let names: &[Str] = if rule.resource_names.is_empty() { &nameless } else { &rule.resource_names };
    for group in &rule.api_groups {
        for resource in &rule.resources {
            for verb in &rule.verbs {
                for name in names {
                    let question = Question::new(verb, group, resource, name);
                    let resource_names = if name.is_empty() { Vec::new() } else { one(name) };
                    let (api_groups, resources, verbs) = (one(group), one(resource), one(verb));
                    let rule =
                        PolicyRule { api_groups, resources, resource_names, verbs, ..Default::default() };
                    all.push((question, rule));
                }
            }
        }
    }
    for url in &rule.non_resource_urls {
        for verb in &rule.verbs {
            let (non_resource_urls, verbs) = (one(url), one(verb));
            let rule = PolicyRule { non_resource_urls, verbs, ..Default::default() };
            all.push((Question::new(verb, "", url, ""), rule));
        }
    }
    all
}

/// As Go prints the value of a struct with its fields' names.
fn shown(item: &Value, list: &str) -> String {
    let word = |field: &str| item[field].as_str().unwrap_or_default().to_owned();
    if list == "subjects" {
        let [kind, group, name, namespace] = ["kind", "apiGroup", "name", "namespace"].map(word);
        return format!("{{Kind:{kind} APIGroup:{group} Name:{name} Namespace:{namespace}}}");
    }
    let words = |field: &str| {
        let items = item[field].as_array().into_iter().flatten();
        items.filter_map(Value::as_str).collect::<Vec<_>>().join(" ")
    };
    let [verbs, groups, resources, names, urls] =
        ["verbs", "apiGroups", "resources", "resourceNames", "nonResourceURLs"].map(words);
    format!(
        "{{Verbs:[{verbs}] APIGroups:[{groups}] Resources:[{resources}] ResourceNames:[{names}] NonResourceURLs:[{urls}]}}"
    )
}
