//! Servers of which it is enough to know their ports, how long they take to start, what they take, what they say, and
//! how they answer those who ask how they are.

use super::{JSON, Page, TEXT, databases, flag, http, not_found, port_of, serve, servers};
use crate::programs::{self, Asked, Call, Outcome, Program};
use orrery_sim::Duration;

/// A server.
struct Plain {
    name: &'static str,
    ports: &'static [u16],
    /// Milliseconds from its start until it listens.
    millis: u64,
    megabytes: u64,
    /// The line that says that it listens.
    ready: &'static str,
    /// Paths and what is answered; the last one that ends with `*` stands for all others. Empty: it speaks no HTTP.
    pages: &'static [(&'static str, &'static str)],
}

macro_rules! plain {
    ($($name:literal $ports:expr, $millis:literal $megabytes:literal $ready:literal $($path:literal $body:literal)*;)*) => {
        const TABLE: &[Plain] = &[$(Plain {
            name: $name,
            ports: &$ports,
            millis: $millis,
            megabytes: $megabytes,
            ready: $ready,
            pages: &[$(($path, $body)),*],
        }),*];
        pub(crate) const PROGRAMS: &[Program] = servers![$($name run),*];
    };
}

plain! {
    "mongod" [27017], 1500 160 "{\"c\":\"NETWORK\",\"msg\":\"Waiting for connections\",\"attr\":{\"port\":27017,\"ssl\":\"off\"}}";
    "rabbitmq-server" [5672, 15672, 25672], 6000 130 "Server startup complete; 4 plugins started." "/*" "<!DOCTYPE html>\n<title>RabbitMQ Management</title>\n";
    "memcached" [11211], 20 2 "";
    "catalina.sh" [8080], 1500 120 "INFO [main] org.apache.catalina.startup.Catalina.start Server startup in [612] milliseconds" "/docs/" "";
    "jetty.sh" [8080], 1200 90 "INFO :oejs.Server:main: Started Server" "/docs/" "";
    "jenkins.sh" [8080, 50000], 18000 450 "INFO hudson.lifecycle.Lifecycle#onReady: Jenkins is fully up and running" "/login" "<!DOCTYPE html>\n<title>Sign in - Jenkins</title>\n" "/*" "Authentication required\n";
    "node-ghost" [2368], 4000 120 "INFO Ghost server started" "/*" "<!DOCTYPE html>\n<title>Ghost</title>\n";
    "adminer-server" [8080], 50 10 "PHP Development Server (http://[::]:8080) started" "/*" "<!DOCTYPE html>\n<title>Login - Adminer</title>\n";
    "traefik" [80, 443, 8080], 200 40 "" "/ping" "OK" "/api/overview" "{}";
    "caddy" [80, 443, 2019], 100 15 "{\"level\":\"info\",\"msg\":\"serving initial configuration\"}" "/*" "<!DOCTYPE html>\n<title>Caddy works!</title>\n";
    "registry" [5000], 100 10 "level=info msg=\"listening on [::]:5000\"" "/" "" "/v2/" "{}" "/v2/_catalog" "{\"repositories\":[]}\n";
    "consul" [8500, 8600, 8300], 800 40 "==> Consul agent running!" "/v1/status/leader" "\"127.0.0.1:8300\"" "/v1/health/state/any" "[]" "/*" "Consul Agent";
    "vault" [8200], 500 60 "==> Vault server started! Log data will stream in below:" "/v1/sys/health" "{\"initialized\":true,\"sealed\":false}\n" "/*" "<a href=\"/ui/\">Temporary Redirect</a>.\n";
    "zkServer.sh" [2181, 8080], 1500 90 "INFO  [main:NIOServerCnxnFactory] - binding to port 0.0.0.0/0.0.0.0:2181";
    "cassandra" [9042, 7000], 25000 1100 "INFO  [main] Startup complete";
    "eswrapper" [9200, 9300], 18000 1100 "{\"level\": \"INFO\", \"message\": \"started\"}" "/" "{\n  \"cluster_name\" : \"docker-cluster\",\n  \"tagline\" : \"You Know, for Search\"\n}\n" "/_cluster/health" "{\"cluster_name\":\"docker-cluster\",\"status\":\"green\"}" "/_cat/health" "docker-cluster green\n";
    "kibana-docker" [5601], 20000 500 "[INFO ][status] Kibana is now available" "/api/status" "{\"status\":{\"overall\":{\"level\":\"available\"}}}" "/*" "<!DOCTYPE html>\n<title>Elastic</title>\n";
    "logstash" [5044, 9600], 25000 700 "[INFO ] Successfully started Logstash API endpoint {:port=>9600}" "/*" "{\"status\":\"green\"}";
    "influxd" [8086], 800 60 "lvl=info msg=Listening service=tcp-listener addr=:8086" "/health" "{\"name\":\"influxdb\",\"status\":\"pass\"}" "/ping" "" "/*" "<!DOCTYPE html>\n<title>InfluxDB</title>\n";
    "couchdb" [5984], 2000 60 "[info] Apache CouchDB has started on http://any:5984/" "/_up" "{\"status\":\"ok\"}\n" "/" "{\"couchdb\":\"Welcome\"}\n";
    "neo4j" [7474, 7687], 8000 500 "INFO  Started." "/*" "{\"bolt_direct\":\"bolt://localhost:7687\"}";
    "solr-foreground" [8983], 4000 500 "INFO  (main) Started Server" "/*" "<!DOCTYPE html>\n<title>Solr Admin</title>\n";
    "nats-server" [4222, 8222, 6222], 50 12 "[INF] Server is ready" "/healthz" "{\"status\":\"ok\"}" "/varz" "{}";
    "fluentd" [24224], 1200 60 "[info]: #0 fluentd worker is now running worker=0";
    "fluent-bit" [2020], 200 12 "[ info] [sp] stream processor started" "/api/v1/health" "ok\n" "/*" "{\"fluent-bit\":{}}";
    "sonarqube" [9000], 30000 1800 "SonarQube is operational" "/api/system/status" "{\"status\":\"UP\"}" "/*" "<!DOCTYPE html>\n<title>SonarQube</title>\n";
    "prometheus" [9090], 700 60 "level=INFO msg=\"Server is ready to receive web requests.\"" "/-/healthy" "Prometheus Server is Healthy.\n" "/-/ready" "Prometheus Server is Ready.\n" "/metrics" "# HELP prometheus_ready Whether Prometheus startup was fully completed.\nprometheus_ready 1\n" "/*" "<a href=\"/query\">Found</a>.\n";
    "node_exporter" [9100], 100 12 "level=INFO msg=\"Listening on\" address=[::]:9100" "/metrics" "node_load1 0.1\n" "/*" "<h1>Node Exporter</h1>\n";
    "alertmanager" [9093], 300 18 "level=INFO msg=\"Listening on\" address=[::]:9093" "/-/healthy" "OK" "/-/ready" "OK" "/*" "<!DOCTYPE html>\n<title>Alertmanager</title>\n";
    "grafana-server" [3000], 3000 80 "logger=http.server level=info msg=\"HTTP Server Listen\" address=[::]:3000" "/api/health" "{\n  \"database\": \"ok\"\n}" "/login" "<!DOCTYPE html>\n<title>Grafana</title>\n" "/*" "<a href=\"/login\">Found</a>.\n";
    "kafka-server" [9092, 9093], 5000 500 "INFO [KafkaRaftServer nodeId=1] Kafka Server started (kafka.server.KafkaRaftServer)";
    "etcd" [2379, 2380], 300 25 "{\"level\":\"info\",\"msg\":\"ready to serve client requests\"}" "/health" "{\"health\":\"true\",\"reason\":\"\"}" "/version" "{\"etcdserver\":\"3.5.16\",\"etcdcluster\":\"3.5.0\"}" "/grpc.health.v1.Health/Check" "SERVING";
    "coredns" [53, 8080, 8181, 9153], 100 15 ".:53\nCoreDNS-1.11.3" "/health" "OK" "/ready" "OK" "/metrics" "coredns_build_info 1\n";
    "metrics-server" [10250], 1000 20 "Serving securely on [::]:10250" "/livez" "ok" "/readyz" "ok" "/healthz" "ok";
    "haproxy" [80, 443], 100 20 "[NOTICE]   (1) : Loading success.";
    "hello-kubernetes" [8080], 300 35 "Listening on: http://localhost:8080" "/*" "<!DOCTYPE html>\n<title>Hello Kubernetes!</title>\n";
    "voting-result" [80, 4000], 500 40 "Connected to db" "/*" "<!DOCTYPE html>\n<title>Cats vs Dogs -- Result</title>\n";
    "voting-worker" [], 500 40 "Connected to db\nFound redis at redis";
    "boutique-frontend" [8080], 500 25 "{\"message\":\"starting server on :8080\",\"severity\":\"info\"}" "/_healthz" "ok" "/*" "<!DOCTYPE html>\n<title>Online Boutique</title>\n";
    "grpc-server" [], 800 40 "" "/grpc.health.v1.Health/Check" "SERVING" "/*" "";
    "locust" [], 500 60 "Starting Locust";
}

