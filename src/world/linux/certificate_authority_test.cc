#include "world/linux/certificate_authority.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <iterator>

#include "world/linux/certificate_x509.h"
#include "world/linux/engines_test_support.h"

namespace scv::world {
namespace {

constexpr const char* kOpenssl = "/usr/bin/openssl";

std::string TextOf(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

unsigned ModeOf(const std::filesystem::path& file) {
  struct stat found {};
  EXPECT_EQ(::stat(file.c_str(), &found), 0) << file;
  return found.st_mode & 0777U;
}

TEST(CertificateAuthority, WhatItIssuesIsVerifiedByOpenssl) {
  if (!IsInstalled(kOpenssl)) GTEST_SKIP() << "openssl is not installed";
  const TestDirectory directory;
  const auto authority = CertificateAuthority::Open(directory.path);
  ASSERT_TRUE(authority.has_value()) << authority.error().message;
  const auto issued =
      (*authority)->Issue("arn:aws:acm:x", {"*.scv.localhost", "scv.localhost"}, {"10.0.0.5"});
  ASSERT_TRUE(issued.has_value()) << issued.error().message;
  const auto verify = [&](const std::string& how, const std::string& name) {
    return RunCommand({kOpenssl, "verify", "-x509_strict", "-purpose", "sslserver", how, name,
                       "-CAfile", (*authority)->root_file(), issued->chain});
  };
  EXPECT_EQ(verify("-verify_hostname", "www.scv.localhost").exit_code, 0)
      << verify("-verify_hostname", "www.scv.localhost").output;
  EXPECT_EQ(verify("-verify_ip", "10.0.0.5").exit_code, 0);
  EXPECT_NE(verify("-verify_hostname", "www.other.localhost").exit_code, 0);
  EXPECT_EQ(ModeOf(directory.path / "root.key"), 0600U);
  EXPECT_EQ(ModeOf(issued->key), 0600U);
  EXPECT_EQ(ModeOf(issued->bundle), 0600U);
}

TEST(CertificateAuthority, ThePeoplesRootIsOfNoUseForOtherSites) {
  if (!IsInstalled(kOpenssl)) GTEST_SKIP() << "openssl is not installed";
  const TestDirectory directory;
  const auto authority = CertificateAuthority::Open(directory.path);
  ASSERT_TRUE(authority.has_value());
  const auto verify = [&](const std::filesystem::path& leaf) {
    return RunCommand({kOpenssl, "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile",
                       directory.path / "root.crt", leaf});
  };
  const auto ours = (*authority)->Issue("ours", {"*.scv.localhost", "localhost"});
  ASSERT_TRUE(ours.has_value());
  EXPECT_EQ(verify(ours->chain).exit_code, 0) << verify(ours->chain).output;
  const auto amazons = (*authority)->Issue("theirs", {"s3.amazonaws.com"});
  ASSERT_TRUE(amazons.has_value());
  EXPECT_NE(verify(amazons->chain).exit_code, 0) << "not signed by the root for people";

  // Whoever steals the key signs what they like.
  const auto root = ParseCertificate(TextOf(directory.path / "root.crt"));
  const auto stolen = ParseKey(TextOf(directory.path / "root.key"));
  const auto key = MakeKey();
  ASSERT_TRUE(root.has_value() && stolen.has_value() && key.has_value());
  const auto forged = [&](std::vector<std::string> names, std::vector<std::string> addresses) {
    const CertificateRequest request{.common_name = "forged",
                                     .dns_names = std::move(names),
                                     .addresses = std::move(addresses),
                                     .days = 1,
                                     .authority = false,
                                     .client = false,
                                     .only_below = {}};
    const auto leaf = MakeCertificate(request, key->get(), root->get(), stolen->get());
    const auto file = directory.path / "forged.crt";
    EXPECT_TRUE(leaf.has_value() && WriteFile(file, *ToPem(leaf->get()), false).has_value());
    return verify(file).output;
  };
  EXPECT_NE(forged({"www.bank.example"}, {}).find("permitted subtree violation"),
            std::string::npos);
  EXPECT_NE(forged({"notlocalhost"}, {}).find("permitted subtree violation"), std::string::npos);
  EXPECT_NE(forged({"a.localhost"}, {"10.0.0.5"}).find("excluded subtree violation"),
            std::string::npos);
}

TEST(CertificateAuthority, ARestartFindsTheRootAndTheLeaves) {
  const TestDirectory directory;
  std::string root;
  std::string leaf;
  {
    const auto authority = CertificateAuthority::Open(directory.path);
    ASSERT_TRUE(authority.has_value());
    root = (*authority)->root_pem();
    leaf = TextOf((*authority)->Issue("a", {"a.test"})->chain);
  }
  const auto again = CertificateAuthority::Open(directory.path);
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ((*again)->root_pem(), root);
  EXPECT_EQ(TextOf((*again)->Issue("a", {"a.test"})->chain), leaf);
  EXPECT_NE(TextOf((*again)->Issue("a", {"b.test"})->chain), leaf);
  EXPECT_TRUE((*again)->Find("a").has_value());
  EXPECT_TRUE((*again)->Forget("a").has_value());
  EXPECT_FALSE((*again)->Find("a").has_value());
}

TEST(CertificateAuthority, NamesStayInItsDirectoryAndApartFromTheRoot) {
  const TestDirectory directory;
  const auto authority = CertificateAuthority::Open(directory.path / "ca");
  ASSERT_TRUE(authority.has_value());
  const auto issued = (*authority)->Issue("../../root", {"a.test"});
  ASSERT_TRUE(issued.has_value());
  EXPECT_EQ(issued->chain.parent_path(), directory.path / "ca");
  ASSERT_TRUE((*authority)->Issue("root", {"a.test"}).has_value());
  EXPECT_EQ(TextOf(directory.path / "ca/root.crt"), (*authority)->root_pem());
  EXPECT_FALSE((*authority)->Issue("none", {}).has_value());
  EXPECT_FALSE((*authority)->Issue("bad", {"a.test,IP:1.2.3.4"}).has_value());
}

TEST(CertificateAuthority, ALeafTakesMilliseconds) {
  const TestDirectory directory;
  const auto authority = CertificateAuthority::Open(directory.path);
  ASSERT_TRUE(authority.has_value());
  constexpr int kLeaves = 50;
  const auto begun = std::chrono::steady_clock::now();
  for (int i = 0; i < kLeaves; ++i) {
    ASSERT_TRUE((*authority)->Issue(std::to_string(i), {"a.test"}).has_value());
  }
  const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begun;
  std::cout << "one leaf: " << taken.count() / kLeaves << " ms\n";
  EXPECT_LT(taken.count() / kLeaves, 20.0);
}

}  // namespace
}  // namespace scv::world
