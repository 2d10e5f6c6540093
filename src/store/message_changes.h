// Changes of queues: what can happen to messages, and what comes of it. See store/changes.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/message.h"

namespace waybill::store {

// Where a message stands in a queue. Rows of a standard queue lie in order of (visible_at, id), those of a FIFO queue
// by group in order of id.
struct MessageRow {
  QueueId queue;
  MessageId id;
  std::string group;  // FIFO queues only
  WallTime visible_at;
  int receives = 0;
  WallTime enqueued_at;     // what retention counts from
  WallTime first_received;  // the epoch before the first receive
  QueueId source;           // where it was moved from; 0: it was sent here
  // The deadline is another than the one which the receive set: the engine remembers it by id, for find().
  bool deadline_changed = false;
};

// A message of a queue. On a FIFO queue a message that repeats one sent after `dedup_since` is not stored, but answered
// with the number of that one.
struct SendMessage {
  QueueId queue;
  bool fifo = false;
  MessagePtr message;
  WallTime visible_at;    // when its delay is over
  std::string dedup_key;  // "" for none
  WallTime dedup_since;
  QueueId source{};  // where it was moved from; 0: it is sent here
};

// The receive that would be one too many moves the message there instead.
struct Redrive {
  QueueId dlq;
  int max_receives = 0;
};

// Takes what is visible, oldest first, and makes it invisible: whole messages are answered. Messages that were enqueued
// before `retained_since` go without being answered. A FIFO queue gives a group's messages in order, and none of a
// group that has one in flight.
struct ReceiveMessages {
  QueueId queue;
  bool fifo = false;
  int limit = 1;
  WallTime now;
  WallTime visible_at;  // from when on they are visible again
  WallTime retained_since;
  std::optional<Redrive> redrive{};
  std::optional<std::int64_t> in_flight_limit{};  // counts what is in flight, and takes nothing where it is that much
  std::size_t bytes = 16 << 20;                   // of bodies; the message that passes it is the last
};

// Both concern the receive that the fence names. `required`: refused as `fenced` unless that receive is the latest of
// the message, so that the unit as a whole happens once.
struct DeleteMessage {
  MessageFence fence;
  bool fifo = false;
  WallTime now;
  bool required = false;
};
struct ChangeVisibility {
  MessageFence fence;
  bool fifo = false;
  WallTime now;
  WallTime visible_at;
};

// Moves visible messages, oldest first, one for each of `ids`: they go on as new messages under those numbers.
struct MoveMessages {
  struct Route {
    QueueId source;  // messages that came from there; 0: all
    QueueId to;
    bool fifo = false;
  };
  QueueId from;
  bool fifo = false;
  std::vector<Route> routes;  // the first that fits; a message that none fits stays, and stops the move
  std::vector<MessageId> ids;
  WallTime now;
};

// Maintenance: each removes at most `limit` messages.
struct PurgeQueue {  // what was sent before that number
  QueueId queue;
  bool fifo = false;
  MessageId before;
  int limit = 1000;
};
struct DropQueue {  // of either kind, with what is remembered for deduplication
  QueueId queue;
  int limit = 1000;
};
struct SweepMessages {  // at least those that were last visible before that time; a receive answers no older ones
  QueueId queue;
  bool fifo = false;
  WallTime before;
  int limit = 1000;
};
struct SweepDeduplication {
  WallTime before;
  int limit = 1000;
};

// --- what comes of them

struct MessageSent {
  MessageId id;
  bool duplicate = false;
};

struct ReceivedMessage {
  MessagePtr message;
  MessageFence fence;
  WallTime first_received;
  QueueId source;  // where it was moved from; 0: it was sent here
};
struct MessagesReceived {
  std::vector<ReceivedMessage> messages;
  // False: what else there is becomes visible at `next`, or there is nothing else.
  bool more = false;
  std::optional<WallTime> next;
  int redriven = 0;
  bool over_limit = false;
  std::optional<std::int64_t> in_flight;  // counted before, where in_flight_limit was given
};

// Of DeleteMessage and ChangeVisibility.
struct MessageTouched {
  enum class State {
    done,
    gone,      // there is no such message in the queue any more
    received,  // it was received again since
    visible,   // its visibility timeout is over: of a FIFO queue it is not deleted, no deadline is changed
  };
  State state = State::done;
};

struct MessagesMoved {
  std::int64_t moved = 0;
  bool stuck = false;       // no route fits the next one
  std::vector<QueueId> to;  // where each went
};

}  // namespace waybill::store
