// libvirt/live/image_live_test.cc — which files may be images, and images fetched from a server.
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "base/digest.h"
#include "base/file.h"
#include "base/uuid.h"
#include "http/server.h"
#include "hypervisor/libvirt/image_store.h"
#include "hypervisor/libvirt/live/host.h"
#include "hypervisor/libvirt/storage_xml.h"

namespace rig::libvirt::live {
namespace {

using namespace std::chrono_literals;
using provider::ImageRequest;
using provider::PreparedImage;

class ImageLive : public LiveTest {
 protected:
  void SetUp() override { guest_ = *read_file(environment().guest_image, 1U << 30); }

  static ImageRequest by_path(const std::string& path) {
    return {.key = "k",
            .name = "image",
            .path = path,
            .url = "",
            .format = "",
            .checksum = "",
            .checksum_type = "",
            .storage = ""};
  }
  ImageRequest by_url(const std::string& path) {
    return {.key = random_uuid(),
            .name = "image",
            .path = "",
            .url = "http://127.0.0.1:" + std::to_string(server_->port()) + path,
            .format = "",
            .checksum = "",
            .checksum_type = "",
            .storage = ""};
  }
  Result<PreparedImage> prepare(const ImageRequest& request) {
    return provider().images().prepare(request, within(30s));
  }
  Status fetch(const ImageRequest& request) {
    const auto image = prepare(request);
    if (!image.ok()) return image.error();
    return image->task.text.empty() ? Status{} : finish(image->task);
  }
  // Answers GET with `body`, which it counts.
  void serve(std::string body) {
    server_ = std::move(
        *http::Server::start({}, [this, body = std::move(body)](const http::ServerRequest& in, http::Responder& out) {
          if (in.method == "GET") ++downloads_;
          out.send({200, {}, body});
        }));
  }
  // A folder that the provider takes images from, and one that it does not.
  std::string write_image(const std::string& folder, const std::string& name, std::string_view bytes) {
    std::filesystem::create_directories(folder);
    const std::string path = folder + "/" + name;
    std::ofstream(path, std::ios::binary) << bytes;
    made_.push_back(path);
    return path;
  }
  void TearDown() override {
    for (const std::string& path : made_) std::filesystem::remove(path);
  }
  std::string image_folder() const { return options_.image_folders.front(); }

