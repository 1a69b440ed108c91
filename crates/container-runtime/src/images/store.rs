//! The images that one node has, and its puller (upstream: containerd's image store, and the kubelet's
//! `serializeImagePulls`).

use super::Image;
use orrery_apimachinery::{Str, duration};
use orrery_sim::{Duration, Random, SimTime};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The images of one node by their names, and its puller, which pulls one after the other.
#[derive(Clone, Debug, Default)]
pub struct Images {
    /// Each with the instant from which on it is there: a pull goes on even if nobody waits for it any more.
    images: BTreeMap<Str, (SimTime, Rc<Image>)>,
    busy_until: SimTime,
    /// What is asked for and has not come yet, when last looked at.
    under_way: Vec<(Str, Pull)>,
}

/// One pull of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pull {
    /// When it was asked for.
    pub asked: SimTime,
    /// When its turn came.
    pub begin: SimTime,
    /// When it is over.
    pub end: SimTime,
}

/// What a registry sends in a millisecond, unpacked.
const BYTES_PER_MILLI: u64 = 40_000;

impl Images {
    /// The image of this name, if it is there at an instant.
    pub fn get(&self, name: &str, now: SimTime) -> Option<&Rc<Image>> {
        self.images.get(name).filter(|(since, _)| *since <= now).map(|(_, image)| image)
    }

    /// The images that are there at an instant, by their names.
    pub fn iter(&self, now: SimTime) -> impl Iterator<Item = (&Str, &Rc<Image>)> {
        self.images
            .iter()
            .filter(move |(_, (since, _))| *since <= now)
            .map(|(name, (_, image))| (name, image))
    }

    /// Puts an image on the node from an instant on.
    pub fn put(&mut self, name: Str, image: Rc<Image>, at: SimTime) {
        let known = self.images.get(&name).filter(|(_, known)| known.digest == image.digest);
        let since = known.map_or(at, |(since, _)| at.min(*since));
        self.images.insert(name, (since, image));
    }

    /// Removes every image that is there under none of these names.
    pub fn keep_only(&mut self, names: &[Str], now: SimTime) {
        self.images.retain(|name, (since, _)| *since > now || names.contains(name));
    }

    /// Takes a turn at the puller for what a registry has answered.
    pub fn pull(
        &mut self,
        name: &Str,
        answer: Result<&Rc<Image>, &str>,
        random: &mut Random,
        now: SimTime,
    ) -> Pull {
        let begin = self.busy_until.max(now);
        let millis = match answer {
            Err(_) => 300 + random.below(600),
            Ok(image) => self.millis(name, image, random),
        };
        let end = begin + Duration::from_millis(millis);
        self.busy_until = end;
        if let Ok(image) = answer {
            self.put(name.clone(), image.clone(), end);
        }
        let pull = Pull { asked: now, begin, end };
        self.under_way.retain(|(_, pull)| pull.end > now);
        self.under_way.push((name.clone(), pull));
        pull
    }

    /// The pulls that are under way at an instant or wait for their turn.
    pub fn pulls(&self, now: SimTime) -> impl Iterator<Item = &(Str, Pull)> {
        self.under_way.iter().filter(move |(_, pull)| pull.end > now)
    }

    /// How long an image takes to arrive. One whose layers are there, or come before it, is only checked for news; a
    /// third has to be fetched where another version of it is.
    fn millis(&self, name: &str, image: &Image, random: &mut Random) -> u64 {
        let greeting = 250 + random.below(250);
        if self.images.values().any(|(_, known)| known.digest == image.digest) {
            return greeting;
        }
        let repository = |name: &str| name.rfind(':').map_or(name.len(), |tag| tag + 1);
        let start = &name[..repository(name)];
        let shares = self.images.keys().any(|known| known[..repository(known)] == *start);
        let bytes = if shares { image.size / 3 } else { image.size };
        let millis = bytes / BYTES_PER_MILLI;
        greeting + millis + random.below(millis / 3 + 1)
    }
}

impl Pull {
    /// A pull that takes no time.
    pub fn at_once(now: SimTime) -> Pull {
        Pull { asked: now, begin: now, end: now }
    }

    /// `1.2s (1.5s including waiting)`.
    pub fn times(&self) -> String {
        let print = |from| duration::print(self.end.since(from).as_millis() as u64 * 1_000_000);
        format!("{} ({} including waiting)", print(self.begin), print(self.asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pulls_of_one_node_wait_for_each_other_and_follow_the_size() {
        let (mut images, mut random) = (Images::default(), Random::stream(1, "kubelet/node-1"));
        let mut pull = |name: &str, megabytes: u64| {
            let image = Rc::new(Image::new(name, megabytes * 1_000_000));
            let pull = images.pull(&name.into(), Ok(&image), &mut random, SimTime::ZERO);
            (pull.begin.as_millis(), pull.end.since(pull.begin).as_millis())
        };
        let (small, large, again, other_tag) =
            (pull("a:1", 40), pull("b:1", 400), pull("b:1", 400), pull("b:2", 400));
        assert_eq!(small.0, 0);
        assert!((1_250..=1_850).contains(&small.1), "{small:?}");
        assert_eq!(u128::from(large.0), small.1, "one after the other");
        assert!((10_250..=13_850).contains(&large.1), "{large:?}");
        assert!(again.1 < 500, "only checked: {again:?}");
        assert!((3_500..=5_000).contains(&other_tag.1), "a third: {other_tag:?}");
    }

    #[test]
    fn an_image_is_there_when_its_pull_is_over() {
        let (mut images, mut random) = (Images::default(), Random::stream(1, "kubelet/node-1"));
        let (name, image) = (Str::from("a:1"), Rc::new(Image::new("a:1", 80_000_000)));
        let pull = images.pull(&name, Ok(&image), &mut random, SimTime::ZERO);
        assert!(images.get(&name, pull.begin).is_none());
        assert!(images.get(&name, pull.end).is_some());
        assert_eq!(Pull { begin: SimTime::from_millis(1_250), ..pull }.times().split(' ').count(), 4);
    }
}
