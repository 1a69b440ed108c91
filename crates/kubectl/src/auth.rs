//! `kubectl auth can-i` and `kubectl auth whoami` (upstream: `kubectl/pkg/cmd/auth`; what roles allow is worked out as
//! `plugin/pkg/auth/authorizer/rbac` does).

pub(crate) mod reconcile;

use crate::command::Cx;
use crate::describe::role;
use crate::printer::{Format, print_tree};
use crate::{Args, Failure, tabs};
use orrery_api::{ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject};
use orrery_apimachinery::Value;
use orrery_apimachinery::decode::encode;
use orrery_apiserver::ApiServer;
use serde_json::json;

const SERVICE_ACCOUNT: &str = "system:serviceaccount:";
const ANONYMOUS: &str = "system:anonymous";

/// Who asks.
struct User<'a> {
    name: &'a str,
    groups: Vec<String>,
}

impl<'a> User<'a> {
    /// The person at the keyboard, or whom `--as` names.
    fn of(args: &'a Args) -> User<'a> {
        let Some(name) = args.flag("as").filter(|name| !name.is_empty()) else {
            let groups = ["system:masters", "system:authenticated"].map(String::from);
            return User { name: "admin", groups: groups.into() };
        };
        let mut groups: Vec<String> = args.all("as-group").to_vec();
        if groups.is_empty()
            && let Some((namespace, _)) = account(name)
        {
            groups.push("system:serviceaccounts".into());
            groups.push(format!("system:serviceaccounts:{namespace}"));
        }
        groups.push(if name == ANONYMOUS { "system:unauthenticated" } else { "system:authenticated" }.into());
        User { name, groups }
    }

    fn is(&self, subject: &Subject, namespace: &str) -> bool {
        match &*subject.kind {
            "User" => *subject.name == *self.name,
            "Group" => self.groups.iter().any(|group| **group == *subject.name),
            _ => {
                let of = subject.namespace.as_deref().filter(|of| !of.is_empty()).unwrap_or(namespace);
                account(self.name) == Some((of, &*subject.name))
            }
        }
    }

    fn is_bound(&self, subjects: &[Subject], namespace: &str) -> bool {
        subjects.iter().any(|subject| self.is(subject, namespace))
    }

    /// The rules that hold for the user, in a namespace if one is named.
    fn rules(&self, api: &ApiServer, namespace: &str) -> Vec<PolicyRule> {
        let mut rules = Vec::new();
        if self.groups.iter().any(|group| group == "system:masters") {
            let all = || vec!["*".into()];
            rules.push(PolicyRule {
                api_groups: all(),
                resources: all(),
                verbs: all(),
                ..Default::default()
            });
            rules.push(PolicyRule { non_resource_urls: all(), verbs: all(), ..Default::default() });
        }
        for binding in api.list::<ClusterRoleBinding>() {
            if self.is_bound(&binding.subjects, "") {
                rules.extend(granted(api, &binding.role_ref, ""));
            }
        }
        for binding in api.list::<RoleBinding>() {
            let of = &*binding.metadata.namespace;
            if of == namespace && self.is_bound(&binding.subjects, of) {
                rules.extend(granted(api, &binding.role_ref, of));
            }
        }
        rules
    }
}

/// Namespace and name of a service account.
fn account(name: &str) -> Option<(&str, &str)> {
    name.strip_prefix(SERVICE_ACCOUNT)?.split_once(':')
}

fn granted(api: &ApiServer, role: &RoleRef, namespace: &str) -> Vec<PolicyRule> {
    let rules = match &*role.kind {
        "ClusterRole" => api.get::<ClusterRole>("", &role.name).map(|role| &role.rules),
        _ => api.get::<Role>(namespace, &role.name).map(|role| &role.rules),
    };
    rules.cloned().unwrap_or_default()
}

/// What is asked for.
struct Question {
    verb: String,
    group: String,
    /// The resource with its subresource, or an address that is none.
    what: String,
    name: String,
}

impl Question {
    fn new(verb: &str, group: &str, what: &str, name: &str) -> Question {
        let [verb, group, what, name] = [verb, group, what, name].map(String::from);
        Question { verb, group, what, name }
    }

