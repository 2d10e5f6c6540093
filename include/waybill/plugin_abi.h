/* The binary contract between Waybill and a handler plugin, version 1. Plain C, so that a plugin can be written in any
 * language that builds a shared object; C++ authors include waybill/plugin.h and never see it.
 *
 * A plugin exports one symbol, `waybill_plugin`, that returns a table which stays valid and unchanged for the life of
 * the process. Rules:
 * - Texts are UTF-8 and JSON where said so. They are borrowed for the duration of the call: whoever wants to keep one
 *   copies it. No memory changes hands.
 * - An answer is written to a sink: one or more pieces, in order, before the call returns.
 * - No exception, longjmp or cancellation leaves a function of either side. 0 is success; anything else is a failure,
 *   and what was written to the sink is then the error text for people.
 * - `handle` is called from several threads at once, also on one instance.
 * - The library is never unloaded.
 *
 * JSON forms (members with a default may be left out; a table, bus or topic is a name or an ARN):
 *
 * invocation: {"kind": "async"|"request"|"batch"|"stream", "request_id": "…", "function_name": "…", "attempt": 1,
 *   "now_ms": wall clock in milliseconds since the epoch,
 *   "deadline_ns": give up before CLOCK_MONOTONIC shows this many nanoseconds,
 *   "environment": {"NAME": "value"}, "random_seed": unsigned 64-bit number,
 *   "records": [{"id": "…", "body": "JSON text as a string, exactly as sent"}]}
 *   Later versions of Waybill may add members: ignore what you do not know.
 *
 * outcome: {"records": [RECORD …], "response": "JSON text as a string" (default "")}, one RECORD per record, in order:
 *   {"ok": bool (default true), "error": "why not" (default ""), "retryable": bool (default true), "effects": {
 *     "writes": [{"kind": "put" (default)|"remove", "table": "…", "item": {…},
 *       "condition": "none" (default)|"absent"|"present", "on_failed": "fail" (default)|"skip", "blind": false}],
 *     "publishes": [{"topic": "arn", "subject": "" , "message": "…"}],
 *     "emits": [{"bus": "default", "source": "…", "detail_type": "…", "detail": {…}, "resources": ["…"]}],
 *     "metrics": [{"namespace": "…", "name": "…", "value": 1, "unit": "Count", "dimensions": {"NAME": "value"}}],
 *     "logs": [{"level": "debug"|"info" (default)|"warn"|"error", "message": "…"}]}}
 *   What they mean is told in waybill/handler.h. An unknown member is refused: an effect that this Waybill does not
 *   know must not get lost silently.
 *
 * table_get:   {"table": "…", "key": {…}} → {"item": {…} or null}
 * table_query: {"table": "…", "index": "", "partition": value, "from": null, "to": null, "newest_first": false,
 *               "limit": 100, "start": null} → {"items": [{…}], "last_key": {…} or null}
 */
#ifndef WAYBILL_PLUGIN_ABI_H
#define WAYBILL_PLUGIN_ABI_H

#include <stddef.h>
#include <stdint.h>

#define WAYBILL_PLUGIN_ABI_VERSION 1
#define WAYBILL_PLUGIN_SYMBOL "waybill_plugin"

#ifdef __cplusplus
extern "C" {
#endif

/* Where an answer goes. Given by the host, used by the plugin (and the other way round for the host's functions). */
typedef struct waybill_sink_v1 {
  void* context;
  void (*write)(void* context, const char* text, size_t size);
} waybill_sink_v1;

/* What the host does for a plugin while `handle` runs, on the thread that runs it. Not valid afterwards. */
typedef struct waybill_host_v1 {
  uint32_t size; /* sizeof of the host's table: members may be added at the end */
  void* context; /* first argument of every function */
  /* Reads of committed items. Fail on an unknown table or index, a wrong key, or no permission. */
  int (*table_get)(void* context, const char* request, size_t size, const waybill_sink_v1* answer);
  int (*table_query)(void* context, const char* request, size_t size, const waybill_sink_v1* answer);
  /* A log line of the function. level: 0 debug, 1 info, 2 warn, 3 error. */
  void (*log)(void* context, int level, const char* text, size_t size);
} waybill_host_v1;

typedef struct waybill_handler_v1 {
  const char* name; /* 1 to 64 letters, digits, '_' or '-' */
  /* Called once when the plugin is loaded, before any handle. NULL is a failure, with its reason in the sink. A handler
   * without state returns any other pointer. */
  void* (*create)(const waybill_sink_v1* error);
  /* Called after the last handle. */
  void (*destroy)(void* self);
  /* JSON invocation in, JSON outcome into the sink. A failure fails every record, retryably. */
  int (*handle)(void* self, const waybill_host_v1* host, const char* invocation, size_t size,
                const waybill_sink_v1* outcome);
} waybill_handler_v1;

typedef struct waybill_plugin_v1 {
  uint32_t abi_version; /* WAYBILL_PLUGIN_ABI_VERSION; stays the first member in every version */
  uint32_t size;        /* sizeof(waybill_plugin_v1) */
  const char* name;     /* as handler names */
  const char* version;  /* of the plugin, for people */
  uint32_t handler_count;
  const waybill_handler_v1* handlers;
} waybill_plugin_v1;

typedef const waybill_plugin_v1* (*waybill_plugin_function)(void);

#ifdef __cplusplus
}
#endif

#endif
