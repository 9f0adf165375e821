# shellcheck shell=bash
# shellcheck disable=SC2034
summary='What variables will cost a month on AWS, before they are applied'
passes_options=yes

usage() {
  cat <<'END'
Usage: ./scv cost FILE.tfvars… [--all] [--json] [--assume NAME=VALUE]…

What regions with these variables cost a month on AWS, per region and service: Terraform plans
them without asking AWS, infra/prices.json has the prices, and what a plan does not say (traffic,
logs, hours) is assumed and printed. Traffic is a guess; the rest is as good as the price table.

  --all      every line: quantity × price
  --assume   another value for an assumption, such as data_out_gb=500
  --json     one JSON document

Without Terraform only the lab's examples can be priced, from what was recorded of them.

Examples:
  ./scv cost infra/examples/seoul.tfvars infra/examples/tokyo.tfvars
  ./scv cost infra/examples/seoul.tfvars --all --assume data_out_gb=500

Exit codes: 0 done, 2 wrong usage, or the variables are refused
END
}

run() {
  local argument
  for argument in "$@"; do
    case $argument in
      -h | --help)
        usage
        return
        ;;
    esac
  done
  (($# > 0)) || usage_error "which variables?" "./scv cost --help has examples"
  command -v python3 >/dev/null || ensure_packages tools
  if command -v terraform >/dev/null && [[ ! -x build/release/src/provider/scv-schema ]]; then
    ensure_packages build lab
    build_targets release scv-schema
  fi
  exec python3 tools/cost "$@"
}
