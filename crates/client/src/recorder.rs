//! Events: told once, counted when they repeat, combined when there are many alike
//! (upstream: `client-go/tools/record`).

use crate::Request;
use orrery_api::{Event, EventSeries, EventSource, Kind, ObjectReference, Resource};
use orrery_apimachinery::{ObjectMeta, Str, Time};
use orrery_apiserver::ApiServer;
use orrery_sim::{Duration, SimTime};
use std::collections::{BTreeMap, BTreeSet};
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

/// What distinguishes one event from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct EventKey {
    about: Str,
    field_path: Str,
    warning: bool,
    reason: Str,
    message: Str,
}

#[derive(Clone, Debug)]
struct Similar {
    messages: BTreeSet<Str>,
    last: SimTime,
}

#[derive(Clone, Debug)]
struct Spam {
    tokens: u32,
    refilled: SimTime,
}

/// Records the events of one component.
#[derive(Clone, Debug)]
pub struct Recorder {
    component: Str,
    host: Option<Str>,
    style: Style,
    similar: BTreeMap<EventKey, Similar>,
    known: BTreeMap<EventKey, (Str, SimTime)>,
    spam: BTreeMap<(Str, Str), Spam>,
}

impl Recorder {
    /// A recorder for a component, which runs on `host` if that is told (kubelets tell it).
    pub fn new(component: &str, host: Option<&str>) -> Self {
        Recorder::of(component, host, Style::Core)
    }

    /// A recorder that uses the newer event API, as the scheduler does.
    pub fn series(component: &str) -> Self {
        Recorder::of(component, None, Style::Series)
    }

    fn of(component: &str, host: Option<&str>, style: Style) -> Self {
        Recorder {
            component: component.into(),
            host: host.map(Into::into),
            style,
            similar: BTreeMap::new(),
            known: BTreeMap::new(),
            spam: BTreeMap::new(),
        }
    }

    #[expect(clippy::too_many_arguments, reason = "an event has these parts; a struct would only name them twice")]
    pub(crate) fn record<R: Resource>(
        &mut self,
        api: &mut ApiServer,
        request: &Request,
        about: &R,
        field_path: Option<&str>,
        r#type: EventType,
        reason: &str,
        message: &str,
    ) {
        let meta = about.metadata();
        let reference = reference(R::KIND, meta, field_path);
        let mut key = EventKey {
            about: meta.uid.clone(),
            field_path: field_path.unwrap_or_default().into(),
            warning: r#type == EventType::Warning,
            reason: reason.into(),
            message: message.into(),
        };
        if self.style == Style::Core {
            let text = self.combine(&mut key, request.now);
            if !self.admit(&meta.uid, &key.reason, request.now) {
                return;
            }
            self.count_or_create(api, request, reference, r#type, key, text);
        } else {
            let text = key.message.clone();
            self.count_or_create(api, request, reference, r#type, key, text);
        }
    }

    /// The text to tell: the message, or that it is one of many; then the key stands for all of them.
    fn combine(&mut self, key: &mut EventKey, now: SimTime) -> Str {
        let group = EventKey { message: "".into(), ..key.clone() };
        forget_if_full(&mut self.similar);
        let similar = self.similar.entry(group.clone()).or_insert(Similar { messages: BTreeSet::new(), last: now });
        if now.since(similar.last) > SIMILAR_WITHIN {
            similar.messages.clear();
        }
        similar.last = now;
        similar.messages.insert(key.message.clone());
        if similar.messages.len() < SIMILAR_BEFORE_COMBINING {
            return key.message.clone();
        }
        // The set stays at its limit: upstream drops one message for each that it adds.
        similar.messages.pop_first();
        let text = format!("(combined from similar events): {}", key.message);
        *key = group;
        text.into()
    }

    /// Whether the object was not the subject of too many events of that reason lately. In the recordings
    /// each reason has its own budget.
    fn admit(&mut self, uid: &Str, reason: &Str, now: SimTime) -> bool {
        forget_if_full(&mut self.spam);
        let spam = self.spam.entry((uid.clone(), reason.clone())).or_insert(Spam { tokens: SPAM_BURST, refilled: now });
        let refills = now.since(spam.refilled).as_secs() / SPAM_REFILL.as_secs();
        if refills > 0 {
            spam.tokens = SPAM_BURST.min(spam.tokens.saturating_add(u32::try_from(refills).unwrap_or(u32::MAX)));
            spam.refilled += SPAM_REFILL * u32::try_from(refills).unwrap_or(u32::MAX);
        }
        let admitted = spam.tokens > 0;
        spam.tokens = spam.tokens.saturating_sub(1);
        admitted
    }

    fn count_or_create(
        &mut self,
        api: &mut ApiServer,
        request: &Request,
        reference: ObjectReference,
        r#type: EventType,
        key: EventKey,
        text: Str,
    ) {
        let namespace = event_namespace(&reference);
        if let Some((name, last)) = self.known.get(&key).cloned() {
            let in_series = self.style == Style::Core || request.now.since(last) < SERIES_WITHIN;
            if in_series && self.count(api, request, &namespace, &name, &text) {
                self.known.insert(key, (name, request.now));
                return;
            }
        }
        let event = self.event(api, request, reference, r#type, &key.reason, text);
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
                let series = event.series.get_or_insert_with(|| EventSeries { count: 1, ..Default::default() });
                series.count += 1;
                series.last_observed_time = Some(micro);
            }
        });
        outcome.is_ok()
    }

