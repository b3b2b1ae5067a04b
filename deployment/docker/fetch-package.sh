#!/bin/sh
# Puts Node, in the version and with the checksum of the lockfile, and pnpm into /usr/local/bin.
set -eu

case "${TARGETARCH:-$(dpkg --print-architecture)}" in
  amd64)
    arch=x64
    pnpm_sum=8eufCjHXspKbNS/kh8q4Q0gqJoOuvC4Q5pgos6XS8By/nAMtP+jf8F1Cw9er840kfAX+PJ/ts+A9qnLE91rvXQ==
    ;;
  arm64)
    arch=arm64
    pnpm_sum=4Oj/iF2TDCe2lcH0n4TupPR5sSdrNLclJB6xBElLMPCUOAvBhdf2rRlSaO5M4erJ6g4Fyy7YTXTpcmfFsKyxEA==
    ;;
  *)
    echo "there is no image for ${TARGETARCH}: amd64 and arm64 only" >&2
    exit 1
    ;;
esac

# fetch <package> <version> <sha512 in base64> <file in the package> <target>
fetch() {
  curl -fsSL --retry 2 -o /tmp/package.tgz "${npm_config_registry%/}/$1/-/${1##*/}-$2.tgz"
  printf '%s  /tmp/package.tgz\n' "$(printf %s "$3" | base64 -d | od -An -v -tx1 | tr -d ' \n')" | sha512sum -c --quiet
  mkdir -p /tmp/package
  tar -xzf /tmp/package.tgz -C /tmp/package
  install -m 755 "/tmp/package/package/$4" "$5"
  rm -rf /tmp/package /tmp/package.tgz
}

node=$(sed -n "s/^  node-linux-$arch@\(.*\):\$/\1/p" /build/pnpm-lock.yaml | head -n 1)
node_sum=$(sed -n "/^  node-linux-$arch@$node:/{n;s/.*sha512-\([^}]*\)}.*/\1/p;}" /build/pnpm-lock.yaml)
fetch "node-linux-$arch" "$node" "$node_sum" bin/node /usr/local/bin/node
fetch "@pnpm/exe.linux-$arch" 12.21.0 "$pnpm_sum" pnpm /usr/local/bin/pnpm
