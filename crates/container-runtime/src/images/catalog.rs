//! What is known of the images of public registries: how large they are, which tags they have, and how they run.
//!
//! A repository of the catalogue has every version up to the one stated there, its usual tags, and both with the
//! usual suffixes (`1.25-alpine`). Docker's own namespace, `docker.io/library`, is closed: what is not listed there
//! does not exist. Of any other repository of a public registry nothing is known, and it is assumed to have every tag;
//! only what says of itself that it does not exist is missing (`looks_unreal`).

use super::{Recipe, Reference};
use crate::config::{ImageConfig, Userland};
use orrery_apimachinery::Str;
use orrery_sim::Random;

/// The repository; its compressed size in MB; the highest version, some years ahead, or `-` where versions are dates or
/// names; then, where it is known how it runs: its userland (`b`usybox, `g`nu, `n`othing), its ports, and `ENTRYPOINT`
/// `|` `CMD` `|` other programs that it brings (`~` stands for a space within a word).
///
/// Repositories of Docker Hub go without their registry, its own also without `library/`.
const KNOWN: &str = "\
nginx 72 1.39 g 80 /docker-entrypoint.sh | nginx -g daemon~off; | curl
httpd 59 2.9 g 80 | httpd-foreground
redis 52 12 g 6379 docker-entrypoint.sh | redis-server | redis-cli
postgres 155 22 g 5432 docker-entrypoint.sh | postgres | psql pg_isready
mysql 185 12 g 3306,33060 docker-entrypoint.sh | mysqld | mysql mysqladmin
mariadb 118 15 g 3306 docker-entrypoint.sh | mariadbd | mariadb mariadb-admin mysql mysqladmin
mongo 270 12 g 27017 docker-entrypoint.sh | mongod | mongosh mongo
rabbitmq 90 6 g 5672,15672 docker-entrypoint.sh | rabbitmq-server | rabbitmqctl rabbitmq-diagnostics
memcached 35 1.9 g 11211 docker-entrypoint.sh | memcached
busybox 2 1.49 b - | sh
alpine 4 3.39 b - | /bin/sh
ubuntu 30 - g - | /bin/bash
debian 49 18 g - | bash
centos 80 8 g - | /bin/bash | curl
fedora 75 60 g - | /bin/bash | curl
almalinux 70 12 g - | /bin/bash | curl
rockylinux 70 12 g - | /bin/bash | curl
amazonlinux 55 - g - | /bin/bash | curl
bash 6 6 b - docker-entrypoint.sh | bash
python 380 3.24 g - | python3 | python pip curl wget
node 390 32 g - docker-entrypoint.sh | node | npm npx yarn curl wget
golang 310 1.36 g - | bash | go curl wget
openjdk 240 30 g - | jshell | java javac
eclipse-temurin 220 34 g - | jshell | java javac curl wget
ruby 370 5 g - | irb | ruby bundle curl wget
php 180 9.9 g 80 docker-php-entrypoint | apache2-foreground | php php-fpm curl
perl 330 5.59 g - | perl5 | perl curl wget
rust 540 1.119 g - | bash | cargo rustc curl wget
tomcat 180 13 g 8080 | catalina.sh run | java curl
jetty 190 15 g 8080 /docker-entrypoint.sh | jetty.sh | java
jenkins/jenkins 270 - g 8080,50000 /usr/bin/tini -- /usr/local/bin/jenkins.sh | | java curl
wordpress 240 8 g 80 docker-entrypoint.sh | apache2-foreground | php curl
phpmyadmin 190 7 g 80 /docker-entrypoint.sh | apache2-foreground | php curl
drupal 190 14 g 80 docker-php-entrypoint | apache2-foreground | php curl
ghost 220 8 g 2368 docker-entrypoint.sh | node-ghost | node
nextcloud 450 40 g 80 /entrypoint.sh | apache2-foreground | php curl
adminer 45 7 b 8080 entrypoint.sh | adminer-server | php
haproxy 45 4 g - docker-entrypoint.sh | haproxy -f /usr/local/etc/haproxy/haproxy.cfg
traefik 50 5 b 80 /entrypoint.sh | traefik
caddy 20 4 b 80,443 | caddy run --config /etc/caddy/Caddyfile
registry 10 4 b 5000 /entrypoint.sh | registry serve /etc/docker/registry/config.yml
consul 50 1.20 b 8500 docker-entrypoint.sh | consul agent -dev -client 0.0.0.0
vault 80 1.13 b 8200 docker-entrypoint.sh | vault server -dev
zookeeper 115 5 g 2181 /docker-entrypoint.sh | zkServer.sh start-foreground
cassandra 150 8 g 9042 docker-entrypoint.sh | cassandra -f | nodetool cqlsh
elasticsearch 600 12 g 9200,9300 docker-entrypoint.sh | eswrapper | curl
kibana 430 12 g 5601 /usr/local/bin/kibana-docker | | curl
logstash 420 12 g 5044,9600 /usr/local/bin/docker-entrypoint | logstash
influxdb 130 5 g 8086 /entrypoint.sh | influxd
telegraf 160 3
couchdb 110 6 g 5984 docker-entrypoint.sh | couchdb | curl
neo4j 280 - g 7474,7687 docker-entrypoint.sh | neo4j
solr 270 12 g 8983 docker-entrypoint.sh | solr-foreground | curl
nats 8 5 n 4222,8222,6222 /nats-server | --config nats-server.conf
hello-world 1 - n - | /hello
fluentd 20 1.29 b 24224 /bin/entrypoint.sh | fluentd
maven 260 6
gradle 330 12
docker 130 35
kong 100 6
sonarqube 400 - g 9000 /opt/sonarqube/docker/entrypoint.sh | sonarqube
swarm 10 1.2
bitnami/redis 45 - g 6379 entrypoint.sh | redis-server | redis-cli
bitnami/postgresql 95 - g 5432 entrypoint.sh | postgres | psql pg_isready
bitnami/mysql 170 - g 3306 entrypoint.sh | mysqld | mysql mysqladmin
bitnami/nginx 60 - g 8080 entrypoint.sh | nginx | curl
bitnami/kubectl 90 -
bitnami/kafka 200 - g 9092 entrypoint.sh | kafka-server
prom/prometheus 110 5 b 9090 /bin/prometheus
prom/node-exporter 12 3 b 9100 /bin/node_exporter
prom/alertmanager 30 2 b 9093 /bin/alertmanager
grafana/grafana 130 16 b 3000 /run.sh | grafana-server | curl
hashicorp/http-echo 4 2 n 5678 /http-echo
hashicorp/consul 60 3 b 8500 docker-entrypoint.sh | consul agent -dev -client 0.0.0.0
hashicorp/vault 90 3 b 8200 docker-entrypoint.sh | vault server -dev
traefik/whoami 3 3 n 80 /whoami
containous/whoami 3 3 n 80 /whoami
nginxdemos/hello 17 1 b 80 /docker-entrypoint.sh | nginx -g daemon~off; | curl
nginxinc/nginx-unprivileged 72 1.39 g 8080 /docker-entrypoint.sh | nginx -g daemon~off; | curl
kennethreitz/httpbin 190 - g 80 | gunicorn -b 0.0.0.0:80 httpbin:app -k gevent | python3 python
mccutchen/go-httpbin 12 4 n 8080 | /bin/go-httpbin
stefanprodan/podinfo 22 9 b 9898 | ./podinfo | curl
paulbouwer/hello-kubernetes 45 3 b 8080 docker-entrypoint.sh | hello-kubernetes | node
polinux/stress 4 - b - | stress | stress
confluentinc/cp-kafka 420 12 g 9092 | kafka-server
apache/kafka 210 8 b 9092 | kafka-server
fluent/fluentd 20 - b 24224 /bin/entrypoint.sh | fluentd
fluent/fluent-bit 40 9 n 2020 | /fluent-bit/bin/fluent-bit
curlimages/curl 10 9 b - /entrypoint.sh | curl --help
nicolaka/netshoot 170 - b - | bash | curl dig
wurstmeister/kafka 220 - g 9092 | kafka-server
dockersamples/examplevotingapp_vote 60 - g 80 | gunicorn app:app -b 0.0.0.0:80 | python3 curl
dockersamples/examplevotingapp_result 75 - g 80 /usr/bin/tini -- voting-result | | node curl
dockersamples/examplevotingapp_worker 90 - g - | voting-worker
registry.k8s.io/pause 1 3.20 n - /pause
registry.k8s.io/build-image/debian-base 20 - g - | bash
registry.k8s.io/busybox 2 1.49 b - | sh
registry.k8s.io/nginx-slim 45 0.60 g 80 | nginx -g daemon~off;
registry.k8s.io/echoserver 43 1.20 g 8080 | echoserver
registry.k8s.io/hpa-example 160 - g 80 docker-php-entrypoint | apache2-foreground | php
registry.k8s.io/liveness 2 1 n 8080 /server
registry.k8s.io/e2e-test-images/agnhost 55 2.99 b - /agnhost | pause | curl
registry.k8s.io/e2e-test-images/nginx 6 1.39 b 80 /docker-entrypoint.sh | nginx -g daemon~off;
registry.k8s.io/e2e-test-images/httpd 16 2.9 b 80 | httpd-foreground
registry.k8s.io/e2e-test-images/busybox 2 1.49 b - | sh
registry.k8s.io/etcd 58 3.9 n 2379,2380 | etcd
registry.k8s.io/coredns/coredns 19 1.19 n 53 /coredns
registry.k8s.io/kube-proxy 31 1.49
registry.k8s.io/kube-apiserver 28 1.49
registry.k8s.io/kube-scheduler 21 1.49
registry.k8s.io/kube-controller-manager 27 1.49
registry.k8s.io/metrics-server/metrics-server 20 0.19 n 10250 /metrics-server
registry.k8s.io/ingress-nginx/controller 110 1.29 b 80,443 /usr/bin/dumb-init -- | /nginx-ingress-controller | wait-shutdown curl
registry.k8s.io/ingress-nginx/kube-webhook-certgen 24 1.29 n - /kube-webhook-certgen
registry.k8s.io/defaultbackend-amd64 2 1.9 n 8080 /defaultbackend
quay.io/coreos/etcd 58 3.9 n 2379,2380 | /usr/local/bin/etcd
quay.io/prometheus/prometheus 110 5 b 9090 /bin/prometheus
gcr.io/google-samples/hello-app 5 2 n 8080 /hello-app
gcr.io/google-samples/kubernetes-bootcamp 80 1 g 8080 | bootcamp | node curl
gcr.io/google-samples/gb-frontend 125 6 g 80 docker-php-entrypoint | apache2-foreground | php
gcr.io/google-samples/gb-redis-follower 35 3 g 6379 | redis-server | redis-cli
gcr.io/kuar-demo/kuard-amd64 10 - n 8080 /kuard
microservices-demo/frontend 30 0.99 n 8080 boutique-frontend
microservices-demo/adservice 120 0.99 n 9555 grpc-server
microservices-demo/cartservice 40 0.99 n 7070 grpc-server
microservices-demo/checkoutservice 25 0.99 n 5050 grpc-server
microservices-demo/currencyservice 60 0.99 n 7000 grpc-server
microservices-demo/emailservice 90 0.99 n 8080 grpc-server
microservices-demo/loadgenerator 80 0.99 n - locust
microservices-demo/paymentservice 60 0.99 n 50051 grpc-server
microservices-demo/productcatalogservice 25 0.99 n 3550 grpc-server
microservices-demo/recommendationservice 90 0.99 n 8080 grpc-server
microservices-demo/shippingservice 25 0.99 n 50051 grpc-server
gcr.io/google_containers/pause 1 3.2 n - /pause
";

