//! Which objects a command line means: `pod web`, `deploy/web`, `pods -l app=web`, `svc,pods`.

use crate::command::Cx;
use crate::trouble::Trouble;
use crate::{Args, Failure, manifest};
use orrery_api::{Kind, Object};
use orrery_apimachinery::{LabelSelector, Reason, Status, labels};
use orrery_apiserver::{ApiServer, FieldSelector, Key};

/// What was asked for: kinds without names, or keys.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// All objects of a kind that the selectors pick.
    All(Kind),
    /// One object.
    One(Key),
}

impl Target {
    /// The kind that is meant.
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Target::All(kind) => *kind,
            Target::One(key) => key.kind,
        }
    }
}

/// What the word `all` stands for (upstream: the category of that name).
pub(crate) const ALL: [Kind; 10] = [
    Kind::Pod,
    Kind::ReplicationController,
    Kind::Service,
    Kind::DaemonSet,
    Kind::Deployment,
    Kind::ReplicaSet,
    Kind::StatefulSet,
    Kind::HorizontalPodAutoscaler,
    Kind::CronJob,
    Kind::Job,
];

/// The kinds that a word with commas names.
fn kinds(api: &ApiServer, words: &str) -> Result<Vec<Kind>, Failure> {
    let mut kinds = Vec::new();
    for word in words.split(',') {
        match word {
            "all" => kinds.extend(ALL),
            word => kinds.push(kind(api, word)?),
        }
    }
    Ok(kinds)
}

/// The kind that a word names.
pub(crate) fn kind(api: &ApiServer, word: &str) -> Result<Kind, Failure> {
    let name = word.split('.').next().unwrap_or(word);
    let missing = || Failure::usage(format!("the server doesn't have a resource type \"{name}\""));
    api.kind_named(word).ok_or_else(missing)
}

/// Reads the words after the command.
pub(crate) fn parse(api: &ApiServer, args: &Args, words: &[String]) -> Result<Vec<Target>, Failure> {
    let key = |kind: Kind, name: &str| {
        let namespace = if kind.namespaced() { args.namespace() } else { "" };
        Target::One(Key::new(kind, namespace, name))
    };
    let selective = is_selective(args) || (args.command == "delete" && args.on("all"));
    if words.iter().any(|w| w.contains('/')) {
        if selective {
            return Err(Failure::usage(
                "selectors and the all flag cannot be used when passing resource/name arguments",
            ));
        }
        return words
            .iter()
            .map(|word| match word.split_once('/') {
                Some((resource, name)) if resource.is_empty() || name.is_empty() => {
                    Err(Failure::usage("arguments in resource/name form must have a single resource and name"))
                }
                Some((resource, name)) => Ok(key(kind(api, resource)?, name)),
                None => Err(Failure::usage(
                    "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
                )),
            })
            .collect();
    }
    let Some((resources, names)) = words.split_first() else {
        return Err(match selective {
            true => Failure::usage("at least one resource must be specified to use a selector"),
            false => nothing_named(),
        });
    };
    let kinds = kinds(api, resources)?;
    if selective && !names.is_empty() {
        return Err(Failure::usage("name cannot be provided when a selector is specified"));
    }
    if names.is_empty() {
        return Ok(kinds.into_iter().map(Target::All).collect());
    }
    Ok(kinds.into_iter().flat_map(|k| names.iter().map(move |n| (k, n))).map(|(k, n)| key(k, n)).collect())
}

/// Whether labels or fields pick the objects; the selector of `expose` is that of its Service.
fn is_selective(args: &Args) -> bool {
    let given = |flag| args.flag(flag).is_some_and(|selector| !selector.is_empty());
    args.command != "expose" && (given("selector") || given("field-selector"))
}

/// A command line that names nothing at all.
fn nothing_named() -> Failure {
    Failure::usage(
        "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'",
    )
}

/// One object that a command is about, or why it cannot be had.
pub(crate) type Found = Result<Object, Trouble>;

/// The objects that the files of `-f`, or else `words`, name, or that the selectors pick. The first failure is of the
/// command line, the others are of single objects.
pub(crate) fn visit(cx: &mut Cx<'_>, args: &Args, words: &[String]) -> Result<Vec<Found>, Failure> {
    if args.on("local") {
        return local(cx, args, words);
    }
    Ok(keys(cx, args, words)?.iter().map(|key| Ok(cx.get(key)?)).collect())
}

