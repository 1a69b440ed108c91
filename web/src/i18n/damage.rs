//! Why a link or a file is refused, in words that fit after a colon.

use orrery_share::{Damage, Limit};

/// English.
pub fn en(damage: &Damage) -> String {
    match damage {
        Damage::NotALink => "it is not a link of this page".into(),
        Damage::NotARun => "it is not a file that a run was saved in".into(),
        Damage::Codec(codec) => format!("it was made by a newer Orrery (codec {codec})"),
        Damage::Cut { got, of } => format!("its end is missing, {got} of {of} bytes arrived"),
        Damage::Checksum => "a character was changed on the way".into(),
        Damage::TooLarge => "what it holds is too large".into(),
        Damage::Content(what) => format!("its content is not understood ({what})"),
        Damage::Beyond(Limit::Files(most)) => format!("it holds more than {most} files"),
        Damage::Beyond(Limit::Steps(most)) => format!("it holds more than {most} steps"),
        Damage::Beyond(Limit::Branches(most)) => format!("a run has from 1 to {most} branches"),
        Damage::Beyond(Limit::Nodes(most)) => format!("a cluster has from 1 to {most} nodes"),
        Damage::Beyond(Limit::ControlPlane(most)) => {
            format!("there can be from 1 to {most} members of etcd and as many control planes")
        }
        Damage::Beyond(Limit::Days(most)) => format!("it goes beyond {most} days of virtual time"),
        Damage::Beyond(Limit::Speed(most)) => format!("a speed is above 0 and {most} at most"),
        Damage::Order(step) => format!("its step {step} is earlier than the one before it"),
    }
}

/// 한국어.
pub fn ko(damage: &Damage) -> String {
    match damage {
        Damage::NotALink => "이 페이지의 링크가 아니다".into(),
        Damage::NotARun => "실행을 저장한 파일이 아니다".into(),
        Damage::Codec(codec) => format!("더 새로운 Orrery에서 만들어졌다(코덱 {codec})"),
        Damage::Cut { got, of } => format!("끝이 잘려 {of}바이트 중 {got}바이트만 왔다"),
        Damage::Checksum => "도중에 글자가 바뀌었다".into(),
        Damage::TooLarge => "내용이 너무 크다".into(),
        Damage::Content(what) => format!("내용을 이해할 수 없다({what})"),
        Damage::Beyond(Limit::Files(most)) => format!("파일이 {most}개보다 많다"),
        Damage::Beyond(Limit::Steps(most)) => format!("단계가 {most}개보다 많다"),
        Damage::Beyond(Limit::Branches(most)) => format!("갈래는 1개부터 {most}개까지다"),
        Damage::Beyond(Limit::Nodes(most)) => format!("노드는 1개부터 {most}개까지다"),
        Damage::Beyond(Limit::ControlPlane(most)) => {
            format!("etcd 멤버와 컨트롤 플레인은 각각 1개부터 {most}개까지다")
        }
        Damage::Beyond(Limit::Days(most)) => format!("가상 시간 {most}일을 넘는다"),
        Damage::Beyond(Limit::Speed(most)) => format!("속도는 0보다 크고 {most} 이하다"),
        Damage::Order(step) => format!("{step}번째 단계가 그 앞 단계보다 이르다"),
    }
}
