//! Texts that would exhaust a page are refused, soon and clearly.

use orrery_manifest::{Limits, read};

/// The only diagnostic of a text. Without the limits each of these would keep the test busy for minutes.
fn refusal(text: &str) -> String {
    let reading = read(text, &Limits::default());
    assert!(reading.documents.is_empty(), "nothing of it is used");
    assert_eq!(reading.diagnostics.len(), 1);
    reading.diagnostics[0].message.clone()
}

#[test]
fn what_is_too_much_is_refused() {
    let bomb = (1..12).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_string(), |text, i| {
        let aliases = vec![format!("*a{}", i - 1); 9].join(", ");
        text + &format!("a{i}: &a{i} [{aliases}]\n")
    });
    let texts = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 1_000].join(", "));
    let ladder = (1..1_000).fold("a0: &a0 []\n".to_string(), |text, i| {
        let (open, close) = ("[".repeat(900), "]".repeat(900));
        text + &format!("a{i}: &a{i} {open}*a{}{close}\n", i - 1)
    });
    let rows = [
        (
            "50 MB of text",
            "a: b\n".repeat(10_000_000),
            "the text is too large: 47.6 MiB (50000000 bytes), at most 2.0 MiB are read",
        ),
        ("100,000 brackets", "[".repeat(100_000), "yaml: exceeded max depth of 1000"),
        ("100,000 maps of JSON", "{\"a\":".repeat(100_000), "yaml: exceeded max depth of 1000"),
        ("100,000 nested block lists", "- ".repeat(100_000), "yaml: exceeded max depth of 1000"),
        ("a billion laughs", bomb, "yaml: document contains excessive aliasing"),
        ("a long text repeated a thousand times", texts, "yaml: document contains excessive aliasing"),
        ("aliases that nest deeper and deeper", ladder, "yaml: exceeded max depth of 1000"),
        (
            "half a million values",
            format!("[{}]", "1,".repeat(500_000)),
            "yaml: document has too many values: at most 200000 are read",
        ),
    ];
    for (name, text, message) in rows {
        assert_eq!(refusal(&text), message, "{name}");
    }
}

#[test]
fn what_is_large_but_not_too_large_is_read() {
    let one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n---\n";
    let many = one.repeat((2 << 20) / one.len());
    assert_eq!(read(&many, &Limits::default()).documents.len(), (2 << 20) / one.len());
    let deep = format!("{}{}", "[".repeat(1_000), "]".repeat(1_000));
    assert_eq!(read(&deep, &Limits::default()).diagnostics, []);
}

#[test]
fn more_replicas_than_a_cluster_holds_are_accepted_and_said() {
    let text =
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: huge}\nspec:\n  replicas: 2000000000\n";
    let read = orrery_manifest::objects(text);
    let told: Vec<(u32, &str)> = read.diagnostics.iter().map(|d| (d.line, d.message.as_str())).collect();
    assert_eq!(told, [(5, "2000000000 replicas are asked for; this cluster holds at most 150000 pods")]);
    assert_eq!(read.objects.len(), 1, "a warning refuses nothing");
}

#[test]
fn what_is_wrong_very_often_is_told_at_most_a_thousand_times() {
    let unknown = (0..50_000).fold("apiVersion: v1\nkind: Pod\nspec:\n".to_string(), |text, i| {
        text + &format!("  imagePullSecret{i}: a\n")
    });
    let rows = [
        ("equal keys", "a: 1\n".repeat(90_000)),
        (
            "equal keys, deep inside",
            format!("{}{{{}}}{}", "[".repeat(900), "a: 1, ".repeat(50_000), "]".repeat(900)),
        ),
        ("bad separators", "--- x\n".repeat(100_000)),
        ("unknown fields", unknown),
        ("documents without a kind", "a: 1\n---\n".repeat(100_000)),
    ];
    for (name, text) in rows {
        let told = orrery_manifest::objects(&text).diagnostics.len();
        assert!((1..=1_000).contains(&told), "{name}: {told}");
    }
}

#[test]
fn what_upstream_reads_otherwise_is_looked_for_only_so_often() {
    let tags = format!("[{}]", "!x, ".repeat(20_000));
    assert_eq!(refusal(&tags), "yaml: there are too many tags that end with a comma");
    let colons = format!("{{{}}}", "a:, ".repeat(20_000));
    assert!(!read(&colons, &Limits::default()).diagnostics.is_empty());
}

#[test]
fn json_has_the_same_limits() {
    let wide = format!("{{\"a\":[{}1]}}", "1,".repeat(300_000));
    assert_eq!(refusal(&wide), "yaml: document has too many values: at most 200000 are read");
    let many = "{}".repeat(500_000);
    assert_eq!(read(&many, &Limits::default()).documents.len(), 500_000);
}