fn row(words: &[orrery_apimachinery::Str]) -> Option<&'static Plain> {
    words.iter().find_map(|word| TABLE.iter().find(|row| row.name == programs::base_name(word)))
}

fn run(call: &mut Call) -> Outcome {
    let Some(row) = row(call.args) else { return Outcome::Exit(127) };
    // Entrypoints may have counted before.
    if call.stage < 8 {
        call.took = Duration::from_millis(row.millis);
        return Outcome::Again(8);
    }
    if !row.ready.is_empty() {
        call.out.push_str(row.ready);
        call.out.push('\n');
    }
    let told = ["port", "web.listen-address", "listen"].iter().find_map(|name| flag(call.args, name));
    let told = told.and_then(port_of).or_else(|| match row.name {
        "grpc-server" | "boutique-frontend" => call.shell.get("PORT")?.parse::<u16>().ok(),
        _ => None,
    });
    let ports = match (told, row.ports) {
        (Some(port), _) => vec![port],
        (None, []) => call.container.start.image.exposed_ports.clone(),
        (None, ports) => ports.into(),
    };
    match row.pages.is_empty() {
        true => serve(&ports, row.megabytes, databases::binary),
        false => serve(&ports, row.megabytes, |asked| http(asked, page)),
    }
}

fn page(asked: &mut Asked, path: &str) -> Page {
    let Some(row) = row(asked.args) else { return not_found() };
    let known = row.pages.iter().find(|(known, _)| *known == path || *known == "/*");
    known.map_or_else(not_found, |(_, body)| {
        let kind = match body.as_bytes().first() {
            Some(b'{' | b'[') => JSON,
            Some(b'<') => super::HTML,
            _ => TEXT,
        };
        (200, kind, (*body).to_owned())
    })
}
