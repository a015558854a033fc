//! Messages in the making, and what is to be done next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::message::Message;

/// What is to be done for a message.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Step {
    /// Start deliveries to all that wait.
    Deliver,
    /// Deliver to the recipient of this number, and those that go the same way.
    Attempt(u32),
    /// Say that it is too early to try again.
    NotYet,
    Complete,
    Freeze,
    /// Say so many times more that it is frozen.
    StillFrozen(u32),
    Remove,
    Unfreeze,
}

/// The place of a message in the queue.
pub(crate) type Slot = u32;

/// All that is open, in the order of time.
#[derive(Default)]
pub(crate) struct Queue {
    steps: BinaryHeap<Reverse<(i64, u64, Slot, Step)>>,
    messages: Vec<Option<Message>>,
    free: Vec<Slot>,
    /// Steps of the same time keep their order.
    number: u64,
}

impl Queue {
    pub(crate) fn add(&mut self, message: Message) -> Slot {
        match self.free.pop() {
            Some(slot) => {
                self.messages[slot as usize] = Some(message);
                slot
            }
            None => {
                self.messages.push(Some(message));
                self.messages.len() as Slot - 1
            }
        }
    }

    pub(crate) fn plan(&mut self, at: i64, slot: Slot, step: Step) {
        self.number += 1;
        self.steps.push(Reverse((at, self.number, slot, step)));
    }

    /// The next step, if it is due, and its message, which has to be put back unless it has left the queue.
    pub(crate) fn due(&mut self, now: i64) -> Option<(i64, Slot, Step, Message)> {
        let &Reverse((at, _, slot, step)) = self.steps.peek()?;
        if at > now {
            return None;
        }
        self.steps.pop();
        let message = self.messages[slot as usize].take()?;
        Some((at, slot, step, message))
    }

    pub(crate) fn put_back(&mut self, slot: Slot, message: Message) {
        self.messages[slot as usize] = Some(message);
    }

    /// The slot of a message that has left the queue.
    pub(crate) fn release(&mut self, slot: Slot) {
        self.free.push(slot);
    }

    /// What is still on the queue.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Message> {
        self.messages.iter().flatten()
    }
}
