//! The codes that a phone dials to change how its extension handles calls. They are those of FusionPBX and FreePBX where these
//! agree: `*72` and a number forwards all calls, `*73` no longer.

use super::HandlingPatch;

/// What a dialled code asks for; none when it is no such code. `*72` without a number asks for nothing that can be done.
pub fn read(dialled: &str) -> Option<Option<HandlingPatch>> {
    let code = dialled.get(..3).filter(|code| code.starts_with('*'))?;
    let number = dialled.get(3..).unwrap_or_default();
    let forward = Some(number.to_owned()).filter(|number| !number.is_empty());
    let none = HandlingPatch::default();
    let on = |patch: HandlingPatch| Some(forward.is_some().then_some(patch));
    let off = |patch: HandlingPatch| Some(number.is_empty().then_some(patch));
    match code {
        "*72" => on(HandlingPatch { forward_always: Some(forward.clone()), ..none }),
        "*73" => off(HandlingPatch { forward_always: Some(None), ..none }),
        "*90" => on(HandlingPatch { forward_busy: Some(forward.clone()), ..none }),
        "*91" => off(HandlingPatch { forward_busy: Some(None), ..none }),
        "*92" => on(HandlingPatch { forward_no_answer: Some(forward.clone()), ..none }),
        "*93" => off(HandlingPatch { forward_no_answer: Some(None), ..none }),
        "*94" => on(HandlingPatch { forward_unreachable: Some(forward.clone()), ..none }),
        "*95" => off(HandlingPatch { forward_unreachable: Some(None), ..none }),
        "*78" => off(HandlingPatch { do_not_disturb: Some(true), ..none }),
        "*79" => off(HandlingPatch { do_not_disturb: Some(false), ..none }),
        _ => None,
    }
}
