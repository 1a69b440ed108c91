//! Lookups in the real table.

use crate::{Schema, Step, TEXT, Ty};
use expect_test::{Expect, expect};

/// The type at a path such as `apps/v1 Deployment spec.template.spec.containers[].ports[].protocol`.
fn check(path: &str, expected: Expect) {
    let schema = Schema::parse(TEXT);
    let [api_version, kind, path] = path.split(' ').collect::<Vec<_>>()[..] else {
        panic!("three words: {path}")
    };
    let kind = schema.kind(api_version, kind).expect("the table has the kind");
    let mut steps = Vec::new();
    for word in path.split('.') {
        let name = word.trim_end_matches("[]");
        steps.push(Step::Field(name.to_owned()));
        steps.extend((name.len()..word.len()).step_by(2).map(|_| Step::Item));
    }
    let found = schema.at(kind, &steps).map(|(ty, field)| {
        let field = field.expect("a path that is not empty ends in a field");
        let required = if field.required { ", required" } else { "" };
        let keys =
            if field.keys.is_empty() { String::new() } else { format!(", by {}", field.keys.join(" and ")) };
        let values =
            if field.values.is_empty() { String::new() } else { format!(", one of {:?}", field.values) };
        format!("{}{required}{keys}{values}", schema.shown(ty))
    });
    expected.assert_eq(&found.unwrap_or_else(|| "nothing".to_owned()));
}

#[test]
fn a_path_leads_to_a_type_through_lists_and_maps() {
    check("apps/v1 Deployment spec.template.spec.containers", expect!["[]Container, required, by name"]);
    check("apps/v1 Deployment spec.template.spec.containers[]", expect!["Container, required, by name"]);
    check(
        "apps/v1 Deployment spec.template.spec.containers[].ports",
        expect!["[]ContainerPort, by containerPort and protocol"],
    );
    check("v1 Pod spec.containers[].ports[].protocol", expect![[r#"string, one of ["SCTP", "TCP", "UDP"]"#]]);
    check("v1 Pod spec.containers[].resources.limits", expect!["map[string]Quantity"]);
    check("v1 Pod spec.containers[].resources.limits.cpu", expect!["Quantity"]);
    check("v1 Pod metadata.creationTimestamp", expect!["string"]);
    check("v1 Pod spec.terminationGracePeriodSeconds", expect!["integer"]);
    check("v1 Pod spec.containers.name", expect!["nothing"]);
    check("v1 Pod spec.nonsense", expect!["nothing"]);
    check("v1 Secret data.key", expect!["string"]);
    check("autoscaling/v2 HorizontalPodAutoscaler spec.metrics", expect!["[]MetricSpec"]);
    check("autoscaling/v1 HorizontalPodAutoscaler spec.metrics", expect!["nothing"]);
    check("discovery.k8s.io/v1 EndpointSlice ports", expect!["[]EndpointPort"]);
    check(
        "apiextensions.k8s.io/v1 CustomResourceDefinition spec.versions[].schema.openAPIV3Schema.properties.a.properties.b.type",
        expect!["string"],
    );
}

#[test]
fn every_type_that_a_field_names_is_in_the_table() {
    let schema = Schema::parse(TEXT);
    for ty in schema.types() {
        for field in &ty.fields {
            let inner = field.ty.innermost();
            let known = inner.plain().is_some() || inner == Ty("object") || schema.named(inner).is_some();
            assert!(known, "{}.{} is a {}", ty.name, field.name, inner.word());
        }
    }
}

#[test]
fn documentation_keeps_its_lines() {
    let schema = Schema::parse(TEXT);
    let field = schema.kind("apps/v1", "Deployment").and_then(|kind| kind.field("spec")).expect("it has one");
    assert_eq!(field.doc, "Specification of the desired behavior of the Deployment.");
    let spec =
        schema.named(schema.kind("v1", "Pod").and_then(|kind| kind.field("spec")).expect("it has one").ty);
    let doc = &spec.and_then(|spec| spec.field("restartPolicy")).expect("it has one").doc;
    assert!(
        doc.ends_with("\n\nPossible enum values:\n - `\"Always\"`\n - `\"Never\"`\n - `\"OnFailure\"`"),
        "{doc}"
    );
}