/// The other repositories of Docker's own namespace.
const OFFICIAL: &str = " aerospike alt amazoncorretto api-firewall arangodb archlinux \
    backdrop bonita buildpack-deps chronograf cirros clearlinux clefos clickhouse clojure composer convertigo couchbase \
    crate dart eggdrop elixir emqx erlang express-gateway fsharp friendica gazebo gcc geonetwork groovy haskell haxe hitch \
    hylang ibm-semeru-runtimes ibmjava irssi jobber joomla jruby julia kaazing-gateway kapacitor known krakend \
    lightstreamer liquibase mageia matomo mediawiki mongo-express monica mono neurodebian notary odoo open-liberty \
    oraclelinux orientdb percona photon plone postfixadmin pypy r-base rakudo-star rapidoid redmine rethinkdb rocket.chat \
    ros rust-dev sapmachine satosa scratch silverpeas sl sourcemage spark spiped storm swift swipl teamspeak \
    thrift tomee unit varnish websphere-liberty xwiki yourls znc ";

/// Tags without a version, and the words that follow one.
const WORDS: &str = " latest stable mainline edge main master nightly lts current release dev devel alpine slim fat \
    musl glibc uclibc bookworm bullseye buster stretch trixie forky sid jammy noble focal bionic xenial oracular plucky \
    questing resolute rolling bare otel perl management apache fpm cli cli-alpine debian windowsservercore nanoserver \
    jdk jre jdk17 jdk21 jdk11 jdk8 openjdk temurin ubi ubi8 ubi9 rc beta alpha git rootless dind openssl unprivileged \
    full minimal debug static linux amd64 arm64 amd64-linux purple blue green yellow cpu eventing ltsc2022 plain-text \
    r0 iron jod hydrogen krypton ubuntu community enterprise oss wasm ";

