//! The words of the storage view.

use orrery_cluster::{Fate, Misfit, VolumePlace};

/// What the storage view says.
pub struct StorageWords {
    /// Heading of the volumes.
    pub volumes: &'static str,
    /// Heading of ConfigMaps and Secrets.
    pub settings: &'static str,
    /// There is nothing of either.
    pub nothing: &'static str,
    /// Claims and volumes of no class.
    pub no_class: &'static str,
    /// The class that claims get which name none.
    pub default: &'static str,
    /// A class that is named but not there.
    pub no_such_class: &'static str,
    /// A claim that is named but not there.
    pub no_such_claim: &'static str,
    /// A volume that is named but not there.
    pub no_such_volume: &'static str,
    /// A ConfigMap or Secret that is needed but not there.
    pub no_such_object: &'static str,
    /// The class lets claims grow.
    pub expands: &'static str,
    /// It does not.
    pub fixed: &'static str,
    /// When a volume is made and bound.
    pub binding: fn(&str) -> String,
    /// What becomes of the volume when its claim goes.
    pub reclaim: fn(&str) -> String,
    /// Where alone a volume can be used.
    pub only_on: fn(&str) -> String,
    /// A claim that no pod uses.
    pub unused: &'static str,
    /// A volume that nobody claims.
    pub unclaimed: &'static str,
    /// A claim without a volume.
    pub no_volume: &'static str,
    /// It is being deleted.
    pub terminating: &'static str,
    /// How many more there are.
    pub more: fn(usize) -> String,
    /// It can not be changed.
    pub immutable: &'static str,
    /// Nobody reads it.
    pub unread: &'static str,
    /// Read as variables, and when changes reach them.
    pub variables: &'static str,
    /// Read as files, and when changes reach them.
    pub files: &'static str,
    /// Used to pull images.
    pub pulls: &'static str,
    /// The plug-in table.
    pub plugins: &'static str,
    /// The name of a kind of storage.
    pub plugin: &'static str,
    /// Attached, block device, grows, snapshots, made on demand.
    pub abilities: [&'static str; 5],
    /// How much is on a volume.
    pub used: fn(&str) -> String,
    /// Heading of the files.
    pub inside: &'static str,
    /// There are no files.
    pub empty: &'static str,
    /// Heading of disks without a volume.
    pub left: &'static str,
    /// Who used such a disk last.
    pub last_used: fn(&str) -> String,
    /// Where a pod's volume is kept, and what it outlives.
    pub kept: fn(&VolumePlace) -> String,
    /// Heading of why a claim gets no volume.
    pub why_not: &'static str,
    /// Why a claim does not get a volume.
    pub misfit: fn(&Misfit) -> String,
    /// Heading of what comes of deleting a claim.
    pub claim_deleted: &'static str,
    /// Heading of what comes of deleting a volume.
    pub volume_deleted: &'static str,
    /// Pods that have to go first.
    pub waits_for: fn(&str) -> String,
    /// What becomes of the volume.
    pub fate: fn(&Fate) -> String,
    /// Since when nothing mounts it any more.
    pub gone_since: fn(&str) -> String,
}

/// The name of a class, or what stands for none.
fn class<'a>(name: &'a str, none: &'a str) -> &'a str {
    if name.is_empty() { none } else { name }
}

/// English.
pub const EN: StorageWords = StorageWords {
    volumes: "Volumes",
    settings: "ConfigMaps and Secrets",
    nothing: "Nothing is stored yet. Pods that name a claim, a ConfigMap or a Secret are drawn here with what they name.",
    no_class: "no class",
    default: "default",
    no_such_class: "no such StorageClass",
    no_such_claim: "no such claim",
    no_such_volume: "no such volume",
    no_such_object: "not there",
    expands: "can grow",
    fixed: "fixed size",
    binding: |mode| match mode {
        "WaitForFirstConsumer" => "bound with its first pod".to_owned(),
        "Immediate" => "bound at once".to_owned(),
        other => other.to_owned(),
    },
    reclaim: |policy| match policy {
        "Delete" => "deleted with its claim".to_owned(),
        "Retain" => "kept when its claim goes".to_owned(),
        "Recycle" => "wiped when its claim goes".to_owned(),
        other => other.to_owned(),
    },
    only_on: |place| format!("only on {place}"),
    unused: "no pod uses it",
    unclaimed: "nobody claims it",
    no_volume: "no volume",
    terminating: "being deleted",
    more: |n| format!("and {n} more"),
    immutable: "immutable",
    unread: "nobody reads it",
    variables: "as variables: a change reaches only new containers",
    files: "as files: a change arrives within a minute or so",
    pulls: "to pull images",
    plugins: "What each kind of storage can do",
    plugin: "plug-in or driver",
    abilities: ["attach", "block", "grow", "snapshot", "on demand"],
    gone_since: |version| format!("gone since {version}"),
    used: |bytes| format!("{bytes} of files"),
    inside: "What is inside",
    empty: "No files.",
    left: "Left behind: disks that no volume leads to",
    last_used: |claim| format!("last used by {claim}"),
    kept: |place| match place {
        VolumePlace::Objects => "made of objects, and brought up to date from them".to_owned(),
        VolumePlace::Memory => "in memory: outlives a container, goes with the pod".to_owned(),
        VolumePlace::PodDirectory => {
            "on the node, in the pod's directory: outlives a container, goes with the pod".to_owned()
        }
        VolumePlace::Node(path) => format!("on the node at {path}: outlives the pod, stays on this node"),
        VolumePlace::Storage(name) => {
            format!("beyond the nodes, {name}: outlives the pod and goes with it to another node")
        }
        VolumePlace::Unknown => "not known yet".to_owned(),
    },
    why_not: "Why none of the volumes",
    misfit: |misfit| match misfit {
        Misfit::NotFound => "is not there".to_owned(),
        Misfit::AlreadyBoundTo(namespace, name) => format!("belongs to {namespace}/{name}"),
        Misfit::Released(namespace, name) => {
            format!(
                "still holds the data of {namespace}/{name}, which is gone: remove its spec.claimRef to give it away"
            )
        }
        Misfit::Deleting => "is being deleted".to_owned(),
        Misfit::TooSmall { want, has } => format!("holds {has}, and {want} is asked for"),
        Misfit::Class { want, has } => {
            format!("is of {}, and {} is asked for", class(has, "no class"), class(want, "no class"))
        }
        Misfit::VolumeMode => "one is a file system, the other a block device (volumeMode)".to_owned(),
        Misfit::AccessModes => "does not have the access modes that are asked for".to_owned(),
        Misfit::Selector => "does not have the labels that are selected".to_owned(),
        Misfit::NotAvailable(phase) => format!("is {phase}, not Available"),
        Misfit::NodeAffinity => "can be reached from no node".to_owned(),
        Misfit::WaitsForConsumer => "fits, and is bound with the first pod".to_owned(),
    },
    claim_deleted: "If the claim is deleted",
    volume_deleted: "If the volume is deleted",
    waits_for: |pods| format!("It waits for {pods} to go."),
    fate: |fate| match fate {
        Fate::None => "There is no volume that could go with it.".to_owned(),
        Fate::Kept => "The volume is kept with its data, Released, until somebody sees to it.".to_owned(),
        Fate::Forgotten => {
            "Only the object goes. The disk stays, and nobody here knows of it any more.".to_owned()
        }
        Fate::Deleted(by) => format!("The volume goes with its disk and all data, deleted by {by}."),
        Fate::Scrubbed => "The volume is emptied and Available again.".to_owned(),
        Fate::Failed(message) => format!("The volume is Failed: {message}"),
        Fate::WithClaim(namespace, name) => {
            format!("Nothing happens before its claim {namespace}/{name} goes.")
        }
    },
};

/// 한국어.
pub const KO: StorageWords = StorageWords {
    volumes: "볼륨",
    settings: "컨피그맵(ConfigMap)과 시크릿(Secret)",
    nothing: "아직 저장된 것이 없다. 클레임, 컨피그맵, 시크릿을 쓰는 파드가 생기면 여기에 함께 그린다.",
    no_class: "클래스 없음",
    default: "기본",
    no_such_class: "그런 스토리지클래스가 없다",
    no_such_claim: "그런 클레임이 없다",
    no_such_volume: "그런 볼륨이 없다",
    no_such_object: "없다",
    expands: "확장 가능",
    fixed: "크기 고정",
    binding: |mode| match mode {
        "WaitForFirstConsumer" => "첫 파드와 함께 바인딩".to_owned(),
        "Immediate" => "즉시 바인딩".to_owned(),
        other => other.to_owned(),
    },
    reclaim: |policy| match policy {
        "Delete" => "클레임과 함께 삭제".to_owned(),
        "Retain" => "클레임이 사라져도 보존".to_owned(),
        "Recycle" => "클레임이 사라지면 비움".to_owned(),
        other => other.to_owned(),
    },
    only_on: |place| format!("{place}에서만"),
    unused: "쓰는 파드 없음",
    unclaimed: "클레임 없음",
    no_volume: "볼륨 없음",
    terminating: "삭제 중",
    more: |n| format!("그 밖에 {n}개"),
    immutable: "변경 불가",
    unread: "읽는 파드 없음",
    variables: "변수로: 바뀐 값은 새 컨테이너에만 전달된다",
    files: "파일로: 바뀐 값은 1분 안팎에 도착한다",
    pulls: "이미지를 가져올 때",
    plugins: "스토리지 종류마다 할 수 있는 것",
    plugin: "플러그인 또는 드라이버",
    abilities: ["연결", "블록", "확장", "스냅샷", "동적 생성"],
    gone_since: |version| format!("{version}부터 없음"),
    used: |bytes| format!("파일 {bytes}"),
    inside: "안에 있는 것",
    empty: "파일이 없다.",
    left: "남겨진 것: 어떤 볼륨도 가리키지 않는 디스크",
    last_used: |claim| format!("마지막 사용: {claim}"),
    kept: |place| match place {
        VolumePlace::Objects => "오브젝트로 만들고 바뀌면 따라 바뀐다".to_owned(),
        VolumePlace::Memory => "메모리: 컨테이너보다 오래 남고 파드와 함께 사라진다".to_owned(),
        VolumePlace::PodDirectory => {
            "노드의 파드 디렉터리: 컨테이너보다 오래 남고 파드와 함께 사라진다".to_owned()
        }
        VolumePlace::Node(path) => format!("노드의 {path}: 파드보다 오래 남고 이 노드에만 있다"),
        VolumePlace::Storage(name) => format!("노드 밖의 {name}: 파드보다 오래 남고 다른 노드로 따라간다"),
        VolumePlace::Unknown => "아직 알 수 없다".to_owned(),
    },
    why_not: "볼륨마다 맞지 않는 이유",
    misfit: |misfit| match misfit {
        Misfit::NotFound => "없다".to_owned(),
        Misfit::AlreadyBoundTo(namespace, name) => format!("{namespace}/{name} 클레임의 것이다"),
        Misfit::Released(namespace, name) => {
            format!(
                "사라진 {namespace}/{name} 클레임의 데이터가 남아 있다. spec.claimRef를 지우면 다시 쓸 수 있다"
            )
        }
        Misfit::Deleting => "삭제 중이다".to_owned(),
        Misfit::TooSmall { want, has } => format!("{has}뿐인데 {want}를 요청했다"),
        Misfit::Class { want, has } => {
            format!("클래스가 {}인데 {}를 요청했다", class(has, "없음"), class(want, "없음"))
        }
        Misfit::VolumeMode => "한쪽은 파일 시스템, 다른 쪽은 블록 장치다(volumeMode)".to_owned(),
        Misfit::AccessModes => "요청한 접근 모드를 지원하지 않는다".to_owned(),
        Misfit::Selector => "셀렉터가 고른 레이블이 없다".to_owned(),
        Misfit::NotAvailable(phase) => format!("Available이 아니라 {phase}이다"),
        Misfit::NodeAffinity => "어느 노드에서도 닿지 않는다".to_owned(),
        Misfit::WaitsForConsumer => "맞는다. 첫 파드와 함께 바인딩된다".to_owned(),
    },
    claim_deleted: "클레임을 삭제하면",
    volume_deleted: "볼륨을 삭제하면",
    waits_for: |pods| format!("{pods} 파드가 사라질 때까지 기다린다."),
    fate: |fate| match fate {
        Fate::None => "함께 사라질 볼륨이 없다.".to_owned(),
        Fate::Kept => "볼륨은 데이터와 함께 Released로 남는다. 사람이 처리해야 한다.".to_owned(),
        Fate::Forgotten => "오브젝트만 사라진다. 디스크는 남지만 클러스터는 더 이상 알지 못한다.".to_owned(),
        Fate::Deleted(by) => format!("볼륨이 디스크와 데이터까지 모두 삭제된다({by})."),
        Fate::Scrubbed => "볼륨이 비워지고 다시 Available이 된다.".to_owned(),
        Fate::Failed(message) => format!("볼륨이 Failed가 된다: {message}"),
        Fate::WithClaim(namespace, name) => {
            format!("{namespace}/{name} 클레임이 사라지기 전에는 아무 일도 없다.")
        }
    },
};
