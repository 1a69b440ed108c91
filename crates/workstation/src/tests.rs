//! What is typed at the prompt, and what is printed.

use crate::run;
use expect_test::expect;
use orrery_apimachinery::Str;
use orrery_apiserver::{ApiServer, Config, Request, Session};
use orrery_container_runtime::images::Image;
use orrery_container_runtime::registry::Registries;
use orrery_container_runtime::{
    Answer, Docker, DockerHost, Hammered, Hammering, MachineDeed, Message, Reply, Target, Unreachable,
};
use orrery_kubectl::Files;
use orrery_sim::{Duration, SimTime};
use std::net::Ipv4Addr;
use std::rc::Rc;

/// A machine beside a cluster of two nodes.
pub(crate) struct Machine {
    api: ApiServer,
    pub(crate) now: SimTime,
    docker: Docker,
    registries: Registries,
    loaded: Vec<(Str, Str, Rc<Image>)>,
    measures: bool,
}

impl Machine {
    pub(crate) fn new() -> Machine {
        Machine {
            api: ApiServer::new(Config::default()),
            now: SimTime::ZERO,
            docker: Docker::default(),
            registries: Registries::default(),
            loaded: Vec::new(),
            measures: false,
        }
    }
}

impl Session for Machine {
    fn api(&self) -> &ApiServer {
        &self.api
    }

    fn now(&self) -> SimTime {
        self.now
    }

    fn send(&mut self) -> (&mut ApiServer, Request) {
        let request = Request::new(self.now, "kubectl");
        (&mut self.api, request)
    }

    fn pass(&mut self, duration: Duration) {
        self.now += duration;
    }
}

impl DockerHost for Machine {
    fn docker(&mut self) -> (&mut Docker, &mut Registries) {
        (&mut self.docker, &mut self.registries)
    }

    fn turn_registry(&mut self, port: u16, up: bool) {
        if up {
            self.registries.start_local(port);
        } else {
            self.registries.set_up(&format!("localhost:{port}"), false);
        }
    }

    fn nodes(&self) -> Vec<Str> {
        ["node-1", "node-2"].map(Str::from).into()
    }

    fn add_machine(&mut self) -> Str {
        "node-3".into()
    }

    fn machine(&mut self, name: &str, _: MachineDeed) -> bool {
        DockerHost::nodes(self).iter().any(|node| **node == *name)
    }

    fn images_of(&self, node: &str) -> Vec<(Str, Rc<Image>)> {
        let here = self.loaded.iter().filter(|(on, ..)| &**on == node);
        here.map(|(_, name, image)| (name.clone(), image.clone())).collect()
    }

    fn hammer(&mut self, told: &Hammering) -> Hammered {
        let requests = told.requests;
        Hammered { took: Duration::from_secs(2), statuses: vec![(200, requests)], ..Hammered::default() }
    }

    fn load_image(&mut self, node: &str, name: &Str, image: &Rc<Image>) {
        self.loaded.push((node.into(), name.clone(), image.clone()));
    }

    fn look_up(&mut self, _: Option<&str>, name: &str) -> Vec<Ipv4Addr> {
        if name == "web.example" { vec![[192, 0, 2, 1].into()] } else { name.parse().into_iter().collect() }
    }

    fn add_ons(&self) -> Vec<(&'static str, bool)> {
        vec![("ingress", true), ("metrics-server", self.measures)]
    }

    fn set_add_on(&mut self, name: &str, on: bool) {
        self.measures = name == "metrics-server" && on;
    }

    fn iptables_save(&self, node: &str, table: Option<&str>) -> Option<String> {
        (node == "node-1").then(|| format!("*{}\nCOMMIT\n", table.unwrap_or("filter")))
    }

