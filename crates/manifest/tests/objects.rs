//! Manifests in, objects and diagnostics out.

use expect_test::expect;
use orrery_manifest::objects;
use std::fmt::Write;

/// The objects as `Kind name`, then what is wrong with the text.
fn print(text: &str) -> String {
    let found = objects(text);
    let mut out = String::new();
    for located in &found.objects {
        let (kind, name) = (located.object.kind(), &located.object.metadata().name);
        writeln!(out, "{}: {kind} {name}", located.document.line).expect("a string takes it");
    }
    for d in &found.diagnostics {
        writeln!(
            out,
            "{:?} {}:{}-{}:{} [{}] {}",
            d.severity, d.line, d.column, d.end_line, d.end_column, d.path, d.message
        )
        .expect("a string takes it");
        if let Some(hint) = &d.hint {
            writeln!(out, "  {hint}").expect("a string takes it");
        }
    }
    out
}

const DEPLOYMENT: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app: web
spec:
  replicas: 3
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: web
        image: nginx:1.25
        ports:
        - containerPort: 80
";

#[test]
fn sound_objects_are_read_from_documents_and_lists() {
    let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Namespace\n  metadata:\n    name: a\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: b\n";
    expect![[r#"
        1: Deployment web
        26: Namespace a
        30: ConfigMap b
    "#]]
    .assert_eq(&print(&format!("{DEPLOYMENT}---\n{list}")));
}

#[test]
fn what_is_wrong_with_an_object_is_told_at_its_line() {
    let rows = [
        ("a misspelt field", "replicas: 3", "replica: 3"),
        ("a misspelt field deep inside", "image: nginx", "imagePullPolcy: Always\n        image: nginx"),
        ("a number in quotes", "replicas: 3", "replicas: \"3\""),
        ("a word for a number", "replicas: 3", "replicas: three"),
        ("a fraction for a number", "replicas: 3", "replicas: 1.5"),
        ("a number that is too large", "replicas: 3", "replicas: 3000000000"),
        ("a label that is a truth value", "    app: web\nspec", "    app: yes\nspec"),
        ("a label that is a number", "    app: web\nspec", "    app: 0644\nspec"),
        ("a map for a list", "        - containerPort: 80", "          containerPort: 80"),
        ("a text for a list", "        ports:\n        - containerPort: 80", "        args: run"),
        ("a text for a map", "    metadata:\n      labels:\n        app: web\n", "    metadata: web\n"),
        ("a list for a map", "    matchLabels:\n      app: web", "  - app"),
        ("an old version", "apps/v1", "extensions/v1beta1"),
        ("the version of another kind", "apps/v1", "v1"),
        ("a misspelt kind", "kind: Deployment", "kind: Deploymnet"),
        ("a kind that nobody knows", "kind: Deployment", "kind: Banana"),
        (
            "a kind that is not served here",
            "apps/v1\nkind: Deployment",
            "certificates.k8s.io/v1\nkind: CertificateSigningRequest",
        ),
        ("no kind", "kind: Deployment\n", ""),
        ("no version", "apiVersion: apps/v1\n", ""),
        ("no object at all", DEPLOYMENT, "hello\n"),
        ("the same key twice", "  replicas: 3\n", "  replicas: 3\n  replicas: 4\n"),
    ];
    let mut out = String::new();
    for (name, from, to) in rows {
        assert!(DEPLOYMENT.contains(from), "{name}");
        write!(out, "# {name}\n{}", print(&DEPLOYMENT.replacen(from, to, 1))).expect("a string takes it");
    }
    expect![[r##"
        # a misspelt field
        Error 8:3-8:10 [spec.replica] unknown field "spec.replica"
          did you mean "replicas"?
        # a misspelt field deep inside
        Error 19:9-19:23 [spec.template.spec.containers[0].imagePullPolcy] unknown field "spec.template.spec.containers[0].imagePullPolcy"
          did you mean "imagePullPolicy"?
        # a number in quotes
        Error 8:13-8:16 [spec.replicas] json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32
          write the number without quotes
        # a word for a number
        Error 8:13-8:18 [spec.replicas] json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32
          a whole number is expected
        # a fraction for a number
        Error 8:13-8:16 [spec.replicas] json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32
          a whole number is expected
        # a number that is too large
        Error 8:13-8:23 [spec.replicas] json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32
        # a label that is a truth value
        Error 6:10-6:13 [metadata.labels.app] json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string
          plain `yes` is a truth value: write "yes"
        # a label that is a number
        Error 6:10-6:14 [metadata.labels.app] json: cannot unmarshal number into Go struct field ObjectMeta.metadata.labels of type string
          plain `0644` is a number: write "0644"
        # a map for a list
        Error 21:11-21:28 [spec.template.spec.containers[0].ports] json: cannot unmarshal object into Go struct field Container.spec.template.spec.containers.ports of type []v1.ContainerPort
          a list is expected: start each element with `- `
        # a text for a list
        Error 20:15-20:18 [spec.template.spec.containers[0].args] json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.args of type []string
          a list is expected: one element a line, each after `- `
        # a text for a map
        Error 13:15-13:18 [spec.template.metadata] json: cannot unmarshal string into Go struct field PodTemplateSpec.spec.template.metadata of type v1.ObjectMeta
          a map is expected: lines of `key: value`, indented
        # a list for a map
        Error 10:3-10:8 [spec.selector] json: cannot unmarshal array into Go struct field DeploymentSpec.spec.selector of type v1.LabelSelector
          a map is expected: leave out the `- `
        # an old version
        Error 1:13-1:31 [apiVersion] no matches for kind "Deployment" in version "extensions/v1beta1"
          use `apiVersion: apps/v1`; extensions/v1beta1 was removed in 1.16
        # the version of another kind
        Error 1:13-1:15 [apiVersion] no matches for kind "Deployment" in version "v1"
          use `apiVersion: apps/v1`
        # a misspelt kind
        Error 2:7-2:17 [kind] no matches for kind "Deploymnet" in version "apps/v1"
          did you mean "Deployment"?
        # a kind that nobody knows
        Error 2:7-2:13 [kind] no matches for kind "Banana" in version "apps/v1"
        # a kind that is not served here
        Error 2:7-2:32 [kind] no matches for kind "CertificateSigningRequest" in version "certificates.k8s.io/v1"
          Kubernetes 1.32 has this kind, but it is not simulated here
        # no kind
        Error 1:1-1:2 [kind] Object 'Kind' is missing in '{"apiVersion":"apps/v1","metadata":{"labels":{"app":"web"},"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"nginx:1.25","name":"web","ports":[{"containerPort":80}]}]}}}}'
          add a line such as `kind: Pod`
        # no version
        Error 1:1-1:2 [apiVersion] Object 'apiVersion' is missing in '{"kind":"Deployment","metadata":{"labels":{"app":"web"},"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"image":"nginx:1.25","name":"web","ports":[{"containerPort":80}]}]}}}}'
          add a line `apiVersion: apps/v1`
        # no object at all
        Error 1:1-1:6 [] json: cannot unmarshal string into Go value of type unstructured.detector
          an object is a map with `apiVersion`, `kind` and `metadata`
        # the same key twice
        1: Deployment web
        Warning 9:3-9:11 [spec.replicas] key "replicas" already set in map
          the last one wins; the first is in line 8
    "##]].assert_eq(&out);
}

#[test]
fn one_wrong_object_does_not_hide_the_others() {
    let text = format!(
        "kind: Foo\napiVersion: v1\n---\n{DEPLOYMENT}---\na: [\n---\napiVersion: v1\nkind: Service\nmetadata:\n  nam: a\n  name: b\nspec:\n  ports:\n  - port: \"80\"\n    targetPort: true\n"
    );
    expect![[r#"
        4: Deployment web
        Error 1:7-1:10 [kind] no matches for kind "Foo" in version "v1"
        Error 27:1-27:2 [] yaml: line 1: did not find expected node content
          a value is missing here, or a bracket is not closed
        Error 31:3-31:6 [metadata.nam] unknown field "metadata.nam"
          did you mean "name"?
        Error 35:11-35:15 [spec.ports[0].port] json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32
          write the number without quotes
        Error 36:17-36:21 [spec.ports[0].targetPort] json: cannot unmarshal bool into Go struct field ServicePort.spec.ports.targetPort of type int32
          a whole number is expected
    "#]].assert_eq(&print(&text));
}
