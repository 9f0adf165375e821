// What the lab does not have of AWS, said in words of ours: Terraform itself takes a type that the
// provider does not list for a misspelt one, and never asks the provider about it.
#ifndef SCV_CLI_UNSUPPORTED_TYPES_H_
#define SCV_CLI_UNSUPPORTED_TYPES_H_

#include <string>
#include <string_view>

namespace scv::cli {

// Of Terraform's diagnostics, as text for people or as the JSON of `validate -json`: a line about
// each type that the lab does not serve, and how to add one. "": there is none.
std::string AboutUnsupportedTypes(std::string_view diagnostics);

}  // namespace scv::cli

#endif  // SCV_CLI_UNSUPPORTED_TYPES_H_
