#include "control/certificate_plan.h"

#include <algorithm>
#include <utility>

namespace scv::control {
namespace {

bool Serves(const lab::NamesSpec& served, const aws::Certificate::Validation& proof) {
  return std::ranges::any_of(served.zones, [&](const auto& zone) {
    return std::ranges::any_of(zone.second, [&](const lab::RecordSpec& record) {
      return record.name == proof.name && record.type == proof.type &&
             std::ranges::any_of(record.values, [&](const std::string& value) {
               return aws::NormalName(value) == proof.value;
             });
    });
  });
}

}  // namespace

std::set<std::string> ValidatedCertificates(const aws::DesiredState& state,
                                            const lab::NamesSpec& served) {
  std::set<std::string> arns;
  for (const auto& resource : state.List("aws_acm_certificate")) {
    if (resource->status == aws::Status::kDeleting) continue;
    const auto certificate = aws::ReadCertificate(*resource);
    const bool proven = !certificate.validations.empty() &&
                        std::ranges::all_of(certificate.validations, [&](const auto& proof) {
                          return Serves(served, proof);
                        });
    if (proven || certificate.imported) arns.insert(certificate.arn);
  }
  return arns;
}

lab::PartKey CertificateKey(std::string_view region, std::string_view arn) {
  return {lab::PartKind::kCertificate, std::string(region), std::string(arn)};
}

bool CertificateIssued(PlanContext& context, std::string_view arn) {
  if (context.environment.validated_certificates.contains(std::string(arn))) {
    context.book.Issue(arn);
    return true;
  }
  return context.book.Issued(arn);
}

void PlanCertificates(PlanContext& context, const RegionIndex& region) {
  std::set<std::string> there;
  for (const auto& certificate : region.certificates) {
    const auto key = CertificateKey(region.region, certificate.arn);
    if (certificate.deleting()) {
      context.Link(certificate, key);
      continue;
    }
    there.insert(certificate.arn);
    // Until it is issued it is only asked for, which is all that aws_acm_certificate promises.
    if (!CertificateIssued(context, certificate.arn)) continue;
    lab::CertificateSpec spec;
    spec.arn = certificate.arn;
    spec.names = certificate.names;
    context.Add(key, std::move(spec), {}, "aws_acm_certificate " + certificate.arn);
  }
  for (const auto& validation : region.certificate_validations) {
    if (validation.deleting()) continue;
    const auto& arn = validation.certificate_arn;
    if (!there.contains(arn)) {
      context.Missing(validation, "there is no certificate " + arn);
    } else if (!CertificateIssued(context, arn)) {
      context.Missing(validation,
                      "a validation record of the certificate is not among the served names; "
                      "create an aws_route53_record for each of its domain_validation_options");
    } else {
      context.Link(validation, CertificateKey(region.region, arn));
    }
  }
}

}  // namespace scv::control
