# shellcheck shell=bash
# shellcheck disable=SC2034
summary='Bring up the lab: the whole AWS architecture on this machine'

usage() {
  cat <<'END'
Usage: ./scv up [--port N] [--pace lab|aws] [--region NAME] [--recorded]

Installs what is missing, builds what is out of date, starts the lab and applies the
Terraform in infra/terraform to it: networks, load balancers, fleets, database, secrets,
names and certificates of a region, made real on this machine. Then the memo page opens
at https://www.scv.localhost:8443/. Running it again applies what changed.

Where this machine does not allow namespaces, it says so and starts ./scv dev.

  --port N        the port for HTTPS on 127.0.0.1 (default 8443)
  --pace NAME     lab: as fast as the parts allow (default); aws: AWS's own numbers
  --region NAME   infra/examples/lab-NAME.tfvars (default seoul)
  --recorded      apply the graph recorded from the same files; the default without Terraform

Examples:
  ./scv up
  ./scv up --port 9443

Exit codes: 0 up, 1 failed, 2 wrong usage, 130 interrupted
END
}

run() {
  build_lab
  local missing
  if ! missing=$(probe_lab); then
    note "The lab needs namespaces, and this machine does not allow them: $missing"
    note "Starting the memo service alone on SQLite, as ./scv dev does."
    load_command dev
    set --
    run "$@"
    return
  fi
  lab_run up "$@"
}