/// What a public registry is asked of an image: its compressed size, or that there is no such repository or no such tag.
pub(crate) enum Found {
    Size(u64),
    NoRepository,
    NoTag,
}

/// Looks for an image in a public registry.
pub(crate) fn look_up(reference: &Reference) -> Found {
    let familiar = reference.familiar();
    let version = reference.version();
    if looks_unreal(&familiar) {
        return Found::NoRepository;
    }
    if looks_unreal(&reference.name) {
        return Found::NoTag;
    }
    let Some(row) = row(&familiar) else {
        let ours = reference.host.as_ref() == "docker.io" && reference.path.starts_with("library/");
        return match ours && !OFFICIAL.contains(&format!(" {familiar} ")) {
            true => Found::NoRepository,
            // From 20 to 220 MB, the same everywhere.
            false => Found::Size(20_000_000 + Random::stream(0, &familiar).below(200_000_000)),
        };
    };
    let mut row = row.split(' ');
    let megabytes: u64 = row.next().and_then(|size| size.parse().ok()).unwrap_or_default();
    let highest = row.next().unwrap_or("-");
    if reference.digest.is_none() && highest != "-" && !has_tag(highest, version) {
        return Found::NoTag;
    }
    // Tags differ a little; small systems underneath make small images.
    let small = if version.contains("alpine") {
        3
    } else if version.contains("slim") {
        2
    } else {
        1
    };
    let bytes = megabytes * 1_000_000 / small;
    Found::Size(bytes + Random::stream(0, &reference.canonical()).below(bytes / 8 + 1))
}

