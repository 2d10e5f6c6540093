// Whether who asked is still there while the answer is on its way.
#include "net/reply_gate.h"

#include <thread>

#include <doctest/doctest.h>

#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;

namespace {

// Keeps the one reply.
struct Asked {
  HttpHandler handler() {
    return [this](HttpRequest, Reply given) {
      reply = std::move(given);
      arrived.raise();
    };
  }
  Reply reply;
  Signal arrived;
};

// The kernel tells in its own time; false when it does not within 5 s.
bool leaves(const Peer& peer) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (peer.is_there()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace

TEST_CASE("a peer is there as long as it waits, whatever it sends meanwhile") {
  Asked asked;
  TestServer server(asked.handler());
  RawClient client(server.port);
  client.send(get("/first") + get("/pipelined"));
  REQUIRE(asked.arrived.wait());
  CHECK(asked.reply.peer().is_there());
  asked.reply(text_response("done"));
  CHECK(client.receive().body == "done");
  REQUIRE(asked.arrived.wait(2));
  CHECK(asked.reply.peer().is_there());
}

TEST_CASE("a peer that closed its connection is gone, also behind a request that nobody read yet") {
  for (const char* behind : {"", "GET /pipelined HTTP/1.1\r\nHost: localhost\r\n\r\n"}) {
    Asked asked;
    TestServer server(asked.handler());
    RawClient client(server.port);
    client.send(get("/") + behind);
    REQUIRE(asked.arrived.wait());
    const Peer peer = asked.reply.peer();
    client.close();
    CHECK(leaves(peer));
  }
}

TEST_CASE("a peer that finished sending counts as gone, and is answered all the same") {
  Asked asked;
  TestServer server(asked.handler());
  RawClient client(server.port);
  client.send(get("/"));
  REQUIRE(asked.arrived.wait());
  client.finish_sending();
  CHECK(leaves(asked.reply.peer()));
  asked.reply(text_response("done"));
  CHECK(client.receive().body == "done");
}

TEST_CASE("a peer may be asked for after the server") {
  Asked asked;
  Peer peer;
  {
    TestServer server(asked.handler());
    RawClient client(server.port);
    client.send(get("/"));
    REQUIRE(asked.arrived.wait());
    peer = asked.reply.peer();
    CHECK(peer.is_there());
    server.stop();
    CHECK_FALSE(peer.is_there());
  }
  CHECK_FALSE(peer.is_there());
}

TEST_CASE("who is answered in the process is always there") {
  CHECK(Peer().is_there());
  CHECK(Reply::to([](const HttpResponse&) {}).peer().is_there());
}

TEST_CASE("a reply that watches over another has its peer") {
  Asked asked;
  TestServer server(asked.handler());
  RawClient client(server.port);
  client.send(get("/"));
  REQUIRE(asked.arrived.wait());
  Peer peer = asked.reply.peer();
  Reply outer = Reply::to([&](HttpResponse response) { asked.reply(std::move(response)); }, std::move(peer));
  CHECK(outer.peer().is_there());
  client.close();
  CHECK(leaves(outer.peer()));
}
