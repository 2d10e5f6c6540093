// Whether who asked is still there while the answer is on its way, and who writes it.
#include "net/reply_gate.h"

#include <thread>

#include <boost/asio/strand.hpp>
#include <doctest/doctest.h>

#include "unit/net/server_fixture.h"

using namespace waybill;
using namespace waybill::net;
using namespace waybill::testing;

namespace {

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
  Held asked;
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
    Held asked;
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
  Held asked;
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
  Held asked;
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
  Held asked;
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

namespace {

// A gate at one end of a connection whose io_context runs only when a test says so.
struct Gate {
  struct Asker final : ReplyGate::Asker {
    void answered() override { ++told; }
    bool goes_on() const override { return open; }
    int told = 0;
    bool open = true;
  };

  Gate() : peer(listener()) {
    server.emplace(io);
    acceptor.accept(*server);
    server->non_blocking(true);
    gate = std::make_shared<ReplyGate>(asio::make_strand(io), server->native_handle());
    gate->arm();
  }
  std::uint16_t listener() {
    acceptor.open(asio::ip::tcp::v4());
    acceptor.bind({asio::ip::address_v4::loopback(), 0});
    acceptor.listen();
    return acceptor.local_endpoint().port();
  }
  void wait() { gate->wait(asker, ResponseFrame{"id", true, 11}); }

  asio::io_context io;
  asio::ip::tcp::acceptor acceptor{io};
  RawClient peer;
  std::optional<asio::ip::tcp::socket> server;
  std::shared_ptr<ReplyGate> gate;
  std::shared_ptr<Asker> asker = std::make_shared<Asker>();
};

}  // namespace

TEST_CASE("an answer is written by the thread that brings it, and nobody is woken") {
  Gate it;
  it.wait();
  it.gate->answer(text_response("done"));
  CHECK(it.peer.receive().body == "done");
  CHECK(it.io.poll() == 0);
  CHECK(it.gate->stop_direct());
  const ReplyGate::Answer answer = it.gate->collect();
  CHECK(answer.written);
  CHECK(answer.rest.empty());
  CHECK_FALSE(answer.response);
  CHECK(it.asker.use_count() == 1);
}

TEST_CASE("what only the connection can write is left to it") {
  Gate it;
  HttpResponse response = text_response("done");
  SUBCASE("no leave was given") { it.gate->wait(it.asker, std::nullopt); }
  SUBCASE("leave was taken back") {
    it.wait();
    CHECK_FALSE(it.gate->stop_direct());
  }
  SUBCASE("the server drains") {
    it.asker->open = false;
    it.wait();
  }
  SUBCASE("the connection closes") {
    it.wait();
    response.close = true;
  }
  SUBCASE("it is long") {
    it.wait();
    response.body.assign(100'000, 'x');
  }
  SUBCASE("the socket is not the connection's any more") {
    it.gate->let_go();
    it.wait();
  }
  it.gate->answer(response);
  CHECK_FALSE(it.gate->stop_direct());
  it.io.poll();
  CHECK(it.asker->told == 1);
  const ReplyGate::Answer answer = it.gate->collect();
  CHECK_FALSE(answer.written);
  REQUIRE(answer.response);
  CHECK(answer.response->body == response.body);
}

TEST_CASE("what the peer does not take is left to the connection") {
  Gate it;
  const std::string filler(1 << 16, 'f');
  boost::system::error_code full;
  std::size_t sent = 0;
  while (!full) sent += it.server->write_some(asio::buffer(filler), full);
  it.wait();
  it.gate->answer(text_response("done"));
  CHECK_FALSE(it.gate->stop_direct());
  it.io.poll();
  CHECK(it.asker->told == 1);
  const ReplyGate::Answer answer = it.gate->collect();
  CHECK(answer.written);
  CHECK(answer.rest.ends_with("done"));
}
