//! Programs, as scripts use them.

use super::{Village, check, outcome, run, start};

#[test]
fn lines_are_worked_on() {
    check(&[
        ("head", "seq 5 | head -n 2; seq 5 | head -1", "0 after 4 ms: 1\n2\n1\n"),
        ("tail", "seq 5 | tail -n 2; seq 5 | tail -n +4", "0 after 4 ms: 4\n5\n4\n5\n"),
        (
            "grep",
            "printf 'ab\\ncd\\n' > /tmp/f; grep a /tmp/f; grep -c . /tmp/f; grep -v a /tmp/f; grep -q z /tmp/f; echo $?",
            "0 after 4 ms: ab\n2\ncd\n1\n",
        ),
        ("wc", "printf 'a b\\nc\\n' | wc -l; printf 'a b\\nc\\n' | wc -w", "0 after 2 ms: 2\n3\n"),
        ("cut", "echo a:b:c | cut -d: -f1,3; echo hello | cut -c2-3", "0 after 2 ms: a:c\nel\n"),
        ("tr", "echo hello | tr a-z A-Z; echo a-b | tr -d -", "0 after 2 ms: HELLO\nab\n"),
        (
            "sort and uniq",
            "printf '3\\n10\\n3\\n' | sort -n | uniq -c",
            "0 after 2 ms:       2 3\n      1 10\n",
        ),
        (
            "sed",
            "echo 'a b a' | sed 's/a/x/g'; echo abc | sed -E 's/(a)(b)/\\2\\1/'; seq 3 | sed -n '2p'; seq 3 | sed 2d",
            "0 after 6 ms: x b x\nbac\n2\n1\n3\n",
        ),
        ("sed in place", "echo a > /tmp/f; sed -i s/a/b/ /tmp/f; cat /tmp/f", "0 after 2 ms: b\n"),
        (
            "awk",
            "echo 'a b c' | awk '{print $2}'; echo a:b | awk -F: '{print $1 \"-\" $NF}'",
            "0 after 2 ms: b\na-b\n",
        ),
        (
            "base64",
            "echo -n secret | base64; echo c2VjcmV0 | base64 -d; printf abcdef | base64 -w 4; echo; echo '?' | base64 -d",
            "1 after 4 ms: c2VjcmV0\nsecretYWJj\nZGVm\n\nbase64: invalid input\n",
        ),
        ("rev and tac", "echo abc | rev; seq 2 | tac", "0 after 3 ms: cba\n2\n1\n"),
        ("xargs", "echo a b | xargs echo got", "0 after 0 ms: got a b\n"),
        (
            "xargs for each line",
            "printf 'a b\\nc\\n' | xargs -I{} echo '<{}>' '{}'",
            "0 after 0 ms: <a b> a b\n<c> c\n",
        ),
        ("xargs for so many words", "seq 3 | xargs -n 2 echo got", "0 after 1 ms: got 1 2\ngot 3\n"),
        (
            "xargs with nothing to do",
            "printf '' | xargs -r echo got; printf '' | xargs echo got",
            "0 after 0 ms: got\n",
        ),
        (
            "xargs for each two lines",
            "printf 'a b\\nc\\nd\\n' | xargs -L 2 echo got",
            "0 after 0 ms: got a b c\ngot d\n",
        ),
        ("xargs of parts", "printf 'a b,c' | xargs -d , -n 1 echo got", "0 after 0 ms: got a b\ngot c\n"),
        ("xargs with an odd flag", "echo a | xargs -é echo got", "0 after 0 ms: got a\n"),
        ("xargs of what fails", "seq 2 | xargs -n1 test 1 -eq", "123 after 1 ms: "),
        ("yes", "yes | head -n 2", "0 after 2 ms: y\ny\n"),
        ("tee", "echo a | tee /tmp/f; cat /tmp/f", "0 after 2 ms: a\na\n"),
    ]);
}

