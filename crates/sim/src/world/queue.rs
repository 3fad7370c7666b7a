//! The queue of the world.

use super::World;
use call::{Input, QueueNews};

impl World {
    /// The call has a word for its queue.
    pub(super) fn tell_queue(&mut self, news: QueueNews) {
        if let QueueNews::Joined(entry) = &news {
            let queue = entry.queue;
            let script = self.house.queues.get(&queue).map(|keeper| keeper.script()).unwrap_or_default();
            for (after, order) in script {
                self.say(after, Input::Queue(queue, order));
            }
        }
        self.queue_news.push(news);
    }
}
