//! Which objects a command lights in the picture.

mod shop;

use orrery_api::Kind;
use orrery_run::{Library, Run};
use orrery_share::{Action, File};
use orrery_view::touched::touched;
use shop::SHOP;

#[test]
fn every_command_lights_what_it_is_about() {
    let shop = File { name: "shop.yaml".into(), text: SHOP.into() };
    let mut wrong = Vec::new();
    for (line, expected) in [
        ("get pods", "Pod/web-* Pod/web-*"),
        ("get all", "Deployment/web Pod/web-* Pod/web-* ReplicaSet/web-* Service/kubernetes Service/web"),
        ("get nodes", "Node/node-1 Node/node-2"),
        ("get deployment,service", "Deployment/web Service/kubernetes Service/web"),
        ("get pods -l app=web -o jsonpath={.items[*].status.phase}", "Pod/web-* Pod/web-*"),
        ("get deploy web -o yaml", "Deployment/web"),
        ("describe service web", "Service/web"),
        ("describe node node-1", "Node/node-1"),
        ("logs deployment/web", "Deployment/web"),
        ("logs -l app=web --tail=1", "Pod/web-* Pod/web-*"),
        ("exec POD -- ls /", "Pod/web-*"),
        ("top nodes", "Node/node-1 Node/node-2"),
        ("top pod POD", "Pod/web-*"),
        ("rollout history deployment/web", "Deployment/web"),
        ("wait --for=condition=Available deployment/web", "Deployment/web"),
        ("events --for=deployment/web", "Deployment/web"),
        ("port-forward POD 8080:80", "Pod/web-*"),
        ("cp POD:/etc/hostname here", "Pod/web-*"),
        ("cordon node-2", "Node/node-2"),
        ("scale deployment web --replicas=2", "Deployment/web"),
        ("label pods -l app=web tier=front", "Pod/web-* Pod/web-*"),
        ("delete service web", "Service/web"),
        ("get pods -n kube-public", ""),
        ("apply -f shop.yaml", "Deployment/web Service/web"),
        ("rollout restart deployment/web", "Deployment/web"),
        ("drain node-2 --ignore-daemonsets", "Node/node-2 Pod/web-*"),
        ("taint nodes node-2 a=b:NoSchedule", "Node/node-2"),
        ("set image deployment/web web=nginx:1.26", "Deployment/web"),
        ("patch service web -p {\"spec\":{\"type\":\"LoadBalancer\"}}", "Service/web"),
        ("annotate pod POD a=b", "Pod/web-*"),
        ("expose deployment web --name=front --port=80", "Deployment/web Service/front"),
        ("create deployment api --image=nginx:1.25", "Deployment/api"),
        ("edit deployment web", "Deployment/web"),
        ("autoscale deployment web --max=3", "Deployment/web HorizontalPodAutoscaler/web"),
        ("debug POD --image=busybox:1.36", "Pod/web-*"),
        ("attach POD", "Pod/web-*"),
        ("minikube service web --url", "Service/web"),
        ("curl http://web.default.svc/", ""),
    ] {
        let mut run = Run::new(1, 2, None);
        run.run(1_000_000_000, &mut || true);
        run.act(Action::Apply { text: SHOP.into() });
        run.run(20_000_000_000, &mut || true);
        let pod =
            run.cluster().api().objects(Kind::Pod).next().expect("one runs").metadata().name.to_string();
        let line: Vec<String> = line.split(' ').map(|word| word.replace("POD", &pod)).collect();
        let before = run.cluster().api().revision();
        let (said, _) = run.start(line.clone(), vec![shop.clone()], Library::default());
        let mut lit: Vec<String> = touched(run.cluster(), before, &line, &said.stdout)
            .iter()
            .map(|id| format!("{}/{}", id.kind, if id.name.starts_with("web-") { "web-*" } else { &id.name }))
            .collect();
        lit.sort();
        if lit.join(" ") != expected {
            wrong.push(format!("{}\n  lights {}\n  not    {expected}", line.join(" "), lit.join(" ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