#[test]
fn files_are_looked_at_and_changed() {
    check(&[
        (
            "a file that is not there",
            "cat /nope",
            "1 after 1 ms: cat: can't open '/nope': No such file or directory\n",
        ),
        (
            "listing",
            "mkdir -p /tmp/d/e; touch /tmp/d/f; ls /tmp/d; ls /nope",
            "1 after 4 ms: e\nf\nls: /nope: No such file or directory\n",
        ),
        (
            "copies",
            "echo a > /tmp/a; cp /tmp/a /tmp/b; mv /tmp/b /tmp/c; cat /tmp/c; ls /tmp/b",
            "1 after 4 ms: a\nls: /tmp/b: No such file or directory\n",
        ),
        (
            "directories are copied",
            "mkdir -p /a/b; echo x > /a/b/c; cp -r /a /z; cat /z/b/c",
            "0 after 3 ms: x\n",
        ),
        (
            "what is found, and deleted from below",
            "mkdir -p /s/a; touch /s/a/b /s/.c; find /s -name b; test -e /s && find /s -mindepth 1 -delete && test -z \"$(ls -A /s)\" && echo empty",
            "0 after 5 ms: /s/a/b\nempty\n",
        ),
        (
            "removal",
            "mkdir /d; rm /d; rm -r /d; rm /d; rm -f /d; echo $?",
            "0 after 5 ms: rm: can't remove '/d': is a directory\nrm: can't remove '/d': No such file or directory\n0\n",
        ),
        (
            "links",
            "echo a > /tmp/a; ln -s /tmp/a /tmp/l; cat /tmp/l; readlink /tmp/l",
            "0 after 3 ms: a\n/tmp/a\n",
        ),
        (
            "many bytes",
            "dd if=/dev/zero of=/tmp/f bs=1M count=50 2>/dev/null; [ -s /tmp/f ] && wc -c < /dev/null",
            "0 after 106 ms: 0\n",
        ),
        (
            "tests of files",
            "[ -f /etc/hostname ] && [ -d /tmp ] && [ ! -e /nope ] && cat /etc/hostname",
            "0 after 1 ms: web-0\n",
        ),
        ("a test without an end", "[ a = a", "2 after 0 ms: [: missing ]\n"),
        (
            "combined tests",
            "[ 1 -lt 2 -a a != b ] && [[ abc == a* && 3 -ge 3 ]] && echo yes",
            "0 after 0 ms: yes\n",
        ),
        (
            "cd",
            "cd /nope || cd /tmp; pwd; cd ..; pwd",
            "0 after 0 ms: sh: cd: can't cd to /nope: No such file or directory\n/tmp\n/\n",
        ),
    ]);
}

#[test]
fn programs_tell_of_their_surroundings() {
    check(&[
        (
            "formats of dates",
            "date +%Y-%m-%dT%H:%M:%S; date +%s; sleep 90; date -u '+%H:%M %a %j'",
            "0 after 90003 ms: 2025-01-01T00:00:00\n1735689600\n00:01 Wed 001\n",
        ),
        (
            "who and where",
            "whoami; hostname; id -u; uname; nproc",
            "0 after 5 ms: root\nweb-0\n0\nLinux\n4\n",
        ),
        ("arithmetic", "expr 2 + 3; expr 4 '*' 5; seq 1 2 5 | tr '\\n' ' '", "0 after 4 ms: 5\n20\n1 3 5 "),
        ("paths", "basename /a/b.txt .txt; dirname /a/b.txt", "0 after 2 ms: b\n/a\n"),
        (
            "printf",
            "printf '%s-%d %05.1f|%5s|%-5s|\\n' a 7 1.25 x y; printf '%s\\n' 1 2",
            "0 after 0 ms: a-7 001.2|    x|y    |\n1\n2\n",
        ),
        ("echo -e", "echo -e 'a\\tb'; echo -n c", "0 after 0 ms: a\tb\nc"),
        ("a timeout", "timeout 5 sleep 60; echo $?; timeout 5 sleep 1; echo $?", "0 after 6000 ms: 143\n0\n"),
        (
            "a timeout of a script",
            "timeout 3 sh -c 'while true; do echo a; sleep 2; done'",
            "143 after 3000 ms: a\na\n",
        ),
        (
            "commands that are there",
            "command -v sleep >/dev/null && echo yes; command -v bash || echo no; which curl || echo none",
            "0 after 1 ms: yes\nno\nnone\n",
        ),
        (
            "what is installed is there",
            "bash -c 'echo a' || apk add --no-cache bash > /dev/null; bash -c 'for i in {1..3}; do echo $i; done'",
            "0 after 3000 ms: sh: bash: not found\n1\n2\n3\n",
        ),
        (
            "what only bash reads is assumed",
            "apk add bash >/dev/null; bash -c 'a=(1 2); echo ${a[0]}'; echo $?",
            "0 after 3000 ms: 0\n",
        ),
        ("a shell with two dashes", "sh -c -- 'echo a'", "0 after 0 ms: a\n"),
        ("env", "env A=1 sh -c 'echo $A'", "0 after 0 ms: 1\n"),
    ]);
}

