#include "queue/event_sources.h"

#include <algorithm>

#include "base/log.h"
#include "queue/event_sources_impl.h"

namespace waybill::queue {

namespace {

constexpr std::size_t kMaxBatchBytes = 6 << 20;  // AWS: the payload of an invocation
constexpr Millis kTakeAgain{1'000};              // after a store that could not answer

}  // namespace

int EventSources::Impl::limit_of(const EventSourceSpec& spec, const Topology& topology) const {
  int limit = spec.max_concurrency.value_or(ports_.concurrency);
  const auto function = topology.function(spec.function_arn);
  if (function && function->concurrency) limit = std::min(limit, *function->concurrency);
  return limit;
}

void EventSources::Impl::reconfigure() {
  Work work;
  const auto topology = ports_.topology.get();
  {
    const std::lock_guard lock(mutex_);
    for (auto at = sources_.begin(); at != sources_.end();) {
      at = topology->event_sources().count(at->first) == 0 ? sources_.erase(at) : std::next(at);
    }
    for (const auto& [name, spec] : topology->event_sources()) {
      Source& source = sources_[name];
      const bool same = source.spec && source.spec->queue_arn == spec->queue_arn &&
                        source.spec->enabled == spec->enabled && source.spec->batch_size == spec->batch_size;
      source.spec = spec;
      if (source.number == 0) source.number = ++last_number_;
      if (!same) {
        source.generation = ++last_number_;
        source.taking = false;
      }
      pump_locked(name, source, work);
    }
  }
  start(std::move(work));
}

void EventSources::Impl::pump_locked(const std::string& name, Source& source, Work& work) {
  if (stopped_) return;
  if (source.stuck >= kMostStuck) {
    source.gathered.clear();  // received again when their visibility timeout is over
    source.gathered_bytes = 0;
    return;
  }
  const EventSourceSpec& spec = *source.spec;
  const auto topology = ports_.topology.get();
  const int limit = std::min(limit_of(spec, *topology), ports_.most - source.stuck);
  const bool full =
      static_cast<int>(source.gathered.size()) >= spec.batch_size || source.gathered_bytes >= kMaxBatchBytes;
  if (!source.gathered.empty() && source.running < limit) {
    const Millis left = source.window_end - ports_.wall.now();
    if (full || left <= Millis{0} || !spec.enabled) {
      launch_locked(name, source, work);
    } else {
      work.wake = std::min(work.wake.value_or(left), left);
    }
  }
  const bool ready = spec.enabled && topology->queue(spec.queue_arn) && topology->function(spec.function_arn);
  const int room = spec.batch_size - static_cast<int>(source.gathered.size());
  if (!ready || source.taking || source.running >= limit || room <= 0) return;
  source.taking = true;
  work.takes.push_back({name, source.spec, source.generation, room, kMaxBatchBytes - source.gathered_bytes});
}

void EventSources::Impl::launch_locked(const std::string& name, Source& source, Work& work) {
  const auto topology = ports_.topology.get();
  auto run = std::make_shared<Run>();
  run->source = source.spec;
  run->source_name = name;
  run->source_number = source.number;
  run->function = topology->function(source.spec->function_arn);
  run->fifo = source.spec->queue_arn.ends_with(".fifo");
  run->messages = std::exchange(source.gathered, {});
  source.gathered_bytes = 0;
  if (!run->function) return;  // gone meanwhile: the messages come back
  ++source.running;
  runs_.push_back(run);
  work.runs.push_back(std::move(run));
}

void EventSources::Impl::start(Work work) {
  for (RunPtr& batch : work.runs) {
    ports_.callers.post([self = shared_from_this(), batch = std::move(batch)] { self->run(batch); });
  }
  for (const Take& each : work.takes) take(each);
  if (work.wake) ports_.wake_in(*work.wake);
}

bool EventSources::Impl::is_wanted(const std::string& name, std::int64_t generation) const {
  const std::lock_guard lock(mutex_);
  const auto found = sources_.find(name);
  return !stopped_ && found != sources_.end() && found->second.generation == generation;
}

void EventSources::Impl::take(const Take& take) {
  QueueService::TakeRequest request;
  request.max_messages = take.most;
  request.max_bytes = take.bytes;
  request.wanted = [weak = weak_from_this(), take] {
    const auto self = weak.lock();
    return self && self->is_wanted(take.name, take.generation);
  };
  ports_.queues.take(take.spec->queue_arn, std::move(request),
                     [self = shared_from_this(), take](Answer<std::vector<Received>> answer) {
                       self->taken(take, std::move(answer));
                     });
}

void EventSources::Impl::taken(const Take& take, Answer<std::vector<Received>> answer) {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    const auto found = sources_.find(take.name);
    if (found == sources_.end() || found->second.generation != take.generation) return;
    Source& source = found->second;
    source.taking = false;
    if (!answer) {
      work.wake = kTakeAgain;  // tick() asks again
    } else {
      if (source.gathered.empty()) source.window_end = ports_.wall.now() + source.spec->window;
      for (Received& each : *answer) {
        source.gathered_bytes += each.message->body.size();
        source.gathered.push_back(std::move(each));
      }
      pump_locked(take.name, source, work);
    }
  }
  start(std::move(work));
}

// Null: the source is gone, or is another one of the same name.
EventSources::Impl::Source* EventSources::Impl::source_of_locked(const Run& run) {
  const auto source = sources_.find(run.source_name);
  return source != sources_.end() && source->second.number == run.source_number ? &source->second : nullptr;
}

void EventSources::Impl::tick() {
  Work work;
  {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = ports_.steady.now();
    for (auto at = runs_.begin(); at != runs_.end();) {
      Run& batch = **at;
      if (!batch.with_function || batch.deadline + kBatchHangs > now) {
        if (batch.with_function) {
          const auto left = std::chrono::ceil<Millis>(batch.deadline + kBatchHangs - now);
          work.wake = std::min(work.wake.value_or(left), left);
        }
        ++at;
        continue;
      }
      batch.given_up = true;
      spdlog::error("{} does not come back: its batch of {} messages is given up, they are received again",
                    batch.function->name, batch.messages.size());
      if (Source* source = source_of_locked(batch)) {
        --source->running;
        if (++source->stuck == kMostStuck) {
          spdlog::error("{} is unhealthy: {} of its calls hang; {} is not read until one comes back",
                        batch.function->name, kMostStuck, batch.source->queue_arn);
        }
      }
      at = runs_.erase(at);
    }
    for (auto& [name, source] : sources_) pump_locked(name, source, work);
  }
  start(std::move(work));
}

std::optional<WallTime> EventSources::Impl::next_due() const {
  const std::lock_guard lock(mutex_);
  std::optional<WallTime> first;
  for (const auto& [name, source] : sources_) {
    if (source.gathered.empty()) continue;
    first = first ? std::min(*first, source.window_end) : source.window_end;
  }
  return first;
}

bool EventSources::Impl::quiet() const {
  const std::lock_guard lock(mutex_);
  return runs_.empty();
}

void EventSources::Impl::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

EventSources::EventSources(Ports ports) : impl_(std::make_shared<Impl>(std::move(ports))) {}
EventSources::~EventSources() { stop(); }
void EventSources::reconfigure() { impl_->reconfigure(); }
void EventSources::tick() { impl_->tick(); }
std::optional<WallTime> EventSources::next_due() const { return impl_->next_due(); }
bool EventSources::quiet() const { return impl_->quiet(); }
void EventSources::stop() { impl_->stop(); }

}  // namespace waybill::queue
