// e2e/start_test.cc — what stops virtrigaud from starting, in one line and with an exit status.
#include <netinet/in.h>
#include <sqlite3.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>

#include "base/file.h"
#include "e2e/suite.h"

namespace rig::e2e {
namespace {

// Its outcome when it is started with a folder of its own and these arguments besides.
Outcome start(const Folder& folder, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"--data-dir", folder.path() + "/data", "--runtime-dir", folder.path() + "/r"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run(program("virtrigaud"), arguments);
}

TEST(Start, StopsAtAPortThatIsInUse) {
  const Fd taken(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(taken.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(taken.get(), 1), 0);
  ASSERT_EQ(::getsockname(taken.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  const std::string port = std::to_string(ntohs(address.sin_port));

  const Outcome outcome = start(Folder(), {"--listen", "127.0.0.1:" + port});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(has(outcome.output, "127.0.0.1 port " + port + " is in use by another program")) << outcome.output;
}

TEST(Start, StopsAtASocketThatIsInUse) {
  const Standalone first;
  const Folder folder;
  const Outcome outcome = run(program("virtrigaud"), {"--data-dir", folder.path(), "--runtime-dir",
                                                      first.folder() + "/r", "--listen", "127.0.0.1:0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(has(outcome.output, "/r/api.sock is in use by another program")) << outcome.output;
}

TEST(Start, StopsAtADataFolderThatAnotherOneUses) {
  const Standalone first;
  const Folder folder;
  const Outcome outcome = run(program("virtrigaud"),
                              {"--data-dir", first.data(), "--runtime-dir", folder.path(), "--listen", "127.0.0.1:0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(has(outcome.output, "state.db")) << outcome.output;
}

TEST(Start, StopsAtADatabaseOfANewerVersion) {
  const Folder folder;
  ASSERT_TRUE(make_folder(folder.path() + "/data").ok());
  {
    Standalone old;
    EXPECT_EQ(old.stop(), 0);
    const auto bytes = read_file(old.data() + "/state.db", std::size_t{64} << 20);
    ASSERT_TRUE(bytes.ok());
    ASSERT_TRUE(write_file(folder.path() + "/data/state.db", *bytes).ok());
  }
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((folder.path() + "/data/state.db").c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, "PRAGMA user_version = 4711", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);

  const Outcome outcome = start(folder, {"--listen", "127.0.0.1:0"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(has(outcome.output, "has version 4711, this program reads up to ")) << outcome.output;
  EXPECT_TRUE(has(outcome.output, "a newer virtrigaud wrote it")) << outcome.output;
}

TEST(Start, StopsAtFlagsThatMeanNothing) {
  EXPECT_NE(start(Folder(), {"--listen", "nowhere"}).status, 0);
  EXPECT_NE(start(Folder(), {"--lisen", "127.0.0.1:0"}).status, 0);
  const Outcome deep =
      run(program("virtrigaud"), {"--data-dir", "/tmp/none", "--runtime-dir", "/tmp/" + std::string(100, 'x')});
  EXPECT_EQ(deep.status, 1);
  EXPECT_TRUE(has(deep.output, "is too long for the path of a unix socket")) << deep.output;
}

TEST(Start, FindsWhatTheLastOneWroteAfterAnEndOfBothKinds) {
  Standalone rig;
  ASSERT_TRUE(rig.create(sample("20-class.yaml")).ok());
  EXPECT_EQ(rig.stop(), 0);
  rig.start();
  EXPECT_TRUE(rig.get<v1::VmClass>("tiny").ok());
  ASSERT_TRUE(rig.create(sample("40-network.yaml")).ok());
  rig.restart();
  EXPECT_TRUE(rig.get<v1::VmNetworkAttachment>("default").ok());
  EXPECT_EQ(rig.stop(), 0);
}

TEST(Start, FindsWhatABackupHeld) {
  Standalone first;
  ASSERT_TRUE(first.create(sample("20-class.yaml")).ok());
  const Folder folder;
  const std::string copy = folder.path() + "/copy.db";
  const Outcome made = run(program("virtrigaud"), {"backup", copy, "--data-dir", first.data()});
  ASSERT_EQ(made.status, 0) << made.output;
  ASSERT_TRUE(first.remove<v1::VmClass>("tiny").ok());
  EXPECT_EQ(first.stop(), 0);

  const Outcome refused = run(program("virtrigaud"), {"restore", copy, "--data-dir", first.data()});
  EXPECT_EQ(refused.status, 1);
  EXPECT_TRUE(has(refused.output, "state.db is there already")) << refused.output;
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(first.data() + "/state.db" + suffix);
  const Outcome restored = run(program("virtrigaud"), {"restore", copy, "--data-dir", first.data()});
  ASSERT_EQ(restored.status, 0) << restored.output;
  first.start();
  EXPECT_TRUE(first.get<v1::VmClass>("tiny").ok());
}

}  // namespace
}  // namespace rig::e2e
