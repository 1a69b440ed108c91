//! Fields stand in the order in which upstream declares them: so Go prints them.
//!
//! `declared.txt` has that order, struct by struct, as the `types.go` of Kubernetes 1.32 have it: a line for each struct,
//! two where packages have one of the same name.

use orrery_api::Kind;
use orrery_apimachinery::decode::{GoType, Shape};
use std::collections::BTreeMap;

const UPSTREAM: &str = include_str!("declared.txt");

/// Every struct that something of this type can hold.
fn collect(ty: &GoType, found: &mut Vec<&'static Shape>) {
    match *ty {
        GoType::Plain(_) | GoType::Named(_) => {}
        GoType::List(inner) | GoType::Map(inner) => collect(inner, found),
        GoType::Struct(shape) => {
            if !found.iter().any(|known| std::ptr::eq(*known, shape)) {
                found.push(shape);
                shape.fields.iter().for_each(|field| collect(field.ty, found));
            }
        }
    }
}

#[test]
fn every_struct_has_its_fields_in_the_order_of_upstream() {
    let mut upstream: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in UPSTREAM.lines() {
        let (name, fields) = line.split_once(": ").expect("a line is a name and fields");
        upstream.entry(name).or_default().push(fields.split(' ').collect());
    }
    let mut found = Vec::new();
    let older = Kind::go_type_of("autoscaling/v1", "HorizontalPodAutoscaler").expect("it is served");
    Kind::ALL.iter().map(|kind| kind.go_type()).chain([older]).for_each(|ty| collect(ty, &mut found));
    assert!(found.len() > 300, "{} structs", found.len());
    let mut wrong = Vec::new();
    for shape in found {
        let ours: Vec<&str> = shape.fields.iter().map(|field| field.name).collect();
        let orders = upstream.get(shape.name).map(Vec::as_slice).unwrap_or_default();
        let is_equal = |theirs: &Vec<&str>| {
            let mut theirs = theirs.iter();
            ours.iter().all(|field| theirs.any(|other| other == field))
        };
        if !ours.is_empty() && !orders.iter().any(is_equal) {
            wrong.push(format!("{}: {}\n  upstream {orders:?}", shape.name, ours.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