    /// `web.example` answers; all others refuse, or on port 81 do not answer.
    fn call(
        &mut self,
        node: Option<&str>,
        asked: &Str,
        to: Target,
        _: &Message,
    ) -> Answer<Result<Reply, Unreachable>> {
        let from = node.map(|node| [" from ", node].concat()).unwrap_or_default();
        let took = if to.port == 81 { Duration::from_secs(127) } else { Duration::from_millis(3) };
        let headers = vec![("Content-Type".into(), "text/plain".into())];
        let result = match to.address.octets() {
            [192, 0, 2, 1] => {
                Ok(Reply::Http { status: 200, headers, body: format!("{asked}{from}\n").into() })
            }
            _ => Err(Unreachable::Refused),
        };
        Answer { took, result }
    }
}

/// A directory with a Dockerfile in it, and others of which one is wrong.
struct Directory;

impl Files for Directory {
    fn read(&self, name: &str) -> Option<String> {
        match name {
            "Dockerfile" => Some("FROM nginx:1.27\nCOPY . /usr/share/nginx/html\n".into()),
            "Typo" => Some("FORM nginx\n".into()),
            "NoBase" => Some("FROM nginx:nosuchtag\n".into()),
            _ => None,
        }
    }
}

/// Types lines and returns them with what they print.
fn typed(lines: &[&str]) -> String {
    let mut machine = Machine::new();
    let mut text = String::new();
    for line in lines {
        let argv: Vec<String> = line.split(' ').map(str::to_owned).collect();
        let output = run(&argv, &Directory, &mut machine);
        text.push_str(&format!("$ {line}\n{}{}", output.stdout, output.stderr));
        if output.code != 0 {
            text.push_str(&format!("[exit code {}]\n", output.code));
        }
    }
    // Headers end as HTTP ends lines.
    text.replace('\r', "")
}

