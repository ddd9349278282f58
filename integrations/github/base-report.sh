#!/usr/bin/env bash
# Downloads the last report of the base branch, the artifact of the newest run of this workflow there that has one. Without one there
# there is nothing to compare with, which is not a failure.
set -euo pipefail
workflow=${GITHUB_WORKFLOW_REF%%@*}
folder=$RUNNER_TEMP/oauth-contract-base
runs=$(gh run list --repo "$GITHUB_REPOSITORY" --workflow "$(basename "$workflow")" --branch "$GITHUB_BASE_REF" --status completed \
  --limit 10 --json databaseId --jq '.[].databaseId') || runs=
for run in $runs; do
  if gh run download "$run" --repo "$GITHUB_REPOSITORY" --name "$INPUT_ARTIFACT" --dir "$folder"; then
    echo "Compared with run $run of $GITHUB_BASE_REF."
    exit 0
  fi
  rm -rf "$folder"
done
echo "::notice title=No comparison::No run of this workflow on $GITHUB_BASE_REF has left the artifact $INPUT_ARTIFACT yet, or the permission \"actions: read\" is missing."
