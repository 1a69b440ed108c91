//! What Go makes of a tree: the types of the API for its kinds, and here those of answers that are no kinds.

use orrery_api::Kind;
use orrery_apimachinery::decode::{Declared, Field, GoType, Rule, Shape, Typed};
use orrery_apimachinery::{ObjectMeta, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// A tree to be printed as Go prints it.
pub(crate) enum Tree<'t> {
    One(Declared<'t>),
    /// A list of things of a type; each type has one, and all are alike.
    List(&'t Value, &'static GoType),
}

/// The tree by what it says of itself.
pub(crate) fn declared(tree: &Value) -> Tree<'_> {
    let text = |name: &str| tree[name].as_str().unwrap_or_default();
    let (version, kind) = (text("apiVersion"), text("kind"));
    let element = kind.strip_suffix("List").and_then(|kind| Kind::go_type_of(version, kind));
    let own = || OWN.iter().chain([&GROUP]).find(|shape| shape.name == kind).map(GoType::Struct);
    match (element, Kind::go_type_of(version, kind)) {
        (Some(element), _) => Tree::List(tree, element),
        (None, Some(ty)) => Tree::One(Declared { tree, ty: *ty }),
        (None, None) => Tree::One(Declared { tree, ty: own().unwrap_or(*ANY) }),
    }
}

impl Serialize for Tree<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (tree, element) = match self {
            Tree::One(one) => return one.serialize(serializer),
            Tree::List(tree, element) => (tree, element),
        };
        let mut map = serializer.serialize_map(None)?;
        let parts =
            [("kind", *ANY), ("apiVersion", *ANY), ("metadata", LIST_META), ("items", GoType::List(element))];
        for (name, ty) in parts {
            map.serialize_entry(name, &Declared { tree: &tree[name], ty })?;
        }
        map.end()
    }
}

/// Anything, whose fields are sorted.
const ANY: &GoType = Value::TYPE;

macro_rules! shape {
    ($name:literal $($field:literal $ty:expr),*) => {
        Shape { name: $name, fields: &[$(Field { name: $field, rule: Rule::Always, ty: $ty }),*] }
    };
}

macro_rules! structure {
    ($name:literal $($field:literal $ty:expr),*) => {{
        static SHAPE: Shape = shape!($name $($field $ty),*);
        GoType::Struct(&SHAPE)
    }};
}

const LIST_META: GoType =
    structure!("ListMeta" "resourceVersion" ANY, "continue" ANY, "remainingItemCount" ANY);
const DETAILS: GoType =
    structure!("StatusDetails" "name" ANY, "group" ANY, "kind" ANY, "uid" ANY, "causes" ANY);
const USER: GoType = structure!("UserInfo" "username" ANY, "uid" ANY, "groups" ANY);
const REVIEW: GoType = structure!("SelfSubjectReviewStatus" "userInfo" &USER);
const SCALE: GoType = structure!("ScaleStatus" "replicas" ANY, "selector" ANY);
const CLUSTER: GoType = structure!("Cluster"
    "server" ANY, "tls-server-name" ANY, "insecure-skip-tls-verify" ANY, "certificate-authority" ANY,
    "certificate-authority-data" ANY, "proxy-url" ANY, "disable-compression" ANY);
const CLUSTERS: GoType = GoType::List(&structure!("NamedCluster" "name" ANY, "cluster" &CLUSTER));
const AUTH_INFO: GoType = structure!("AuthInfo"
    "client-certificate" ANY, "client-certificate-data" ANY, "client-key" ANY, "client-key-data" ANY, "token" ANY,
    "tokenFile" ANY, "username" ANY, "password" ANY);
const USERS: GoType = GoType::List(&structure!("NamedAuthInfo" "name" ANY, "user" &AUTH_INFO));
const CONTEXT: GoType = structure!("Context" "cluster" ANY, "user" ANY, "namespace" ANY);
const CONTEXTS: GoType = GoType::List(&structure!("NamedContext" "name" ANY, "context" &CONTEXT));

const VERSION: GoType = structure!("GroupVersionForDiscovery" "groupVersion" ANY, "version" ANY);
static GROUP: Shape =
    shape!("APIGroup" "name" ANY, "versions" &GoType::List(&VERSION), "preferredVersion" &VERSION);
const ADDRESS: GoType = structure!("ServerAddressByClientCIDR" "clientCIDR" ANY, "serverAddress" ANY);
const RESOURCE: GoType = structure!("APIResource"
    "name" ANY, "singularName" ANY, "namespaced" ANY, "group" ANY, "version" ANY, "kind" ANY, "verbs" ANY,
    "shortNames" ANY, "categories" ANY, "storageVersionHash" ANY);

static OWN: [Shape; 7] = [
    shape!("APIGroupList" "groups" &GoType::List(&GoType::Struct(&GROUP))),
    shape!("APIResourceList" "groupVersion" ANY, "resources" &GoType::List(&RESOURCE)),
    shape!("APIVersions" "versions" ANY, "serverAddressByClientCIDRs" &GoType::List(&ADDRESS)),
    shape!("Config"
        "preferences" ANY, "clusters" &CLUSTERS, "users" &USERS, "contexts" &CONTEXTS, "current-context" ANY),
    shape!("Scale" "metadata" ObjectMeta::TYPE, "spec" ANY, "status" &SCALE),
    shape!("SelfSubjectReview" "metadata" ObjectMeta::TYPE, "status" &REVIEW),
    shape!("Status" "metadata" ANY, "status" ANY, "message" ANY, "reason" ANY, "details" &DETAILS, "code" ANY),
];