#[test]
fn an_image_is_built_pushed_and_pulled() {
    expect![[r#"
        $ docker build -t web:1 .
        [+] Building 4.4s FINISHED
         => [internal] load build definition from Dockerfile
         => exporting to image
         => => writing image sha256:f1ad48b962bd331ee219e80da49c27717da4d510760765d4ae5977d0a9dbe2b2
         => => naming to docker.io/library/web:1
        $ docker tag web:1 localhost:5000/web:1
        $ docker push localhost:5000/web:1
        The push refers to repository [localhost:5000/web]
        f1ad48b962bd: Pushed
        1: digest: sha256:59d5f03679995be4274594bafd84084ddf048439ada439cb648ca04b0c1383f0 size: 1570
        $ docker pull localhost:5000/web:1
        1: Pulling from web
        Digest: sha256:59d5f03679995be4274594bafd84084ddf048439ada439cb648ca04b0c1383f0
        Status: Image is up to date for localhost:5000/web:1
        localhost:5000/web:1
        $ docker images
        REPOSITORY                               TAG          IMAGE ID       SIZE
        nginx                                    1.27         7d84d1e7220d   190MB
        web                                      1            f1ad48b962bd   200MB
        localhost:5000/web                       1            f1ad48b962bd   200MB
    "#]]
    .assert_eq(&typed(&[
        "docker build -t web:1 .",
        "docker tag web:1 localhost:5000/web:1",
        "docker push localhost:5000/web:1",
        "docker pull localhost:5000/web:1",
        "docker images",
    ]));
}

#[test]
fn what_is_not_there_or_not_allowed_is_said_in_dockers_words() {
    expect![[r#"
        $ docker build -t web -f Typo .
        ERROR: failed to solve: dockerfile parse error on line 1: unknown instruction: FORM
        [exit code 1]
        $ docker build -t web -f NoBase .
        ERROR: failed to solve: docker.io/library/nginx:nosuchtag: failed to resolve source metadata for docker.io/library/nginx:nosuchtag: manifest for nginx:nosuchtag not found: manifest unknown: manifest unknown
        [exit code 1]
        $ docker build -t web -f Nowhere .
        ERROR: failed to solve: failed to read dockerfile: open Nowhere: no such file or directory
        [exit code 1]
        $ docker tag nothing other
        Error response from daemon: No such image: nothing
        [exit code 1]
        $ docker push localhost:5000/nothing
        Using default tag: latest
        The push refers to repository [localhost:5000/nothing]
        An image does not exist locally with the tag: localhost:5000/nothing
        [exit code 1]
        $ docker pull nginx:nosuchtag
        Error response from daemon: manifest for nginx:nosuchtag not found: manifest unknown: manifest unknown
        [exit code 1]
        $ docker pull my-app
        Using default tag: latest
        Error response from daemon: pull access denied for my-app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied
        [exit code 1]
        $ docker build -t jane/app:1 .
        [+] Building 4.4s FINISHED
         => [internal] load build definition from Dockerfile
         => exporting to image
         => => writing image sha256:c5ea497df04c910307fa7a6d9fe3664e0be1bf13bb839019cdb49f99c8fc0bda
         => => naming to docker.io/jane/app:1
        $ docker push jane/app:1
        The push refers to repository [docker.io/jane/app]
        denied: requested access to the resource is denied
        [exit code 1]
        $ docker login -u jane -p wrong
        Error response from daemon: Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password
        [exit code 1]
        $ docker login -u jane -p secret
        Login Succeeded
        WARNING! Using --password via the CLI is insecure. Use --password-stdin.
        $ docker push jane/app:1
        The push refers to repository [docker.io/jane/app]
        c5ea497df04c: Pushed
        1: digest: sha256:cf0352c8b31ad60460a4d4c6f33399089c8a717860a113007aaecc5b6fdd6f1c size: 1570
        $ docker push localhost:5001/app:1
        The push refers to repository [localhost:5001/app]
        An image does not exist locally with the tag: localhost:5001/app
        [exit code 1]
        $ docker frobnicate
        docker: 'frobnicate' is not a docker command that is known here.
        Known are build, exec, images, login, network, ps, pull, push, rm, run, start, stop and tag.
        [exit code 1]
    "#]].assert_eq(&typed(&[
        "docker build -t web -f Typo .",
        "docker build -t web -f NoBase .",
        "docker build -t web -f Nowhere .",
        "docker tag nothing other",
        "docker push localhost:5000/nothing",
        "docker pull nginx:nosuchtag",
        "docker pull my-app",
        "docker build -t jane/app:1 .",
        "docker push jane/app:1",
        "docker login -u jane -p wrong",
        "docker login -u jane -p secret",
        "docker push jane/app:1",
        "docker push localhost:5001/app:1",
        "docker frobnicate",
    ]));
}

#[test]
fn a_local_registry_is_a_container() {
    expect![[r#"
        $ docker run -d -p 5001:5000 --name registry registry:2
        2: Pulling from library/registry
        Digest: sha256:3b2117f77af26fcbcbd80550194517a65589b8e4d56640044e4ba92282cbca58
        Status: Downloaded newer image for registry:2
        docker.io/library/registry:2
        0a700a04ba9314c8cd94346b6b7288c4c2cba203ef3a91808561973aae5614f7
        Unable to find image 'registry:2' locally
        $ docker build -t localhost:5001/app:1 .
        [+] Building 4.4s FINISHED
         => [internal] load build definition from Dockerfile
         => exporting to image
         => => writing image sha256:a9728fe51c0962b4296dc3dd6178c76619dd6ac7392d45534982e265584135d9
         => => naming to localhost:5001/app:1
        $ docker push localhost:5001/app:1
        The push refers to repository [localhost:5001/app]
        a9728fe51c09: Pushed
        1: digest: sha256:d69c2979e0c38a7b46b9e0247e94c919fad498d2898bd028d8922b9018aa2f54 size: 1570
        $ docker stop registry
        registry
        $ docker push localhost:5001/app:1
        The push refers to repository [localhost:5001/app]
        failed to do request: Head "http://localhost:5001/v2/app/manifests/1": dial tcp 127.0.0.1:5001: connect: connection refused
        [exit code 1]
        $ docker ps -a
        CONTAINER ID   IMAGE                    STATUS           PORTS                    NAMES
        0a700a04ba93   registry:2               Exited (0)       0.0.0.0:5001->5000/tcp   registry
        $ docker rm registry
        registry
    "#]].assert_eq(&typed(&[
        "docker run -d -p 5001:5000 --name registry registry:2",
        "docker build -t localhost:5001/app:1 .",
        "docker push localhost:5001/app:1",
        "docker stop registry",
        "docker push localhost:5001/app:1",
        "docker ps -a",
        "docker rm registry",
    ]));
}