/// The objects as the files have them, which no server is asked about.
fn local(cx: &mut Cx<'_>, args: &Args, words: &[String]) -> Result<Vec<Found>, Failure> {
    if !words.is_empty() || args.all("filename").is_empty() {
        return Err(Failure::usage(
            "error: you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
        ));
    }
    let manifests = manifest::read(cx, args)?;
    Ok(manifests.iter().map(|it| Ok(Object::decode(it.key.kind, &it.tree).0)).collect())
}

/// As [`visit`], but a kind alone means all of it.
pub(crate) fn visit_all(cx: &mut Cx<'_>, args: &Args, words: &[String]) -> Result<Vec<Found>, Failure> {
    Ok(select(cx, args, words, true)?.iter().map(|key| Ok(cx.get(key)?)).collect())
}

/// The keys of the objects that the files of `-f`, or else `words`, name, or that the selectors pick.
pub(crate) fn keys(cx: &mut Cx<'_>, args: &Args, words: &[String]) -> Result<Vec<Key>, Failure> {
    select(cx, args, words, args.on("all"))
}

fn select(cx: &mut Cx<'_>, args: &Args, words: &[String], all: bool) -> Result<Vec<Key>, Failure> {
    if !args.all("filename").is_empty() {
        if !words.is_empty() {
            return Err(Failure::usage(
                "when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well",
            ));
        }
        let manifests = manifest::read(cx, args)?;
        return Ok(manifests.into_iter().map(|m| m.key).collect());
    }
    let selective = is_selective(args);
    let mut keys = Vec::new();
    for target in parse(cx.api(), args, words)? {
        match target {
            Target::One(key) => keys.push(key),
            Target::All(kind) if selective || all => {
                keys.extend(list(cx.api(), kind, args)?.iter().map(Key::of));
            }
            Target::All(_) => {
                return Err(Failure::usage("resource(s) were provided, but no name was specified"));
            }
        }
    }
    Ok(keys)
}

/// The objects of a kind that namespace and selectors of the command line pick, by namespace and name.
pub(crate) fn list(api: &ApiServer, kind: Kind, args: &Args) -> Result<Vec<Object>, Failure> {
    let picks = picks(kind, args)?;
    Ok(api.objects(kind).filter(|object| picks.matches(object)).cloned().collect())
}

/// What namespace and selectors of the command line pick.
pub(crate) struct Picks<'a> {
    namespace: Option<&'a str>,
    labels: LabelSelector,
    fields: FieldSelector,
}

/// Reads the selectors of the command line.
pub(crate) fn picks<'a>(kind: Kind, args: &'a Args) -> Result<Picks<'a>, Failure> {
    let selectors = ["selector", "field-selector"].map(|flag| args.flag(flag).unwrap_or_default());
    let refused = |error: String| unreadable(kind, selectors, &error);
    let everywhere = args.on("all-namespaces") || !kind.namespaced();
    Ok(Picks {
        namespace: (!everywhere).then(|| args.namespace()),
        labels: labels::parse(selectors[0]).map_err(refused)?,
        fields: FieldSelector::parse(kind, selectors[1]).map_err(refused)?,
    })
}

impl Picks<'_> {
    /// Whether an object is picked.
    pub(crate) fn matches(&self, object: &Object) -> bool {
        let meta = object.metadata();
        self.namespace.is_none_or(|namespace| &*meta.namespace == namespace)
            && self.labels.matches(&meta.labels)
            && self.fields.matches(object)
    }
}

/// The server's refusal of a selector, with what kubectl was looking for.
fn unreadable(kind: Kind, [labels, fields]: [&str; 2], error: &str) -> Failure {
    let resource = format!("{}/{}, Resource={}", kind.group(), kind.version(), kind.plural());
    let text = format!(
        "Unable to find \"{resource}\" that match label selector \"{labels}\", field selector \"{fields}\": {error}"
    );
    Status::new(Reason::BadRequest, text).into()
}

/// `deployment.apps/web`: how results name an object.
pub(crate) fn display(key: &Key) -> String {
    format!("{}/{}", singular(key.kind), key.name)
}

/// `deployment.apps`: the kind in small letters, with the group.
pub(crate) fn singular(kind: Kind) -> String {
    let name = kind.name().to_lowercase();
    match kind.group() {
        "" => name,
        group => [&name, ".", group].concat(),
    }
}
