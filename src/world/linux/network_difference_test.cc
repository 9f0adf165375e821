#include "world/linux/network_difference.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace scv::world {
namespace {

using Texts = std::vector<std::string>;

Texts TextsOf(const std::vector<NetlinkRequest>& requests) {
  Texts texts;
  for (const NetlinkRequest& request : requests) texts.push_back(request.what());
  return texts;
}

render::Ipv4Prefix At(const char* text) { return *render::ParseIpv4Prefix(text); }

// A namespace with lo, br-a and a foreign link, each with an address and a route.
NetworkState Standing() {
  NetworkState state;
  for (const char* name : {"lo", "br-a", "foreign"}) {
    LinkState& link = state.links[name];
    link.index = static_cast<int>(state.links.size());
    link.up = true;
  }
  state.links["br-a"].kind = "bridge";
  state.addresses = {{{"lo", At("10.0.0.2/32")}, ""},
                     {{"br-a", At("10.0.1.1/24")}, ""},
                     {{"foreign", At("192.0.2.1/30")}, ""}};
  state.routes = {{{254, At("0.0.0.0/0"), 0}, {"br-a", 0x0a000105, 0}},
                  {{254, At("192.0.2.64/32"), 0}, {"foreign", 0xc0000202, 0}},
                  {{99, At("0.0.0.0/0"), 7}, {}}};
  state.rules = {{300, "br-a", At("0.0.0.0/0"), 99}};
  return state;
}

// The same, as its owner wants it.
WantedNetwork Wanted() {
  const NetworkState state = Standing();
  WantedNetwork wanted;
  wanted.owns_all = true;
  wanted.links = {"lo", "br-a"};
  wanted.bridges = {{"br-a", Mac{}}};
  wanted.addresses = state.addresses;
  wanted.addresses.erase({"foreign", At("192.0.2.1/30")});
  wanted.routes = state.routes;
  wanted.routes.erase({254, At("192.0.2.64/32"), 0});
  wanted.rules = state.rules;
  return wanted;
}

TEST(NetworkDifference, NothingDiffers) {
  NetworkState state = Standing();
  EXPECT_EQ(TextsOf(BridgeDifference(Wanted(), state)), Texts{});
  EXPECT_EQ(TextsOf(Difference(Wanted(), state)), Texts{});
}

TEST(NetworkDifference, MakesWhatIsMissing) {
  NetworkState state;
  state.links["lo"].index = 1;
  EXPECT_EQ(TextsOf(BridgeDifference(Wanted(), state)),
            (Texts{"adding the bridge br-a", "raising the link br-a"}));
  EXPECT_EQ(TextsOf(Difference(Wanted(), state)),
            (Texts{"adding the address 10.0.1.1/24 on br-a", "adding the address 10.0.0.2/32 on lo",
                   "adding the route 0.0.0.0/0", "adding the route 0.0.0.0/0 on br-a",
                   "adding the rule for 0.0.0.0/0 on br-a"}));
}

TEST(NetworkDifference, RemovesItsOwnAndLeavesForeignLinksAlone) {
  WantedNetwork wanted;
  wanted.owns_all = true;
  wanted.links = {"lo", "br-a"};
  NetworkState state = Standing();
  EXPECT_EQ(
      TextsOf(Difference(wanted, state)),
      (Texts{"removing the address 10.0.1.1/24 on br-a", "removing the address 10.0.0.2/32 on lo",
             "removing the route 0.0.0.0/0", "removing the route 0.0.0.0/0 on br-a",
             "removing the rule for 0.0.0.0/0 on br-a"}));
  // What is on a bridge goes with it.
  EXPECT_EQ(TextsOf(BridgeDifference(wanted, state)), Texts{"removing br-a"});
  EXPECT_EQ(state.IndexOf("br-a"), 0);
  EXPECT_EQ(TextsOf(Difference(wanted, state)),
            (Texts{"removing the address 10.0.0.2/32 on lo", "removing the route 0.0.0.0/0",
                   "removing the rule for 0.0.0.0/0 on br-a"}));
}

TEST(NetworkDifference, OneWhoOwnsALinkTouchesNothingElse) {
  WantedNetwork wanted;
  wanted.links = {"foreign"};
  EXPECT_EQ(TextsOf(Difference(wanted, Standing())),
            (Texts{"removing the address 192.0.2.1/30 on foreign",
                   "removing the route 192.0.2.64/32 on foreign"}));
}

TEST(NetworkDifference, AnAddressThatGoesTakesRoutesAlong) {
  WantedNetwork wanted = Wanted();
  wanted.addresses.erase({"br-a", At("10.0.1.1/24")});
  wanted.addresses[{"br-a", At("10.0.1.2/24")}];
  EXPECT_EQ(
      TextsOf(Difference(wanted, Standing())),
      (Texts{"removing the address 10.0.1.1/24 on br-a", "adding the address 10.0.1.2/24 on br-a",
             "adding the route 0.0.0.0/0", "adding the route 0.0.0.0/0 on br-a"}));
}

TEST(NetworkDifference, ARouteThatLeadsElsewhereIsReplacedInPlace) {
  WantedNetwork wanted = Wanted();
  wanted.routes[{254, At("0.0.0.0/0"), 0}] = {};
  EXPECT_EQ(TextsOf(Difference(wanted, Standing())), Texts{"adding the route 0.0.0.0/0"});
}

}  // namespace
}  // namespace scv::world
