//! What the decoder says about objects that are wrong, and what it keeps of them.

use super::*;
use crate::{IntOrString, ObjectMeta, Str, StrMap};
use serde_json::json;
use std::collections::BTreeMap;
use std::rc::Rc;

#[derive(Debug, Default, PartialEq, Eq, Fields)]
struct Deployment {
    metadata: ObjectMeta,
    spec: DeploymentSpec,
}

#[derive(Debug, Default, PartialEq, Eq, Fields)]
struct DeploymentSpec {
    replicas: Option<i32>,
    paused: bool,
    max_surge: Option<IntOrString>,
    containers: Vec<Rc<Container>>,
    selector: StrMap,
    extra: Option<Value>,
}

#[derive(Debug, Default, PartialEq, Eq, Fields)]
struct Container {
    name: Str,
    image_pull_policy: Str,
    args: Vec<Str>,
    limits: BTreeMap<Str, i64>,
}

/// What is wrong with a Deployment, a line each.
fn problems(value: Value) -> String {
    let (_, problems) = decode::<Deployment>(&value);
    let line = |p: &Problem| match &p.kind {
        ProblemKind::UnknownField { did_you_mean: Some(meant) } => {
            format!("{}: {p}, did you mean {meant}?", p.path)
        }
        _ => format!("{}: {p}", p.path),
    };
    problems.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_is_wrong_is_said_in_upstreams_words() {
    let rows = [
        ("nothing is wrong with an empty object", json!({}), ""),
        (
            "a misspelt field is unknown and its neighbour is suggested",
            json!({"spec": {"containers": [{"name": "a"}, {"imagePullPolcy": "Always"}]}}),
            "spec.containers[1].imagePullPolcy: unknown field \"spec.containers[1].imagePullPolcy\", did you mean imagePullPolicy?",
        ),
        (
            "a field unlike all others is unknown without a suggestion",
            json!({"spec": {"colour": "red"}}),
            "spec.colour: unknown field \"spec.colour\"",
        ),
        (
            "a text for a number names the struct and the field",
            json!({"spec": {"replicas": "3"}}),
            "spec.replicas: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            "a fraction is no integer",
            json!({"spec": {"replicas": 1.5}}),
            "spec.replicas: json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            "a number too large for its field is out of range",
            json!({"spec": {"replicas": 3_000_000_000u32}}),
            "spec.replicas: json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32",
        ),
        (
            "an element of a list has the list's type without an index",
            json!({"spec": {"containers": [{"args": ["a", 1]}]}}),
            "spec.containers[0].args[1]: json: cannot unmarshal number into Go struct field Container.spec.containers.args of type string",
        ),
        (
            "a label's value must be a text",
            json!({"metadata": {"labels": {"app.kubernetes.io/name": true}}}),
            "metadata.labels.app.kubernetes.io/name: json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string",
        ),
        (
            "a map for a list names the list's element type",
            json!({"spec": {"containers": {"name": "a"}}}),
            "spec.containers: json: cannot unmarshal object into Go struct field DeploymentSpec.spec.containers of type []v1.Container",
        ),
        (
            "a list for a struct names the struct",
            json!({"spec": []}),
            "spec: json: cannot unmarshal array into Go struct field Deployment.spec of type v1.DeploymentSpec",
        ),
        (
            "a choice of number or text takes no truth value",
            json!({"spec": {"maxSurge": true}}),
            "spec.maxSurge: json: cannot unmarshal bool into Go struct field DeploymentSpec.spec.maxSurge of type int32",
        ),
        (
            "an object that is a text cannot be read at all",
            json!("hello"),
            ": json: cannot unmarshal string into Go value of type v1.Deployment",
        ),
        (
            "a date that is none is refused in the words of its own reader",
            json!({"metadata": {"deletionTimestamp": "soon"}}),
            "metadata.deletionTimestamp: parsing time \"soon\" as \"2006-01-02T15:04:05Z07:00\": cannot parse \"soon\" as \"2006\"",
        ),
        (
            "every problem is told, not only the first",
            json!({"spec": {"replica": 1, "replicas": "x", "paused": "yes", "containers": [{"limits": {"cpu": []}}, {"nam": 1}]}}),
            "spec.containers[0].limits.cpu: json: cannot unmarshal array into Go struct field Container.spec.containers.limits of type int64\n\
             spec.paused: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.paused of type bool\n\
             spec.replicas: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32\n\
             spec.containers[1].nam: unknown field \"spec.containers[1].nam\", did you mean name?\n\
             spec.replica: unknown field \"spec.replica\", did you mean replicas?",
        ),
    ];
    for (name, value, expected) in rows {
        assert_eq!(problems(value), expected, "{name}");
    }
}

#[test]
fn what_can_be_read_is_kept_beside_what_cannot() {
    let value = json!({
        "metadata": {"name": "web", "labels": {"a": "1", "b": 2}},
        "spec": {
            "replicas": 2.0,
            "paused": "yes",
            "maxSurge": "25%",
            "containers": [{"name": "a"}, 7, {"name": "c", "args": null, "limits": {"cpu": null}}],
            "selector": null,
            "extra": {"deep": [1, 1.5, null]},
        },
    });
    let (object, problems) = decode::<Deployment>(&value);
    assert_eq!(problems.len(), 3, "the label, the truth value, the container: {problems:?}");
    let mut expected = Deployment { metadata: ObjectMeta::named("", "web"), ..Default::default() };
    expected.metadata.labels.insert("a", "1");
    expected.spec.replicas = Some(2);
    expected.spec.max_surge = Some(IntOrString::String("25%".into()));
    let last =
        Container { name: "c".into(), limits: BTreeMap::from([("cpu".into(), 0)]), ..Default::default() };
    expected.spec.containers =
        vec![Rc::new(Container { name: "a".into(), ..Default::default() }), Rc::new(last)];
    expected.spec.extra = Some(json!({"deep": [1, 1.5, null]}));
    assert_eq!(object, expected);
}

#[test]
fn a_deep_tree_is_refused_where_it_gets_too_deep() {
    let deep = (0..1_000).fold(Value::Null, |inner, _| json!([inner]));
    let (_, problems) = decode::<Deployment>(&json!({"spec": {"extra": deep}}));
    assert_eq!(problems[0].to_string(), "exceeded max depth");
    assert!(problems[0].path.starts_with("spec.extra[0][0]"), "{}", problems[0].path);
}

#[test]
fn an_object_with_thousands_of_wrong_values_is_given_up_soon() {
    let (object, problems) = decode::<Deployment>(&json!({"spec": {"containers": vec![7; 10_000]}}));
    assert_eq!((object, problems.len()), (Deployment::default(), MAX_FAULTS));
}
