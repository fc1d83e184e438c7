# Functions that the scripts beside this file share. To be sourced.
# shellcheck shell=bash

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
me=$(basename "$0")

# What every build of limber needs. The Makefile exports the same; this is for
# those who call a script directly.
export GOFLAGS=${GOFLAGS:--tags=remote,exclude_graphdriver_btrfs,btrfs_noversion,containers_image_openpgp}

say() { printf '%s: %s\n' "$me" "$*"; }
die() { printf '%s: %s\n' "$me" "$*" >&2; exit 1; }

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo -E "$@"
  else
    die "must run '$1' as root, and there is no sudo: run make as root"
  fi
}

# package_manager prints the name of the one that this host has, or nothing.
package_manager() {
  local tool
  for tool in apt-get dnf apk pacman; do
    if command -v "$tool" >/dev/null 2>&1; then
      echo "$tool"
      return
    fi
  done
}

install_packages() {
  say "installing: $*"
  case $(package_manager) in
    apt-get) apt_install "$@" ;;
    dnf) as_root dnf install -y "$@" ;;
    apk) as_root apk add "$@" ;;
    pacman) as_root pacman -S --needed --noconfirm "$@" ;;
    *) die "no package manager that this script knows (apt, dnf, apk, pacman); install yourself: $*" ;;
  esac
}

# apt_install refreshes the lists first. A broken third-party source must not
# stop us: the installation shows whether what we need is there.
apt_install() {
  as_root apt-get update -qq || say "apt-get update complained; going on with the lists that are there"
  as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "$@" </dev/null
}
