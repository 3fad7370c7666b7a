//! What people ask of talks that are up, with the rights they need for it.

use model::{Actor, CallId, LegId, Permission, Problem};

use crate::{AddParty, Bus, Command, Supervise, Want};

impl Bus {
    /// Rings the supervisor's extension and lets it take part in a talk; for one who takes part already, in another way from
    /// now on. Answers as soon as it is known that this can be; whether the supervisor picks up is told by events.
    pub async fn supervise(&self, actor: &Actor, wanted: Supervise) -> Result<(), Problem> {
        let Supervise { call, extension, mode } = wanted;
        self.want(actor, Permission::Supervise, call, Want::Supervise(extension, mode)).await
    }

    /// Lets the supervisor at this extension go.
    pub async fn unsupervise(&self, actor: &Actor, call: CallId, extension: String) -> Result<(), Problem> {
        self.want(actor, Permission::Supervise, call, Want::Unsupervise(extension)).await
    }

    /// Lets the supervisor at this extension have the agent's place; the agent is hung up.
    pub async fn take_over(&self, actor: &Actor, call: CallId, extension: String) -> Result<(), Problem> {
        self.want(actor, Permission::Supervise, call, Want::TakeOver(extension)).await
    }

    /// Lets an extension that talks bring in a third. Whether they pick up is told by events.
    pub async fn add_party(&self, actor: &Actor, wanted: AddParty) -> Result<(), Problem> {
        let AddParty { call, by_extension, to } = wanted;
        self.want(actor, Permission::MakeCalls, call, Want::AddParty(by_extension, to)).await
    }

    /// Lets go of somebody who was brought in, or still rings.
    pub async fn remove_party(&self, actor: &Actor, call: CallId, leg: LegId) -> Result<(), Problem> {
        self.want(actor, Permission::MakeCalls, call, Want::RemoveParty(leg)).await
    }

    /// Leaves what is said out of the recording of a talk, or no more.
    pub async fn pause_recording(&self, actor: &Actor, call: CallId, paused: bool) -> Result<(), Problem> {
        self.want(actor, Permission::MakeCalls, call, Want::PauseRecording(paused)).await
    }

    /// Records a talk from now on, or no more, where the company leaves it to those who talk.
    pub async fn record(&self, actor: &Actor, call: CallId, on: bool) -> Result<(), Problem> {
        self.want(actor, Permission::MakeCalls, call, Want::Record(on)).await
    }

    async fn want(&self, actor: &Actor, right: Permission, call: CallId, want: Want) -> Result<(), Problem> {
        actor.require(right)?;
        let by = match (actor.user, actor.key) {
            (Some(user), _) => user.to_string(),
            (None, Some(key)) => key.to_string(),
            (None, None) => "system".to_owned(),
        };
        self.ask(|reply| Command::Want { tenant: actor.tenant, call, by, want, reply }).await
    }
}