    fn is_allowed_by(&self, rule: &PolicyRule) -> bool {
        let has = |words: &[orrery_apimachinery::Str], wanted: &str| {
            words.iter().any(|word| **word == *"*" || **word == *wanted)
        };
        if !has(&rule.verbs, &self.verb) {
            return false;
        }
        if self.what.starts_with('/') {
            return rule.non_resource_urls.iter().any(|url| match url.strip_suffix('*') {
                Some(start) => self.what.starts_with(start),
                None => **url == *self.what,
            });
        }
        let named = rule.resource_names.is_empty() || rule.resource_names.iter().any(|it| **it == *self.name);
        let below = self.what.split_once('/').map(|(_, sub)| format!("*/{sub}"));
        let resource =
            has(&rule.resources, &self.what) || below.is_some_and(|sub| has(&rule.resources, &sub));
        named && resource && has(&rule.api_groups, &self.group)
    }
}

/// `auth can-i`.
pub(crate) fn can_i(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let user = User::of(args);
    let namespace = if args.on("all-namespaces") { "" } else { args.namespace() };
    if args.on("list") {
        return list(cx, args, &user.rules(cx.api(), namespace));
    }
    let [verb, what] = &args.words[..] else {
        return Err(Failure::usage(
            "you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.",
        ));
    };
    let question = question(cx, args, verb, what);
    if args.on("no-headers") {
        return Err(Failure::usage("--no-headers cannot be set without --list specified"));
    }
    let allowed = user.rules(cx.api(), namespace).iter().any(|rule| question.is_allowed_by(rule));
    if !args.on("quiet") {
        cx.say(if allowed { "yes" } else { "no" });
    }
    cx.output.code = i32::from(!allowed);
    Ok(())
}

/// Reads a question, and warns of what makes no sense in it.
fn question(cx: &mut Cx<'_>, args: &Args, verb: &str, what: &str) -> Question {
    let mut warn = |text: String| cx.output.tell(&format!("Warning: {text}\n\n"));
    if what.starts_with('/') {
        if !["get", "put", "post", "head", "options", "delete", "patch", "*"].contains(&verb) {
            warn(format!("verb '{verb}' is not a known verb"));
        }
        return Question::new(verb, "", what, "");
    }
    let (word, name) = what.split_once('/').unwrap_or((what, ""));
    let sub = args.flag("subresource").filter(|sub| !sub.is_empty());
    let below = |resource: &str| sub.map_or_else(|| resource.into(), |sub| format!("{resource}/{sub}"));
    let known = cx.session.api().kind_named(word);
    let mut warn = |text: String| cx.output.tell(&format!("Warning: {text}\n\n"));
    let Some(kind) = known else {
        if word != "*" && !["users", "groups", "userextras", "signers"].contains(&word) {
            warn(match word.split_once('.') {
                Some((name, group)) => {
                    format!("the server doesn't have a resource type '{name}' in group '{group}'")
                }
                None => format!("the server doesn't have a resource type '{word}'"),
            });
        }
        return Question::new(verb, "", &below(word), name);
    };
    if !args.on("all-namespaces") && !kind.namespaced() {
        let plural = kind.plural();
        warn(match kind.group() {
            "" => format!("resource '{plural}' is not namespace scoped"),
            group => format!("resource '{plural}' is not namespace scoped in group '{group}'"),
        });
    }
    let verbs = "get list watch create update patch delete deletecollection use bind impersonate * approve sign escalate attest";
    if !verbs.split(' ').any(|known| known == verb) {
        warn(format!("verb '{verb}' is not a known verb"));
    }
    Question::new(verb, kind.group(), &below(kind.plural()), name)
}

fn list(cx: &mut Cx<'_>, args: &Args, rules: &[PolicyRule]) -> Result<(), Failure> {
    if args.on("quiet") || args.on("all-namespaces") || args.flag("subresource").is_some() {
        return Err(Failure::usage(
            "list option can't be specified with neither quiet, all-namespaces nor subresource options",
        ));
    }
    if !args.words.is_empty() {
        return Err(Failure::usage("list option must be specified with no arguments"));
    }
    let trees: Vec<Value> = rules.iter().map(|rule| encode(rule)).collect();
    let mut text = match args.on("no-headers") {
        true => String::new(),
        false => "Resources\tNon-Resource URLs\tResource Names\tVerbs\n".into(),
    };
    for line in role::lines(&trees) {
        text += &line;
        text.push('\n');
    }
    cx.output.stdout += &tabs::align_apart(&text, tabs::WIDE);
    Ok(())
}

/// `auth whoami`.
pub(crate) fn whoami(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let user = User::of(args);
    let format = Format::parse(cx, args)?;
    if !matches!(format, Format::Human { .. }) {
        let review = json!({
            "kind": "SelfSubjectReview",
            "apiVersion": "authentication.k8s.io/v1",
            "metadata": {"creationTimestamp": null},
            "status": {"userInfo": {"username": user.name, "groups": user.groups}},
        });
        return print_tree(cx, &format, &review);
    }
    let mut text = format!("ATTRIBUTE\tVALUE\nUsername\t{}\n", user.name);
    text += &format!("Groups\t[{}]\n", user.groups.join(" "));
    cx.output.stdout += &tabs::align_apart(&text, tabs::WIDE);
    Ok(())
}
