// Asio types bound to a concrete executor: the type-erased default costs an allocation-free but indirect call per
// operation, on a path that runs some hundred thousand times a second.
#pragma once

#include <chrono>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace waybill::net {

namespace asio = boost::asio;

using Strand = asio::strand<asio::io_context::executor_type>;
using Socket = asio::basic_stream_socket<asio::ip::tcp, Strand>;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, Strand>;
using SteadyTimer =
    asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Strand>;
template <class T>
using Task = asio::awaitable<T, Strand>;
inline constexpr asio::use_awaitable_t<Strand> kAwait{};

}  // namespace waybill::net
