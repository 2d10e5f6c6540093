// From notifications to the e-mail that tells of them.
#pragma once

#include <string>
#include <vector>

#include "net/smtp.h"
#include "topic/transport.h"

namespace waybill::topic {

struct EmailSender {
  std::string address;  // setting smtp.from
  std::string name;     // the topic's DisplayName, or its name
};

// One notification as an e-mail of its own, several as one digest. The same notifications to the same subscription make
// the same e-mail, byte for byte: what is sent again after a crash has the Message-ID that it had.
//   email       the message as text, and below it what it was and how to stop it
//   email-json  the notification as JSON; several: an array of them
// AWS: Amazon SNS, "Email notifications". Pure. REQUIRES: at least one notification.
net::Mail render_email(const EmailSender& sender, const EndpointSpec& subscription,
                       const std::vector<Outgoing>& notifications);

}  // namespace waybill::topic
