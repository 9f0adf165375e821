# shellcheck shell=bash
# What ./scv says. Progress and errors go to standard error, results to standard output.

if [[ -t 2 && -z ${NO_COLOR-} && ${TERM-dumb} != dumb ]]; then
  readonly kBold=$'\e[1m' kDim=$'\e[2m' kRed=$'\e[31m' kGreen=$'\e[32m' kYellow=$'\e[33m'
  readonly kReset=$'\e[0m' kClearLine=$'\r\e[K' kIsTerminal=yes
else
  readonly kBold='' kDim='' kRed='' kGreen='' kYellow='' kReset='' kClearLine='' kIsTerminal=''
fi

say() { printf '%s\n' "$*" >&2; }
note() { printf '%s%s%s\n' "$kYellow" "$*" "$kReset" >&2; }

# complain MESSAGE [REMEDY...]
complain() {
  printf '%sscv: %s%s\n' "$kRed" "$1" "$kReset" >&2
  shift
  local remedy
  for remedy in "$@"; do printf '  %s\n' "$remedy" >&2; done
}

die() {
  complain "$@"
  exit 1
}

usage_error() {
  complain "$@"
  exit 2
}

# duration SECONDS: "7 s", "2 min 05 s"
duration() {
  if (($1 < 60)); then
    printf '%d s' "$1"
  else
    printf '%d min %02d s' $(($1 / 60)) $(($1 % 60))
  fi
}

# The number of single-character edits between two words (Levenshtein).
edit_distance() {
  local a=$1 b=$2 i j cost best
  local -a previous=() current=()
  for ((j = 0; j <= ${#b}; ++j)); do previous[j]=$j; done
  for ((i = 1; i <= ${#a}; ++i)); do
    current=("$i")
    for ((j = 1; j <= ${#b}; ++j)); do
      cost=1
      [[ ${a:i-1:1} == "${b:j-1:1}" ]] && cost=0
      best=$((previous[j - 1] + cost))
      ((previous[j] + 1 < best)) && best=$((previous[j] + 1))
      ((current[j - 1] + 1 < best)) && best=$((current[j - 1] + 1))
      current[j]=$best
    done
    previous=("${current[@]}")
  done
  printf '%d' "${previous[${#b}]}"
}

# did_you_mean WORD CANDIDATE...: ", did you mean 'x'?" for the nearest one, or nothing.
did_you_mean() {
  local word=$1 candidate distance nearest='' best=3
  shift
  for candidate in "$@"; do
    distance=$(edit_distance "$word" "$candidate")
    if ((distance < best)); then
      best=$distance
      nearest=$candidate
    fi
  done
  [[ -z $nearest ]] || printf ", did you mean '%s'?" "$nearest"
}

# unknown_option OPTION KNOWN...
unknown_option() {
  local option=$1
  shift
  usage_error "unknown option '$option'$(did_you_mean "$option" "$@")" "-h explains this command"
}

# The value of an option that needs one: needs_value OPTION "$@"
needs_value() {
  (($# >= 2)) && [[ -n $2 ]] || usage_error "$1 needs a value" "-h explains this command"
}

is_whole_number() { [[ $1 =~ ^(0|[1-9][0-9]{0,8})$ ]]; }
