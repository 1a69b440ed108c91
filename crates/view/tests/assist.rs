//! Texts with a `|` where the cursor is: what the editor offers there, and what it says of the word.

use expect_test::{Expect, expect};
use orrery_apiserver::Session;
use orrery_cluster::{Cluster, Config};
use orrery_manifest::objects;
use orrery_schema::Schema;
use orrery_sim::SimTime;
use orrery_view::assist::{Suggestion, complete, hover};

const STORED: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: default}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: elsewhere, namespace: kube-system}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: default}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, release: '1.0'}}
    spec: {containers: [{name: web, image: nginx}]}
";

const WRITTEN: &str = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: drafted}
data: {level: debug, colour: blue}
---
apiVersion: v1
kind: Secret
metadata: {name: token}
";

fn cluster() -> Cluster {
    let mut cluster = Cluster::new(Config::lively(1));
    cluster.run(SimTime::from_millis(10), &mut || true);
    for located in objects(STORED).objects {
        let (api, request) = cluster.send();
        api.create(&request, located.object).expect("the objects of this test are valid");
    }
    cluster
}

/// The text without its cursor, and the place.
fn place(marked: &str) -> (String, (u32, u32)) {
    let (before, after) = marked.split_once('|').expect("the text has a cursor");
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() as u32 + 1;
    (format!("{before}{after}"), (line, column))
}

fn offered(marked: &str) -> Vec<Suggestion> {
    let (text, at) = place(marked);
    let written = || objects(WRITTEN).objects.into_iter().map(|located| located.object).collect();
    let offer = complete(&text, at, Schema::compiled_in(), cluster().api(), &written);
    let mut found = offer.map(|offer| offer.suggestions).unwrap_or_default();
    // As the editor shows them: the higher rank first, then by name.
    found.sort_by(|a, b| (-a.rank, &a.label).cmp(&(-b.rank, &b.label)));
    found
}

