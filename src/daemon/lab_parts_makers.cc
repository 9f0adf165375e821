// Which class makes which kind of part.
#include "daemon/lab_parts.h"

namespace scv::daemon {
namespace {

using lab::Part;
using lab::PartKey;
using lab::PartKind;
using Made = Result<std::string>;

Made Done(const Result<void>& result) {
  if (!result) return std::unexpected(result.error());
  return std::string();
}

std::string ProcessNamed(const PartKey& key) { return world::ProcessNameOf(key); }

bool IsFenced(const Part& part) {
  const auto* spec = std::get_if<lab::DatabaseSpec>(&part.spec);
  return spec != nullptr && spec->role.kind == lab::DatabaseRole::Kind::kFenced;
}

}  // namespace

world::LinuxWorld::Makers LabParts::Makers() {
  world::LinuxWorld::Makers makers;
  AddSurroundings(makers);
  AddEngines(makers);
  for (auto& [kind, maker] : makers) {
    maker.make = [this, make = maker.make](const Part& part) { return Powered(part, make); };
  }
  return makers;
}

void LabParts::AddSurroundings(world::LinuxWorld::Makers& makers) {
  makers[PartKind::kInternet] = {[this](const Part& part) { return MakeInternet(part); },
                                 [](const PartKey&) { return Result<void>(); },
                                 {}};
  makers[PartKind::kRouter] = {
      [this](const Part& part) {
        return Done(network_->EnsureRouter(std::get<lab::RouterSpec>(part.spec)));
      },
      [this](const PartKey& key) { return network_->RemoveRouter(key.name); },
      {}};
  makers[PartKind::kNameServer] = {
      [this](const Part& part) {
        return Done(name_servers_->Ensure(ProcessNamed(part.key),
                                          std::get<lab::NameServerSpec>(part.spec)));
      },
      [this](const PartKey& key) { return name_servers_->Remove(ProcessNamed(key)); },
      ProcessNamed};
  makers[PartKind::kNames] = {
      [this](const Part& part) {
        return Done(names_->Ensure(part.key.name, std::get<lab::NamesSpec>(part.spec)));
      },
      [this](const PartKey& key) { return names_->Remove(key.name); },
      {}};
  makers[PartKind::kWideArea] = {
      [this](const Part& part) {
        return Done(
            wide_areas_->Ensure(ProcessNamed(part.key), std::get<lab::WideAreaSpec>(part.spec)));
      },
      [this](const PartKey& key) { return wide_areas_->Remove(ProcessNamed(key)); }, ProcessNamed};
  makers[PartKind::kEndpointCheck] = {
      [this](const Part& part) {
        return Done(
            checks_->Ensure(ProcessNamed(part.key), std::get<lab::EndpointCheckSpec>(part.spec)));
      },
      [this](const PartKey& key) {
        checks_->Remove(ProcessNamed(key));
        return Result<void>();
      },
      {}};
}

void LabParts::AddEngines(world::LinuxWorld::Makers& makers) {
  makers[PartKind::kCertificate] = {
      [this](const Part& part) { return MakeCertificate(part); },
      [this](const PartKey& key) { return authority_->Forget(key.name); },
      {}};
  makers[PartKind::kDatabase] = {
      [this](const Part& part) {
        return Done(
            databases_->Ensure(ProcessNamed(part.key), std::get<lab::DatabaseSpec>(part.spec)));
      },
      [this](const PartKey& key) { return databases_->Remove(ProcessNamed(key)); }, ProcessNamed,
      IsFenced};
  makers[PartKind::kLoadBalancerNode] = {
      [this](const Part& part) {
        return Done(load_balancers_->Ensure(ProcessNamed(part.key),
                                            std::get<lab::LoadBalancerNodeSpec>(part.spec)));
      },
      [this](const PartKey& key) { return load_balancers_->Remove(ProcessNamed(key)); },
      ProcessNamed};
  makers[PartKind::kInstance] = {[this](const Part& part) { return MakeInstance(part); },
                                 [this](const PartKey& key) { return TakeDownInstance(key); },
                                 ProcessNamed};
  makers[PartKind::kDoor] = {
      [this](const Part& part) { return MakeDoor(part); },
      [this](const PartKey& key) { return door_->Remove(ProcessNamed(key)); }, ProcessNamed};
}

}  // namespace scv::daemon
