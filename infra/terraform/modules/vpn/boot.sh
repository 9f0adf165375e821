# shellcheck shell=sh disable=SC2153
# The VPN: community OpenVPN from the distribution, with what infra/vpn/pki has put into the secret.
# It looks again every minute: a client that was revoked there is out a minute later.
fetch_secret() {
  read_identity || return 1
  body="{\"SecretId\":\"$SECRET_ID\"}"
  (
    umask 077
    printf 'user = "%s:%s"\nheader = "x-amz-security-token: %s"\n' \
      "$access_key" "$secret_key" "$session_token" |
      curl --config - -sSf --aws-sigv4 "aws:amz:$REGION:secretsmanager" --proto =https --tlsv1.2 \
        -H 'Content-Type: application/x-amz-json-1.1' \
        -H 'X-Amz-Target: secretsmanager.GetSecretValue' \
        --connect-timeout 3 --max-time 20 --data-raw "$body" -o "$work/secret.json" \
        "https://secretsmanager.$REGION.$DNS_SUFFIX/"
  )
}

# From the answer to files that only root reads; a file that is the same stays untouched. Prints the
# names of those that changed.
unpack_secret() {
  python3 - "$work/secret.json" /etc/openvpn/server/scv <<'END'
import json
import os
import sys

answer, directory = sys.argv[1:]
with open(answer) as file:
    parts = json.loads(json.load(file)["SecretString"])
os.umask(0o077)
os.makedirs(directory, exist_ok=True)
for name in ("ca.pem", "server.pem", "server.key", "tls-crypt.key", "crl.pem"):
    path, text = os.path.join(directory, name), parts[name]
    if os.path.exists(path) and open(path).read() == text:
        continue
    with open(path + ".new", "w") as file:
        file.write(text)
    # The process that has given up its rights reads it again for every client.
    os.chmod(path + ".new", 0o644 if name == "crl.pem" else 0o600)
    os.replace(path + ".new", path)
    print(name)
os.chmod(directory, 0o711)
END
}

# netmask 20 → 255.255.240.0
netmask() {
  bits=$1 mask=''
  for _ in 1 2 3 4; do
    part=$((bits > 8 ? 8 : bits))
    mask="$mask.$((256 - (1 << (8 - part))))"
    bits=$((bits - part))
  done
  echo "${mask#.}"
}

# The resolver of a VPC is its second address.
resolver() {
  echo "${VPC%/*}" | awk -F. '{ printf "%d.%d.%d.%d", $1, $2, $3, $4 + 2 }'
}

write_configuration() {
  cat >/etc/openvpn/server/scv.conf <<END
port $PORT
proto udp
dev tun
topology subnet
server ${CLIENTS%/*} $(netmask "${CLIENTS#*/}")
push "route ${VPC%/*} $(netmask "${VPC#*/}")"
push "dhcp-option DNS $(resolver)"
push "dhcp-option DOMAIN $DOMAIN"
ca scv/ca.pem
cert scv/server.pem
key scv/server.key
tls-crypt scv/tls-crypt.key
crl-verify scv/crl.pem
verify-client-cert require
remote-cert-tls client
tls-version-min 1.2
tls-groups X25519:prime256v1
data-ciphers AES-256-GCM:CHACHA20-POLY1305
dh none
auth SHA256
# Long enough for a client that sleeps, short enough for one that was revoked: every hour it proves
# itself again.
reneg-sec 3600
keepalive 10 60
explicit-exit-notify 1
max-clients 100
persist-key
persist-tun
user nobody
group nogroup
status /run/openvpn-server/scv.status 10
verb 3
END
}

# Clients leave under this instance's address; nothing is passed on that no client began.
write_firewall() {
  cat >/etc/nftables.conf <<END
#!/usr/sbin/nft -f
table inet scv_vpn
delete table inet scv_vpn
table inet scv_vpn {
  chain forward {
    type filter hook forward priority filter; policy drop;
    ct state established,related accept
    iifname "tun0" ip saddr $CLIENTS ip daddr $VPC accept
  }
  chain leave {
    type nat hook postrouting priority srcnat; policy accept;
    ip saddr $CLIENTS oifname != "tun0" masquerade
  }
}
END
  nft -f /etc/nftables.conf
  echo 'net.ipv4.ip_forward = 1' >/etc/sysctl.d/90-scv-vpn.conf
  sysctl -q -p /etc/sysctl.d/90-scv-vpn.conf
}

# This very script, told to look for news only: OpenVPN reads the revocations anew for every client;
# another key or certificate takes a restart.
watch_secret() {
  install -m 0700 "$0" /usr/local/sbin/scv-vpn-refresh
  cat >/etc/systemd/system/scv-vpn-refresh.service <<'END'
[Unit]
Description=News of the VPN's keys and revocations
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/scv-vpn-refresh refresh
TimeoutStartSec=50
END
  cat >/etc/systemd/system/scv-vpn-refresh.timer <<'END'
[Unit]
Description=Every minute
[Timer]
OnBootSec=60
OnUnitActiveSec=60
[Install]
WantedBy=timers.target
END
  systemctl daemon-reload
  systemctl enable --now nftables.service openvpn-server@scv.service scv-vpn-refresh.timer
}

if [ "${1:-}" = refresh ]; then
  fetch_secret || die "the secret could not be read; what was there stays"
  changed=$(unpack_secret)
  case $changed in
    *ca.pem* | *server* | *tls-crypt*) systemctl restart openvpn-server@scv.service ;;
  esac
  # A connection that stands is asked again within the hour; for a revoked client that is too long.
  case $changed in
    *crl.pem*) systemctl restart openvpn-server@scv.service ;;
  esac
  exit 0
fi

need_command openvpn openvpn
need_command nft nftables
need_command python3 python3
retry "reading $SECRET_ID" fetch_secret
unpack_secret >/dev/null || die "$SECRET_ID lacks a part; infra/vpn/pki publishes all of them"
write_configuration
write_firewall
watch_secret
say "done: OpenVPN on port $PORT"