/// What the catalogue says of a repository, without its name.
fn row(familiar: &str) -> Option<&'static str> {
    // Online Boutique is kept in several places.
    let familiar = familiar.find("microservices-demo/").map_or(familiar, |at| &familiar[at..]);
    KNOWN.lines().find_map(|line| line.strip_prefix(familiar)?.strip_prefix(' '))
}

/// How an image runs, if that is known; of others nothing but the name is said.
pub fn config(reference: &Reference, recipe: Option<&Recipe>) -> ImageConfig {
    if let Some(recipe) = recipe {
        return built(reference, recipe);
    }
    let familiar = reference.familiar();
    let name: Str = [&familiar, ":", reference.version()].concat().into();
    let mut fields = row(&familiar).unwrap_or_default().splitn(5, ' ').skip(2);
    let (Some(userland), Some(ports), Some(run)) = (fields.next(), fields.next(), fields.next()) else {
        return ImageConfig { name, ..ImageConfig::default() };
    };
    let words = |text: &str| text.split_whitespace().map(|word| word.replace('~', " ").into()).collect();
    let mut parts = run.split('|');
    ImageConfig {
        name,
        entrypoint: words(parts.next().unwrap_or_default()),
        cmd: words(parts.next().unwrap_or_default()),
        exposed_ports: ports.split(',').filter_map(|port| port.parse::<u16>().ok()).collect(),
        userland: match userland {
            "b" => Userland::Busybox,
            "n" => Userland::Nothing,
            _ if reference.version().contains("alpine") => Userland::Busybox,
            _ => Userland::Gnu,
        },
        programs: run,
        ..ImageConfig::default()
    }
}

/// An image that a person built: what its Dockerfile says, on what the image below it says.
fn built(reference: &Reference, recipe: &Recipe) -> ImageConfig {
    let name = [&reference.familiar(), ":", reference.version()].concat().into();
    let below = Reference::parse(&recipe.base).map(|base| config(&base, None)).unwrap_or_default();
    let own = |own: &[Str], below: Vec<Str>| if own.is_empty() { below } else { own.to_vec() };
    // A new ENTRYPOINT takes away the CMD below it.
    let cmd = if recipe.entrypoint.is_empty() { below.cmd } else { Vec::new() };
    ImageConfig {
        name,
        entrypoint: own(&recipe.entrypoint, below.entrypoint),
        cmd: own(&recipe.command, cmd),
        env: recipe.env.clone(),
        working_dir: recipe.directory.clone(),
        exposed_ports: if recipe.ports.is_empty() { below.exposed_ports } else { recipe.ports.clone() },
        ..below
    }
}

/// Whether an image says of itself that it does not exist.
pub(crate) fn looks_unreal(name: &str) -> bool {
    const WORDS: [&str; 8] =
        ["nosuch", "nonexist", "invalid", "does-not-exist", ":bad", ":broken", ":wrong", ":missing"];
    WORDS.iter().any(|word| name.contains(word))
}