#[test]
fn the_network_is_asked() {
    for (row, script, expected) in [
        ("wget", "wget -qO- http://web", "0 after 2 ms: hello\n"),
        ("wget to a file", "wget -q -O /tmp/f http://web:80/x && cat /tmp/f", "0 after 3 ms: hello\n"),
        (
            "wget aloud",
            "wget -O- http://web > /dev/null",
            "0 after 2 ms: Connecting to web (10.0.0.1:80)\nwriting to stdout\n-                    100% |********************************|     6  0:00:00 ETA\nwritten to stdout\n",
        ),
        (
            "wget tells what the server answered, and a pattern finds the status in it",
            "wget -q --server-response -O /dev/null http://web 2>&1 | awk '/^  HTTP/{print $2}'",
            "0 after 3 ms: 200\n",
        ),
        (
            "also when that is a refusal",
            "wget -qS -O /dev/null http://web:500 2>&1 | head -n 1",
            "0 after 3 ms:   HTTP/1.1 500 Internal Server Error\n",
        ),
        ("a name that is not there", "wget -qO- http://nope", "1 after 1 ms: wget: bad address 'nope'\n"),
        (
            "a port that is closed",
            "wget -qO- http://web:81",
            "1 after 2 ms: wget: can't connect to remote host (10.0.0.1): Connection refused\n",
        ),
        (
            "an error of the server",
            "wget -qO- http://web:500",
            "1 after 2 ms: wget: server returned error: HTTP/1.1 500 Internal Server Error\n",
        ),
        ("nobody", "wget -qO- -T 5 http://10.9.9.9", "1 after 5000 ms: wget: download timed out\n"),
        (
            "nobody for long",
            "wget -qO- http://10.9.9.9",
            "1 after 127000 ms: wget: can't connect to remote host (10.9.9.9): Connection timed out\n",
        ),
        (
            "nc",
            "nc -z web 80 && echo open; nc -zv -w 2 web 81",
            "1 after 4 ms: open\nnc: web (10.0.0.1:81): Connection refused\n",
        ),
        ("nslookup", "nslookup nope | tail -n 2", "0 after 2 ms: ** server can't find nope: NXDOMAIN\n\n"),
        (
            "ping",
            "ping -c 2 web | tail -n 3 | head -n 2",
            "0 after 1003 ms: --- web ping statistics ---\n2 packets transmitted, 2 packets received, 0% packet loss\n",
        ),
        (
            "a loop until it works",
            "until wget -q --spider http://web:81; do echo wait; sleep 2; [ $((n+=1)) = 2 ] && break; done",
            "0 after 4004 ms: wget: can't connect to remote host (10.0.0.1): Connection refused\nwait\nwget: can't connect to remote host (10.0.0.1): Connection refused\nwait\n",
        ),
    ] {
        let mut village = Village::default();
        village.names.insert("web", [10, 0, 0, 1].into());
        village.ports.extend([(80, (200, "hello\n")), (500, (500, "oops"))]);
        assert_eq!(outcome(&run(start(script), &mut village)), expected, "{row}");
    }
}

#[test]
fn curl_speaks_its_own_way() {
    for (row, script, expected) in [
        ("a page", "curl -s http://web", "0 after 2 ms: hello\n"),
        ("a status", "curl -s -o /dev/null -w '%{http_code}\\n' http://web:500/x", "0 after 2 ms: 500\n"),
        ("a failure", "curl -sf http://web:500", "22 after 2 ms: "),
        (
            "a failure that is shown",
            "curl -fsS http://web:500",
            "22 after 2 ms: curl: (22) The requested URL returned error: 500\n",
        ),
        (
            "a name that is not there",
            "curl -sS nope",
            "6 after 1 ms: curl: (6) Could not resolve host: nope\n",
        ),
        (
            "a port that is closed",
            "curl -sS web:81",
            "7 after 2 ms: curl: (7) Failed to connect to web port 81 after 2 ms: Could not connect to server\n",
        ),
        (
            "nobody",
            "curl -sS -m 3 10.9.9.9",
            "28 after 3000 ms: curl: (28) Connection timed out after 3000 milliseconds\n",
        ),
        ("a head", "curl -sI http://web", "0 after 2 ms: HTTP/1.1 200 OK\r\n\r\n"),
        ("a name told", "curl -s --resolve a.example:80:10.0.0.1 http://a.example", "0 after 1 ms: hello\n"),
    ] {
        let mut village = Village::default();
        village.names.insert("web", [10, 0, 0, 1].into());
        village.ports.extend([(80, (200, "hello\n")), (500, (500, "oops"))]);
        let mut start = start(script);
        start.image = std::rc::Rc::default();
        assert_eq!(outcome(&run(start, &mut village)), expected, "{row}");
    }
}
