//! What well-known images do when they are simply run, as tables.

use crate::images::{Recipe, Reference, config};
use crate::world::{Answer, Message, Reply, Target, Unreachable, World};
use crate::{Process, Start};
use expect_test::expect;
use orrery_apimachinery::{Str, Time};
use orrery_sim::{Duration, SimTime};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// An outside with a few files, in which the name `db` is somebody who listens on every port.
#[derive(Default)]
struct Outside {
    files: Vec<(&'static str, &'static str)>,
}

impl World for Outside {
    fn lookup(&mut self, name: &str) -> Answer<Vec<Ipv4Addr>> {
        let result = if name == "db" { vec![[10, 96, 0, 7].into()] } else { vec![] };
        Answer { took: Duration::ZERO, result }
    }

    fn send(&mut self, to: Target, message: &Message, _: Duration) -> Answer<Result<Reply, Unreachable>> {
        let there = to.address == Ipv4Addr::new(10, 96, 0, 7);
        let reply = match message {
            Message::Connect => Reply::Connected,
            Message::Bytes(text) | Message::Datagram(text) => Reply::Bytes(["+heard ", text].concat().into()),
            Message::Http { path, host, .. } => {
                Reply::Http { status: 200, headers: vec![], body: format!("{host}{path}").into() }
            }
        };
        let result = if there { Ok(reply) } else { Err(Unreachable::Refused) };
        Answer { took: Duration::ZERO, result }
    }

    fn read(&mut self, path: &str) -> Option<Str> {
        self.files.iter().find(|(known, _)| *known == path).map(|(_, text)| (*text).into())
    }

    fn write(&mut self, _: &str, _: &str) -> Result<(), Str> {
        Err("Read-only file system".into())
    }

    fn append(&mut self, _: &str, _: &str) -> Result<(), Str> {
        Err("Read-only file system".into())
    }

    fn size(&mut self, _: &str) -> u64 {
        0
    }

    fn grow(&mut self, _: &str, _: u64) -> Result<(), Str> {
        Err("Read-only file system".into())
    }

    fn make_directory(&mut self, _: &str) -> Result<(), Str> {
        Err("Read-only file system".into())
    }

    fn remove(&mut self, _: &str) -> bool {
        false
    }

    fn list(&mut self, path: &str) -> Option<Vec<Str>> {
        let below = [path, "/"].concat();
        let names: Vec<Str> =
            self.files.iter().filter_map(|(known, _)| known.strip_prefix(&*below)).map(Str::from).collect();
        (!names.is_empty()).then_some(names)
    }
}

/// A container of an image, with arguments and `NAME=value`s, and what is outside.
struct Run {
    process: Process,
    outside: Outside,
    now: SimTime,
}

fn run(image: &str, words: &str, env: &[(&str, &str)], files: &[(&'static str, &'static str)]) -> Run {
    let folders = files.iter().map(|(path, _)| path.rsplit_once('/').expect("a path has a directory").0);
    let start = Start {
        image: Rc::new(config(&Reference::parse(image).expect(image), None)),
        args: words.split_whitespace().map(Str::from).collect(),
        env: env.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        hostname: "web-0".into(),
        address: Some([10, 244, 1, 5].into()),
        mounts: folders.map(|path| crate::Mount { path: path.into(), prompt: true }).collect(),
        epoch: Time(1_700_000_000),
        ..Start::default()
    };
    let mut outside = Outside { files: files.into() };
    let mut process = Process::start(Rc::new(start), SimTime::ZERO).expect("it can be started");
    let now = SimTime::from_secs(60);
    process.advance(now, &mut outside);
    Run { process, outside, now }
}

impl Run {
    fn ask(&mut self, port: u16, message: &Message) -> Result<Reply, Unreachable> {
        self.process.answer(port, message, self.now, &mut self.outside).result
    }

    /// `200 body`, with the first line of the body.
    fn get(&mut self, port: u16, path: &str) -> String {
        let message = Message::Http {
            method: "GET".into(),
            path: path.into(),
            host: "web".into(),
            headers: vec![("User-Agent".into(), "curl/8.0".into())],
            body: "".into(),
        };
        match self.ask(port, &message) {
            Ok(Reply::Http { status, body, .. }) => {
                let shown = body.lines().find(|line| line.contains("<h1>") || !body.starts_with('<'));
                format!("{status} {}", shown.or(body.lines().next()).unwrap_or_default().trim())
            }
            other => format!("{other:?}"),
        }
    }

