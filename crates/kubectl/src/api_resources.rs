//! `kubectl api-resources` and `kubectl api-versions`: what the server serves
//! (upstream: `kubectl/pkg/cmd/apiresources`).

use crate::command::Cx;
use crate::create::usage;
use crate::{Args, Failure, tabs};
use orrery_api::Kind;
use orrery_apimachinery::Order;

/// The version that is served beside the one in which resources of its group are told.
pub(crate) const OLDER: &str = "autoscaling/v1";

/// What metrics-server serves.
const METRICS: &str = "metrics.k8s.io/v1beta1";

/// What objects of most kinds can be asked.
const VERBS: &str = "create,delete,deletecollection,get,list,patch,update,watch";

/// The category of what extends the API.
const EXTENSIONS: &str = "api-extensions";

/// What a server of this version serves besides kinds that are kept here: name, short name, version, whether it is in
/// namespaces, kind, verbs (most, unless told), categories.
const OTHERS: &str = "\
bindings||v1|true|Binding|create|
componentstatuses|cs|v1|false|ComponentStatus|get,list|
mutatingwebhookconfigurations||admissionregistration.k8s.io/v1|false|MutatingWebhookConfiguration||api-extensions
validatingadmissionpolicies||admissionregistration.k8s.io/v1|false|ValidatingAdmissionPolicy||api-extensions
validatingadmissionpolicybindings||admissionregistration.k8s.io/v1|false|ValidatingAdmissionPolicyBinding||api-extensions
validatingwebhookconfigurations||admissionregistration.k8s.io/v1|false|ValidatingWebhookConfiguration||api-extensions
apiservices||apiregistration.k8s.io/v1|false|APIService||api-extensions
selfsubjectreviews||authentication.k8s.io/v1|false|SelfSubjectReview|create|
tokenreviews||authentication.k8s.io/v1|false|TokenReview|create|
localsubjectaccessreviews||authorization.k8s.io/v1|true|LocalSubjectAccessReview|create|
selfsubjectaccessreviews||authorization.k8s.io/v1|false|SelfSubjectAccessReview|create|
selfsubjectrulesreviews||authorization.k8s.io/v1|false|SelfSubjectRulesReview|create|
subjectaccessreviews||authorization.k8s.io/v1|false|SubjectAccessReview|create|
certificatesigningrequests|csr|certificates.k8s.io/v1|false|CertificateSigningRequest||
events|ev|events.k8s.io/v1|true|Event||
flowschemas||flowcontrol.apiserver.k8s.io/v1|false|FlowSchema||
prioritylevelconfigurations||flowcontrol.apiserver.k8s.io/v1|false|PriorityLevelConfiguration||
csistoragecapacities||storage.k8s.io/v1|true|CSIStorageCapacity||
";

/// What one line tells.
#[derive(Clone)]
pub(crate) struct Resource {
    pub(crate) name: String,
    pub(crate) short: String,
    pub(crate) version: String,
    pub(crate) namespaced: bool,
    pub(crate) kind: String,
    pub(crate) verbs: String,
    pub(crate) categories: String,
}

impl Resource {
    fn of(kind: Kind, all: bool) -> Resource {
        let categories = match kind {
            Kind::CustomResourceDefinition => EXTENSIONS,
            _ if all => "all",
            _ => "",
        };
        // Namespaces go one by one.
        let verbs =
            if kind == Kind::Namespace { VERBS.replace("deletecollection,", "") } else { VERBS.into() };
        Resource {
            name: kind.plural().into(),
            short: kind.short_names().join(","),
            version: kind.api_version().into(),
            namespaced: kind.namespaced(),
            kind: kind.name().into(),
            verbs,
            categories: categories.into(),
        }
    }

    /// Reads a line of the table above.
    fn read(line: &str) -> Resource {
        let mut words = line.split('|').map(String::from);
        let mut word = || words.next().unwrap_or_default();
        let mut resource = Resource {
            name: word(),
            short: word(),
            version: word(),
            namespaced: word() == "true",
            kind: word(),
            verbs: word(),
            categories: word(),
        };
        if resource.verbs.is_empty() {
            resource.verbs = VERBS.into();
        }
        resource
    }

