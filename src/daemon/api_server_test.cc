#include "daemon/api_server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <future>

namespace scv::daemon {
namespace {

class ApiServerTest : public testing::Test {
 protected:
  ApiServerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "scv-api-XXXXXX").string();
    directory_ = mkdtemp(name.data());
    socket_ = directory_ / "api.sock";
  }
  ~ApiServerTest() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Serve(ApiHandler handler) {
    auto server = ApiServer::Listen(socket_, std::move(handler));
    ASSERT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
  }

  // Sends these bytes on a new connection and reads until the server hangs up.
  std::string Exchange(const std::string& bytes) {
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, socket_.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(write(descriptor, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
    std::string answer;
    char piece[4096];
    for (ssize_t count = 0; (count = read(descriptor, piece, sizeof(piece))) > 0;) {
      answer.append(piece, static_cast<std::size_t>(count));
    }
    close(descriptor);
    return answer;
  }

  std::filesystem::path directory_, socket_;
  std::unique_ptr<ApiServer> server_;
};

std::string Get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: scvd\r\nConnection: close\r\n\r\n";
}

TEST_F(ApiServerTest, HandsOverTheDecodedPathAndQuery) {
  Serve([](const ApiRequest& request) {
    return JsonResponse({{"path", request.path}, {"name", request.query.at("name")}});
  });
  const auto answer = Exchange(Get("/v1/a?name=a%20b"));
  EXPECT_NE(answer.find("HTTP/1.1 200"), std::string::npos);
  EXPECT_NE(answer.find(R"({"path":"/v1/a","name":"a b"})"), std::string::npos) << answer;
}

TEST_F(ApiServerTest, ErrorsAreProblemDocuments) {
  Serve([](const ApiRequest&) { return Problem({ErrorKind::kNotFound, "no such instance"}); });
  const auto answer = Exchange(Get("/v1/a"));
  EXPECT_NE(answer.find("HTTP/1.1 404"), std::string::npos);
  EXPECT_NE(answer.find("application/problem+json"), std::string::npos);
  EXPECT_NE(answer.find("no such instance"), std::string::npos);
}

TEST_F(ApiServerTest, StreamsPieceByPiece) {
  Serve([](const ApiRequest&) {
    ApiResponse response;
    auto count = std::make_shared<int>(0);
    response.stream = [count]() -> std::optional<std::string> {
      if (++*count > 3) return std::nullopt;
      return "line " + std::to_string(*count) + "\n";
    };
    return response;
  });
  const auto answer = Exchange(Get("/v1/events"));
  EXPECT_NE(answer.find("line 1\n"), std::string::npos);
  EXPECT_NE(answer.find("line 3\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("0\r\n\r\n")) << answer;
}

TEST_F(ApiServerTest, RefusesWhatIsNoHttp) {
  Serve([](const ApiRequest&) { return JsonResponse({}); });
  EXPECT_NE(Exchange("rubbish\r\n\r\n").find("HTTP/1.1 400"), std::string::npos);
  EXPECT_NE(Exchange("GET /" + std::string(20'000, 'a') + " HTTP/1.1\r\n\r\n").find("400"),
            std::string::npos);
}

TEST_F(ApiServerTest, OnlyItsOwnerMayConnect) {
  Serve([](const ApiRequest&) { return JsonResponse({}); });
  EXPECT_EQ(std::filesystem::status(socket_).permissions() & std::filesystem::perms(0777),
            std::filesystem::perms(0600));
}

TEST_F(ApiServerTest, EndsWhileAReaderIsConnected) {
  std::promise<void> connected;
  bool told = false;
  Serve([&](const ApiRequest&) {
    ApiResponse response;
    response.stream = [&] {
      if (!told) connected.set_value();
      told = true;
      return std::optional<std::string>("");
    };
    return response;
  });
  std::jthread reader([this] { Exchange(Get("/v1/events")); });
  ASSERT_EQ(connected.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  server_.reset();
}

}  // namespace
}  // namespace scv::daemon
