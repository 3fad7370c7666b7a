//! Voicemail in a call: the caller's words are kept, or the owner listens.

use std::path::PathBuf;
use std::time::Duration;

use flow::{Chore, Deposit, Kept, Mailbox, Steering};
use model::flow::{FlowCommand, FlowEvent};
use model::leg::{Prompt, Sound};
use model::{Cause, ExtensionId, VoicemailId};
use pbx::voicemail::message::{self, Left};

use super::Driver;
use crate::messages::Messages;
use crate::recordings::End;
use crate::routes::Letter;

/// Who says nothing for so long has said all.
const QUIET: Duration = Duration::from_secs(5);
/// How long the list of messages may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a call has to do with a mailbox.
#[derive(Debug, Default)]
pub(super) struct Voicemail {
    /// For whom the caller leaves a message.
    owner: Option<ExtensionId>,
    /// Who wants to listen; the list is being read.
    opening: Option<ExtensionId>,
    /// The file of the words that are being kept.
    taking: Option<PathBuf>,
}

impl Voicemail {
    /// Whether a file is not closed yet.
    pub(super) fn is_due(&self) -> bool {
        self.taking.is_some()
    }

    /// Its file is no longer waited for; the next start finds it.
    pub(super) fn give_up(&mut self) {
        self.taking = None;
    }

    /// The call is steered otherwise from now on.
    pub(super) fn closed(&mut self) {
        self.opening = None;
    }
}

impl Driver {
    /// The caller may leave a message; none when the extension has no mailbox.
    pub(super) fn take_message(&mut self, extension: ExtensionId, cause: Cause) -> Option<Steering> {
        let mailbox = &self.tenant.extensions.get(&extension).filter(|owner| owner.mailbox.enabled)?.mailbox;
        let greeting = mailbox.greeting.map_or(Sound::Prompt(Prompt::LeaveMessage), Sound::Greeting);
        self.voicemail.owner = Some(extension);
        Some(Steering::Deposit(Deposit::new(Some(greeting), mailbox.longest(), cause)))
    }

    /// The owner wants to listen: the messages are looked up first.
    pub(super) fn open_mailbox(&mut self, extension: ExtensionId) {
        self.voicemail.opening = Some(extension);
        let (shared, mailbox, tenant) = (self.shared.clone(), self.mailbox.clone(), self.tenant.id);
        tokio::spawn(async move {
            let looked = tokio::time::timeout(PATIENCE, message::of_extension(&shared.db, tenant, extension)).await;
            let kept = match looked {
                Ok(Ok(messages)) => {
                    Some(messages.iter().map(|one| Kept { id: one.id, read: one.read_at.is_some() }).collect())
                }
                Ok(Err(error)) => {
                    tracing::warn!(%error, "messages cannot be listed for a telephone");
                    None
                }
                Err(_) => None,
            };
            // The caller may have hung up meanwhile.
            let _ = mailbox.send(Letter::Mailbox(kept));
        });
    }

    /// The messages are known.
    pub(super) fn mailbox_opened(&mut self, kept: Option<Vec<Kept>>) {
        let Some(extension) = self.voicemail.opening.take() else { return };
        let owner = self.tenant.extensions.get(&extension);
        let (Some(owner), Some(kept)) = (owner, kept) else {
            return self.feed(call::Input::Flow(FlowCommand::Hangup(Cause::Failed)));
        };
        self.voicemail.owner = Some(extension);
        let pin = owner.mailbox.pin().map(str::to_owned);
        let mut steering = Steering::Mailbox(Box::new(Mailbox::new(pin, kept)));
        let steps = steering.handle(self.shared.clock.now(), FlowEvent::Started);
        self.flow = Some(steering);
        self.steer(steps);
    }

    /// The caller's words are kept from now on.
    pub(super) fn keep_words(&mut self) {
        let (Some(extension), Some(caller)) = (self.voicemail.owner, self.call.caller()) else { return };
        let number = self.drafted.as_ref().map_or_else(|| self.caller.0.clone(), |draft| draft.caller_number.clone());
        let left = Left {
            id: store::mint(),
            tenant: self.tenant.id,
            extension,
            call: self.id,
            from_number: number,
            from_name: self.caller.1.clone(),
            size_bytes: 0,
            duration_ms: 0,
            complete: false,
            created_at: self.anchor.wall(self.shared.clock.now()).as_millis(),
        };
        let Some(media) = self.media_of(caller) else { return };
        match self.shared.messages.begin(&left) {
            Ok(path) => {
                media.take_message(path.clone(), QUIET);
                self.voicemail.taking = Some(path);
            }
            Err(error) => {
                tracing::error!(call.id = %self.id, %error, "a message cannot be kept: look at the disk");
                self.feed(call::Input::Flow(FlowCommand::Hangup(Cause::Failed)));
            }
        }
    }

    /// Nothing more is kept of what the caller says.
    pub(super) fn stop_keeping_words(&mut self) {
        if let Some(media) = self.call.caller().and_then(|caller| self.media_of(caller)) {
            media.stop_record();
        }
    }

    /// The caller has said nothing for a while.
    pub(super) fn words_ceased(&mut self) {
        let now = self.shared.clock.now();
        if let Some(flow) = self.flow.as_mut() {
            let steps = flow.handle(now, FlowEvent::Quiet);
            self.steer(steps);
        }
    }

    /// A file is closed. Whether it was that of a message.
    pub(super) fn message_recorded(&mut self, path: &std::path::Path, end: End) -> bool {
        if !self.shared.messages.owns(path) {
            return false;
        }
        self.voicemail.taking.take_if(|taking| taking == path);
        Messages::finish_aside(&self.shared, path, end);
        true
    }

    /// The owner wants something done with a message.
    pub(super) fn do_chore(&self, id: VoicemailId, chore: Chore) {
        let Some(owner) = self.voicemail.owner else { return };
        let (shared, tenant) = (self.shared.clone(), self.tenant.id);
        tokio::spawn(async move {
            let read = match chore {
                Chore::Read => Some(true),
                Chore::Delete => None,
            };
            match message::keep(&shared.db, tenant, owner, id, read).await {
                Ok(()) if chore == Chore::Delete => shared.messages.remove(tenant, id).await,
                Ok(()) => {}
                Err(error) => tracing::warn!(%error, "what a telephone wanted done with a message is not done"),
            }
            shared.mwi.changed(owner);
        });
    }
}
