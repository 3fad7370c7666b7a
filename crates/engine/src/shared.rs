//! What all calls share.

use std::sync::Arc;

use bus::Bus;
use media::Media;
use pbx::calls::Journal;
use sip::Stack;

use crate::alerts::Alerts;
use crate::capture::Captures;
use crate::carriers::Carriers;
use crate::clock::Clock;
use crate::directory::Directory;
use crate::health::Health;
use crate::inbox::Inbox;
use crate::lines::Lines;
use crate::messages::Messages;
use crate::outside::Outside;
use crate::queues::Queues;
use crate::recordings::Recordings;
use crate::routes::Routes;
use crate::shares::Shares;
use crate::sounds::Sounds;
use crate::spending::Spending;

pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) db: store::Db,
    pub(crate) stack: Stack,
    pub(crate) media: Media,
    pub(crate) directory: Arc<Directory>,
    pub(crate) carriers: Carriers,
    pub(crate) health: Arc<Health>,
    pub(crate) alerts: Alerts,
    pub(crate) spending: Spending,
    pub(crate) routes: Routes,
    pub(crate) sounds: Sounds,
    pub(crate) journal: Journal,
    pub(crate) bus: Bus,
    pub(crate) recordings: Recordings,
    pub(crate) messages: Messages,
    /// To the task of [`crate::mwi`].
    pub(crate) mwi: Arc<Inbox>,
    /// To the task of [`crate::blf`].
    pub(crate) blf: Arc<Inbox>,
    pub(crate) captures: Arc<Captures>,
    pub(crate) queues: Queues,
    pub(crate) shares: Arc<Shares>,
    pub(crate) lines: Lines,
    pub(crate) limits: call::Limits,
    pub(crate) outside: Arc<dyn Outside>,
    /// Whether companies that want their calls recorded get it.
    pub(crate) may_record: bool,
}