/// The first suggestions with what they insert.
fn check(marked: &str, expected: Expect) {
    let lines = offered(marked).into_iter().take(6).map(|s| {
        let required = if s.required { ", required" } else { "" };
        format!("{} ({}{required}) {:?}\n", s.label, s.detail, s.insert)
    });
    expected.assert_eq(&lines.collect::<String>());
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n";

#[test]
fn fields_are_offered_where_they_can_stand_and_open_what_they_hold() {
    check(
        "|",
        expect![[r#"
        apiVersion (string) "apiVersion: "
        kind (string) "kind: "
        metadata (ObjectMeta) "metadata:\n  "
        spec (DeploymentSpec) "spec:\n  "
        status (DeploymentStatus) "status:\n  "
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Service\nmetadata:\n  name: a\n|",
        expect![[r#"
        spec (ServiceSpec) "spec:\n  "
        status (ServiceStatus) "status:\n  "
    "#]],
    );
    check(
        "kind: Deployment\napiVersion: apps/v1\nspec:\n  re|",
        expect![[r#"
        replicas (integer) "replicas: "
        selector (LabelSelector, required) "selector:\n    "
        template (PodTemplateSpec, required) "template:\n    "
        minReadySeconds (integer) "minReadySeconds: "
        paused (boolean) "paused: "
        progressDeadlineSeconds (integer) "progressDeadlineSeconds: "
    "#]],
    );
    check(
        &format!("{POD}  containers:\n  - name: a\n    |"),
        expect![[r#"
        image (string) "image: "
        ports ([]ContainerPort) "ports:\n    - "
        env ([]EnvVar) "env:\n    - "
        resources (ResourceRequirements) "resources:\n      "
        readinessProbe (Probe) "readinessProbe:\n      "
        args ([]string) "args:\n    - "
    "#]],
    );
    check(
        &format!("{POD}  containers:\n  - {{name: a, |"),
        expect![[r#"
        image (string) "image: "
        ports ([]ContainerPort) "ports: "
        env ([]EnvVar) "env: "
        resources (ResourceRequirements) "resources: "
        readinessProbe (Probe) "readinessProbe: "
        args ([]string) "args: "
    "#]],
    );
    check(
        "apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  volumeClaimTemplates:\n  - spec:\n      |",
        expect![[r#"
            accessModes ([]string) "accessModes:\n      - "
            dataSource (TypedLocalObjectReference) "dataSource:\n        "
            dataSourceRef (TypedObjectReference) "dataSourceRef:\n        "
            resources (VolumeResourceRequirements) "resources:\n        "
            selector (LabelSelector) "selector:\n        "
            storageClassName (string) "storageClassName: "
        "#]],
    );
}

#[test]
fn nothing_is_offered_for_what_nobody_knows() {
    check("apiVersion: example.com/v1\nkind: Thing\nspec:\n  |", expect![[""]]);
    check(&format!("{POD}  nonsense:\n    |"), expect![[""]]);
    check("apiVersion: v1\nkind: ConfigMap\ndata:\n  |", expect![[""]]);
}

#[test]
fn kinds_and_their_versions_are_offered_for_each_other() {
    check(
        "kind: Cron|",
        expect![[r#"
        CSIDriver (storage.k8s.io/v1) "CSIDriver"
        CSINode (storage.k8s.io/v1) "CSINode"
        ClusterRole (rbac.authorization.k8s.io/v1) "ClusterRole"
        ClusterRoleBinding (rbac.authorization.k8s.io/v1) "ClusterRoleBinding"
        ConfigMap (v1) "ConfigMap"
        ControllerRevision (apps/v1) "ControllerRevision"
    "#]],
    );
    check(
        "apiVersion: storage.k8s.io/v1\nkind: |",
        expect![[r#"
        CSIDriver (storage.k8s.io/v1) "CSIDriver"
        CSINode (storage.k8s.io/v1) "CSINode"
        StorageClass (storage.k8s.io/v1) "StorageClass"
        VolumeAttachment (storage.k8s.io/v1) "VolumeAttachment"
    "#]],
    );
    check(
        "apiVersion: |\nkind: HorizontalPodAutoscaler\n",
        expect![[r#"
        autoscaling/v1 (HorizontalPodAutoscaler) "autoscaling/v1"
        autoscaling/v2 (HorizontalPodAutoscaler) "autoscaling/v2"
    "#]],
    );
}

#[test]
fn values_are_those_that_a_field_is_confined_to() {
    check(
        &format!("{POD}  restartPolicy: |"),
        expect![[r#"
        Always () "Always"
        Never () "Never"
        OnFailure () "OnFailure"
    "#]],
    );
    check(
        &format!("{POD}  hostNetwork: |"),
        expect![[r#"
        false () "false"
        true () "true"
    "#]],
    );
    check(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nspec:\n  accessModes:\n  - |",
        expect![[r#"
        ReadOnlyMany () "ReadOnlyMany"
        ReadWriteMany () "ReadWriteMany"
        ReadWriteOnce () "ReadWriteOnce"
        ReadWriteOncePod () "ReadWriteOncePod"
    "#]],
    );
    check(
        &format!("{POD}  volumes:\n  - hostPath:\n      type: |"),
        expect![[r#"
        "" () "\"\""
        BlockDevice () "BlockDevice"
        CharDevice () "CharDevice"
        Directory () "Directory"
        DirectoryOrCreate () "DirectoryOrCreate"
        File () "File"
    "#]],
    );
    let policy = offered(&format!("{POD}  dnsPolicy: |"));
    assert!(
        policy
            .iter()
            .any(|s| s.label == "ClusterFirst" && s.doc.starts_with("indicates that the pod should"))
    );
}

#[test]
fn names_are_those_of_the_cluster_and_of_the_other_documents() {
    let env = format!(
        "{POD}  containers:\n  - env:\n    - valueFrom:\n        configMapKeyRef:\n          name: |"
    );
    check(
        &env,
        expect![[r#"
        drafted (ConfigMap) "drafted"
        kube-root-ca.crt (ConfigMap) "kube-root-ca.crt"
        settings (ConfigMap) "settings"
    "#]],
    );
    check(
        &format!("{POD}  volumes:\n  - secret:\n      secretName: |"),
        expect![[r#"
        token (Secret) "token"
    "#]],
    );
    check(
        &format!("{POD}  serviceAccountName: |"),
        expect![[r#"
        default (ServiceAccount) "default"
    "#]],
    );
    check(
        "apiVersion: v1\nkind: PersistentVolumeClaim\nspec:\n  storageClassName: |",
        expect![[r#"
        standard (StorageClass) "standard"
    "#]],
    );
}

#[test]
fn a_pod_names_its_own_volumes_and_the_keys_of_what_it_reads() {
    let volumes = "  volumes:\n  - name: cache\n    emptyDir: {}\n  - configMap: {name: drafted}\n    name: settings # theirs\n";
    check(
        &format!("{POD}{volumes}  containers:\n  - name: a\n    volumeMounts:\n    - name: |\n"),
        expect![[r#"
            cache (volume) "cache"
            settings (volume) "settings"
        "#]],
    );
    let env = "  containers:\n  - env:\n    - valueFrom:\n        configMapKeyRef:\n          name: drafted\n          key: |";
    check(
        &format!("{POD}{env}"),
        expect![[r#"
            colour (drafted) "colour"
            level (drafted) "level"
        "#]],
    );
}

#[test]
fn labels_are_those_that_pods_carry() {
    check(
        "apiVersion: v1\nkind: Service\nspec:\n  selector:\n    |",
        expect![[r#"
        app: web (Deployment web) "app: web"
        release: 1.0 (Deployment web) "release: \"1.0\""
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Service\nspec:\n  selector:\n    app: web\n    release: |",
        expect![[r#"
        1.0 (Deployment web) "\"1.0\""
    "#]],
    );
    check(
        "apiVersion: v1\nkind: Service\nspec: {selector: {app: |",
        expect![[r#"
        web (Deployment web) "web"
    "#]],
    );
}

/// What is said of the word at the cursor, with the first sentence of the documentation.
fn said(marked: &str) -> String {
    let (text, at) = place(marked);
    let Some(found) = hover(&text, at, Schema::compiled_in()) else { return "nothing\n".to_owned() };
    let line = text.split('\n').nth(at.0 as usize - 1).unwrap_or_default();
    let length = (found.end_column - found.column) as usize;
    let word: String = line.chars().skip(found.column as usize - 1).take(length).collect();
    let required = if found.required { ", required" } else { "" };
    let mut said = format!("{word}: {} ({}{required})\n", found.path, found.ty);
    said.extend(found.default.map(|value| format!("  default {value}\n")));
    said.extend(found.of_value.map(|of_value| format!("  {of_value}\n")));
    said + "  " + found.doc.split(". ").next().unwrap_or_default() + "\n"
}

#[test]
fn a_word_is_explained_with_its_type_and_its_default() {
    let pod = format!("{POD}  containers:\n  - name: a\n    image: nginx\n    imagePullPolicy: Never\n");
    let rows = [
        pod.replace("image:", "im|age:"),
        pod.replace("imagePull", "|imagePull"),
        pod.replace("Never", "Ne|ver"),
        pod.replace("nginx", "ngi|nx"),
        pod.replace("containers", "cont|ainers"),
        pod.replace("kind: Pod", "kind: P|od"),
        format!("{pod}    resources: {{limits: {{cp|u: 1}}}}\n"),
        format!("{pod}  nons|ense: 1\n"),
        pod.replace("  - name", "|  - name"),
    ];
    expect![[r#"
        image: spec.containers[0].image (string)
          Container image name
        imagePullPolicy: spec.containers[0].imagePullPolicy (string)
          default Always
          Image pull policy
        Never: spec.containers[0].imagePullPolicy (string)
          default Always
          means that kubelet never pulls an image, but only uses a local image. Container will fail if the image isn't present
          Image pull policy
        nginx: spec.containers[0].image (string)
          Container image name
        containers: spec.containers ([]Container, required)
          List of containers belonging to the pod
        Pod: kind (string)
          Kind is a string value representing the REST resource this object represents
        cpu: spec.containers[0].resources.limits.cpu (Quantity)
          Limits describes the maximum amount of compute resources allowed
        nothing
        nothing
    "#]].assert_eq(&rows.iter().map(|row| said(row)).collect::<String>());
}
