//! The words of why: reasons, what would have to change, and where chains of causes begin. What programs said, names of
//! fields and commands stay as they are.

use orrery_view::why::words;
use orrery_view::why::{Act, Fault, Given, Mend, What};

/// What is said of reasons and causes.
pub struct WhyWords {
    /// Heading of the reasons.
    pub heading: &'static str,
    /// Why, and what would have to change, with places for the arguments.
    pub sentences: fn(What) -> (&'static str, &'static str),
    /// What makes the change.
    pub mend: fn(&Mend) -> String,
    /// Where a value comes from that an object has had since it was made.
    pub given: fn(Given) -> &'static str,
    /// Beside an object as YAML.
    pub ask_lines: &'static str,
    /// Does that.
    pub do_it: &'static str,
    /// What a person did.
    pub deed: fn(&Act) -> String,
    /// Whoever types and clicks.
    pub person: &'static str,
    /// Back from a field to the whole object.
    pub whole: &'static str,
    /// So many more fields.
    pub more_fields: fn(usize) -> String,
    /// What a write changed is no longer kept.
    pub not_kept: &'static str,
    /// So long after what is told next.
    pub waited: fn(&str) -> String,
    /// Somebody could not work in between; what people did follows.
    pub held: fn(&str) -> String,
    /// While it waited, people did what follows.
    pub meanwhile: &'static str,
    /// Goes to an instant.
    pub go_to: fn(&str) -> String,
    /// The chain begins with nothing but time.
    pub time: &'static str,
    /// The same, and before that a person did something.
    pub time_after: &'static str,
    /// The chain begins with the cluster.
    pub cluster: &'static str,
    /// The chain is longer.
    pub longer: &'static str,
    /// The field was set before what is kept.
    pub older: &'static str,
    /// Who manages a field.
    pub manages: fn(&str) -> String,
    /// Heading of the fields.
    pub fields: &'static str,
    /// Changes before these are not kept.
    pub older_fields: &'static str,
    /// Asks about a field.
    pub why_field: fn(&str) -> String,
    /// The key.
    pub key: &'static str,
    /// The numbers in the picture.
    pub steps: fn(usize) -> String,
}

/// English.
pub const EN: WhyWords = WhyWords {
    heading: "What is in the way",
    sentences: words::english,
    mend: words::mended,
    given: words::given,
    ask_lines: "A click on a line, or Enter, asks why its value is as it is.",
    do_it: "Do this now",
    deed: words::deed,
    person: "a person",
    whole: "Back to the whole object",
    more_fields: |n| format!("and {n} more fields"),
    not_kept: "What it changed is older than what is kept.",
    waited: |length| format!("{length} after this:"),
    held: |who| format!("{who} could not work in between:"),
    meanwhile: "Meanwhile:",
    go_to: |at| format!("Go to {at}"),
    time: "Nothing but time led to this.",
    time_after: "Nothing but time led to this. Before that:",
    cluster: "The cluster began so.",
    longer: "And so on.",
    older: "The write that set it is older than what is kept.",
    manages: |manager| format!("{manager} manages the field."),
    fields: "What changed",
    older_fields: "Earlier changes are no longer kept.",
    why_field: |path| format!("Why {path}?"),
    key: "Why the selection is as it is",
    steps: |n| format!("{n} steps led here; they are numbered in the picture"),
};

/// 한국어.
pub const KO: WhyWords = WhyWords {
    heading: "막고 있는 것",
    sentences: korean,
    mend,
    given,
    ask_lines: "줄을 클릭하거나 Enter를 누르면 그 값이 왜 그런지 알려 준다.",
    do_it: "지금 하기",
    deed,
    person: "사람",
    whole: "오브젝트 전체로 돌아가기",
    more_fields: |n| format!("필드 {n}개 더"),
    not_kept: "무엇을 바꾸었는지는 보관 기간이 지났다.",
    waited: |length| format!("다음 일이 있고 {length} 뒤:"),
    held: |who| format!("그 사이 {who}: 일할 수 없었다."),
    meanwhile: "그 사이:",
    go_to: |at| format!("이동: {at}"),
    time: "시간이 흘러 일어난 일이다.",
    time_after: "시간이 흘러 일어난 일이다. 그 전에:",
    cluster: "클러스터가 처음부터 이랬다.",
    longer: "그 앞에도 더 있다.",
    older: "이 값을 쓴 기록은 보관 기간이 지났다.",
    manages: |manager| format!("이 필드의 관리자: {manager}"),
    fields: "바뀐 필드",
    older_fields: "그 이전의 변경은 보관하지 않는다.",
    why_field: |path| format!("{path}: 왜?"),
    key: "선택한 것이 왜 이런지",
    steps: |n| format!("여기까지 {n}단계. 그림에 번호로 표시된다"),
};