    fn log(&self) -> String {
        self.process.log().lines().map(|line| &*line.text).collect()
    }

    /// `ends 1`, or the ports.
    fn fate(&self) -> String {
        match self.process.ended() {
            Some(exit) => format!("ends {}", exit.code),
            None => format!("{:?}", self.process.listens()),
        }
    }
}

#[test]
fn images_listen_and_answer_as_they_do_without_being_told() {
    let rows = [
        ("nginx:1.25", "", "80", "/"),
        ("nginx:1.25", "", "80", "/nothing"),
        ("nginxinc/nginx-unprivileged", "", "8080", "/"),
        ("httpd:2.4", "", "80", "/"),
        ("httpd:2.4", "", "80", "/nothing"),
        ("registry.k8s.io/nginx-slim:0.8", "", "80", "/"),
        ("registry.k8s.io/hpa-example", "", "80", "/"),
        ("gcr.io/google-samples/hello-app:2.0", "", "8080", "/"),
        ("gcr.io/google-samples/kubernetes-bootcamp:v1", "", "8080", "/"),
        ("hashicorp/http-echo:1.0", "-text=apple -listen=:8080", "8080", "/"),
        ("hashicorp/http-echo", "", "5678", "/"),
        ("traefik/whoami", "", "80", "/"),
        ("stefanprodan/podinfo", "", "9898", "/healthz"),
        ("kennethreitz/httpbin", "", "80", "/status/418"),
        ("registry.k8s.io/e2e-test-images/agnhost:2.39", "netexec --http-port=8081", "8081", "/hostname"),
        ("registry.k8s.io/e2e-test-images/agnhost:2.39", "serve-hostname", "9376", "/"),
        ("registry.k8s.io/e2e-test-images/agnhost:2.39", "liveness", "8080", "/healthz"),
        ("registry.k8s.io/liveness", "", "8080", "/healthz"),
        ("python:3.12", "python -m http.server 8000", "8000", "/"),
        ("python:3.12", "", "8000", "/"),
        ("node:22", "", "3000", "/"),
        ("busybox", "", "80", "/"),
        ("tomcat:10", "", "8080", "/"),
        ("registry:2", "", "5000", "/v2/"),
        ("prom/prometheus:v3.0.0", "--config.file=/etc/prometheus/prometheus.yml", "9090", "/-/ready"),
        ("grafana/grafana:11.0.0", "", "3000", "/api/health"),
        ("elasticsearch:8.15.0", "", "9200", "/_cat/health"),
        ("wordpress:6", "", "80", "/"),
        ("gcr.io/google-samples/gb-frontend:v5", "", "80", "/"),
        ("gcr.io/google-samples/microservices-demo/frontend:v0.10.1", "", "8080", "/_healthz"),
        ("gcr.io/google-samples/microservices-demo/cartservice:v0.10.1", "", "7070", "/"),
        ("registry.k8s.io/etcd:3.5.16-0", "", "2379", "/health"),
        ("registry.k8s.io/pause:3.10", "", "80", "/"),
    ];
    let mut text = String::new();
    for (image, words, port, path) in rows {
        let mut run = run(image, words, &[], &[]);
        let answer = run.get(port.parse().expect("a port"), path);
        text.push_str(&format!("{image} {words} | {} | {path} | {answer}\n", run.fate()));
    }
    expect![[r#"
        nginx:1.25  | [80] | / | 200 <h1>Welcome to nginx!</h1>
        nginx:1.25  | [80] | /nothing | 404 <center><h1>404 Not Found</h1></center>
        nginxinc/nginx-unprivileged  | [8080] | / | 200 <h1>Welcome to nginx!</h1>
        httpd:2.4  | [80] | / | 200 <html><body><h1>It works!</h1></body></html>
        httpd:2.4  | [80] | /nothing | 404 <h1>Not Found</h1>
        registry.k8s.io/nginx-slim:0.8  | [80] | / | 200 <h1>Welcome to nginx!</h1>
        registry.k8s.io/hpa-example  | [80] | / | 200 OK!
        gcr.io/google-samples/hello-app:2.0  | [8080] | / | 200 Hello, world!
        gcr.io/google-samples/kubernetes-bootcamp:v1  | [8080] | / | 200 Hello Kubernetes bootcamp! | Running on: web-0 | v=1
        hashicorp/http-echo:1.0 -text=apple -listen=:8080 | [8080] | / | 200 apple
        hashicorp/http-echo  | ends 127 | / | Err(Refused)
        traefik/whoami  | [80] | / | 200 Hostname: web-0
        stefanprodan/podinfo  | [9898, 9999] | /healthz | 200 {
        kennethreitz/httpbin  | [80] | /status/418 | 418 
        registry.k8s.io/e2e-test-images/agnhost:2.39 netexec --http-port=8081 | [8081] | /hostname | 200 web-0
        registry.k8s.io/e2e-test-images/agnhost:2.39 serve-hostname | [9376] | / | 200 web-0
        registry.k8s.io/e2e-test-images/agnhost:2.39 liveness | [8080] | /healthz | 500 error: 1m0s
        registry.k8s.io/liveness  | [8080] | /healthz | 500 error: 1m0s
        python:3.12 python -m http.server 8000 | [8000] | / | 200 <h1>Directory listing for /</h1>
        python:3.12  | ends 0 | / | Err(Refused)
        node:22  | ends 0 | / | Err(Refused)
        busybox  | ends 0 | / | Err(Refused)
        tomcat:10  | [8080] | / | 404 404 page not found
        registry:2  | [5000] | /v2/ | 200 {}
        prom/prometheus:v3.0.0 --config.file=/etc/prometheus/prometheus.yml | [9090] | /-/ready | 200 Prometheus Server is Ready.
        grafana/grafana:11.0.0  | [3000] | /api/health | 200 {
        elasticsearch:8.15.0  | [9200, 9300] | /_cat/health | 200 docker-cluster green
        wordpress:6  | [80] | / | 500 <h1>Error establishing a database connection</h1>
        gcr.io/google-samples/gb-frontend:v5  | [80] | / | 200 <html ng-app="redis">
        gcr.io/google-samples/microservices-demo/frontend:v0.10.1  | [8080] | /_healthz | 200 ok
        gcr.io/google-samples/microservices-demo/cartservice:v0.10.1  | [7070] | / | 200 
        registry.k8s.io/etcd:3.5.16-0  | [2379, 2380] | /health | 200 {"health":"true","reason":""}
        registry.k8s.io/pause:3.10  | [] | / | Err(Refused)
    "#]].assert_eq(&text);
}

#[test]
fn databases_want_a_password_and_take_their_time() {
    let rows: [(&str, &[(&str, &str)]); 8] = [
        ("postgres:16", &[]),
        ("postgres:16", &[("POSTGRES_PASSWORD", "x")]),
        ("mysql:8.4", &[]),
        ("mysql:8.4", &[("MYSQL_ROOT_PASSWORD", "x")]),
        ("mariadb:11", &[]),
        ("mariadb:11", &[("MYSQL_ROOT_PASSWORD", "x")]),
        ("mongo:7", &[]),
        ("redis:7", &[]),
    ];
    let mut text = String::new();
    for (image, env) in rows {
        let run = run(image, "", env, &[]);
        text.push_str(&format!("{image} {} | {}\n{}", env.len(), run.fate(), run.log()));
    }
    expect![[r#"
        postgres:16 0 | ends 1
        Error: Database is uninitialized and superuser password is not specified.
               You must specify POSTGRES_PASSWORD to a non-empty value for the
               superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".

               You may also use "POSTGRES_HOST_AUTH_METHOD=trust" to allow all
               connections without a password. This is *not* recommended.

               See PostgreSQL documentation about "trust":
               https://www.postgresql.org/docs/current/auth-trust.html
        postgres:16 1 | [5432]

        PostgreSQL init process complete; ready for start up.

        2023-11-14 22:13:22.000 UTC [1] LOG:  starting PostgreSQL 16 on x86_64-pc-linux-gnu
        2023-11-14 22:13:22.000 UTC [1] LOG:  listening on IPv4 address "0.0.0.0", port 5432
        2023-11-14 22:13:22.000 UTC [1] LOG:  database system is ready to accept connections
        mysql:8.4 0 | ends 1
        2023-11-14 22:13:20+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified
            You need to specify one of the following as an environment variable:
            - MYSQL_ROOT_PASSWORD
            - MYSQL_ALLOW_EMPTY_PASSWORD
            - MYSQL_RANDOM_ROOT_PASSWORD
        mysql:8.4 1 | [3306]
        2023-11-14 22:13:20+00:00 [Note] [Entrypoint]: Entrypoint script for MySQL Server started.
        2023-11-14T22:13:28Z 0 [System] [MY-010931] [Server] /usr/sbin/mysqld: ready for connections. Version: '8.4'  socket: '/var/run/mysqld/mysqld.sock'  port: 3306  MySQL Community Server - GPL.
        mariadb:11 0 | ends 1
        2023-11-14 22:13:20+00:00 [ERROR] [Entrypoint]: Database is uninitialized and password option is not specified
            You need to specify one of the following as an environment variable:
            - MARIADB_ROOT_PASSWORD
            - MARIADB_ALLOW_EMPTY_PASSWORD
            - MARIADB_RANDOM_ROOT_PASSWORD
        mariadb:11 1 | [3306]
        2023-11-14 22:13:20+00:00 [Note] [Entrypoint]: Entrypoint script for MariaDB Server started.
        2023-11-14 22:13:28 0 [Note] mariadbd: ready for connections.
        Version: '11-MariaDB'  socket: '/run/mysqld/mysqld.sock'  port: 3306
        mongo:7 0 | [27017]
        {"c":"NETWORK","msg":"Waiting for connections","attr":{"port":27017,"ssl":"off"}}
        redis:7 0 | [6379]
        1:M 2023-11-14 22:13:20.000 * oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo
        1:M 2023-11-14 22:13:20.000 * Server initialized
        1:M 2023-11-14 22:13:20.000 * Ready to accept connections tcp
    "#]].assert_eq(&text);
}

#[test]
fn servers_that_speak_grpc_say_that_they_are_well() {
    for (image, words, port, expected) in [
        ("registry.k8s.io/etcd:3.5.1-0", "", 2379, "200 SERVING"),
        ("gcr.io/google-samples/microservices-demo/adservice:v0.10.1", "", 9555, "200 SERVING"),
        ("registry.k8s.io/e2e-test-images/agnhost:2.39", "grpc-health-checking", 5000, "200 SERVING"),
        ("stefanprodan/podinfo", "", 9999, "200 SERVING"),
        ("gcr.io/google-samples/microservices-demo/frontend:v0.10.1", "", 8080, "200 <!DOCTYPE html>"),
    ] {
        let answer = run(image, words, &[], &[]).get(port, super::HEALTH_CHECK);
        assert_eq!(answer, expected, "{image}");
    }
}

#[test]
fn a_program_of_which_nothing_is_known_listens_where_it_is_said_to() {
    let recipe = Recipe::read("FROM alpine\nENTRYPOINT [\"/app\"]\nEXPOSE 9000\n").expect("a Dockerfile");
    let image = Rc::new(config(&Reference::parse("me/app:1").expect("a name"), Some(&recipe)));
    let start = Start { image, ..Start::default() };
    let process = Process::start(Rc::new(start), SimTime::ZERO).expect("it can be started");
    let mut run = Run { process, outside: Outside::default(), now: SimTime::from_secs(1) };
    run.process.advance(run.now, &mut run.outside);
    assert_eq!((run.fate(), run.get(9000, "/")), ("[9000]".to_owned(), "200 OK".to_owned()));
    assert_eq!(run.get(9000, super::HEALTH_CHECK), "200 SERVING");
    assert!(run.process.assumed().is_some_and(|why| why.contains("/app")));
}

#[test]
fn redis_keeps_what_it_is_told() {
    let mut redis = run("redis:7", "", &[], &[]);
    for (line, expected) in [
        ("PING\r\n", "+PONG\r\n"),
        ("GET visits\r\n", "$-1\r\n"),
        ("INCR visits\r\nINCR visits\r\n", ":1\r\n:2\r\n"),
        ("GET visits\r\n", "$1\r\n2\r\n"),
        ("DEL visits\r\n", ":1\r\n"),
        ("EXISTS visits\r\n", ":0\r\n"),
    ] {
        assert_eq!(
            redis.ask(6379, &Message::Bytes(line.into())),
            Ok(Reply::Bytes(expected.into())),
            "{line}"
        );
    }
}

#[test]
fn nginx_does_what_its_configuration_says() {
    const CONF: &str = "upstream back { server db:8080; }
server {
  listen 8080;
  location / { root /srv; }
  location /fixed { return 200 'here is $hostname\\n'; }
  location /old { return 301 /new; }
  location /api/ { proxy_pass http://back/v1/; }
  location /raw { proxy_pass http://back; }
}";
    let files = [("/etc/nginx/conf.d/default.conf", CONF), ("/srv/index.html", "<h1>mine</h1>\n")];
    let mut nginx = run("nginx:1.27", "", &[], &files);
    assert_eq!(nginx.fate(), "[8080]");
    for (path, expected) in [
        ("/", "200 <h1>mine</h1>"),
        ("/other", "404 <center><h1>404 Not Found</h1></center>"),
        ("/fixed", "200 here is web-0"),
        ("/old", "301 "),
        ("/api/users?x=1", "200 back/v1/users"),
        ("/raw/x", "200 back/raw/x"),
    ] {
        assert_eq!(nginx.get(8080, path), expected, "{path}");
    }
    for (conf, fate, last) in [
        (
            "server { location / { proxy_pass http://gone; } }",
            "ends 1",
            "nginx: [emerg] host not found in upstream \"gone\" in /etc/nginx/conf.d/default.conf:1",
        ),
        (
            "server { listen 80 }",
            "ends 1",
            "nginx: [emerg] unexpected \"}\" in /etc/nginx/conf.d/default.conf:1",
        ),
        ("", "[]", "start worker processes"),
    ] {
        let nginx = run("nginx", "", &[], &[("/etc/nginx/conf.d/default.conf", conf)]);
        let log = nginx.log();
        assert_eq!(nginx.fate(), fate, "{conf}: {log}");
        assert!(log.trim_end().ends_with(last), "{log}");
    }
}

#[test]
fn servers_log_as_theirs_do() {
    let mut nginx = run("nginx:1.25", "", &[], &[]);
    nginx.get(80, "/nothing");
    let mut python = run("python:3.12", "python -m http.server", &[("PYTHONUNBUFFERED", "1")], &[]);
    python.get(8000, "/");
    expect![[r#"
        /docker-entrypoint.sh: /docker-entrypoint.d/ is not empty, will attempt to perform configuration
        /docker-entrypoint.sh: Looking for shell scripts in /docker-entrypoint.d/
        /docker-entrypoint.sh: Launching /docker-entrypoint.d/10-listen-on-ipv6-by-default.sh
        /docker-entrypoint.sh: Launching /docker-entrypoint.d/20-envsubst-on-templates.sh
        /docker-entrypoint.sh: Launching /docker-entrypoint.d/30-tune-worker-processes.sh
        /docker-entrypoint.sh: Configuration complete; ready for start up
        2023/11/14 22:13:20 [notice] 1#1: using the "epoll" event method
        2023/11/14 22:13:20 [notice] 1#1: nginx/1.25.5
        2023/11/14 22:13:20 [notice] 1#1: start worker processes
        10.244.1.1 - - [14/Nov/2023:22:14:20 +0000] "GET /nothing HTTP/1.1" 404 153 "-" "curl/8.0" "-"
        2023/11/14 22:14:20 [error] 29#29: *1 open() "/usr/share/nginx/html/nothing" failed (2: No such file or directory)
        Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...
        10.244.1.1 - - [14/Nov/2023:22:14:20] "GET / HTTP/1.1" 200 -
    "#]].assert_eq(&(nginx.log() + &python.log()));
}

#[test]
fn a_server_answers_its_own_client_within_its_container() {
    for (image, env, command, expected) in [
        ("redis:7", None, "redis-cli ping", "0 PONG"),
        (
            "postgres:16",
            Some(("POSTGRES_PASSWORD", "x")),
            "pg_isready -U postgres",
            "0 /var/run/postgresql:5432 - accepting connections",
        ),
        ("mysql:8", Some(("MYSQL_ROOT_PASSWORD", "x")), "mysqladmin ping -h localhost", "0 mysqld is alive"),
        ("mongo:7", None, "mongosh --eval db.adminCommand('ping')", "0 { ok: 1 }"),
        ("redis:7", None, "redis-cli -p 7000 ping", "1 "),
        (
            "postgres:16",
            Some(("POSTGRES_PASSWORD", "x")),
            "psql -U postgres -c SELECT",
            "0 psql: connected; what a query answers is not simulated",
        ),
    ] {
        let env: Vec<(&str, &str)> = env.into_iter().collect();
        let mut run = run(image, "", &env, &[]);
        let words: Vec<Str> = command.split_whitespace().map(Str::from).collect();
        let result = run.process.exec(&words, run.now, &mut run.outside);
        let told = if result.code == 0 { [result.stdout, result.stderr].concat() } else { String::new() };
        assert_eq!(format!("{} {}", result.code, told.trim_end()), expected, "{image}: {command}");
    }
}