    fn event(
        &self,
        api: &ApiServer,
        request: &Request,
        reference: ObjectReference,
        r#type: EventType,
        reason: &Str,
        text: Str,
    ) -> Event {
        let name = self.name(api, request, &reference);
        let event = Event {
            metadata: ObjectMeta::named(event_namespace(&reference), name),
            involved_object: reference,
            reason: Some(reason.clone()),
            message: Some(text),
            type_: Some(r#type.as_str().into()),
            reporting_component: self.component.clone(),
            ..Default::default()
        };
        match self.style {
            Style::Core => self.core(event, api.date(request.now)),
            Style::Series => Event {
                action: Some(if r#type == EventType::Normal { "Binding" } else { "Scheduling" }.into()),
                event_time: Some(api.micro_date(request.now)),
                reporting_instance: format!("{}-control-plane", self.component).into(),
                ..event
            },
        }
    }

    fn core(&self, event: Event, date: Time) -> Event {
        Event {
            count: 1,
            first_timestamp: Some(date),
            last_timestamp: Some(date),
            source: EventSource { component: Some(self.component.clone()), host: self.host.clone() },
            reporting_instance: self.host.clone().unwrap_or_else(|| "".into()),
            ..event
        }
    }

    /// The object's name and the instant in hexadecimal; one more nanosecond while that name is taken.
    fn name(&self, api: &ApiServer, request: &Request, reference: &ObjectReference) -> Str {
        let about = reference.name.as_deref().unwrap_or_default();
        let namespace = event_namespace(reference);
        let start = api.micro_date(SimTime::ZERO).0.unsigned_abs() * 1_000 + request.now.as_nanos();
        (start..)
            .map(|nanos| format!("{about}.{nanos:x}"))
            .find(|name| api.get::<Event>(&namespace, name).is_none())
            .expect("there are more nanoseconds than events")
            .into()
    }
}

/// Events about cluster-scoped objects live in the default namespace.
fn event_namespace(reference: &ObjectReference) -> Str {
    reference.namespace.clone().unwrap_or_else(|| "default".into())
}

fn reference(kind: Kind, meta: &ObjectMeta, field_path: Option<&str>) -> ObjectReference {
    ObjectReference {
        kind: Some(kind.name().into()),
        api_version: Some(kind.api_version().into()),
        namespace: Some(meta.namespace.clone()).filter(|n| !n.is_empty()),
        name: Some(meta.name.clone()),
        uid: Some(meta.uid.clone()),
        resource_version: Some(meta.resource_version.to_string().into()),
        field_path: field_path.map(Into::into),
    }
}

fn forget_if_full<K: Ord, V>(memory: &mut BTreeMap<K, V>) {
    if memory.len() >= REMEMBERED {
        memory.clear();
    }
}
