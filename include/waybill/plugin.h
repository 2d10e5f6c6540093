// A handler plugin in C++: subclass waybill::Handler, then say once, outside any namespace, in one source file
//
//   WAYBILL_PLUGIN("acme", "1.0.0", WAYBILL_HANDLER("count", CountHandler), WAYBILL_HANDLER("fail", FailHandler))
//
// and build a shared object: g++ -std=c++20 -O2 -fPIC -shared -o acme.so acme.cc. A function whose template says
// `Runtime: native`, `Handler: acme.count` then runs it. Each handler class needs a constructor without arguments; one
// instance is made when the plugin is loaded and serves all invocations, from several threads at once. What a handler
// throws fails the whole invocation, retryably, with the exception's text.
//
// Everything that crosses the border is JSON text in the C contract of waybill/plugin_abi.h, so plugin and daemon may
// be built by different compilers, with different versions of nlohmann/json, and of these headers while the ABI version
// is the same.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "waybill/handler.h"
#include "waybill/plugin_abi.h"
#include "waybill/plugin_json.h"

namespace waybill::plugin {

inline void write_to(const waybill_sink_v1* sink, std::string_view text) {
  sink->write(sink->context, text.data(), text.size());
}

inline void append_to_string(void* string, const char* text, std::size_t size) noexcept {
  static_cast<std::string*>(string)->append(text, size);
}

// Reads through the host's functions.
class HostTables final : public TableReader {
 public:
  explicit HostTables(const waybill_host_v1* host) : host_(host) {}

  std::optional<Json> get(const std::string& table, const Json& key) const override {
    const Json answer = Json::parse(ask(host_->table_get, get_to_text(table, key)));
    const Json& item = Reader(answer, "answer").any("item");
    return item.is_null() ? std::nullopt : std::optional<Json>(item);
  }
  TablePage query(const TableQuery& query) const override {
    return page_from_text(ask(host_->table_query, query_to_text(query)));
  }

 private:
  std::string ask(decltype(waybill_host_v1::table_get) function, const std::string& request) const {
    std::string answer;
    const waybill_sink_v1 sink{&answer, append_to_string};
    if (function(host_->context, request.data(), request.size(), &sink) != 0) throw std::runtime_error(answer);
    return answer;
  }

  const waybill_host_v1* host_;
};

// Runs `work`; what it throws becomes an error text in the sink and `failed`.
template <class Work, class Value>
Value guarded(const waybill_sink_v1* sink, Value failed, Work work) noexcept {
  try {
    return work();
  } catch (const std::exception& error) {
    write_to(sink, error.what());
  } catch (...) {
    write_to(sink, "unknown exception");
  }
  return failed;
}

template <class HandlerType>
struct Entry {
  static void* create(const waybill_sink_v1* error) noexcept {
    return guarded(error, static_cast<void*>(nullptr),
                   [] { return static_cast<void*>(static_cast<Handler*>(new HandlerType())); });
  }
  static void destroy(void* self) noexcept { delete static_cast<Handler*>(self); }
  static int handle(void* self, const waybill_host_v1* host, const char* text, std::size_t size,
                    const waybill_sink_v1* outcome) noexcept {
    return guarded(outcome, 1, [&] {
      const ReadInvocation read(std::string_view(text, size));
      const HostTables tables(host);
      write_to(outcome, outcome_to_text(static_cast<Handler*>(self)->handle(read.invocation, tables)));
      return 0;
    });
  }
};

}  // namespace waybill::plugin

#define WAYBILL_HANDLER(handler_name, type)                                                        \
  waybill_handler_v1 {                                                                             \
    handler_name, ::waybill::plugin::Entry<type>::create, ::waybill::plugin::Entry<type>::destroy, \
        ::waybill::plugin::Entry<type>::handle                                                     \
  }

#define WAYBILL_PLUGIN(plugin_name, plugin_version, ...)                                        \
  extern "C" __attribute__((visibility("default"))) const waybill_plugin_v1* waybill_plugin() { \
    static const waybill_handler_v1 handlers[] = {__VA_ARGS__};                                 \
    static const waybill_plugin_v1 plugin = {WAYBILL_PLUGIN_ABI_VERSION,                        \
                                             sizeof(waybill_plugin_v1),                         \
                                             plugin_name,                                       \
                                             plugin_version,                                    \
                                             sizeof(handlers) / sizeof(handlers[0]),            \
                                             handlers};                                         \
    return &plugin;                                                                             \
  }
