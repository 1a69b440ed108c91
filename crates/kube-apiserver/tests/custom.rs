//! Kinds that a cluster learns: what a CustomResourceDefinition makes the server take, keep and find.

use orrery_api::{Kind, Object};
use orrery_apiserver::{ApiServer, Config, Key, Request};
use orrery_sim::SimTime;
use serde_json::{Value, json};

fn request() -> Request {
    Request::new(SimTime::from_secs(10), "test")
}

fn create(api: &mut ApiServer, tree: Value) -> Object {
    let text = |field: &str| tree[field].as_str().expect("an object states its type").to_string();
    let kind = api.kind_by_gvk(&text("apiVersion"), &text("kind")).expect("the kind is served");
    let (object, problems) = Object::decode(kind, &tree);
    assert_eq!(problems, []);
    api.create(&request(), object).expect("valid")
}

fn definition(plural: &str, kind: &str, status: Value) -> Value {
    json!({"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": format!("{plural}.example.com")},
        "spec": {"group": "example.com", "scope": "Namespaced",
            "names": {"plural": plural, "kind": kind, "shortNames": [&plural[..2]]},
            "versions": [
                {"name": "v1beta1", "served": true, "storage": false,
                    "schema": {"openAPIV3Schema": {"type": "object"}}},
                {"name": "v1", "served": true, "storage": true, "subresources": status,
                    "schema": {"openAPIV3Schema": {"type": "object"}}}]}})
}

/// A server that knows CronTabs, with a status of their own, and Gears, without.
fn server() -> ApiServer {
    let mut api = ApiServer::new(Config::default());
    create(&mut api, json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}));
    create(&mut api, definition("crontabs", "CronTab", json!({"status": {}})));
    create(&mut api, definition("gears", "Gear", json!(null)));
    api
}

fn cron_tab(name: &str, schedule: &str) -> Value {
    json!({"apiVersion": "example.com/v1beta1", "kind": "CronTab",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"schedule": schedule, "anything": [1, {"goes": null}]}, "status": {"runs": 9}})
}

fn key(api: &ApiServer, word: &str, name: &str) -> Key {
    Key::new(api.kind_named(word).expect("the kind is served"), "default", name)
}

#[test]
fn a_declared_kind_is_found_by_every_word_and_served_version() {
    let api = server();
    let cron_tab = api.kind_named("crontabs").expect("the kind is served");
    assert_eq!(cron_tab.name(), "CronTab");
    assert_eq!(cron_tab.api_version(), "example.com/v1", "a stable version comes before a beta");
    for word in ["crontab", "cr", "CronTab", "crontabs.example.com", "crontabs.v1.example.com"] {
        assert_eq!(api.kind_named(word), Some(cron_tab), "{word}");
    }
    assert_eq!(api.kind_by_gvk("example.com/v1beta1", "CronTab"), Some(cron_tab));
    assert_eq!(api.kind_by_gvk("example.com/v2", "CronTab"), None);
    assert_eq!(Kind::lookup("crontabs"), None, "other clusters do not know it");
}

#[test]
fn what_the_definition_says_of_itself_is_filled_in() {
    let api = server();
    let key = Key::new(Kind::CustomResourceDefinition, "", "gears.example.com");
    let stored = api.object(&key).expect("it was created").to_value();
    assert_eq!(stored["spec"]["names"]["listKind"], "GearList");
    assert_eq!(stored["spec"]["names"]["singular"], "gear");
    assert_eq!(stored["spec"]["conversion"], json!({"strategy": "None"}));
    assert_eq!(stored["status"]["storedVersions"], json!(["v1"]));
    let conditions = stored["status"]["conditions"].as_array().expect("there are conditions");
    let true_ones: Vec<_> = conditions.iter().filter(|c| c["status"] == "True").map(|c| &c["type"]).collect();
    assert_eq!(true_ones, ["NamesAccepted", "Established"]);
}

#[test]
fn fields_of_custom_objects_are_kept_as_they_are() {
    let mut api = server();
    create(&mut api, cron_tab("one", "* * * * *"));
    let stored = api.object(&key(&api, "crontabs", "one")).expect("it was created").to_value();
    assert_eq!(stored["apiVersion"], "example.com/v1");
    assert_eq!(stored["spec"], json!({"schedule": "* * * * *", "anything": [1, {"goes": null}]}));
    assert_eq!(stored.get("status"), None, "a status of its own is not created with the object");
    assert_eq!(stored["metadata"]["generation"], 1);
}

#[test]
fn only_what_is_desired_counts_as_a_generation() {
    let mut api = server();
    let mut object = create(&mut api, cron_tab("one", "* * * * *"));
    let generation = |object: &Object| object.metadata().generation;
    object.metadata_mut().labels.insert("a", "b");
    let labelled = api.update(&request(), object).expect("valid");
    assert_eq!(generation(&labelled), 1);
    let mut tree = labelled.to_value();
    tree["spec"]["schedule"] = "1 * * * *".into();
    let (object, _) = Object::decode(labelled.kind(), &tree);
    let changed = api.update(&request(), object).expect("valid");
    assert_eq!(generation(&changed), 2);
    tree["status"] = json!({"runs": 3});
    let (object, _) = Object::decode(changed.kind(), &tree);
    let mut object = object;
    object.metadata_mut().resource_version = 0;
    let told = api.update_status(&request(), object).expect("valid");
    assert_eq!((generation(&told), &told.to_value()["status"]), (2, &json!({"runs": 3})));
}

#[test]
fn objects_of_two_kinds_with_one_name_do_not_meet() {
    let mut api = server();
    create(&mut api, cron_tab("one", "* * * * *"));
    create(
        &mut api,
        json!({"apiVersion": "example.com/v1", "kind": "Gear",
        "metadata": {"name": "one", "namespace": "default"}, "teeth": 12}),
    );
    let [tabs, gears] = ["crontabs", "gears"].map(|word| api.kind_named(word).expect("it is served"));
    assert_eq!((api.count(tabs), api.count(gears)), (1, 1));
    assert_eq!(api.objects(gears).map(|o| o.to_value()["teeth"].clone()).collect::<Vec<_>>(), [12]);
    let namespace = "default".into();
    assert_eq!(api.objects_in(tabs, &namespace).map(Object::kind).collect::<Vec<_>>(), [tabs]);
}
