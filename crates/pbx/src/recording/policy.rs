//! Which talks are recorded. The nearest rule wins: the extension's, then the queue's, the hotline's, the company's. Of two
//! extensions with different rules the stricter one wins: who must be recorded is recorded. Pure.

use call::{Recording, RecordingRule, Talk};
use model::leg::Sound;
use model::{ExtensionId, Faults, GreetingId, HotlineId, QueueId};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The most rules of a company beside its own.
const MOST_RULES: usize = 20_000;
/// A hundred years: longer is for ever.
const MOST_DAYS: i64 = 36_500;

/// How a company records, as its people set it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RecordingSettings))]
pub struct Settings {
    /// The company's rule: `always`, `never` or `on_demand`.
    #[serde(with = "crate::text::recording")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub rule: Recording,
    /// Other rules, of hotlines, queues and extensions. The nearest to who talks wins: extension, queue, hotline, company.
    #[serde(default)]
    pub places: Vec<PlaceRule>,
    /// After how many days a recording is deleted; 0 keeps it for ever. One that is held stays.
    #[serde(default)]
    pub keep_days: i64,
    /// The sound that both sides of a call with the outside hear before they hear each other; none when missing.
    #[serde(default, with = "crate::text::some_id")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub announcement: Option<GreetingId>,
}

/// The rule of a hotline, a queue or an extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(as = RecordingPlaceRule))]
pub struct PlaceRule {
    /// Its id: `hot_…`, `que_…` or `ext_…`.
    pub place: String,
    /// `always`, `never` or `on_demand`.
    #[serde(with = "crate::text::recording")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub rule: Recording,
}

/// What a rule can belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A public number.
    Hotline(HotlineId),
    /// A queue.
    Queue(QueueId),
    /// An extension.
    Extension(ExtensionId),
}

impl Place {
    /// The place with this id.
    pub fn parse(text: &str) -> Option<Place> {
        match text.split_once('_')?.0 {
            "hot" => text.parse().ok().map(Place::Hotline),
            "que" => text.parse().ok().map(Place::Queue),
            "ext" => text.parse().ok().map(Place::Extension),
            _ => None,
        }
    }
}

impl Settings {
    /// What is wrong at first sight; whether the places exist is for the service.
    pub(super) fn check(&self, faults: &mut Faults) {
        if !(0..=MOST_DAYS).contains(&self.keep_days) {
            faults.add("keep_days", "Use 0 (for ever) to 36500 days.");
        }
        if self.places.len() > MOST_RULES {
            faults.add("places", "Use at most 20000 rules.");
        }
        let mut seen = std::collections::HashSet::new();
        for (number, rule) in self.places.iter().enumerate() {
            let field = format!("places[{number}].place");
            if Place::parse(&rule.place).is_none() {
                faults.add(field, "Use the id of a hotline, a queue or an extension.");
            } else if !seen.insert(rule.place.as_str()) {
                faults.add(field, "This place has a rule already; give it one.");
            }
        }
    }
}

/// The same, ready for calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    company: Recording,
    places: HashMap<String, Recording>,
    announcement: Option<GreetingId>,
}

impl Policy {
    pub(crate) fn new(company: Recording) -> Policy {
        Policy { company, places: HashMap::new(), announcement: None }
    }

    pub(crate) fn of(settings: Settings) -> Policy {
        let places = settings.places.into_iter().map(|one| (one.place, one.rule)).collect();
        Policy { company: settings.rule, places, announcement: settings.announcement }
    }

    /// Whether any talk of the company may be recorded.
    pub fn records(&self) -> bool {
        self.places.values().chain([&self.company]).any(|rule| *rule != Recording::Never)
    }

    /// Whether this talk is recorded, and whose rule that is.
    pub fn rule(&self, talk: &Talk) -> RecordingRule {
        let at = |id: String| self.places.get(&id).copied();
        let extension = talk.extensions.iter().filter_map(|id| Some((at(id.to_string())?, id.to_string()))).max();
        let (rule, because) = extension
            .or_else(|| talk.queue.and_then(|id| Some((at(id.to_string())?, id.to_string()))))
            .or_else(|| talk.hotline.and_then(|id| Some((at(id.to_string())?, id.to_string()))))
            .unwrap_or((self.company, "the company's rule".to_owned()));
        let announcement = self.announcement.filter(|_| !talk.internal).map(Sound::Greeting);
        RecordingRule { rule, because, announcement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Id;

    fn talk(extensions: &[u128], queue: bool) -> Talk {
        Talk {
            hotline: Some(HotlineId::from_bits(1)),
            queue: queue.then(|| QueueId::from_bits(2)),
            extensions: extensions.iter().map(|bits| ExtensionId::from_bits(*bits)).collect(),
            internal: extensions.len() == 2,
        }
    }

    fn policy(places: &[(String, Recording)]) -> Policy {
        let places = places.iter().map(|(place, rule)| PlaceRule { place: place.clone(), rule: *rule }).collect();
        let announcement = Some(GreetingId::from_bits(9));
        Policy::of(Settings { rule: Recording::Always, places, keep_days: 0, announcement })
    }

    #[test]
    fn the_nearest_rule_wins() {
        let hotline = (HotlineId::from_bits(1).to_string(), Recording::OnDemand);
        let queue = (QueueId::from_bits(2).to_string(), Recording::Never);
        let lan = (ExtensionId::from_bits(3).to_string(), Recording::Always);
        let rule = |places: &[(String, Recording)], talk: &Talk| policy(places).rule(talk).rule;
        assert_eq!(rule(&[], &talk(&[3], true)), Recording::Always);
        assert_eq!(rule(std::slice::from_ref(&hotline), &talk(&[3], false)), Recording::OnDemand);
        assert_eq!(rule(&[hotline.clone(), queue.clone()], &talk(&[4], true)), Recording::Never);
        assert_eq!(rule(&[hotline.clone(), queue.clone()], &talk(&[4], false)), Recording::OnDemand);
        assert_eq!(rule(&[hotline, queue, lan], &talk(&[3], true)), Recording::Always);
    }

    #[test]
    fn of_two_extensions_the_stricter_rule_wins_and_nobody_hears_the_announcement() {
        let never = (ExtensionId::from_bits(3).to_string(), Recording::Never);
        let demand = (ExtensionId::from_bits(4).to_string(), Recording::OnDemand);
        let ruled = policy(&[never, demand]).rule(&talk(&[3, 4], false));
        assert_eq!((ruled.rule, ruled.announcement), (Recording::OnDemand, None));
        assert!(policy(&[]).rule(&talk(&[3], false)).announcement.is_some());
    }

    #[test]
    fn a_company_records_when_any_rule_says_so() {
        assert!(!Policy::new(Recording::Never).records());
        let one = PlaceRule { place: ExtensionId::from_bits(3).to_string(), rule: Recording::OnDemand };
        let settings = Settings { rule: Recording::Never, places: vec![one], keep_days: 0, announcement: None };
        assert!(Policy::of(settings).records());
    }
}
