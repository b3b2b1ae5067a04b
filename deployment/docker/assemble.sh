#!/bin/sh
# Lays out /image, the root of the last stage: the program, and of Debian only the libraries that Node needs, which scanners find in
# /var/lib/dpkg/status.d.
set -eu

packages='base-files libc6 libgcc-s1 gcc-12-base libstdc++6 libatomic1'
user=10001

mkdir -p /image/usr/bin /image/usr/sbin /image/usr/lib /image/usr/lib64 /image/usr/local/bin /image/var/lib/dpkg/status.d /image/etc
for link in bin sbin lib lib64; do
  if [ -L "/$link" ]; then cp -a "/$link" /image/; fi
done
for package in $packages; do
  dpkg -s "$package" > "/image/var/lib/dpkg/status.d/$package"
  dpkg -L "$package" \
    | grep -Ev '/(man|locale|lintian|gconv|audit|dpkg)(/|$)|^/usr/share/doc/.*/(changelog|NEWS|README|FAQ)' \
    | while read -r path; do
      if [ -L "$path" ] || [ -f "$path" ]; then echo "${path#/}"; fi
    done
done | tar -C / -cf - --no-recursion -T - | tar -C /image -xf - --keep-directory-symlink

printf 'root:x:0:0:root:/:/usr/sbin/nologin\nfleetlake:x:%s:%s:Fleetlake:/data:/usr/sbin/nologin\n' $user $user > /image/etc/passwd
printf 'root:x:0:\nfleetlake:x:%s:\n' $user > /image/etc/group
# As a volume finds them when it is new.
mkdir -p /image/data/archive /image/data/imports /image/data/gateway /image/data/hub
chown -R $user:$user /image/data
mkdir -m 1777 /image/tmp
# Where whatever runs it mounts what a container needs.
mkdir /image/proc /image/sys /image/dev /image/run

# What Node compiles is kept, by the user who runs it.
mkdir /app/compiled && chown $user:$user /app/compiled
for what in collector compactor projector finder generator viewer gateway fleet ''; do
  setpriv --reuid=$user --regid=$user --clear-groups env HOME=/tmp NODE_COMPILE_CACHE=/app/compiled \
    node /app/deployment/command/src/main.ts $what --version
done
chown -R root:root /app && chmod -R a+rX,go-w /app

# Symbols take a fifth of it.
strip -o /image/usr/local/bin/node /usr/local/bin/node
sed -i '1s|.*|#!/usr/local/bin/node|' /app/deployment/command/src/main.ts
chmod 755 /app/deployment/command/src/main.ts
ln -s /app/deployment/command/src/main.ts /image/usr/local/bin/fleetlake
cp -a /app /image/app
rm -rf /image/app/deployment/docker
