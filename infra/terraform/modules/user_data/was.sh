# shellcheck shell=sh
# The WAS tier: memo, with its database's name and the secret that has the credentials.

# The authorities of RDS are not among the system's. Each region has its own.
fetch_authorities() {
  # shellcheck disable=SC2153  # written by Terraform
  for region in "$REGION" $PEER_REGION; do
    curl -sSf --proto =https --tlsv1.2 --connect-timeout 3 --max-time 60 \
      "https://truststore.pki.rds.$DNS_SUFFIX/$region/$region-bundle.pem" \
      >"$work/rds-ca-$region.pem" || return 1
    grep -q 'BEGIN CERTIFICATE' "$work/rds-ca-$region.pem" || return 1
  done
  cat "$work"/rds-ca-*.pem >"$work/rds-ca.pem"
}

retry "fetching the authorities of RDS" fetch_authorities &
authorities=$!
retry "fetching $ARTIFACT_KEY" fetch_artifact
verify_artifact
install_artifact
wait "$authorities" || die "without the authorities of RDS the database cannot be trusted"

install -m 0644 "$work/rds-ca.pem" /etc/memo/rds-ca.pem
(
  umask 077
  cat >/etc/memo/memo.env <<END
AWS_REGION=$REGION
DB_HOST=$DB_HOST
DB_PORT=$DB_PORT
DB_NAME=$DB_NAME
DB_SECRET_ID=$DB_SECRET_ID
DB_CA=/etc/memo/rds-ca.pem
MEMO_LISTEN=0.0.0.0:$WAS_PORT
MEMO_INSTANCE_ID=$instance_id
MEMO_PROXY_HOPS=$PROXY_HOPS
MEMO_LOG_LEVEL=$LOG_LEVEL
MEMO_SIGNUP=$SIGNUP
END
  # shellcheck disable=SC2153  # written by Terraform
  [ -z "$DB_REPLICA_HOST" ] || cat >>/etc/memo/memo.env <<END
DB_REPLICA_HOST=$DB_REPLICA_HOST
DB_REPLICA_PORT=$DB_REPLICA_PORT
MEMO_GLOBAL_FALLBACK=$GLOBAL_FALLBACK
END
)
start memo
say "done: $instance_id serves the API of $ARTIFACT_KEY"
