#!/usr/bin/env bash
# Install what is missing to build Headrace on Debian 12 or a relative of it; do nothing, quickly, when all is there.
#   scripts/bootstrap.sh            compiler, libraries, and Arrow C++ (the pyarrow wheel in .venv)
#   scripts/bootstrap.sh --tests    also what the tests need: other readers to compare with, in .venv; and where
#                                   they can be had, a compiler and an emulator for aarch64, and an emulator
#                                   of processors with AVX-512
#   scripts/bootstrap.sh --bench    also what draws the plots of bench/growth, and what the tests need
#   scripts/bootstrap.sh --tools    also clang, clang-format and clang-tidy: make format, lint, fuzz
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

packages=(build-essential cmake ninja-build python3 python3-venv libfast-float-dev libcli11-dev
  libtomlplusplus-dev nlohmann-json3-dev libabsl-dev tzdata libisal-dev libzstd-dev liblzma-dev libarchive-dev
  libcurl4-openssl-dev libhwloc-dev liburing-dev
  libgtest-dev libgmock-dev libbenchmark-dev)
cross_packages=()  # not needed where they cannot be had: a part of the tests is then left out
emulator_packages=()  # the same; bochs-term keeps out the other displays of bochs, which no test looks at
requirements=(requirements.txt)
for argument in "$@"; do
  case "$argument" in
    --tests)
      requirements+=(tests/requirements.txt)
      cross_packages+=(g++-aarch64-linux-gnu qemu-user)
      emulator_packages+=(bochs bochs-term)
      ;;
    --bench) requirements+=(bench/requirements.txt) ;;
    --tools) packages+=(clang clang-format clang-tidy libclang-rt-14-dev) ;;
    *) sed -n '2,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done

say() { printf 'bootstrap: %s\n' "$*" >&2; }

# Run a command that uses the network; try again twice when it fails.
retry() {
  local delay
  for delay in 3 15; do
    "$@" && return
    say "'$1' failed; trying again in $delay s"
    sleep "$delay"
  done
  "$@"
}

# Install packages; return 1 where that is not allowed.
install_packages() {
  local missing=() package as_root=()
  if ! command -v apt-get >/dev/null; then
    say "no apt-get here: please provide the equivalents of: $*"
    return
  fi
  for package in "$@"; do
    [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  if [[ $EUID -ne 0 ]]; then
    if command -v sudo >/dev/null && { [[ -t 0 ]] || sudo -n true 2>/dev/null; }; then
      as_root=(sudo)
    else
      say "these packages are missing, and neither root nor sudo is at hand: ${missing[*]}"
      say "ask an administrator to run: apt-get install ${missing[*]}"
      return 1
    fi
  fi
  say "installing ${missing[*]}"
  retry "${as_root[@]}" apt-get update -qq
  retry "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends -o Dpkg::Use-Pty=0 "${missing[@]}" >/dev/null
}

# The system's own interpreter first: a shim of a version manager may vanish from under the environment.
make_venv() {
  local python
  .venv/bin/python -c 'import pip' 2>/dev/null && return
  for python in /usr/bin/python3 python3; do
    "$python" -m venv --clear .venv 2>/dev/null && return
  done
  say "cannot make a Python virtual environment in .venv: is python3-venv installed?"
  exit 1
}

# A copy of each requirements file lies in .venv once it is installed.
install_requirements() {
  local file stamp i wanted=() stamps=()
  for file in "${requirements[@]}"; do
    stamp=".venv/installed-${file//\//-}"
    cmp -s "$file" "$stamp" && continue
    wanted+=(-r "$file")
    stamps+=("$file" "$stamp")
  done
  [[ ${#wanted[@]} -gt 0 ]] || return 0
  say "installing ${wanted[*]} into .venv"
  retry .venv/bin/python -m pip install --quiet --disable-pip-version-check "${wanted[@]}"
  for ((i = 0; i < ${#stamps[@]}; i += 2)); do
    cp "${stamps[i]}" "${stamps[i + 1]}"
  done
}

install_packages "${packages[@]}"
if [[ ${#cross_packages[@]} -gt 0 ]]; then
  (install_packages "${cross_packages[@]}") || say "without ${cross_packages[*]}, make test leaves out the NEON kernels"
fi
if [[ ${#emulator_packages[@]} -gt 0 ]]; then
  (install_packages "${emulator_packages[@]}") || say "without ${emulator_packages[*]}, make test leaves out the AVX-512 kernels"
fi
make_venv
install_requirements
