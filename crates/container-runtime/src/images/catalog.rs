//! What is known of the images of public registries: how large they are and which tags they have.
//!
//! A repository of the catalogue has every version up to the one stated there, its usual tags, and both with the
//! usual suffixes (`1.25-alpine`). Docker's own namespace, `docker.io/library`, is closed: what is not listed there
//! does not exist. Of any other repository of a public registry nothing is known, and it is assumed to have every tag;
//! only what says of itself that it does not exist is missing (`looks_unreal`).

use super::Reference;
use orrery_sim::Random;

/// The repository, the compressed size in MB, and the highest version, some years ahead; `-` where versions are dates
/// or names. Repositories of Docker Hub go without their registry, its own also without `library/`.
const KNOWN: &str = "\
nginx 72 1.39
httpd 59 2.9
redis 52 12
postgres 155 22
mysql 185 12
mariadb 118 15
mongo 270 12
rabbitmq 90 6
memcached 35 1.9
busybox 2 1.49
alpine 4 3.39
ubuntu 30 -
debian 49 18
centos 80 8
fedora 75 60
bash 6 6
python 380 3.24
node 390 32
golang 310 1.36
openjdk 240 30
eclipse-temurin 220 34
ruby 370 5
php 180 9.9
perl 330 5.59
rust 540 1.119
tomcat 180 13
jetty 190 15
jenkins/jenkins 270 -
wordpress 240 8
phpmyadmin 190 7
drupal 190 14
ghost 220 8
nextcloud 450 40
adminer 45 7
haproxy 45 4
traefik 50 5
caddy 20 4
registry 10 4
consul 50 1.20
vault 80 1.13
zookeeper 115 5
cassandra 150 8
elasticsearch 600 12
kibana 430 12
logstash 420 12
influxdb 130 5
telegraf 160 3
couchdb 110 6
neo4j 280 -
solr 270 12
nats 8 5
hello-world 1 -
fluentd 20 1.29
maven 260 6
gradle 330 12
docker 130 35
kong 100 6
sonarqube 400 -
swarm 10 1.2
bitnami/redis 45 -
bitnami/postgresql 95 -
bitnami/mysql 170 -
bitnami/nginx 60 -
bitnami/kubectl 90 -
bitnami/kafka 200 -
prom/prometheus 110 5
prom/node-exporter 12 3
prom/alertmanager 30 2
grafana/grafana 130 16
hashicorp/http-echo 4 2
hashicorp/consul 60 3
hashicorp/vault 90 3
traefik/whoami 3 3
containous/whoami 3 3
nginxdemos/hello 17 1
nginxinc/nginx-unprivileged 72 1.39
kennethreitz/httpbin 190 -
mccutchen/go-httpbin 12 4
stefanprodan/podinfo 22 9
paulbouwer/hello-kubernetes 45 3
polinux/stress 4 -
confluentinc/cp-kafka 420 12
apache/kafka 210 8
fluent/fluentd 20 -
fluent/fluent-bit 40 9
curlimages/curl 10 9
nicolaka/netshoot 170 -
wurstmeister/kafka 220 -
registry.k8s.io/pause 1 3.20
registry.k8s.io/busybox 2 1.49
registry.k8s.io/nginx-slim 45 0.60
registry.k8s.io/echoserver 43 1.20
registry.k8s.io/hpa-example 160 -
registry.k8s.io/liveness 2 1
registry.k8s.io/e2e-test-images/agnhost 55 2.99
registry.k8s.io/e2e-test-images/nginx 6 1.39
registry.k8s.io/e2e-test-images/httpd 16 2.9
registry.k8s.io/e2e-test-images/busybox 2 1.49
registry.k8s.io/etcd 58 3.9
registry.k8s.io/coredns/coredns 19 1.19
registry.k8s.io/kube-proxy 31 1.49
registry.k8s.io/kube-apiserver 28 1.49
registry.k8s.io/kube-scheduler 21 1.49
registry.k8s.io/kube-controller-manager 27 1.49
registry.k8s.io/metrics-server/metrics-server 20 0.19
registry.k8s.io/ingress-nginx/controller 110 1.29
quay.io/coreos/etcd 58 3.9
quay.io/prometheus/prometheus 110 5
gcr.io/google-samples/hello-app 5 2
gcr.io/google-samples/kubernetes-bootcamp 80 1
gcr.io/google-samples/gb-frontend 125 6
gcr.io/google-samples/gb-redis-follower 35 3
gcr.io/kuar-demo/kuard-amd64 10 -
gcr.io/google_containers/pause 1 3.2
";

/// The other repositories of Docker's own namespace.
const OFFICIAL: &str = " aerospike almalinux alt amazoncorretto amazonlinux api-firewall arangodb archlinux \
    backdrop bonita buildpack-deps chronograf cirros clearlinux clefos clickhouse clojure composer convertigo couchbase \
    crate dart eggdrop elixir emqx erlang express-gateway fsharp friendica gazebo gcc geonetwork groovy haskell haxe hitch \
    hylang ibm-semeru-runtimes ibmjava irssi jobber joomla jruby julia kaazing-gateway kapacitor known krakend \
    lightstreamer liquibase mageia matomo mediawiki mongo-express monica mono neurodebian notary odoo open-liberty \
    oraclelinux orientdb percona photon plone postfixadmin pypy r-base rakudo-star rapidoid redmine rethinkdb rocket.chat \
    rockylinux ros rust-dev sapmachine satosa scratch silverpeas sl sourcemage spark spiped storm swift swipl teamspeak \
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
    let mut rows = KNOWN.lines().map(|line| line.split(' '));
    let Some(mut row) = rows.find_map(|mut row| (row.next() == Some(&familiar)).then_some(row)) else {
        let ours = reference.host.as_ref() == "docker.io" && reference.path.starts_with("library/");
        return match ours && !OFFICIAL.contains(&format!(" {familiar} ")) {
            true => Found::NoRepository,
            // From 20 to 220 MB, the same everywhere.
            false => Found::Size(20_000_000 + Random::stream(0, &familiar).below(200_000_000)),
        };
    };
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