#[test]
fn images_are_loaded_onto_nodes() {
    expect![[r#"
        $ minikube image load app:1
        X Exiting due to GUEST_IMAGE_LOAD: Failed to load image: unable to find image "app:1"
        [exit code 1]
        $ docker build -t app:1 .
        [+] Building 4.4s FINISHED
         => [internal] load build definition from Dockerfile
         => exporting to image
         => => writing image sha256:3c95f84bbd2dce7362271d2ffa6e31aefd43abc8bf2227d4d8db683bf4b3ec2a
         => => naming to docker.io/library/app:1
        $ minikube image load app:1
        $ minikube image ls
        docker.io/library/app:1
        $ kind load docker-image app:1
        Image: "app:1" with ID "sha256:3c95f84bbd2dce7362271d2ffa6e31aefd43abc8bf2227d4d8db683bf4b3ec2a" not yet present on node "node-1", loading...
        Image: "app:1" with ID "sha256:3c95f84bbd2dce7362271d2ffa6e31aefd43abc8bf2227d4d8db683bf4b3ec2a" not yet present on node "node-2", loading...
        $ kind load docker-image other:1
        ERROR: image: "other:1" not present locally
        [exit code 1]
        $ minikube image build -t other:1 .
        [+] Building 2.0s FINISHED
         => [internal] load build definition from Dockerfile
         => exporting to image
         => => writing image sha256:c22252a87fc258e0d6f65e77db5dee16b2cdf192815f176cdc64cbc57b2056df
         => => naming to docker.io/library/other:1
        $ minikube image ls
        docker.io/library/app:1
        docker.io/library/other:1
    "#]].assert_eq(&typed(&[
        "minikube image load app:1",
        "docker build -t app:1 .",
        "minikube image load app:1",
        "minikube image ls",
        "kind load docker-image app:1",
        "kind load docker-image other:1",
        "minikube image build -t other:1 .",
        "minikube image ls",
    ]));
}

