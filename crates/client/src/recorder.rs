//! Events: told once, counted when they repeat, combined when there are many alike
//! (upstream: `client-go/tools/record`).

use crate::Request;
use orrery_api::{Event, EventSeries, EventSource, Kind, ObjectReference, Resource};
use orrery_apimachinery::{ObjectMeta, Str};
use orrery_apiserver::ApiServer;
use orrery_sim::{Duration, SimTime, TraceHash};
use rustc_hash::{FxHashMap, FxHashSet};
use std::fmt::Write;
use std::rc::Rc;

/// Whether an event is bad news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventType {
    /// As it should be.
    Normal,
    /// Somebody may want to look.
    Warning,
}

impl EventType {
    /// As events carry it.
    pub fn as_str(self) -> &'static str {
        match self {
            EventType::Normal => "Normal",
            EventType::Warning => "Warning",
        }
    }
}

/// After so many different messages of one reason about one object, the next are combined.
const SIMILAR_BEFORE_COMBINING: usize = 10;
/// Similar events are those within this long of each other.
const SIMILAR_WITHIN: Duration = Duration::from_secs(600);
/// One object may be the subject of so many events at once …
const SPAM_BURST: u32 = 25;
/// … and then of one more in this long.
const SPAM_REFILL: Duration = Duration::from_secs(300);
/// A series of the newer events ends when it was silent for so long.
const SERIES_WITHIN: Duration = Duration::from_secs(360);
/// What is remembered of past events, per recorder, before the memory starts anew.
const REMEMBERED: usize = 4096;

/// Which of the two event APIs a component uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    /// `source`, `count`, first and last date.
    Core,
    /// `reportingComponent`, `eventTime`, `series` (events.k8s.io).
    Series,
}

/// Stands for what distinguishes one event from another, or from those that are like it. Texts with equal
/// fingerprints are taken for equal: among so few, chance does not make two.
type Fingerprint = u64;

#[derive(Clone, Debug)]
struct Similar {
    /// In the order of the alphabet.
    messages: Vec<Str>,
    last: SimTime,
}

#[derive(Clone, Debug)]
struct Spam {
    tokens: u32,
    refilled: SimTime,
}

/// What of an object an event is about.
#[derive(Clone, Copy)]
pub(crate) enum About<'a> {
    /// The object.
    Whole,
    /// A part of it, such as `spec.containers{web}`.
    Part(&'a str),
    /// The object, for the sake of another; and what was done.
    ForAnother(&'a str, Kind, &'a ObjectMeta),
}

/// What there is to tell.
struct News {
    reference: ObjectReference,
    related: Option<ObjectReference>,
    action: Str,
    r#type: EventType,
    reason: Str,
    text: Str,
}

/// Records the events of one component.
#[derive(Clone, Debug)]
pub struct Recorder {
    style: Style,
    /// An event with all that is the same in every one of this component's.
    blank: Event,
    /// Words that events repeat, each stored once.
    words: FxHashSet<Str>,
    /// By object, part, type and reason. Shared with checkpoints until they change.
    similar: FxHashMap<Fingerprint, Rc<Similar>>,
    /// The name of an event and when it was last told: by the above and the message.
    known: FxHashMap<Fingerprint, (Str, SimTime)>,
    /// By object and reason.
    spam: FxHashMap<Fingerprint, Spam>,
}

impl Recorder {
    /// A recorder for a component, which runs on `host` if that is told (kubelets tell it).
    pub fn new(component: &str, host: Option<&str>) -> Self {
        let (component, host): (Str, Option<Str>) = (component.into(), host.map(Into::into));
        let blank = Event {
            source: EventSource { component: Some(component.clone()), host: host.clone() },
            reporting_component: component,
            reporting_instance: host.unwrap_or_default(),
            ..Default::default()
        };
        Recorder::of(Style::Core, blank)
    }