fn deed(act: &Act) -> String {
    match act {
        Act::Command(line) => line.to_string(),
        Act::PowerOff => "전원 끄기".into(),
        Act::PowerOn => "전원 켜기".into(),
        Act::StopKubelet => "kubelet 멈추기".into(),
        Act::CutOff => "네트워크 끊기".into(),
        Act::Join => "네트워크 다시 잇기".into(),
        Act::EndContainer(name, code) => format!("컨테이너 {name} 끝내기, 종료 코드 {code}"),
        Act::Hang(name) => format!("컨테이너 {name} 응답 멈추기"),
        Act::Answer(name) => format!("컨테이너 {name} 다시 응답하기"),
        Act::Strain(what) => format!("{} 소진", words::strain(*what)),
        Act::Relieve => "소진한 것 돌려주기".into(),
        Act::AddNode => "노드 추가".into(),
        Act::RemoveNode => "노드 제거".into(),
        Act::Part(name, fault) => format!("{name} {}", struck(*fault)),
        Act::Restore(name) => format!("스냅숏 {name}(으)로 되돌리기"),
        Act::Registry(host, false) => format!("레지스트리 {host} 멈추기"),
        Act::Registry(host, true) => format!("레지스트리 {host} 시작하기"),
        Act::Load(name, url, milli) => format!("부하 {name}: {url}에 초당 {}건", words::rate(*milli)),
        Act::StopLoad(name) => format!("부하 {name} 끄기"),
    }
}

fn mend(mend: &Mend) -> String {
    match mend {
        Mend::StartNode(name) | Mend::StartPart(name) | Mend::StartRegistry(name) => {
            format!("{name} 시작하기")
        }
        Mend::JoinNode(name) | Mend::JoinPart(name) => format!("{name} 다시 잇기"),
        Mend::Relieve(name) => format!("{name}: 소진한 것 돌려주기"),
        Mend::Command(_) => words::mended(mend),
    }
}

fn given(given: Given) -> &'static str {
    match given {
        Given::Written => "오브젝트를 만들 때 쓴 그대로다.",
        Given::Default => "아무도 쓰지 않았다. 비워 두면 API 서버가 이렇게 채운다(기본값).",
        Given::Allocated => "아무도 쓰지 않았다. 오브젝트를 만들 때 API 서버가 할당했다.",
        Given::Admission => "아무도 쓰지 않았다. 오브젝트를 만들 때 API 서버의 어드미션이 썼다.",
    }
}

fn struck(fault: Fault) -> &'static str {
    match fault {
        Fault::Stop => "멈추기",
        Fault::Start => "시작하기",
        Fault::Kill => "강제로 끝내기",
        Fault::Cut => "네트워크 끊기",
        Fault::Join => "네트워크 다시 잇기",
        Fault::Lose => "데이터 없애기",
    }
}