    pub(crate) fn group(&self) -> &str {
        self.version.split_once('/').map_or("", |(group, _)| group)
    }
}

/// All that is served, by group and name.
pub(crate) fn resources(cx: &Cx<'_>) -> Vec<Resource> {
    let mut all: Vec<Resource> =
        cx.api().kinds().map(|kind| Resource::of(kind, crate::target::ALL.contains(&kind))).collect();
    for line in OTHERS.lines().map(Resource::read) {
        if !all.iter().any(|known| known.name == line.name && known.version == line.version) {
            all.push(line);
        }
    }
    if cx.api().metrics().is_some() {
        all.push(Resource::read(&format!("nodes||{METRICS}|false|NodeMetrics|get,list|")));
        all.push(Resource::read(&format!("pods||{METRICS}|true|PodMetrics|get,list|")));
    }
    all.order_by(|a: &Resource, b: &Resource| (a.group(), &a.name).cmp(&(b.group(), &b.name)));
    all
}

pub(crate) fn versions(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if !args.words.is_empty() {
        return Err(usage(args, &format!("unexpected arguments: [{}]", args.words.join(" "))));
    }
    let mut versions: Vec<String> = resources(cx).into_iter().map(|resource| resource.version).collect();
    versions.push(OLDER.into());
    if cx.api().serves_custom_metrics() {
        versions
            .extend(["custom.metrics.k8s.io/v1beta1", "external.metrics.k8s.io/v1beta1"].map(String::from));
    }
    versions.order();
    versions.dedup();
    cx.say(versions.join("\n"));
    Ok(())
}

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let output = args.flag("output").unwrap_or_default();
    let sort = args.flag("sort-by").unwrap_or_default();
    if !args.words.is_empty() {
        return Err(usage(args, &format!("unexpected arguments: [{}]", args.words.join(" "))));
    }
    if !["", "wide", "name"].contains(&output) {
        return Err(Failure::usage(format!("--output {output} is not available")));
    }
    if !["", "name", "kind"].contains(&sort) {
        return Err(Failure::usage("--sort-by accepts only name or kind"));
    }
    let mut all = resources(cx);
    all.retain(|resource| is_wanted(args, resource));
    match sort {
        "name" => all.order_by(|a: &Resource, b: &Resource| a.name.cmp(&b.name)),
        "kind" => all.order_by(|a: &Resource, b: &Resource| (&a.kind, &a.name).cmp(&(&b.kind, &b.name))),
        _ => {}
    }
    let mut text = String::new();
    if !args.on("no-headers") && output != "name" {
        text += "NAME\tSHORTNAMES\tAPIVERSION\tNAMESPACED\tKIND";
        text += if output == "wide" { "\tVERBS\tCATEGORIES\n" } else { "\n" };
    }
    for it in &all {
        let namespaced = if it.namespaced { "true" } else { "false" };
        match output {
            "name" if it.group().is_empty() => text += &it.name,
            "name" => text += &[&it.name, ".", it.group()].concat(),
            _ => {
                text += &[&*it.name, &it.short, &it.version, namespaced, &it.kind].join("\t");
                if output == "wide" {
                    text += &["\t", &it.verbs, "\t", &it.categories].concat();
                }
            }
        }
        text.push('\n');
    }
    cx.output.stdout += &tabs::align_apart(&text, tabs::WIDE);
    Ok(())
}

fn is_wanted(args: &Args, resource: &Resource) -> bool {
    let has = |words: &str, wanted: &str| words.split(',').any(|word| word == wanted);
    args.flag("namespaced").is_none_or(|_| args.on("namespaced") == resource.namespaced)
        && args.flag("api-group").is_none_or(|wanted| wanted == resource.group())
        && args.list("verbs").into_iter().all(|verb| has(&resource.verbs, verb))
        && args.list("categories").into_iter().all(|category| has(&resource.categories, category))
}
