# shellcheck shell=sh
# The web tier: nginx with the pages; calls of the API go to the back load balancer.

# Debian's own nginx service would take port 80 with its welcome page.
[ ! -d /run/systemd/system ] || systemctl mask nginx.service

retry "fetching $ARTIFACT_KEY" fetch_artifact
verify_artifact
install_artifact

cat >/etc/memo-web/web.env <<END
BACK_HOST=$BACK_HOST
API_HOST=$API_HOST
WEB_PORT=$WEB_PORT
INSTANCE_ID=$instance_id
END
start memo-web
say "done: $instance_id serves the pages of $ARTIFACT_KEY"
