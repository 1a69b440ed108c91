//! Texts with a `|` where the cursor is: the path, and what is being written there.

use super::*;

/// The path and what is being written: `spec.containers[1].ima…` is a start, `spec.replicas: 2…` a value; what
/// stands beside it follows in parentheses.
fn shown(marked: &str) -> String {
    let at = marked.find('|').expect("the text has a cursor");
    let text = format!("{}{}", &marked[..at], &marked[at + 1..]);
    let line = marked[..at].matches('\n').count() as u32 + 1;
    let start = marked[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let column = marked[start..at].chars().count() as u32 + 1;
    let Some(found) = cursor(&text, line, column) else { return "nothing".to_owned() };
    assert_eq!(
        found.column + found.typed.chars().count() as u32,
        column,
        "what was typed ends at the cursor"
    );
    let mut path = String::new();
    for step in &found.path {
        match step {
            Step::Key(name) if path.is_empty() => path.push_str(name),
            Step::Key(name) => path.push_str(&format!(".{name}")),
            Step::Index(index) => path.push_str(&format!("[{index}]")),
        }
    }
    let typed = &found.typed;
    let mut said = match found.place {
        Place::Start => format!("{path} > {typed}"),
        Place::Value => format!("{path}: {typed}"),
    }
    .trim_end()
    .to_owned();
    if !found.beside.is_empty() {
        said.push_str(&format!(" ({})", found.beside.join(" ")));
    }
    said
}

fn check<'r>(rows: impl Iterator<Item = (&'r str, String, &'r str)>) {
    let wrong = rows.filter_map(|(row, text, want)| {
        let found = shown(&text);
        (found != want).then(|| format!("{row}: {found:?}, not {want:?}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_path_is_found_while_the_text_is_being_written() {
    let rows = [
        ("an empty text", "|", " >"),
        ("the first word", "ap|", " > ap"),
        ("a key at the top", "apiVersion: v1\nki|", " > ki (apiVersion)"),
        (
            "keys below stand beside it too",
            "apiVersion: v1\nki|\nmetadata:\n  name: a\nspec: {}\n",
            " > ki (apiVersion metadata spec)",
        ),
        ("a value", "kind: Po|", "kind: Po"),
        ("a value that is not begun", "kind: |", "kind:"),
        ("a value in quotes", "kind: \"Po|\"", "kind: Po"),
        ("a colon without a blank", "kind:|", "nothing"),
        ("a key of a map", "spec:\n  re|", "spec > re"),
        ("a blank line within a map", "spec:\n  replicas: 2\n  |\n", "spec > (replicas)"),
        ("a blank line at the margin leaves the map", "spec:\n  replicas: 2\n|\n", " > (spec)"),
        ("a first element", "spec:\n  containers:\n  - |", "spec.containers[0] >"),
        ("a first element that is indented", "spec:\n  containers:\n    - na|", "spec.containers[0] > na"),
        (
            "a later key of an element",
            "spec:\n  containers:\n  - name: a\n    im|",
            "spec.containers[0] > im (name)",
        ),
        (
            "a second element",
            "spec:\n  containers:\n  - name: a\n    image: x\n  - name: b\n    im|\n    ports: []\n",
            "spec.containers[1] > im (name ports)",
        ),
        ("a list at the margin of its key", "rules:\n- apiGroups: ['']\n- re|", "rules[1] > re"),
        (
            "a map in an element",
            "spec:\n  containers:\n  - name: a\n    resources:\n      limits:\n        c|",
            "spec.containers[0].resources.limits > c",
        ),
        (
            "an element that opens a map",
            "spec:\n  volumes:\n  - configMap:\n      na|",
            "spec.volumes[0].configMap > na",
        ),
        ("an element of an element", "a:\n- - x: 1\n    |", "a[0][0] > (x)"),
        (
            "plain elements",
            "spec:\n  accessModes:\n  - ReadWriteOnce\n  - Read|",
            "spec.accessModes[1] > Read",
        ),
        (
            "a value in an element",
            "spec:\n  containers:\n  - name: a\n    imagePullPolicy: |",
            "spec.containers[0].imagePullPolicy:",
        ),
        ("a value at the start of an element", "env:\n- name: |", "env[0].name:"),
        ("a dash without a blank", "env:\n-|", "nothing"),
        (
            "a key that is dedented leaves the element",
            "spec:\n  containers:\n  - name: a\n  re|",
            "spec > re (containers)",
        ),
        (
            "broken lines above do not matter",
            "spec:\n  containers\n  template: {{{\n  re|",
            "spec > re (template)",
        ),
        ("comments above do not matter", "spec:\n# no: key\n    # other: key\n  re|", "spec > re"),
        ("a comment at the end of a line above", "spec: # the wish: ours\n  re|", "spec > re"),
        ("a comment", "spec: # a|", "nothing"),
        ("a separator", "--|-\n", "nothing"),
        ("only the document of the cursor counts", "spec:\n  a: 1\n---\nki|\n---\nspec: {}\n", " > ki"),
        ("a text that is literal", "data:\n  a.conf: |\u{200b}\n    ke|", "nothing"),
        ("a line behind a literal text", "data:\n  a: >-\n    x: 1\n  |b", "data > (a)"),
        (
            "keys in quotes",
            "metadata:\n  annotations:\n    \"a/b\":\n      x|",
            "metadata.annotations.a/b > x",
        ),
        ("Windows line ends", "spec:\r\n  re|\r\n", "spec > re"),
        ("tabs", "spec:\n\tre|", "nothing"),
        ("JSON", "{\n  \"kind\": \"P|", "nothing"),
    ];
    check(rows.iter().map(|(row, text, want)| {
        // A zero width space stands for the bar that opens a literal text.
        let text = text.replace("|\u{200b}", "\u{200b}");
        let marked = text.replacen('|', "\u{1}", 1).replace('\u{200b}', ">").replace('\u{1}', "|");
        (*row, marked, *want)
    }));
}

#[test]
fn braces_are_followed_within_their_line() {
    let rows = [
        ("a key in braces", "metadata: {na|", "metadata > na"),
        ("a later key in braces", "metadata: {name: a, la|}", "metadata > la (name)"),
        ("a value in braces", "metadata: {name: a, namespace: sh|", "metadata.namespace: sh"),
        ("braces in braces", "metadata: {labels: {app: |", "metadata.labels.app:"),
        ("braces that are closed", "metadata: {labels: {app: a}, |", "metadata > (labels)"),
        ("behind all braces", "metadata: {name: a} |", "nothing"),
        ("brackets", "spec: {containers: [{name: a}, {im|", "spec.containers[1] > im"),
        (
            "plain elements in brackets",
            "spec:\n  accessModes: [ReadWriteOnce, Read|",
            "spec.accessModes[1] > Read",
        ),
        ("an element in braces", "ports:\n- {containerPort: 80, pro|", "ports[0] > pro (containerPort)"),
        ("text in quotes", "metadata: {annotations: {a: \"x, y: {z\", b: |", "metadata.annotations.b:"),
    ];
    check(rows.iter().map(|(row, text, want)| (*row, (*text).to_owned(), *want)));
}

#[test]
fn the_document_states_its_kind_and_namespace() {
    let text = "kind: Secret\n---\napiVersion: apps/v1 # the group\nkind: 'Deployment'\nmetadata:\n  labels: {}\n  namespace: shop\nspec:\n  kind: x\n";
    let found = cursor(text, 8, 1).expect("it is in a document");
    assert_eq!((found.stated("apiVersion"), found.stated("kind")), (Some("apps/v1"), Some("Deployment")));
    assert_eq!((found.stated("metadata.namespace"), found.stated("spec.kind")), (Some("shop"), None));
    assert_eq!((found.first_line, found.last_line), (3, 10));
    let found = cursor("metadata: {name: a, namespace: shop}\n", 2, 1).expect("it is in a document");
    assert_eq!(found.stated("metadata.namespace"), Some("shop"));
}
