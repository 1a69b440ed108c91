//! The language.

use super::check;

#[test]
fn scripts_do_what_they_say() {
    check(&[
        ("words are joined by blanks", "echo  a   b", "0 after 0 ms: a b\n"),
        ("a sleep takes its time", "echo a; sleep 1.5; echo b", "0 after 1500 ms: a\nb\n"),
        ("units of a sleep", "sleep 1m 2s", "0 after 62000 ms: "),
        ("an exit ends the script", "echo a; exit 3; echo b", "3 after 0 ms: a\n"),
        ("the last status is the script's", "true; false", "1 after 0 ms: "),
        ("and", "true && echo yes; false && echo no", "1 after 0 ms: yes\n"),
        ("or", "false || echo yes; true || echo no", "0 after 0 ms: yes\n"),
        ("and and or have no precedence", "false && echo a || echo b", "0 after 0 ms: b\n"),
        ("not", "! true; echo $?; ! false; echo $?", "0 after 0 ms: 1\n0\n"),
        ("signs in quotes join nothing", "echo 'a; b && c' \"d | e\"", "0 after 0 ms: a; b && c d | e\n"),
        ("comments are passed", "echo a # b\n# c\necho d", "0 after 0 ms: a\nd\n"),
        ("lines go on", "echo a \\\n b", "0 after 0 ms: a b\n"),
        ("if", "if true; then echo a; elif true; then echo b; else echo c; fi", "0 after 0 ms: a\n"),
        ("elif", "if false; then echo a; elif true; then echo b; else echo c; fi", "0 after 0 ms: b\n"),
        ("else", "if false; then echo a; elif false; then echo b; else echo c; fi", "0 after 0 ms: c\n"),
        ("if nothing holds", "if false; then echo a; fi; echo $?", "0 after 0 ms: 0\n"),
        ("while", "i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done", "0 after 0 ms: 0\n1\n2\n"),
        (
            "until",
            "i=0; until [ $i -ge 2 ]; do echo $i; i=$((i+1)); sleep 1; done",
            "0 after 2000 ms: 0\n1\n",
        ),
        ("for", "for i in 1 2 3; do echo $i; done", "0 after 0 ms: 1\n2\n3\n"),
        ("for as in C", "for ((i=0; i<3; i++)); do echo $i; done", "0 after 0 ms: 0\n1\n2\n"),
        (
            "break",
            "for i in 1 2 3; do if [ $i = 2 ]; then break; fi; echo $i; done; echo end",
            "0 after 0 ms: 1\nend\n",
        ),
        ("continue", "for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "0 after 0 ms: 1\n3\n"),
        (
            "break out of two",
            "for i in 1 2; do for j in 1 2; do break 2; done; done; echo $i$j",
            "0 after 0 ms: 11\n",
        ),
        ("case", "case abc in x) echo x;; a*|b) echo a;; *) echo other;; esac", "0 after 0 ms: a\n"),
        ("case without a match", "case q in x) echo x;; esac; echo $?", "0 after 0 ms: 0\n"),
        ("a group", "{ echo a; echo b; } | { read x; echo got $x; }", "0 after 0 ms: got a\n"),
        ("a subshell keeps its variables to itself", "x=1; (x=2; echo $x); echo $x", "0 after 0 ms: 2\n1\n"),
        ("an exit in a subshell ends that", "(exit 4); echo $?", "0 after 0 ms: 4\n"),
        (
            "functions have arguments",
            "f() { echo $# $1 $2; return 5; }; f a b; echo $?",
            "0 after 0 ms: 2 a b\n5\n",
        ),
        ("local variables", "f() { local x=2; echo $x; }; x=1; f; echo $x", "0 after 0 ms: 2\n1\n"),
        ("shift", "set -- a b c; shift; echo $1 $#", "0 after 0 ms: b 2\n"),
        (
            "all arguments",
            "set -- 'a b' c; for x in \"$@\"; do echo \"<$x>\"; done; for x in $*; do echo $x; done",
            "0 after 0 ms: <a b>\n<c>\na\nb\nc\n",
        ),
        ("eval", "x='echo hi'; eval $x there", "0 after 0 ms: hi there\n"),
        ("exec takes the shell's place", "exec echo a; echo b", "0 after 0 ms: a\n"),
    ]);
}

#[test]
fn words_are_expanded() {
    check(&[
        ("variables", "x=a; echo $x ${x}b \"$x c\" '$x'", "0 after 0 ms: a ab a c $x\n"),
        ("unquoted values are split", "x='a   b'; echo $x; echo \"$x\"", "0 after 0 ms: a b\na   b\n"),
        (
            "values that are not there",
            "echo ${x:-d} ${x-e}; x=; echo ${x:-f} \"${x-g}\"",
            "0 after 0 ms: d e\nf \n",
        ),
        ("values that are set so", "echo ${x:=v}; echo $x ${x:+w}", "0 after 0 ms: v\nv w\n"),
        ("lengths", "x=hello; echo ${#x}", "0 after 0 ms: 5\n"),
        (
            "ends are taken off",
            "f=a.tar.gz; echo ${f%.*} ${f%%.*} ${f#*.} ${f##*.}",
            "0 after 0 ms: a.tar a tar.gz gz\n",
        ),
        ("replacement", "x=a-b-c; echo ${x/-/+} ${x//-/+}", "0 after 0 ms: a+b-c a+b+c\n"),
        ("slices", "x=hello; echo ${x:1:3} ${x:3}", "0 after 0 ms: ell lo\n"),
        ("substitution", "x=$(echo a; echo b); echo \"$x\"; echo `echo c`", "0 after 0 ms: a\nb\nc\n"),
        (
            "substitutions within each other",
            "echo $(echo $(echo deep) `echo \\`echo er\\``)",
            "0 after 0 ms: deep er\n",
        ),
        ("a substitution's status", "x=$(false); echo $?", "0 after 0 ms: 1\n"),
        ("a substitution takes time", "echo $(sleep 2; echo a)", "0 after 2000 ms: a\n"),
        ("arithmetic", "i=4; echo $((i*2+1)) $(( $i % 3 ))", "0 after 0 ms: 9 1\n"),
        (
            "what is counted twice is counted once",
            "i=1; echo $((i++)) $(echo x); echo $i",
            "0 after 0 ms: 1 x\n2\n",
        ),
        ("arithmetic as a command", "i=1; if ((i > 0)); then echo yes; fi", "0 after 0 ms: yes\n"),
        ("paths", "cd /var; mkdir a; cd a; touch x1 x2 y; echo x* z* '*'", "0 after 2 ms: x1 x2 z* *\n"),
        ("dollars at the end", "echo a$ $", "0 after 0 ms: a$ $\n"),
        ("numbers of the shell", "sh -c 'echo $0 $1 $#' name one", "0 after 0 ms: name one 1\n"),
        (
            "environment",
            "A=1 sh -c 'echo $A'; echo [$A]; export B=2; sh -c 'echo $B'",
            "0 after 0 ms: 1\n[]\n2\n",
        ),
        ("division by zero ends the script", "echo $((1/0)); echo b", "2 after 0 ms: sh: divide by zero\n"),
        ("ansi quotes", "echo $'a\\tb'", "0 after 0 ms: a\tb\n"),
    ]);
}

#[test]
fn streams_are_redirected() {
    check(&[
        (
            "into a file and out of it",
            "echo a > /tmp/f; echo b >> /tmp/f; cat /tmp/f",
            "0 after 1 ms: a\nb\n",
        ),
        ("nowhere", "echo a > /dev/null; ls /nope 2>/dev/null; echo b", "0 after 1 ms: b\n"),
        ("both", "{ echo a; echo b >&2; } > /tmp/f 2>&1; cat /tmp/f", "0 after 1 ms: a\nb\n"),
        ("both, as bash does", "{ echo a; echo b >&2; } &> /tmp/f; cat < /tmp/f", "0 after 1 ms: a\nb\n"),
        ("a pipe", "echo 'b\na' | sort | head -n 1", "0 after 2 ms: a\n"),
        ("a here-document", "x=1; cat <<EOF\na $x\n  b\nEOF\necho c", "0 after 1 ms: a 1\n  b\nc\n"),
        ("a quoted here-document", "cat <<'EOF' > /tmp/f\n$x\nEOF\ncat /tmp/f", "0 after 2 ms: $x\n"),
        ("an indented here-document", "cat <<-EOF\n\ta\n\tEOF\necho b", "0 after 1 ms: a\nb\n"),
        ("a here-string", "cat <<< hello", "0 after 1 ms: hello\n"),
        (
            "lines are read",
            "printf 'a b\nc\n' > /tmp/f; while read x y; do echo \"$y-$x\"; done < /tmp/f",
            "0 after 0 ms: b-a\n-c\n",
        ),
        (
            "lines are read from a pipe",
            "printf '1\n2\n' | while read -r n; do echo n=$n; done",
            "0 after 0 ms: n=1\nn=2\n",
        ),
        (
            "a file that is not there",
            "cat < /nope; echo $?",
            "0 after 0 ms: sh: can't open /nope: no such file\n1\n",
        ),
        (
            "a directory that is not there",
            "echo a > /no/f",
            "1 after 0 ms: sh: can't create /no/f: nonexistent directory\n",
        ),
        ("last words", "echo bye > /dev/termination-log; cat /dev/termination-log", "0 after 1 ms: bye\n"),
        ("the log of the container", "(echo a > /proc/1/fd/1) > /dev/null", "0 after 0 ms: a\n"),
        (
            "redirection of the shell",
            "exec > /tmp/f; echo a; exec > /dev/stdout; cat /tmp/f >&2",
            "0 after 1 ms: a\n",
        ),
        (
            "a pipe from what goes on",
            "for i in 1 2 3; do echo $i; sleep 2; done | tee /tmp/f | grep -v 2; date +%S; cat /tmp/f",
            "0 after 6004 ms: 1\n3\n06\n1\n2\n3\n",
        ),
        ("a reader that leaves", "while true; do echo y; done | head -n 2", "0 after 1 ms: y\ny\n"),
        ("a pipe of failures", "set -o pipefail; false | true; echo $?", "0 after 0 ms: 1\n"),
    ]);
}

#[test]
fn scripts_fail_as_shells_do() {
    check(&[
        ("a program that is not there", "nosuch; echo $?", "0 after 0 ms: sh: nosuch: not found\n127\n"),
        ("set -e", "set -e; echo a; false; echo b", "1 after 0 ms: a\n"),
        (
            "set -e and a question",
            "set -e; if false; then :; fi; false || true; ! true; echo b",
            "0 after 0 ms: b\n",
        ),
        ("set -e and a substitution", "set -e; x=$(false); echo b", "1 after 0 ms: "),
        ("sh -ec", "sh -ec 'false; echo a'; echo $?", "0 after 0 ms: 1\n"),
        ("set -x", "set -x; echo a", "0 after 0 ms: + echo a\na\n"),
        ("set -u", "set -u; echo $nope; echo b", "2 after 0 ms: sh: nope: parameter not set\n"),
        ("what has to be set", "echo ${x:?is missing}; echo b", "2 after 0 ms: sh: x: is missing\n"),
        (
            "a text that is no script",
            "if true; then echo a",
            "2 after 0 ms: sh: syntax error: unexpected end of file\n",
        ),
        (
            "a quote that is not closed",
            "echo 'a",
            "2 after 0 ms: sh: syntax error: unterminated quoted string\n",
        ),
        ("a done too many", "echo a; done", "2 after 0 ms: sh: syntax error: unexpected \"done\"\n"),
        ("at the end", "trap 'echo bye' EXIT; echo a; exit 3", "3 after 0 ms: a\nbye\n"),
        ("a function without end", "f() { f; }; f", "139 after 0 ms: "),
    ]);
}

#[test]
fn what_stands_behind_an_ampersand_runs_beside() {
    check(&[
        ("wait", "(sleep 2; echo b) & echo a; wait; echo c", "0 after 2000 ms: a\nb\nc\n"),
        (
            "wait for one",
            "sleep 1 & p=$!; (exit 3) & wait $!; echo $?; wait $p; echo $?",
            "0 after 1000 ms: 3\n0\n",
        ),
        ("the container ends with its first process", "(sleep 5; echo late) & echo a", "0 after 0 ms: a\n"),
        (
            "ever more processes",
            "while true; do sleep 60 & done",
            "2 after 0 ms: sh: can't fork: Resource temporarily unavailable\n",
        ),
        ("a busy loop beside", "while true; do :; done & sleep 3", "0 after 3000 ms: "),
    ]);
}
