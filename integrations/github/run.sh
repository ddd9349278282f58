#!/usr/bin/env bash
# Runs the contract, and compares it with the report of the base branch where there is one. Ends with 0: verdict.sh decides, after the
# reports were uploaded. Reads the INPUT_ variables of action.yml.
set -euo pipefail
contract() { node "$GITHUB_ACTION_PATH/bin/simple-oauth-contract.js" "$@"; }
output() { echo "$1=$2" >>"$GITHUB_OUTPUT"; }

folder=$RUNNER_TEMP/oauth-contract
mkdir -p "$folder"
report=$folder/report
sarif=$folder/report.sarif
args=(--report "$report" --reporter "console,json,html,github,sarif=$sarif")
export XDG_CACHE_HOME=$RUNNER_TEMP/oauth-contract-cache
[ "$INPUT_TARGET" = auto ] || args+=(--target "$INPUT_TARGET")
if [ -n "$INPUT_SITE$INPUT_BASE_URL" ]; then
  [ -z "$INPUT_SITE" ] || args+=(--site "$INPUT_SITE")
  [ -z "$INPUT_BASE_URL" ] || args+=(--base-url "$INPUT_BASE_URL")
elif [ -n "$INPUT_CODEBASE" ]; then
  args+=(--codebase "$INPUT_CODEBASE")
fi
[ -z "$INPUT_CONFIG" ] || args+=(--config "$INPUT_CONFIG")
first=false
if [ -f "$INPUT_BASELINE" ]; then
  args+=(--baseline "$INPUT_BASELINE")
else
  first=true
  args+=(--generate-baseline "$folder/$(basename "$INPUT_BASELINE")")
fi
# xargs splits as a shell does, but expands nothing.
mapfile -t more < <(xargs -n 1 <<<"$INPUT_ARGS")
[ -z "$INPUT_ARGS" ] || args+=("${more[@]}")

code=0
contract "${args[@]}" || code=$?
output exit-code "$code"
output first "$first"
output report "$report"
[ ! -f "$sarif" ] || output sarif "$sarif"
if [ "$first" = true ] && [ "$code" != 2 ]; then
  echo "::warning title=Nothing is judged yet::$INPUT_BASELINE does not exist. Take the one that this run wrote from its artifact, fill in the reasons and commit it: from then on, what it does not list is red."
fi

before=$RUNNER_TEMP/oauth-contract-base/report/report.json
if [ -f "$before" ] && [ -f "$report/report.json" ]; then
  compared=0
  accept=()
  [ ! -f "$INPUT_ACCEPT" ] || accept=(--accept "$INPUT_ACCEPT")
  contract compare "$before" "$report/report.json" --out "$folder/comparison" "${accept[@]}" || compared=$?
  output comparison "$compared"
  if [ -f "$folder/comparison/comparison.md" ]; then
    { echo; cat "$folder/comparison/comparison.md"; } >>"$GITHUB_STEP_SUMMARY"
  fi
fi
