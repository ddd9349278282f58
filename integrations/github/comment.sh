#!/usr/bin/env bash
# Writes what the pull request changes, else the report, as a comment of the pull request: one, which later runs replace.
set -euo pipefail
folder=$RUNNER_TEMP/oauth-contract
[ -f "$folder/report/report.json" ] || exit 0
marker="<!-- simple-oauth-contract $INPUT_ARTIFACT -->"
text=$folder/comparison/comparison.md
if [ ! -f "$text" ]; then
  text=$RUNNER_TEMP/oauth-contract.md
  node "$GITHUB_ACTION_PATH/bin/simple-oauth-contract.js" report markdown "$folder/report" >"$text"
fi
body=$RUNNER_TEMP/oauth-contract-comment.md
{ echo "$marker"; cat "$text"; } >"$body"
number=$(jq -r .pull_request.number "$GITHUB_EVENT_PATH")
comments=repos/$GITHUB_REPOSITORY/issues
# Anybody may write the marker; only a comment of this workflow's own is replaced.
own=$(gh api --paginate "$comments/$number/comments" \
  --jq ".[] | select(.user.login == \"github-actions[bot]\" and (.body | startswith(\"$marker\"))) | .id") || own=
own=${own%%$'\n'*}
if [ -n "$own" ]; then
  send=(--method PATCH "$comments/comments/$own")
else
  send=(--method POST "$comments/$number/comments")
fi
gh api "${send[@]}" --field "body=@$body" --silent ||
  echo "::notice title=No comment::The token may not comment on this pull request: give the job the permission \"pull-requests: write\". Pull requests of forks never have it; the job summary has the same."
