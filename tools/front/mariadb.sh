# shellcheck shell=bash
# A private MariaDB for ./scv dev: real server, TLS only, loopback only, its own data directory and
# certificate authority. Debian's own service and configuration are not touched.

readonly kMariadb=$SCV_ROOT/.scv/dev/mariadb

random_password() { head -c 18 /dev/urandom | base64 | tr '+/' '-_'; }

# secret_file FILE: creates it with a random password, mode 0600, unless it is there.
secret_file() {
  [[ -s $1 ]] || (umask 077 && random_password >"$1")
}

# A certificate authority and the server's certificate, for the names a local client uses.
make_certificates() {
  local tls=$kMariadb/tls
  [[ ! -s $tls/server.pem ]] || return 0
  mkdir -p "$tls"
  (
    umask 077
    cd "$tls" || exit
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
      -subj '/CN=Working SCV development CA' -keyout ca.key -out ca.pem &&
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj '/CN=localhost' \
      -keyout server.key -out server.csr &&
    printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1' 'basicConstraints=CA:FALSE' \
      'extendedKeyUsage=serverAuth' >server.ext &&
    openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 3650 \
      -extfile server.ext -out server.new &&
    mv server.new server.pem
  )
}

make_data_directory() {
  [[ ! -f $kMariadb/ready ]] || return 0
  rm -rf "$kMariadb/data"
  mariadb-install-db --no-defaults "--user=$(id -un)" "--datadir=$kMariadb/data" \
    "--tmpdir=$kMariadb/tmp" --auth-root-authentication-method=normal --skip-test-db &&
    touch "$kMariadb/ready"
}

# Run by the server at every start: the database and the account of the memo service.
write_init_file() {
  local password
  password=$(<"$kMariadb/password")
  (
    umask 077
    cat >"$kMariadb/init.sql" <<END
CREATE DATABASE IF NOT EXISTS memo CHARACTER SET utf8mb4;
CREATE USER IF NOT EXISTS memo@'127.0.0.1' IDENTIFIED BY '$password' REQUIRE SSL;
ALTER USER memo@'127.0.0.1' IDENTIFIED BY '$password' REQUIRE SSL;
GRANT ALL ON memo.* TO memo@'127.0.0.1';
END
  )
}

prepare_mariadb() {
  mkdir -p "$kMariadb/tmp"
  secret_file "$kMariadb/password"
  [[ -s $kMariadb/tls/server.pem ]] ||
    step mariadb-tls "Making the database's certificates" make_certificates
  [[ -f $kMariadb/ready ]] ||
    step mariadb-data "Making the database's data directory" make_data_directory
  write_init_file
  : >"$kMariadb/mariadb.log"
  mariadb_port=$(free_port 3307)
}

port_in_use() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The first port from FIRST on where nobody listens.
free_port() {
  local port
  for ((port = $1; port < $1 + 100; ++port)); do
    port_in_use "$port" || { printf '%d' "$port"; return 0; }
  done
  die "no free port between $1 and $((port - 1)) for the database"
}

# Starts the server; its pid is in `spawned`. Every commit reaches the disk before it is
# acknowledged. It has a temporary directory of its own, because a server that starts clears the
# shared one of other servers' tables.
start_mariadb() {
  spawn "$kMariadb/mariadb.log" setpriv --pdeathsig TERM mariadbd --no-defaults "--user=$(id -un)" \
    "--datadir=$kMariadb/data" "--tmpdir=$kMariadb/tmp" \
    --socket=mariadb.sock --pid-file=mariadb.pid \
    --bind-address=127.0.0.1 "--port=$mariadb_port" --skip-name-resolve \
    "--ssl-ca=$kMariadb/tls/ca.pem" "--ssl-cert=$kMariadb/tls/server.pem" \
    "--ssl-key=$kMariadb/tls/server.key" --require-secure-transport=1 \
    "--init-file=$kMariadb/init.sql" --character-set-server=utf8mb4 \
    --innodb-flush-log-at-trx-commit=1 --log-bin=binlog --sync-binlog=1 \
    --binlog-expire-logs-seconds=86400 \
    --innodb-buffer-pool-size=64M
}

# What the memo service needs to reach it, as options.
mariadb_options() {
  printf '%s\n' --db-host 127.0.0.1 --db-port "$mariadb_port" --db-user memo --db-name memo \
    --db-ca "$kMariadb/tls/ca.pem" --db-password-file "$kMariadb/password"
}
