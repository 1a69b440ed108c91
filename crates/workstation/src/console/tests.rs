//! Lines that are typed into the shell, and what it prints.

use super::{Console, Machine, complete};
use crate::tests::Machine as Station;
use expect_test::{Expect, expect};
use orrery_apiserver::Session;
use orrery_kubectl::{Files, Following, Known, Output, Seat};
use orrery_sim::{Duration, SimTime};

/// A machine with files.
struct Desk {
    station: Station,
    files: Vec<(String, String)>,
    /// What was run, as a replay would run it again.
    ran: Vec<String>,
}

/// Its files, with what stands in the standard input.
struct Named<'a>(&'a [(String, String)], Option<&'a str>);

impl Files for Named<'_> {
    fn read(&self, name: &str) -> Option<String> {
        match name {
            "-" => self.1.map(str::to_owned),
            _ => self.0.iter().find(|(known, _)| known == name).map(|(_, text)| text.clone()),
        }
    }
}

impl Machine for Desk {
    fn now(&self) -> SimTime {
        self.station.now
    }

    fn start(&mut self, argv: &[String], input: Option<&str>) -> (Output, Option<Following>) {
        self.ran.push(argv.join(" "));
        crate::start(argv, &Named(&self.files, input), &mut self.station)
    }

    fn look(&mut self, following: &mut Following) -> (Output, bool) {
        following.look(&Named(&self.files, None), &mut self.station)
    }

    fn heard(&mut self, following: &mut Following, output: Output) -> Output {
        following.heard(output, &Named(&self.files, None), &mut self.station)
    }

    fn end(&mut self, seat: &Seat, code: i32) {
        self.ran.push(format!("the main process of {}/{} ends: {code}", seat.pod, seat.container));
    }

    fn read(&self, name: &str) -> Option<String> {
        Named(&self.files, None).read(name)
    }

    fn write(&mut self, name: &str, text: &str) {
        self.remove(name);
        self.files.push((name.into(), text.into()));
    }

    fn remove(&mut self, name: &str) -> bool {
        let before = self.files.len();
        self.files.retain(|(known, _)| known != name);
        self.files.len() < before
    }

    fn names(&self) -> Vec<String> {
        self.files.iter().map(|(name, _)| name.clone()).collect()
    }
}

/// Types lines and tells what is seen. `^C` is the key, `+5` lets as many seconds pass, `! …` is done elsewhere.
fn typed(lines: &str) -> String {
    let mut desk = Desk { station: Station::new(), files: Vec::new(), ran: Vec::new() };
    let default = ["create", "namespace", "default"].map(String::from);
    crate::run(&default, &Named(&[], None), &mut desk.station);
    let mut console = Console::new(SimTime::ZERO);
    let mut seen = String::new();
    let mut lines = lines.lines();
    while let Some(line) = lines.next() {
        let mut line = line.to_owned();
        if let Some((_, end)) = line.split_once("<<") {
            let end = end.split([' ', '|']).next().unwrap_or_default().to_owned();
            for more in lines.by_ref() {
                line = [&line, "\n", more].concat();
                if more == end {
                    break;
                }
            }
        }
        seen += &format!("{}{line}\n", console.prompt());
        match line.split_at(1) {
            ("^", _) => console.interrupt(&mut desk),
            ("+", seconds) => {
                desk.station.now += Duration::from_secs(seconds.parse().expect("seconds"));
                console.look(&mut desk);
            }
            ("!", elsewhere) => {
                let argv: Vec<String> = elsewhere.split_whitespace().map(String::from).collect();
                crate::run(&argv, &Named(&[], None), &mut desk.station);
                console.look(&mut desk);
            }
            _ => console.enter(&line, &mut desk),
        }
        console.take().iter().for_each(|(_, text)| seen += text);
        if console.goes_on() {
            seen += "…\n";
        }
    }
    for (name, text) in desk.files {
        seen += &format!("--- {name}\n{text}");
    }
    seen
}

fn check(lines: &str, expected: Expect) {
    expected.assert_eq(&typed(lines));
}

const OBJECTS: &str = "kubectl create configmap b -o name --from-literal=k=v >/dev/null
kubectl create configmap a >/dev/null
kubectl create ns shop >/dev/null
";