    /// A recorder that uses the newer event API, as the scheduler does.
    pub fn series(component: &str) -> Self {
        let blank = Event {
            reporting_component: component.into(),
            reporting_instance: format!("{component}-control-plane").into(),
            ..Default::default()
        };
        Recorder::of(Style::Series, blank)
    }

    fn of(style: Style, blank: Event) -> Self {
        Recorder {
            style,
            blank,
            words: FxHashSet::default(),
            similar: FxHashMap::default(),
            known: FxHashMap::default(),
            spam: FxHashMap::default(),
        }
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "an event has these parts; a struct would only name them twice"
    )]
    pub(crate) fn record(
        &mut self,
        api: &mut ApiServer,
        request: &Request,
        (kind, meta): (Kind, &ObjectMeta),
        about: About<'_>,
        r#type: EventType,
        reason: &str,
        message: &str,
    ) {
        let now = request.now;
        let (field_path, related, action) = match about {
            About::Whole => (None, None, None),
            About::Part(path) => (Some(path), None, None),
            About::ForAnother(action, kind, meta) => {
                (None, Some(self.reference(kind, meta, None)), Some(action))
            }
        };
        let mut print = TraceHash::default();
        print.write(meta.uid.as_bytes());
        print.write(reason.as_bytes());
        let subject = print.finish();
        print.write(field_path.unwrap_or_default().as_bytes());
        print.write_u64(r#type as u64);
        let group = print.finish();
        print.write(message.as_bytes());
        let mut key = print.finish();
        let mut text: Str = message.into();
        if self.style == Style::Core {
            if let Some(combined) = self.combine(group, &text, now) {
                (text, key) = (combined, group);
            }
            if !self.admit(subject, now) {
                return;
            }
        }
        let reference = self.reference(kind, meta, field_path);
        let usual = if r#type == EventType::Normal { "Binding" } else { "Scheduling" };
        let (reason, action) = (self.word(reason), self.word(action.unwrap_or(usual)));
        let news = News { reference, related, action, r#type, reason, text };
        self.count_or_create(api, request, key, news);
    }

    /// The one copy of a word that events repeat.
    fn word(&mut self, word: &str) -> Str {
        if let Some(known) = self.words.get(word) {
            return known.clone();
        }
        let word = Str::from(word);
        self.words.insert(word.clone());
        word
    }

    fn reference(&mut self, kind: Kind, meta: &ObjectMeta, field_path: Option<&str>) -> ObjectReference {
        ObjectReference {
            kind: Some(self.word(kind.name())),
            api_version: Some(self.word(kind.api_version())),
            namespace: Some(meta.namespace.clone()).filter(|n| !n.is_empty()),
            name: Some(meta.name.clone()),
            uid: Some(meta.uid.clone()),
            resource_version: Some(meta.resource_version.to_string().into()),
            field_path: field_path.map(|path| self.word(path)),
        }
    }

    /// What to tell instead of the message when it is one of many alike; then their group stands for all of them.
    fn combine(&mut self, group: Fingerprint, message: &Str, now: SimTime) -> Option<Str> {
        forget_if_full(&mut self.similar);
        let similar =
            self.similar.entry(group).or_insert_with(|| Similar { messages: Vec::new(), last: now }.into());
        let similar = Rc::make_mut(similar);
        if now.since(similar.last) > SIMILAR_WITHIN {
            similar.messages.clear();
        }
        similar.last = now;
        if let Err(place) = similar.messages.binary_search(message) {
            similar.messages.insert(place, message.clone());
        }
        if similar.messages.len() < SIMILAR_BEFORE_COMBINING {
            return None;
        }
        // The messages stay at their limit: upstream drops one for each that it adds.
        similar.messages.remove(0);
        Some(format!("(combined from similar events): {message}").into())
    }

    /// Whether the object was not the subject of too many events of that reason lately. In the recordings
    /// each reason has its own budget.
    fn admit(&mut self, subject: Fingerprint, now: SimTime) -> bool {
        forget_if_full(&mut self.spam);
        let spam = self.spam.entry(subject).or_insert(Spam { tokens: SPAM_BURST, refilled: now });
        let refills = now.since(spam.refilled).as_secs() / SPAM_REFILL.as_secs();
        if refills > 0 {
            spam.tokens =
                SPAM_BURST.min(spam.tokens.saturating_add(u32::try_from(refills).unwrap_or(u32::MAX)));
            spam.refilled += SPAM_REFILL * u32::try_from(refills).unwrap_or(u32::MAX);
        }
        let admitted = spam.tokens > 0;
        spam.tokens = spam.tokens.saturating_sub(1);
        admitted
    }

    fn count_or_create(&mut self, api: &mut ApiServer, request: &Request, key: Fingerprint, news: News) {
        let namespace = event_namespace(&news.reference);
        if let Some((name, last)) = self.known.get(&key).cloned() {
            let in_series = self.style == Style::Core || request.now.since(last) < SERIES_WITHIN;
            if in_series && self.count(api, request, &namespace, &name, &news.text) {
                self.known.insert(key, (name, request.now));
                return;
            }
        }
        let event = self.event(api, request, namespace, news);
        let name = event.metadata.name.clone();
        // Best effort: an event for a namespace that is not there is lost, as upstream.
        if api.create(request, Event::wrap(Rc::new(event))).is_ok() {
            forget_if_full(&mut self.known);
            self.known.insert(key, (name, request.now));
        }
    }

    /// Counts one more occurrence; false when the event is not there any more.
    fn count(&self, api: &mut ApiServer, request: &Request, namespace: &str, name: &str, text: &Str) -> bool {
        let (date, micro) = (api.date(request.now), api.micro_date(request.now));
        let style = self.style;
        let outcome = api.modify::<Event>(request, namespace, name, |event| match style {
            Style::Core => {
                event.count += 1;
                event.last_timestamp = Some(date);
                event.message = Some(text.clone());
            }
            Style::Series => {
                let series =
                    event.series.get_or_insert_with(|| EventSeries { count: 1, ..Default::default() });
                series.count += 1;
                series.last_observed_time = Some(micro);
            }
        });
        outcome.is_ok()
    }

    fn event(&mut self, api: &ApiServer, request: &Request, namespace: Str, news: News) -> Event {
        let mut event = self.blank.clone();
        event.metadata.name = name(api, request, &namespace, &news.reference);
        event.metadata.namespace = namespace;
        event.involved_object = news.reference;
        event.reason = Some(news.reason);
        event.message = Some(news.text);
        event.type_ = Some(self.word(news.r#type.as_str()));
        match self.style {
            Style::Core => {
                let date = api.date(request.now);
                event.count = 1;
                event.first_timestamp = Some(date);
                event.last_timestamp = Some(date);
            }
            Style::Series => {
                event.action = Some(news.action);
                event.related = news.related;
                event.event_time = Some(api.micro_date(request.now));
            }
        }
        event
    }
}

/// The object's name and the instant in hexadecimal; one more nanosecond while that name is taken.
fn name(api: &ApiServer, request: &Request, namespace: &str, reference: &ObjectReference) -> Str {
    let about = reference.name.as_deref().unwrap_or_default();
    let start = api.micro_date(SimTime::ZERO).0.unsigned_abs() * 1_000 + request.now.as_nanos();
    let mut name = String::with_capacity(about.len() + 17);
    for nanos in start.. {
        name.clear();
        write!(name, "{about}.{nanos:x}").expect("texts take what is written to them");
        if api.get::<Event>(namespace, &name).is_none() {
            break;
        }
    }
    name.into()
}

/// Events about cluster-scoped objects live in the default namespace.
fn event_namespace(reference: &ObjectReference) -> Str {
    reference.namespace.clone().unwrap_or_else(|| "default".into())
}

fn forget_if_full<V>(memory: &mut FxHashMap<Fingerprint, V>) {
    if memory.len() >= REMEMBERED {
        memory.clear();
    }
}