/// Whether a repository with versions up to `highest` has a tag.
fn has_tag(highest: &str, tag: &str) -> bool {
    tag.split(['-', '_']).enumerate().all(|(i, part)| {
        let word = || WORDS.contains(&format!(" {part} ")) || WORDS.contains(&format!(" {} ", name_of(part)));
        // After the version come numbers of other things: of the system underneath, of a build.
        word() || is_version(part) && (i > 0 || is_at_most(part, highest))
    })
}

/// The name before a version: `alpine` of `alpine3.20`.
fn name_of(part: &str) -> &str {
    part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.')
}

fn is_version(part: &str) -> bool {
    let digits = part.strip_prefix('v').unwrap_or(part);
    !digits.is_empty() && digits.split('.').all(|n| n.len() < 9 && n.parse::<u32>().is_ok())
}

/// Whether a version is no higher than another, as far as both are written; no part but the first goes beyond 99 where
/// the other does not say.
fn is_at_most(version: &str, highest: &str) -> bool {
    let parts = |text: &str| -> Vec<u32> {
        text.trim_start_matches('v').split('.').filter_map(|n| n.parse().ok()).collect()
    };
    let (version, highest) = (parts(version), parts(highest));
    for (i, part) in version.iter().enumerate() {
        match highest.get(i) {
            Some(limit) if part != limit => return part < limit && version[i + 1..].iter().all(|p| *p <= 99),
            Some(_) => {}
            None if *part > 99 => return false,
            None => {}
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_says_how_it_runs() {
        let run = |image: &str, recipe: Option<&str>| {
            let recipe = recipe.map(|text| Recipe::read(text).expect(image));
            let config = config(&Reference::parse(image).expect(image), recipe.as_ref());
            let (entrypoint, cmd) = (config.entrypoint.join(","), config.cmd.join(","));
            format!("{} {:?} [{entrypoint}] [{cmd}] {:?}", config.name, config.userland, config.exposed_ports)
        };
        for (image, recipe, expected) in [
            (
                "docker.io/library/nginx:1.25",
                None,
                "nginx:1.25 Gnu [/docker-entrypoint.sh] [nginx,-g,daemon off;] [80]",
            ),
            ("busybox", None, "busybox:latest Busybox [] [sh] []"),
            ("python:3.12-alpine", None, "python:3.12-alpine Busybox [] [python3] []"),
            ("somebody/something:1", None, "somebody/something:1 Unknown [] [] []"),
            (
                "me/web:1",
                Some("FROM nginx:1.25\nCOPY . /usr/share/nginx/html"),
                "me/web:1 Gnu [/docker-entrypoint.sh] [nginx,-g,daemon off;] [80]",
            ),
            (
                "me/app:1",
                Some("FROM alpine\nENTRYPOINT [\"/app\"]\nEXPOSE 9000"),
                "me/app:1 Busybox [/app] [] [9000]",
            ),
        ] {
            assert_eq!(run(image, recipe), expected);
        }
    }

    #[test]
    fn public_repositories_have_the_tags_that_they_really_have() {
        let (there, no_tag, no_repository) = ("there", "no tag", "no repository");
        for (image, expected) in [
            ("nginx", there),
            ("nginx:1.25", there),
            ("nginx:1.25.3-alpine3.18-slim", there),
            ("nginx:stable-alpine", there),
            ("nginx:1.161", no_tag),
            ("nginx:1.99999", no_tag),
            ("nginx:1.25-alpin", no_tag),
            ("nginx:doesnotexist", no_tag),
            ("nginx:nosuchtag", no_tag),
            ("nginx:v99", no_tag),
            ("postgres:16.4-bookworm", there),
            ("mysql:5.7", there),
            ("python:3.12-slim", there),
            ("node:22-alpine", there),
            ("tomcat:10.1-jdk17-temurin", there),
            ("registry.k8s.io/pause:3.10", there),
            ("registry.k8s.io/pause:9", no_tag),
            ("registry.k8s.io/e2e-test-images/agnhost:2.53", there),
            ("gcr.io/google-samples/hello-app:2.0", there),
            ("my-app:1.0", no_repository),
            ("nosuch/image:1", no_repository),
            ("somebody/something:whatever", there),
            ("gcc:13", there),
        ] {
            let found = match look_up(&Reference::parse(image).expect(image)) {
                Found::Size(size) if size > 300_000 && size < 1_000_000_000 => there,
                Found::Size(_) => "of an odd size",
                Found::NoTag => no_tag,
                Found::NoRepository => no_repository,
            };
            assert_eq!(found, expected, "{image}");
        }
    }
}