  std::string guest_;
  std::unique_ptr<http::Server> server_;
  std::atomic<int> downloads_{0};
  std::vector<std::string> made_;
};

TEST_F(ImageLive, AFileOfAnImageFolderIsReferredTo) {
  const auto before = volume_names();
  const auto image = prepare(by_path(environment().guest_image));
  ASSERT_TRUE(image.ok()) << image.error().to_string();
  EXPECT_EQ(image->location, environment().guest_image);
  EXPECT_EQ(image->format, "qcow2");
  EXPECT_EQ(image->size_bytes, 192LL << 20);
  EXPECT_EQ(image->task.text, "");
  EXPECT_EQ(volume_names(), before);
}

TEST_F(ImageLive, AFolderWhosePoolAKilledProviderLeftIsReadAndLeftClean) {
  const std::string name =
      std::string(kFolderPoolPrefix) + sha256_hex(image_folder()).substr(0, 16);  // as image_file.cc names it
  const auto count = [&] { return virConnectListAllStoragePools(outside(), nullptr, 0); };
  const int before = count();
  ASSERT_NE(Pool{virStoragePoolCreateXML(outside(), folder_pool_xml(name, image_folder()).c_str(), 0)}, nullptr);
  const auto image = prepare(by_path(environment().guest_image));
  ASSERT_TRUE(image.ok()) << image.error().to_string();
  EXPECT_EQ(count(), before);
}

TEST_F(ImageLive, AFileThatWasJustPutIntoAPoolIsFound) {
  const std::string path = write_image(environment().pool_folder, "new-" + random_suffix(6) + ".qcow2", guest_);
  const auto image = prepare(by_path(path));
  ASSERT_TRUE(image.ok()) << image.error().to_string();
  EXPECT_EQ(image->location, path);
}

TEST_F(ImageLive, OtherFilesAreRefused) {
  const std::string secret = write_image("/tmp/rig-outside-" + random_suffix(6), "secret.qcow2", guest_);
  const std::string folder = image_folder();
  std::string backed = guest_;
  backed[15] = '\1';
  struct Case {
    std::string path;
    Code code;
  };
  const std::vector<Case> cases = {
      {secret, Code::kNotFound},
      {"/etc/shadow", Code::kNotFound},
      {folder + "/../" + std::filesystem::path(secret).parent_path().filename().string() + "/secret.qcow2",
       Code::kInvalidArgument},
      {"relative.qcow2", Code::kInvalidArgument},
      {folder, Code::kNotFound},
      {folder + "/missing.qcow2", Code::kNotFound},
      {environment().pool_folder + "/missing.qcow2", Code::kNotFound},
      {write_image(folder, "page.qcow2", "<html>404</html>"), Code::kInvalidArgument},
      {write_image(folder, "backed.qcow2", backed), Code::kFailedPrecondition},
      {write_image(folder, "empty.qcow2", ""), Code::kInvalidArgument},
      {write_image(folder, random_uuid() + "-root.qcow2", guest_), Code::kFailedPrecondition},
  };
  for (const Case& c : cases) {
    const auto image = prepare(by_path(c.path));
    ASSERT_FALSE(image.ok()) << c.path;
    EXPECT_EQ(image.error().code(), c.code) << image.error().to_string();
    EXPECT_NE(image.error().to_string().find(c.path), std::string::npos) << image.error().to_string();
  }
  std::filesystem::remove_all(std::filesystem::path(secret).parent_path());
}

TEST_F(ImageLive, AFileIsComparedWithItsChecksumOnceAndAgainWhenItChanges) {
  const std::string path = write_image(image_folder(), "sum-" + random_suffix(6) + ".qcow2", guest_);
  auto request = by_path(path);
  request.checksum = sha256_hex(guest_);
  ASSERT_NE(prepare(request)->task.text, "");
  const auto verified = fetch(request);
  ASSERT_TRUE(verified.ok()) << verified.error().to_string();
  EXPECT_EQ(prepare(request)->task.text, "");
  std::ofstream(path, std::ios::binary | std::ios::app) << std::string(512, 'x');
  const auto changed = fetch(request);
  ASSERT_FALSE(changed.ok());
  EXPECT_EQ(changed.error().code(), Code::kInvalidArgument);
}

TEST_F(ImageLive, AUrlIsFetchedOnceAndBoots) {
  serve(guest_);
  auto request = by_url("/guest.qcow2");
  request.checksum = sha256_hex(guest_);
  request.checksum_type = "sha256";
  const auto coming = prepare(request);
  ASSERT_TRUE(coming.ok()) << coming.error().to_string();
  ASSERT_NE(coming->task.text, "");
  const auto fetched = finish(coming->task);
  ASSERT_TRUE(fetched.ok()) << fetched.error().to_string();
  const auto ready = prepare(request);
  ASSERT_TRUE(ready.ok()) << ready.error().to_string();
  EXPECT_EQ(ready->task.text, "");
  EXPECT_EQ(ready->location, coming->location);
  EXPECT_EQ(ready->format, "qcow2");
  EXPECT_EQ(ready->size_bytes, 192LL << 20);
  EXPECT_EQ(downloads_, 1);
  restart_provider();
  EXPECT_EQ(prepare(request)->task.text, "") << "found after a restart";

  auto spec = small("fetched");
  spec.image = {ready->location, ready->format};
  const auto ref = running(spec);
  EXPECT_NE(booted(ref), "");
  ASSERT_TRUE(finish(provider().remove(ref, within(10s))).ok());
  EXPECT_EQ(prepare(request)->task.text, "") << "images stay";
  EXPECT_TRUE(*read_file(ready->location, 1U << 30) == guest_) << "and are never changed";
}

TEST_F(ImageLive, ParallelPreparationsAreOneDownload) {
  serve(guest_);
  const auto request = by_url("/guest.qcow2");
  std::vector<Status> outcomes(5);
  {
    std::vector<std::jthread> callers;
    for (Status& outcome : outcomes) callers.emplace_back([&] { outcome = fetch(request); });
  }
  for (const Status& outcome : outcomes) EXPECT_TRUE(outcome.ok()) << outcome.error().to_string();
  EXPECT_EQ(downloads_, 1);
}

TEST_F(ImageLive, WhatIsNotAsItShouldBeLeavesNothing) {
  struct Case {
    std::string body, checksum, type, format;
    Code code;
  };
  std::string backed = guest_;
  backed[15] = '\1';
  const std::vector<Case> cases = {
      {guest_, std::string(64, '0'), "sha256", "", Code::kInvalidArgument},
      {guest_, "0", "crc32", "", Code::kInvalidArgument},
      {backed, "", "", "", Code::kFailedPrecondition},
      {"<html>not here</html>", "", "", "", Code::kInvalidArgument},
      {guest_, "", "", "raw", Code::kInvalidArgument},
      {"", "", "", "", Code::kInvalidArgument},
  };
  const auto before = volume_names();
  for (const Case& c : cases) {
    serve(c.body);
    auto request = by_url("/guest.qcow2");
    request.checksum = c.checksum;
    request.checksum_type = c.type;
    request.format = c.format;
    const auto fetched = fetch(request);
    ASSERT_FALSE(fetched.ok());
    EXPECT_EQ(fetched.error().code(), c.code) << fetched.error().to_string();
    EXPECT_NE(fetched.error().to_string().find("image 'image'"), std::string::npos) << fetched.error().to_string();
    EXPECT_EQ(volume_names(), before);
  }
}

TEST_F(ImageLive, AServerThatIsAwayIsUnavailableAndLaterFine) {
  serve(guest_);
  const auto request = by_url("/guest.qcow2");
  const int port = server_->port();
  server_.reset();
  EXPECT_EQ(fetch(request).error().code(), Code::kUnavailable);
  http::ServerOptions options;
  options.port = port;
  server_ = std::move(*http::Server::start(options, [this](const http::ServerRequest&, http::Responder& out) {
    out.send({200, {}, guest_});
  }));
  const auto fetched = fetch(request);
  EXPECT_TRUE(fetched.ok()) << fetched.error().to_string();
}

TEST_F(ImageLive, HalfAnImageOfACrashIsNotUsedAndFetchedAgain) {
  serve(guest_);
  const auto request = by_url("/guest.qcow2");
  const std::string half = write_image(environment().pool_folder, image_volume(request.key), guest_.substr(0, 1 << 20));
  auto spec = small("half");
  spec.image = {half, "qcow2"};
  const auto ref = reserve(spec);
  EXPECT_EQ(finish(provider().create(ref, spec, within(10s))).error().code(), Code::kUnavailable);
  const auto fetched = fetch(request);
  ASSERT_TRUE(fetched.ok()) << fetched.error().to_string();
  EXPECT_TRUE(*read_file(half, 1U << 30) == guest_);

  // A mark that says more than the host kept.
  ASSERT_EQ(::truncate(half.c_str(), 1 << 20), 0);
  EXPECT_NE(prepare(request)->task.text, "");
}

TEST_F(ImageLive, OfUnknownSizeIsFetchedToo) {
  server_ = std::move(*http::Server::start({}, [this](const http::ServerRequest&, http::Responder& out) {
    out.begin(200, {});
    for (std::size_t at = 0; at < guest_.size(); at += 1 << 20) out.write(std::string_view(guest_).substr(at, 1 << 20));
  }));
  auto request = by_url("/guest.qcow2");
  request.checksum = sha256_hex(guest_);
  const auto fetched = fetch(request);
  ASSERT_TRUE(fetched.ok()) << fetched.error().to_string();
  EXPECT_TRUE(*read_file(prepare(request)->location, 1U << 30) == guest_);
}

}  // namespace
}  // namespace rig::libvirt::live
