#include "topic/envelope.h"

#include <fstream>
#include <memory>
#include <sys/stat.h>

#include <doctest/doctest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base/base64.h"
#include "support/fake_clock.h"
#include "support/temp_dir.h"

using namespace waybill;
using namespace waybill::topic;
using namespace waybill::testing;

namespace {

const std::string kTopicArn = "arn:aws:sns:us-east-1:000000000000:alerts";
const std::string kSubscriptionArn = kTopicArn + ":1b2c";

NotificationJson stored_notification() {
  return NotificationJson::parse(R"({"Type":"Notification","MessageId":"id-1","TopicArn":")" + kTopicArn +
                                 R"(","Subject":"Hello","Message":"Text","Timestamp":"2026-01-01T00:00:00.000Z",)"
                                 R"("MessageAttributes":{"a":{"Type":"String","Value":"x"}}})");
}

// As a receiver would: by the certificate alone.
bool verifies(const std::string& certificate, const std::string& text, const std::string& signature, bool sha256) {
  BIO* in = BIO_new_mem_buf(certificate.data(), static_cast<int>(certificate.size()));
  X509* x509 = PEM_read_bio_X509(in, nullptr, nullptr, nullptr);
  EVP_PKEY* key = X509_get_pubkey(x509);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const std::string bytes = from_base64(signature).value();
  const bool good = EVP_DigestVerifyInit(context, nullptr, sha256 ? EVP_sha256() : EVP_sha1(), nullptr, key) == 1 &&
                    EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
  EVP_MD_CTX_free(context);
  EVP_PKEY_free(key);
  X509_free(x509);
  BIO_free(in);
  return good;
}

struct Signer {
  FakeWallClock clock;
  SigningKey key{"", clock};
  SubscriptionSpec subscription;
  Signer() { subscription.arn = kSubscriptionArn; }

  NotificationJson envelope(const NotificationJson& stored) {
    return NotificationJson::parse(signed_envelope(stored, subscription, "http://127.0.0.1:4566", key).value());
  }
};

}  // namespace

TEST_CASE("the text that is signed is the one that AWS documents") {
  CHECK(string_to_sign(stored_notification()) ==
        "Message\nText\nMessageId\nid-1\nSubject\nHello\nTimestamp\n2026-01-01T00:00:00.000Z\nTopicArn\n" + kTopicArn +
            "\nType\nNotification\n");
  NotificationJson without = stored_notification();
  without.erase("Subject");
  CHECK(string_to_sign(without).find("Subject") == std::string::npos);
  auto asked = confirmation_request(kTopicArn, "id-2", "tok", from_millis(0));
  asked["SubscribeURL"] = "http://x/";
  CHECK(string_to_sign(asked) == "Message\n" + asked.value("Message", "") +
                                     "\nMessageId\nid-2\nSubscribeURL\nhttp://x/\nTimestamp\n1970-01-01T00:00:00.000Z\n"
                                     "Token\ntok\nTopicArn\n" +
                                     kTopicArn + "\nType\nSubscriptionConfirmation\n");
}

TEST_CASE("an envelope is signed by the key of the certificate that it names, in both versions") {
  Signer signer;
  for (const int version : {1, 2}) {
    signer.subscription.signature_version = version;
    const auto envelope = signer.envelope(stored_notification());
    const auto certificate = signer.key.certificate().value();
    CHECK(envelope.value("SignatureVersion", "") == std::to_string(version));
    CHECK(envelope.value("SigningCertURL", "") ==
          "http://127.0.0.1:4566/SimpleNotificationService-" + certificate.id + ".pem");
    CHECK(verifies(certificate.pem, string_to_sign(envelope), envelope.value("Signature", ""), version == 2));
    CHECK_FALSE(verifies(certificate.pem, string_to_sign(envelope), envelope.value("Signature", ""), version == 1));
    CHECK_FALSE(
        verifies(certificate.pem, string_to_sign(envelope) + " ", envelope.value("Signature", ""), version == 2));
  }
}

TEST_CASE("a notification says how to leave, a request how to agree") {
  Signer signer;
  const auto notification = signer.envelope(stored_notification());
  CHECK(notification.value("UnsubscribeURL", "") ==
        "http://127.0.0.1:4566/?Action=Unsubscribe&SubscriptionArn=arn%3Aaws%3Asns%3Aus-east-1%3A000000000000%3A"
        "alerts%3A1b2c");
  CHECK(notification["MessageAttributes"]["a"]["Value"] == "x");
  CHECK_FALSE(notification.contains("SubscribeURL"));
  const auto asked = signer.envelope(confirmation_request(kTopicArn, "id-2", "tok", from_millis(0)));
  CHECK(asked.value("SubscribeURL", "")
            .ends_with("/?Action=ConfirmSubscription&TopicArn=arn%3Aaws%3Asns%3Aus-east-1"
                       "%3A000000000000%3Aalerts&Token=tok"));
  CHECK_FALSE(asked.contains("UnsubscribeURL"));
}

TEST_CASE("the key is made once, kept for its owner's eyes only, and is the same after a restart") {
  const TempDir folder;
  const std::string file = folder.path() / "notifications.pem";
  FakeWallClock clock;
  const auto first = SigningKey(file, clock).certificate().value();
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777) == 0600);
  SigningKey again(file, clock);
  CHECK(again.certificate().value().id == first.id);
  CHECK(verifies(first.pem, "text", again.sign("text", 2).value(), true));
  CHECK(first.id.size() == 32);
}

TEST_CASE("a file that holds no key is an error that names it, and is left alone") {
  const TempDir folder;
  const std::string file = folder.path() / "notifications.pem";
  std::ofstream(file) << "nothing";
  FakeWallClock clock;
  SigningKey key(file, clock);
  CHECK(key.certificate().error().code == ErrorCode::corrupt);
  CHECK(key.sign("text", 1).error().message.find(file) != std::string::npos);
  CHECK(SigningKey(folder.path() / "none" / "key.pem", clock).certificate().error().code == ErrorCode::io);
}

TEST_CASE("an idempotency key is the same for one notification and subscription, and another for every other") {
  const std::string key = idempotency_key("id-1", kSubscriptionArn);
  CHECK(key == idempotency_key("id-1", kSubscriptionArn));
  CHECK(key != idempotency_key("id-2", kSubscriptionArn));
  CHECK(key != idempotency_key("id-1", kSubscriptionArn + "x"));
  CHECK(key.size() == 32);
}