fn korean(what: What) -> (&'static str, &'static str) {
    match what {
        What::Unschedulable => {
            ("이 파드를 받는 노드가 없다.", "노드 하나가 바뀌거나, 파드가 요구하는 것이 바뀌어야 한다.")
        }
        What::NoApiServer => (
            "응답하는 API 서버가 없다. 읽고 쓸 수 없고, 변경이 전해지지 않는다.",
            "꺼진 것을 시작하고 끊긴 것을 잇는다: API 서버와 과반수의 etcd 멤버.",
        ),
        What::NoScheduler => {
            ("동작하는 스케줄러가 없다. 파드에 노드를 정해 줄 것이 없다.", "kube-scheduler를 다시 시작한다.")
        }
        What::NoControllerManager => (
            "동작하는 컨트롤러 매니저가 없다. 만들고, 세고, 정리하는 일이 멈춰 있다.",
            "kube-controller-manager를 다시 시작한다.",
        ),
        What::Gated => {
            ("스케줄링 게이트가 파드를 붙잡고 있다: {0}", "게이트를 건 쪽이 spec.schedulingGates에서 지운다.")
        }
        What::Image => (
            "컨테이너 {0}: 이미지 {1} 풀 실패.",
            "이미지 이름이나 태그를 고치거나, 레지스트리에 맞는 imagePullSecrets를 준다.",
        ),
        What::Registry => (
            "레지스트리 {2}: 응답이 없다. 컨테이너 {0}의 이미지 {1}을(를) 풀할 수 없다.",
            "레지스트리를 다시 시작하거나, 다른 레지스트리의 이미지를 쓴다.",
        ),
        What::Crash => (
            "컨테이너 {0}: 종료 코드 {1}로 끝났고, 매번 더 늦게 다시 시작된다. 실행하는 명령: {2}",
            "로그에 끝난 까닭이 있다. 명령, 설정, 이미지를 고친다.",
        ),
        What::Exit => (
            "컨테이너 {0}: 종료 코드 {1}로 끝났다. 실행한 명령: {2}",
            "로그에 끝난 까닭이 있다. 명령, 설정, 이미지를 고친다.",
        ),
        What::Restarted => (
            "컨테이너 {0}: 다시 실행 중이다. 다시 시작된 횟수는 {1}이고, 지난 실행은 종료 코드 {2}로 끝났다({3}).",
            "끝나지 말았어야 한다면, 그 실행의 로그에 까닭이 있다.",
        ),
        What::Memory => (
            "컨테이너 {0}: 메모리가 제한 {1}보다 더 필요해서 강제로 끝났다(종료 코드 137).",
            "resources.limits.memory를 올리거나, 메모리를 덜 쓰게 한다.",
        ),
        What::Config => ("컨테이너 {0}: 만들 수 없다.", "가리키는 것을 만들거나 이름을 고친다."),
        What::Missing => {
            ("가리키는 {0} {1}: 없다.", "만들거나 이름을 고친다. kubelet이 알아서 다시 시도한다.")
        }
        What::Mount => (
            "파드의 볼륨이 연결되거나 마운트되지 않았다.",
            "알려진 까닭이 사라져야 한다. 볼륨을 쥔 다른 쪽이 놓거나, 볼륨의 원본이 있어야 한다.",
        ),
        What::Victims => (
            "우선순위가 낮은 파드가 노드 {0}에서 자리를 비우고 있다.",
            "그 파드가 끝나는 대로 자리를 받는다.",
        ),
        What::NoName => {
            ("이름 {0}: 여기서는 아무것도 가리키지 않는다.", "묻는 쪽의 이름을 고친다. 뜻했을 서비스: {1}")
        }
        What::Denied => (
            "마지막 요청 {0}: 네트워크 폴리시가 막았다.",
            "폴리시가 허용하게 한다. 묻는 쪽의 레이블과 포트를 본다.",
        ),
        What::NotListening => (
            "마지막 요청 {0}: 도착한 포트에서 듣는 것이 없다.",
            "컨테이너가 그 포트에서 듣게 하거나, 묻는 쪽의 포트를 고친다.",
        ),
        What::Probe => (
            "컨테이너 {0}: {1} 프로브 실패. 묻는 것: {2}",
            "컨테이너가 그렇게 답하게 하거나, 프로브를 고친다.",
        ),
        What::ReadinessGate => {
            ("준비성 게이트가 True가 아니다: {0}", "게이트를 맡은 쪽이 컨디션을 True로 써야 한다.")
        }
        What::Init => (
            "초기화 컨테이너 {0}: 아직 실행 중이다. 끝나야 나머지가 시작된다.",
            "무엇을 기다리는지 로그를 본다.",
        ),
        What::Claim => ("클레임 {0}: 바인딩되지 않았다.", "무엇이 모자라는지는 클레임에 나온다."),
        What::Failed => {
            ("파드가 실패했고, 다시 시작되지 않는다.", "이 파드를 만든 쪽이 새 파드를 만들 수 있다.")
        }
        What::Grace => ("컨테이너가 끝나기까지 {0}초 남았다.", "늦어도 그때 사라진다."),
        What::Finalizer => (
            "삭제 중이며, 파이널라이저가 남아 있는 동안 사라지지 않는다: {0}",
            "건 쪽이 할 일을 마치면 지운다. 손으로 지우면 그 일을 건너뛴다.",
        ),
        What::NodeLost => (
            "노드 {0}: 응답이 없다. 컨테이너가 끝났는지 말해 줄 것이 없다.",
            "노드를 켜거나 다시 잇는다. 기계가 확실히 꺼져 있다면 파드를 강제로 삭제한다.",
        ),
        What::PortName => (
            "서비스 {1}: 이름이 {0}인 포트로 보내는데, 파드 {2}의 어느 컨테이너에도 그런 포트가 없다.",
            "spec.containers[].ports에 그 이름을 쓰거나, 서비스의 targetPort를 고친다.",
        ),
        What::NotInEndpoints => {
            ("서비스 {0}: 여기로 보내지 않는다. 파드가 준비되지 않았다.", "파드가 준비되면 바로 보낸다.")
        }
        What::OtherLabels => (
            "서비스 {0}: 여기로 보내지 않는다. 찾는 레이블: {1}",
            "서비스의 셀렉터와 파드의 레이블을 같게 한다.",
        ),
        What::NoSelector => (
            "셀렉터가 없고, 엔드포인트를 만든 것도 없다. 아무 데로도 보내지 않는다.",
            "셀렉터를 쓰거나, 엔드포인트슬라이스를 만든다.",
        ),
        What::OtherPort => (
            "파드 {1}의 포트 {0}(으)로 보내는데, 거기서 듣는 것이 없다. 듣는 포트: {2}",
            "서비스의 targetPort를 고치거나, 컨테이너가 그 포트에서 듣게 한다.",
        ),
        What::NoPods => ("이 레이블을 가진 파드가 없다: {0}", "spec.selector와 파드의 레이블을 같게 한다."),
        What::AlmostLabels => ("{0}의 파드가 가진 레이블: {1}", "이것을 서비스의 spec.selector에 쓴다."),
        What::NoneReady => {
            ("레이블이 맞는 파드 {0}개 중 준비된 것이 없다.", "하나라도 준비되면 그리로 보낸다.")
        }
        What::LoadBalancer => (
            "로드 밸런서의 주소를 준 것이 없다.",
            "클라우드나 MetalLB가 주어야 한다. 없다면 NodePort나 인그레스로 들어온다.",
        ),
        What::NoBackend => ("보내는 곳인 서비스 {0}: 없다.", "서비스를 만들거나, 백엔드 이름을 고친다."),
        What::EmptyBackend => ("보내는 곳인 서비스 {0}: 보낼 파드가 없다.", "까닭은 서비스에 나온다."),
        What::NoBackendPort => ("서비스 {0}: 포트 {1}, 그런 포트가 없다.", "백엔드의 포트를 고친다."),
        What::NoIngressController => (
            "이 인그레스를 맡은 것이 없다. 인그레스 클래스: {0}",
            "인그레스 컨트롤러를 설치하고, 그 클래스를 spec.ingressClassName에 쓴다.",
        ),
        What::Paused => ("롤아웃이 멈춰 있다.", "다시 시작한다."),
        What::Zero => ("파드를 요구하지 않는다: spec.replicas가 0이다.", "레플리카 수를 늘린다."),
        What::Deadline => (
            "spec.progressDeadlineSeconds 안에 롤아웃이 나아가지 못했다.",
            "새 파드가 준비되게 하거나 되돌린다: kubectl rollout undo",
        ),
        What::Refused => {
            ("파드를 만들 수 없다.", "거부하는 쪽이 받아들여야 한다: 쿼터, 리밋, 서비스 어카운트.")
        }
        What::Unready => ("파드 {0}: 준비되지 않았다.", "그 파드의 까닭이 이어진다."),
        What::Ordinal => (
            "파드 {0}: 준비되지 않았다. 준비되어야 다음 파드가 만들어진다.",
            "그 파드의 까닭이 이어진다. podManagementPolicy: Parallel이면 기다리지 않는다.",
        ),
        What::Tainted => (
            "노드 {0}에는 테인트 {1} 때문에 파드가 없다.",
            "파드 템플릿에 톨러레이션을 쓰거나, 테인트를 없앤다.",
        ),
        What::NoNode => (
            "파드가 요구하는 것을 갖춘 노드가 없다.",
            "노드에 레이블을 붙이거나, nodeSelector나 어피니티를 고친다.",
        ),
        What::Autoscaler => (
            "파드가 몇 개 필요한지 알 수 없다.",
            "잴 것이 있어야 한다: metrics-server가 설치되어 있는지, 파드가 실행 중인지 본다.",
        ),
        What::NoRequests => (
            "컨테이너 요청량에 대한 비율을 재는데, 요청량이 없다.",
            "파드의 모든 컨테이너에 resources.requests를 쓴다.",
        ),
        What::JobFailed => (
            "잡이 실패했다.",
            "파드의 명령을 고쳐 새로 만든다. backoffLimit나 activeDeadlineSeconds가 낮았다면 올린다.",
        ),
        What::Suspended => ("일시 중단되어 있다.", "spec.suspend를 false로 쓴다."),
        What::Missed => (
            "제때 잡을 만들지 못했다.",
            "스케줄을 고치거나, 잡 생성을 거부한 것이 허용하게 한다. 다음 때는 예정대로 시도한다.",
        ),
        What::StillRuns => (
            "지난 잡 {0}: 아직 실행 중이다. concurrencyPolicy Forbid는 한 번에 하나만 허용한다.",
            "끝나기를 기다리거나 삭제한다. 또는 concurrencyPolicy를 Allow나 Replace로 쓴다.",
        ),
        What::Retries => (
            "파드 {0}개가 실패했다. {1}번 다시 해 보고 잡은 포기한다. 기다림은 매번 두 배가 된다.",
            "왜 실패하는지 본다.",
        ),
        What::NotReady => {
            ("노드 라이프사이클 컨트롤러나 kubelet이 준비되지 않았다고 한다.", "kubelet이 다시 알려야 한다.")
        }
        What::PoweredOff => ("기계의 전원이 꺼져 있다.", "켠다."),
        What::KubeletStopped => ("kubelet이 멈춰 있다. 컨테이너는 계속 실행된다.", "시작한다."),
        What::CutOff => ("컨트롤 플레인과 다른 모든 노드에서 끊겨 있다.", "다시 잇는다."),
        What::Cordoned => ("새 파드를 받지 않는다(cordon).", "uncordon한다."),
        What::Pressure => {
            ("{0}: 더 나빠지게 할 새 파드를 받지 않고, 다른 파드를 축출한다.", "모자라는 것을 비운다.")
        }
        What::Undrained => (
            "파드 {0}: 축출할 수 없다. PodDisruptionBudget {1}이(가) 허용하지 않는다.",
            "파드를 늘려 하나를 내줄 수 있게 하거나, 예산을 줄인다.",
        ),
        What::Budget => (
            "아무 파드도 축출할 수 없다: 정상인 파드 {0}개, 필요한 파드 {1}개.",
            "파드를 늘리거나, 준비되지 않은 파드를 기다리거나, 예산을 줄인다.",
        ),
        What::NamespaceLeft => (
            "삭제 중이며, 남아 있는 것이 있다: {0}",
            "남은 것이 먼저 사라져야 한다. 파이널라이저가 붙잡고 있을 수 있다.",
        ),
        What::Quota => ("{0}: 다 썼다. {2} 중 {1}.", "spec.hard를 올리거나, 쓰는 것을 줄인다."),
        What::NoClass => ("스토리지클래스 {0}: 없다.", "만들거나 storageClassName을 고친다."),
        What::NoDefaultClass => {
            ("스토리지클래스를 쓰지 않았고, 기본값도 없다.", "하나를 쓰거나, 맞는 볼륨을 만든다.")
        }
        What::WaitsForPod => {
            ("이것을 쓰는 첫 파드의 노드가 정해질 때 볼륨을 고른다.", "이것을 쓰는 파드를 만든다.")
        }
        What::NoFit => ("볼륨 {0}: 맞지 않는다. {1}", "클레임이나 볼륨을 고친다."),
        What::Provisioner => ("프로비저너 {0}: 아직 볼륨을 만들지 않았다.", "설치되어 동작해야 한다."),
        What::InUse => ("삭제 중이며, 아직 쓰는 파드가 있다: {0}", "파드가 사라지면 사라진다."),
        What::Released => (
            "클레임 {0}: 사라졌고, 데이터는 남아 있다. 다른 클레임이 받지 못한다.",
            "데이터를 옮긴 뒤 spec.claimRef를 지운다.",
        ),
    }
}