#[test]
fn curl_asks_from_outside() {
    expect![[r#"
        $ curl http://web.example/a?b
        http://web.example/a?b
        $ curl -i http://web.example
        HTTP/1.1 200 OK
        Content-Type: text/plain

        http://web.example/
        $ curl -sv --resolve a.example:80:192.0.2.1 http://a.example/
        http://a.example/
        *   Trying 192.0.2.1:80...
        * Connected to a.example (192.0.2.1) port 80
        > GET / HTTP/1.1
        > Host: a.example
        > 
        < HTTP/1.1 200 OK
        < Content-Type: text/plain
        < 
        $ curl -s -o /dev/null -w %{http_code} http://web.example
        200$ curl http://nosuch.example
        curl: (6) Could not resolve host: nosuch.example
        [exit code 6]
        $ curl http://192.0.2.2:8080
        curl: (7) Failed to connect to 192.0.2.2 port 8080 after 3 ms: Could not connect to server
        [exit code 7]
        $ curl -m 2 http://web.example:81
        curl: (28) Connection timed out after 2001 milliseconds
        [exit code 28]
        $ curl https://web.example
        curl: (60) SSL certificate problem: self-signed certificate
        More details here: https://curl.se/docs/sslcerts.html

        curl failed to verify the legitimacy of the server and therefore could not
        establish a secure connection to it. To learn more about this situation and
        how to fix it, please visit the web page mentioned above.
        [exit code 60]
        $ curl -k https://web.example
        https://web.example/
        $ curl http://localhost:8080
        curl: (7) Failed to connect to localhost port 8080 after 3 ms: Could not connect to server
        [exit code 7]
    "#]]
    .assert_eq(&typed(&[
        "curl http://web.example/a?b",
        "curl -i http://web.example",
        "curl -sv --resolve a.example:80:192.0.2.1 http://a.example/",
        "curl -s -o /dev/null -w %{http_code} http://web.example",
        "curl http://nosuch.example",
        "curl http://192.0.2.2:8080",
        "curl -m 2 http://web.example:81",
        "curl https://web.example",
        "curl -k https://web.example",
        "curl http://localhost:8080",
    ]));
}

#[test]
fn add_ons_are_listed_and_turned_on() {
    expect![[r#"
        $ minikube addons list
        |----------------|----------|----------|------------|
        |   ADDON NAME   | PROFILE  |  STATUS  | MAINTAINER |
        |----------------|----------|----------|------------|
        | ingress        | minikube | disabled | Kubernetes |
        | metrics-server | minikube | disabled | Kubernetes |
        |----------------|----------|----------|------------|
        $ minikube addons enable metrics-server
        * metrics-server is an addon maintained by Kubernetes. For any concerns contact minikube on GitHub.
        You can view the list of minikube maintainers at: https://github.com/kubernetes/minikube/blob/master/OWNERS
        * The 'metrics-server' addon is enabled
        $ minikube addons disable metrics-server
        * "The 'metrics-server' addon is disabled
        $ minikube addons enable nosuch

        X Exiting due to MK_ADDON_ENABLE: nosuch is not a valid addon

        [exit code 1]
        $ minikube service nosuch

        X Exiting due to SVC_NOT_FOUND: Service 'nosuch' was not found in 'default' namespace.
        You may select another namespace by using 'minikube service nosuch -n <namespace>'. Or list out all the services using 'minikube service list'

        [exit code 1]
        $ minikube service list
        |-----------|------|-------------|-----|
        | NAMESPACE | NAME | TARGET PORT | URL |
        |-----------|------|-------------|-----|
        |-----------|------|-------------|-----|
    "#]].assert_eq(&typed(&[
        "minikube addons list",
        "minikube addons enable metrics-server",
        "minikube addons disable metrics-server",
        "minikube addons enable nosuch",
        "minikube service nosuch",
        "minikube service list",
    ]));
}

#[test]
fn commands_are_run_on_a_node() {
    expect![[r#"
        $ minikube ssh -- sudo iptables-save -t nat
        *nat
        COMMIT
        $ docker exec -it node-1 iptables-save
        *filter
        COMMIT
        $ docker exec node-9 iptables-save
        Error response from daemon: No such container: node-9
        [exit code 1]
        $ minikube ssh reboot
        bash: line 1: reboot: command not found
        [exit code 1]
        $ minikube ssh -n node-2 -- curl -s http://web.example/
        http://web.example/ from node-2
        $ minikube ssh curl -s http://web.example/
        http://web.example/ from node-1
        $ docker exec node-2 curl -s web.example
        http://web.example/ from node-2
        $ minikube ssh -n node-9 -- curl web.example
        Error response from daemon: No such container: node-9
        [exit code 1]
    "#]]
    .assert_eq(&typed(&[
        "minikube ssh -- sudo iptables-save -t nat",
        "docker exec -it node-1 iptables-save",
        "docker exec node-9 iptables-save",
        "minikube ssh reboot",
        "minikube ssh -n node-2 -- curl -s http://web.example/",
        "minikube ssh curl -s http://web.example/",
        "docker exec node-2 curl -s web.example",
        "minikube ssh -n node-9 -- curl web.example",
    ]));
}