#[test]
fn lines_are_read_as_a_shell_reads_them() {
    check(
        &(OBJECTS.to_owned()
            + "get cm -o name | sort
kubectl get cm -o name | grep -c configmap
k get cm --no-headers | awk '{print $1, $2}' | sort -r | head -1
kubectl get cm none || echo 'not there'; echo $?
kubectl get cm a -o name && kubectl get ns shop -o name # both
NAME=b; kubectl get cm $NAME -o name
echo \"there are $(kubectl get cm -o name | wc -l)\"
for name in a b; do kubectl get cm $name -o name; done
for name in c d; do echo $name; done | while read name; do kubectl create cm $name; kubectl label cm $name x- >/dev/null; done
kubectl get cm -o name | xargs kubectl delete
seq 9 | grep -n -B1 -A1 -E '^(3|8)$'
echo 'a1 b22 c' | grep -oE '[a-z][0-9]+' | sort -r
nonsense --flag
echo 'half a word"),
        expect![[r#"
            $ kubectl create configmap b -o name --from-literal=k=v >/dev/null
            $ kubectl create configmap a >/dev/null
            $ kubectl create ns shop >/dev/null
            $ get cm -o name | sort
            configmap/a
            configmap/b
            $ kubectl get cm -o name | grep -c configmap
            2
            $ k get cm --no-headers | awk '{print $1, $2}' | sort -r | head -1
            b 1
            $ kubectl get cm none || echo 'not there'; echo $?
            Error from server (NotFound): configmaps "none" not found
            not there
            0
            $ kubectl get cm a -o name && kubectl get ns shop -o name # both
            configmap/a
            namespace/shop
            $ NAME=b; kubectl get cm $NAME -o name
            configmap/b
            $ echo "there are $(kubectl get cm -o name | wc -l)"
            there are 2
            $ for name in a b; do kubectl get cm $name -o name; done
            configmap/a
            configmap/b
            $ for name in c d; do echo $name; done | while read name; do kubectl create cm $name; kubectl label cm $name x- >/dev/null; done
            configmap/c created
            configmap/d created
            $ kubectl get cm -o name | xargs kubectl delete
            configmap "a" deleted
            configmap "b" deleted
            configmap "c" deleted
            configmap "d" deleted
            $ seq 9 | grep -n -B1 -A1 -E '^(3|8)$'
            2-2
            3:3
            4-4
            --
            7-7
            8:8
            9-9
            $ echo 'a1 b22 c' | grep -oE '[a-z][0-9]+' | sort -r
            b22
            a1
            $ nonsense --flag
            bash: nonsense: command not found
            $ echo 'half a word
            bash: syntax error: unterminated quoted string
        "#]],
    );
}

#[test]
fn a_line_goes_on_while_something_is_open() {
    for (row, text, open) in [
        ("a line is whole", "kubectl get pods", false),
        ("a quote is open", "echo 'a", true),
        ("a quote in a quote is none", "echo \"it's\"", false),
        ("a document is open", "cat <<EOF | kubectl apply -f -\nkind: Pod", true),
        ("a document is closed", "cat <<'EOF' > it's.yaml\nkind: Pod\nEOF", false),
        ("a pipe leads on", "kubectl get pods |", true),
        ("the next line belongs to it", "kubectl get \\", true),
    ] {
        assert_eq!(super::is_unfinished(text), open, "{row}");
    }
}

#[test]
fn files_are_those_of_the_editor() {
    check(
        "kubectl create cm from-file --dry-run=client -o yaml > cm.yaml
kubectl apply -f cm.yaml
cat <<EOF | kubectl apply -f -
apiVersion: v1
kind: Namespace
metadata: {name: shop}
EOF
cat cm.yaml | grep name
ls
cat > ns.txt <<EOF
shop
EOF
kubectl get ns $(cat ns.txt) -o name >> ns.txt; kubectl get -f cm.yaml -o name >out; cat out ns.txt; rm out",
        expect![[r#"
            $ kubectl create cm from-file --dry-run=client -o yaml > cm.yaml
            $ kubectl apply -f cm.yaml
            configmap/from-file created
            $ cat <<EOF | kubectl apply -f -
            apiVersion: v1
            kind: Namespace
            metadata: {name: shop}
            EOF
            namespace/shop created
            $ cat cm.yaml | grep name
              name: from-file
            $ ls
            cm.yaml
            $ cat > ns.txt <<EOF
            shop
            EOF
            $ kubectl get ns $(cat ns.txt) -o name >> ns.txt; kubectl get -f cm.yaml -o name >out; cat out ns.txt; rm out
            configmap/from-file
            shop
            namespace/shop
            --- cm.yaml
            apiVersion: v1
            kind: ConfigMap
            metadata:
              creationTimestamp: null
              name: from-file
            --- ns.txt
            shop
            namespace/shop
        "#]],
    );
}

#[test]
fn what_follows_goes_on_while_time_passes() {
    check(
        "kubectl get cm -w -o name | grep -v skip
! create configmap one
! create configmap skipped
+1
^C
kubectl wait --for=create cm/late --timeout=60s && echo there
+2
! create configmap late
+1
sleep 5; echo up
+4
+1
kubectl wait --for=create cm/never --timeout=5s
+6",
        expect![[r#"
            $ kubectl get cm -w -o name | grep -v skip
            …
            $ ! create configmap one
            configmap/one
            …
            $ ! create configmap skipped
            …
            $ +1
            …
            $ ^C
            $ kubectl wait --for=create cm/late --timeout=60s && echo there
            …
            $ +2
            …
            $ ! create configmap late
            configmap/late condition met
            there
            $ +1
            $ sleep 5; echo up
            …
            $ +4
            …
            $ +1
            up
            $ kubectl wait --for=create cm/never --timeout=5s
            …
            $ +6
            error: timed out waiting for the condition
        "#]],
    );
}

#[test]
fn what_follows_ends_when_its_readers_have_had_enough() {
    check(
        "kubectl get cm -w -o name | head -2
! create configmap one
! create configmap two
echo $?
kubectl get cm -w -o name | grep -v one | grep -m1 three && echo found
! create configmap four
! create configmap three
kubectl get cm -w -o name | grep -q five | cat; echo $?
! create configmap five
seq 9 | grep -m2 -A1 -E '[3-9]'",
        expect![[r#"
            $ kubectl get cm -w -o name | head -2
            …
            $ ! create configmap one
            …
            $ ! create configmap two
            configmap/one
            configmap/two
            $ echo $?
            0
            $ kubectl get cm -w -o name | grep -v one | grep -m1 three && echo found
            …
            $ ! create configmap four
            …
            $ ! create configmap three
            configmap/three
            found
            $ kubectl get cm -w -o name | grep -q five | cat; echo $?
            …
            $ ! create configmap five
            0
            $ seq 9 | grep -m2 -A1 -E '[3-9]'
            3
            4
            5
        "#]],
    );
}

#[test]
fn tab_completes_programs_words_of_kubectl_files_and_variables() {
    let mut desk = Desk { station: Station::new(), files: Vec::new(), ran: Vec::new() };
    for name in ["default", "shop"] {
        let line = ["create", "namespace", name].map(String::from);
        crate::run(&line, &Named(&[], None), &mut desk.station);
    }
    let files = ["web.yaml".to_owned()];
    let mut seen = String::new();
    for line in [
        "ku",
        "des",
        "kubectl get n",
        "k get ns | gr",
        "get ns d",
        "get ns; kubectl get ns s",
        "echo $(kubectl get namespaces/s",
        "cat w",
        "minikube ser",
        "kubectl get $N",
        "kubectl get pods --names",
    ] {
        let known = Known { api: desk.station.api(), files: &files, config: None };
        let completion = complete(line, &known, &["NAME".to_owned()]);
        seen += &format!(
            "{line} → {}{}| {}\n",
            &line[..completion.from],
            completion.clear(),
            completion.offers.join(" ")
        );
    }
    expect![[r#"
        ku → kubectl | kubectl
        des → describe | describe
        kubectl get n → kubectl get n| namespaces netpol networkpolicies no nodes ns
        k get ns | gr → k get ns | grep | grep
        get ns d → get ns default | default
        get ns; kubectl get ns s → get ns; kubectl get ns shop | shop
        echo $(kubectl get namespaces/s → echo $(kubectl get namespaces/shop | namespaces/shop
        cat w → cat web.yaml | web.yaml
        minikube ser → minikube service | service
        kubectl get $N → kubectl get $NAME | $NAME
        kubectl get pods --names → kubectl get pods --namespace=| --namespace=
    "#]]
    .assert_eq(&seen);
}
