#include "api/request/printed_value.h"

#include <spdlog/fmt/fmt.h>

#include "api/request/request_time.h"
#include "api/request/violations.h"

namespace waybill::api {

namespace {

class ValuePrinter {
 public:
  void print(const Shape& shape, const nlohmann::json& value) {
    if (value.is_null()) {
      out_ += "null";
    } else if (shape.sensitive) {
      out_ += "***Sensitive Data Redacted***";
    } else {
      print_given(shape, value);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void print_given(const Shape& shape, const nlohmann::json& value) {
    switch (shape.kind) {
      case Kind::string: out_ += value.get_ref<const std::string&>(); return;
      case Kind::integer: out_ += std::to_string(value.get<std::int64_t>()); return;
      case Kind::boolean: out_ += value.get<bool>() ? "true" : "false"; return;
      case Kind::timestamp: print_time(value); return;
      case Kind::structure: print_structure(shape, value); return;
      case Kind::list: print_list(shape, value); return;
      case Kind::map: print_map(shape, value); return;
    }
  }
  void print_time(const nlohmann::json& value) {
    const auto time = request_time(value);
    out_ += time ? java_date(*time) : "null";
  }
  void print_structure(const Shape& shape, const nlohmann::json& value) {
    out_.append(shape.name) += '(';
    for (const Member& member : shape.members) {
      if (&member != shape.members.data()) out_ += ", ";
      append_lower_first(member.name);
      out_ += '=';
      const auto found = value.find(member.name);
      print(member.shape, found == value.end() ? nlohmann::json() : *found);
    }
    out_ += ')';
  }
  void print_list(const Shape& shape, const nlohmann::json& value) {
    out_ += '[';
    for (std::size_t i = 0; i < value.size() && !full(); ++i) {
      if (i > 0) out_ += ", ";
      print(*shape.element, value[i]);
    }
    out_ += ']';
  }
  void print_map(const Shape& shape, const nlohmann::json& value) {
    out_ += '{';
    for (auto each = value.begin(); each != value.end() && !full(); ++each) {
      if (each != value.begin()) out_ += ", ";
      out_.append(each.key()) += '=';
      print(*shape.element, *each);
    }
    out_ += '}';
  }
  void append_lower_first(std::string_view name) {
    out_ += name;
    char& first = out_[out_.size() - name.size()];
    if (first >= 'A' && first <= 'Z') first = static_cast<char>(first - 'A' + 'a');
  }
  // The message would not show more of it.
  bool full() const { return out_.size() >= kMostMessageBytes; }

  std::string out_;
};

}  // namespace

std::string printed_value(const Shape& shape, const nlohmann::json& value) {
  ValuePrinter printer;
  printer.print(shape, value);
  return printer.take();
}

std::string java_date(WallTime time) {
  using namespace std::chrono;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  const hh_mm_ss<Millis> clock{time - day};
  return fmt::format("{} {} {:02} {:02}:{:02}:{:02} UTC {}", kDays[weekday{day}.c_encoding()],
                     kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                     static_cast<int>(date.year()));
}

}  // namespace waybill::api
